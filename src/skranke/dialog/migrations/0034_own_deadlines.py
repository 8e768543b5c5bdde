"""The last day to answer of e-consultations that waited in our own channel before they had one (JRN-10)."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.migrations.operations import RunPython

from skranke.kernel.holidays import add_working_days

_WORKING_DAYS = 5
_OSLO = ZoneInfo("Europe/Oslo")
# The oldest message of the patient's after our newest answer, which in our own channel always arrived.
_WAITING = """
    SELECT t.id, min(m.generated_at) FROM dialog_thread t JOIN dialog_message m ON m.thread_id = t.id
     WHERE t.channel = 'own' AND t.own_type = 'e_consultation' AND t.state = 'open' AND t.answer_due IS NULL
       AND m.direction = 'in'
       AND m.recorded_at > COALESCE(
           (SELECT max(o.recorded_at) FROM dialog_message o WHERE o.thread_id = t.id AND o.direction = 'out'),
           '-infinity')
     GROUP BY t.id
"""


def fill(cursor: Any) -> None:
    """Set it where it is missing; may be done again."""
    cursor.execute(_WAITING)
    for thread_id, since in cursor.fetchall():
        due = add_working_days(since.astimezone(_OSLO).date(), _WORKING_DAYS)
        # One that was answered or closed meanwhile waits no more.
        cursor.execute(
            "UPDATE dialog_thread SET answer_due = %s, version = version + 1"
            " WHERE id = %s AND state = 'open' AND answer_due IS NULL",
            [due, thread_id],
        )


def _fill(_apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        fill(cursor)


class Migration(migrations.Migration):
    dependencies = [("dialog", "0033_thread_words_of_before")]

    operations = [RunPython(_fill, RunPython.noop)]
