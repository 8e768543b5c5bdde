"""The words of a message are kept beside it, files are found by their names, and a search tells when it finds many."""

from importlib import import_module

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import definer_function

_BEFORE = import_module("skranke.dialog.migrations.0008_words").Migration.operations[-1]
_CLINIC = "NULLIF(current_setting('skranke.clinic', true), '')::uuid"
# A word as both dictionaries of `dialog_words` would have it, from its beginning.
_QUERY = """
    CREATE FUNCTION dialog_query(word text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsquery('pg_catalog.norwegian', word || ':*') || to_tsquery('pg_catalog.simple', word || ':*')
"""
# "kne_venstre.jpg" is three words, not the name of a host.
_NAME = """
    CREATE FUNCTION file_words(name text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN dialog_words(translate(name, '._-', '   '))
"""
# key: the word as `patients.rules.name_key` writes it; first, last: the national ids it begins, empty for none; most:
# one thread may count several times, and where there are as many in all, there may be more. The lists are read one
# after the other, and no further than that.
_THREADS = f"""
    (SELECT thread_id FROM dialog_message
      WHERE clinic_id = {_CLINIC} AND words @@ dialog_query(word))
    UNION ALL
    (SELECT id FROM dialog_thread
      WHERE clinic_id = {_CLINIC} AND dialog_words(title) @@ dialog_query(word))
    UNION ALL
    (SELECT m.thread_id FROM dialog_attachment a
       JOIN dialog_message m ON m.clinic_id = a.clinic_id AND m.id = a.message_id
      WHERE a.clinic_id = {_CLINIC} AND file_words(a.name) @@ dialog_query(word))
    UNION ALL
    (SELECT t.id FROM patients_namepart p
       JOIN dialog_thread t ON t.clinic_id = p.clinic_id AND t.patient_id = p.patient_id
      WHERE p.clinic_id = {_CLINIC}
        AND p.key >= threads_with_word.key AND p.key < threads_with_word.key || U&'\\+10FFFF')
    UNION ALL
    (SELECT t.id FROM patients_patient p
       JOIN dialog_thread t ON t.clinic_id = p.clinic_id AND t.patient_id = p.id
      WHERE first <> '' AND p.clinic_id = {_CLINIC} AND p.national_id >= first AND p.national_id <= last)
    LIMIT most
"""  # noqa: S608 - nothing but our own words


class Migration(migrations.Migration):
    dependencies = [("dialog", "0015_earlier_conversation"), ("patients", "0004_search")]

    operations = [
        RunSQL(_QUERY, "DROP FUNCTION dialog_query"),
        RunSQL(_NAME, "DROP FUNCTION file_words"),
        RunSQL(
            "ALTER TABLE dialog_message ADD COLUMN words tsvector"
            " GENERATED ALWAYS AS (dialog_words(subject || ' ' || text)) STORED",
            "ALTER TABLE dialog_message DROP COLUMN words",
        ),
        RunSQL(
            "DROP INDEX message_words; CREATE INDEX message_words ON dialog_message USING gin (clinic_id, words)",
            "DROP INDEX message_words;"
            "CREATE INDEX message_words ON dialog_message USING gin (clinic_id, dialog_words(subject || ' ' || text))",
        ),
        RunSQL(
            "CREATE INDEX attachment_words ON dialog_attachment USING gin (clinic_id, file_words(name))",
            "DROP INDEX attachment_words",
        ),
        RunSQL("DROP FUNCTION threads_with_word", _BEFORE.sql),
        definer_function(
            "threads_with_word(word text, key text, first text, last text, most integer)", "SETOF uuid", _THREADS
        ),
    ]
