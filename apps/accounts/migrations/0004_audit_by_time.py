from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """Rows come in the order of time: a few pages of index find a day among millions."""

    atomic = False
    dependencies = [("accounts", "0003_people_manager")]
    operations = [
        AddIndexConcurrently("auditentry", BrinIndex(fields=["at"], name="audit_by_time", autosummarize=True))
    ]
