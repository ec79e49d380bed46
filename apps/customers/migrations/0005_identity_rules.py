from django.db import migrations

from apps.customers.rules import DEFAULTS


def begin_with_the_defaults(apps, schema_editor):
    rules = apps.get_model("customers", "IdentityRule")
    rules.objects.bulk_create(rules(type=kind, **values) for kind, values in DEFAULTS.items())


class Migration(migrations.Migration):
    """Rows for the supervisors to change."""

    dependencies = [("customers", "0004_the_same_person_indexes")]
    operations = [migrations.RunPython(begin_with_the_defaults, migrations.RunPython.noop, elidable=True)]
