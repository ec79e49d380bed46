from datetime import time

from django.db import migrations

NIGHT = {"quiet_from": time(21), "quiet_to": time(8)}
POLICIES = (
    {"name": "Service goes first", "purpose": "service", "priority": 10},
    {"name": "Surveys", "purpose": "survey", "cap": 1, "cap_days": 30, "priority": 30},
    {"name": "Marketing e-mails", "purpose": "marketing", "channel": "email", "cap": 3, "cap_days": 7},
    {"name": "Marketing SMS", "purpose": "marketing", "channel": "sms", "cap": 2, "cap_days": 30, **NIGHT},
    {"name": "Marketing calls", "purpose": "marketing", "channel": "voice", "cap": 1, "cap_days": 30},
    {"name": "Marketing app messages", "purpose": "marketing", "channel": "app", "cap": 3, "cap_days": 7, **NIGHT},
    {"name": "Marketing altogether", "purpose": "marketing", "cap": 5, "cap_days": 7},
    {"name": "No calls at night", "channel": "voice", **NIGHT},
)


def begin_with_these(apps, schema_editor):
    policies = apps.get_model("moments", "ContactPolicy")
    policies.objects.bulk_create(policies(**one) for one in POLICIES)


class Migration(migrations.Migration):
    """Careful ones, for the supervisors to change."""

    dependencies = [("moments", "0001_contact_policies")]
    operations = [migrations.RunPython(begin_with_these, migrations.RunPython.noop, elidable=True)]
