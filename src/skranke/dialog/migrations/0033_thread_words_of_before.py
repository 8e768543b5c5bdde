"""The words of the threads that are there already: some hundred at a time, each in a transaction of its own."""

from typing import Any

from django.db import migrations
from django.db.migrations.operations import RunPython, RunSQL

_SOME = 500
_NEXT = "SELECT max(id::text) FROM (SELECT id FROM dialog_thread WHERE id > %s ORDER BY id LIMIT %s) AS following"
# One that got its words meanwhile, by its trigger, has them already.
_FILL = """
    SELECT threadwords_rebuilt(id) FROM dialog_thread t WHERE id > %s AND id <= %s
       AND NOT EXISTS (SELECT FROM dialog_threadwords w WHERE w.thread_id = t.id)
"""


def _fill(_apps: Any, schema_editor: Any) -> None:
    last = "00000000-0000-0000-0000-000000000000"
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(_NEXT, [last, _SOME])
            until = cursor.fetchone()[0]
            if until is None:
                return
            cursor.execute(_FILL, [last, until])
            last = until


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dialog", "0032_thread_words")]

    operations = [
        RunPython(_fill, RunPython.noop),
        # The indexes that it takes the place of. Their function stays until nobody runs what came before.
        RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS message_words",
            "CREATE INDEX message_words ON dialog_message USING gin (clinic_id, words)",
        ),
        RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS thread_words",
            "CREATE INDEX thread_words ON dialog_thread USING gin (clinic_id, dialog_words(title))",
        ),
        RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS attachment_words",
            "CREATE INDEX attachment_words ON dialog_attachment USING gin (clinic_id, file_words(name))",
        ),
    ]
