from django.db import migrations

GUARD = """
CREATE FUNCTION public.klatsch_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION public.klatsch_append_only();
"""
UNDO = """
DROP TRIGGER audit_is_append_only ON accounts_auditentry;
DROP FUNCTION public.klatsch_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
