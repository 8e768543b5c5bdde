"""Each participation tells whether its thread is open: what somebody takes part in is mostly closed, and not asked for."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
# Who takes part while another closes the thread waits, and then reads how it stands. Rows that are written together may
# have the participant's before the thread's: it is open then, or the thread's own trigger says otherwise.
_OF_PARTICIPANT = f"""
    CREATE FUNCTION participant_of_thread() RETURNS trigger {_DEFINER} AS $body$
    BEGIN
        SELECT state = 'open' INTO NEW.thread_open FROM dialog_thread WHERE id = NEW.thread_id FOR SHARE;
        NEW.thread_open := COALESCE(NEW.thread_open, true);
        RETURN NEW;
    END $body$
"""  # noqa: S608 - nothing but our own words
_OF_THREAD = f"""
    CREATE FUNCTION participants_of_thread() RETURNS trigger {_DEFINER} AS $body$
    BEGIN
        UPDATE dialog_participant SET thread_open = NEW.state = 'open' WHERE thread_id = NEW.id;
        RETURN NULL;
    END $body$
"""  # noqa: S608 - nothing but our own words
_TRIGGERS = (
    """CREATE TRIGGER participant_of_thread BEFORE INSERT OR UPDATE OF thread_id, thread_open ON dialog_participant
       FOR EACH ROW EXECUTE FUNCTION participant_of_thread()""",
    """CREATE TRIGGER participants_of_thread AFTER UPDATE OF state ON dialog_thread FOR EACH ROW
       WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION participants_of_thread()""",
    """CREATE TRIGGER participants_of_new_thread AFTER INSERT ON dialog_thread FOR EACH ROW
       WHEN (NEW.state <> 'open') EXECUTE FUNCTION participants_of_thread()""",
)
_BEFORE = """
    UPDATE dialog_participant SET thread_open = true
      FROM dialog_thread t WHERE t.id = thread_id AND t.state = 'open'
"""


class Migration(migrations.Migration):
    dependencies = [("dialog", "0035_undo")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="thread_open",
            field=models.BooleanField(default=False, editable=False),
        ),
        RunSQL(_BEFORE, RunSQL.noop),
        *(
            RunSQL(
                [create, f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"],
                f"DROP FUNCTION {name} CASCADE",
            )
            for name, create in (("participant_of_thread", _OF_PARTICIPANT), ("participants_of_thread", _OF_THREAD))
        ),
        RunSQL(list(_TRIGGERS), RunSQL.noop),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(
                fields=["clinic_id", "employee", "thread"],
                name="participant_open",
                condition=models.Q(("thread_open", True)),
            ),
        ),
    ]
