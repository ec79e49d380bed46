from django.db import migrations

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.klatsch (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.klatsch
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.simple;
CREATE FUNCTION public.klatsch_search_vector(title text, body text, verbatim text, reference text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('public.klatsch'::regconfig, title || ' ' || reference || ' ' || verbatim || ' ' || body);
"""
UNDO = """
DROP FUNCTION public.klatsch_search_vector(text, text, text, text);
DROP TEXT SEARCH CONFIGURATION public.klatsch;
"""


class Migration(migrations.Migration):
    """Full text for every language at once: words as they are written, accents and case aside."""

    initial = True
    dependencies = [("customers", "0001_folding")]
    operations = [migrations.RunSQL(CONFIGURATION, UNDO)]
