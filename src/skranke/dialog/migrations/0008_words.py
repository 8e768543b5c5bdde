"""Searching the words of the conversations, in an index that row-level security would not let be used."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import definer_function

# bokmål by its stems; nynorsk, names and what else is written as it stands. More would not fit into a tsvector.
_WORDS = """
    CREATE FUNCTION dialog_words(content text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('pg_catalog.norwegian'::regconfig, left(content, 100000))
        || to_tsvector('pg_catalog.simple'::regconfig, left(content, 100000))
"""
_CLINIC = "NULLIF(current_setting('skranke.clinic', true), '')::uuid"
# key: the word as `patients.rules.name_key` writes it; first, last: the national ids it begins, empty for none.
_THREADS = f"""
    WITH wanted AS MATERIALIZED (
        SELECT to_tsquery('pg_catalog.norwegian', word || ':*')
            || to_tsquery('pg_catalog.simple', word || ':*') AS query)
    SELECT thread_id FROM dialog_message, wanted
     WHERE clinic_id = {_CLINIC} AND dialog_words(subject || ' ' || text) @@ query
    UNION
    SELECT id FROM dialog_thread, wanted WHERE clinic_id = {_CLINIC} AND dialog_words(title) @@ query
    UNION
    SELECT t.id FROM patients_namepart p
      JOIN dialog_thread t ON t.clinic_id = p.clinic_id AND t.patient_id = p.patient_id
     WHERE p.clinic_id = {_CLINIC}
       AND p.key >= threads_with_word.key AND p.key < threads_with_word.key || U&'\\+10FFFF'
    UNION
    SELECT t.id FROM patients_patient p
      JOIN dialog_thread t ON t.clinic_id = p.clinic_id AND t.patient_id = p.id
     WHERE first <> '' AND p.clinic_id = {_CLINIC} AND p.national_id >= first AND p.national_id <= last
"""  # noqa: S608 - nothing but our own words


class Migration(migrations.Migration):
    dependencies = [("dialog", "0007_prescription"), ("patients", "0004_search")]

    operations = [
        RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gin", RunSQL.noop),
        RunSQL(_WORDS, "DROP FUNCTION dialog_words"),
        RunSQL(
            "CREATE INDEX message_words ON dialog_message USING gin (clinic_id, dialog_words(subject || ' ' || text))",
            "DROP INDEX message_words",
        ),
        RunSQL(
            "CREATE INDEX thread_words ON dialog_thread USING gin (clinic_id, dialog_words(title))",
            "DROP INDEX thread_words",
        ),
        definer_function("threads_with_word(word text, key text, first text, last text)", "SETOF uuid", _THREADS),
    ]
