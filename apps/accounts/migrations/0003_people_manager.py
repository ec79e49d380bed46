from django.db import migrations


class Migration(migrations.Migration):
    """The model's manager is ours now; nothing changes in the database."""

    dependencies = [("accounts", "0002_audit_is_append_only")]
    operations = [migrations.AlterModelManagers(name="user", managers=[])]
