from django.db import migrations, models

TWICE = """
DELETE FROM customers_consent twice USING customers_consent first
WHERE first.profile_id = twice.profile_id AND first.channel = twice.channel AND first.purpose = twice.purpose
  AND first.status = twice.status AND first.at = twice.at AND first.id < twice.id
"""
INDEX = """
CREATE UNIQUE INDEX CONCURRENTLY consent_said_once ON customers_consent (profile_id, channel, purpose, status, at)
"""
CONSTRAINT = "ALTER TABLE customers_consent ADD CONSTRAINT consent_said_once UNIQUE USING INDEX consent_said_once"
GUARD = """
CREATE TRIGGER consent_is_append_only BEFORE UPDATE OR DELETE ON customers_consent
    FOR EACH ROW EXECUTE FUNCTION public.klatsch_append_only();
"""


class Migration(migrations.Migration):
    """The same said once is one line, and a line stays. The index is built without holding up who writes; the old
    duplicates said nothing new."""

    atomic = False
    dependencies = [("customers", "0006_what_people_permit"), ("accounts", "0002_audit_is_append_only")]

    operations = [
        migrations.RunSQL(TWICE, migrations.RunSQL.noop, elidable=True),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS consent_said_once", migrations.RunSQL.noop),
                migrations.RunSQL(INDEX, migrations.RunSQL.noop),
                migrations.RunSQL(CONSTRAINT, "ALTER TABLE customers_consent DROP CONSTRAINT consent_said_once"),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="consent",
                    constraint=models.UniqueConstraint(
                        fields=("profile", "channel", "purpose", "status", "at"), name="consent_said_once"
                    ),
                )
            ],
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER consent_is_append_only ON customers_consent"),
    ]
