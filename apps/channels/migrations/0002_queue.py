from django.db import migrations
from pgmq.install import get_embedded_install_sql


def install(apps, schema_editor):
    """The message queue Celery uses when no other broker is named: plain SQL functions, no extension to build."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta')")
        if cursor.fetchone()[0] is None:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS pgmq")
            cursor.execute(get_embedded_install_sql())


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
