"""What a patient who books must be told of other people's time: when it is in use, and nothing else (BOK-11)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import APP_ROLE, ME, PATIENT_ROLE, definer_function

_CLINIC = "(SELECT NULLIF(current_setting('skranke.clinic', true), '')::uuid)"
_CLEAR = "clear_expired_holds(uuid, timestamptz, timestamptz, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0011_corona_categories")]

    operations = [
        # Whose time it is stands only beside the patient's own hold and appointments.
        definer_function(
            "times_in_use(schedules uuid[], since timestamptz, until timestamptz)",
            "TABLE (schedule_id uuid, starts timestamptz, ends timestamptz, expires_at timestamptz, source_id uuid)",
            "SELECT o.schedule_id, o.starts, o.ends, o.expires_at, "  # noqa: S608 - nothing of anybody's in it
            f"CASE WHEN o.source_id = {ME} OR EXISTS (SELECT FROM scheduling_appointment a WHERE a.id = o.source_id AND a.patient_id = {ME}) "
            "THEN o.source_id END FROM scheduling_occupancy o "
            f"WHERE o.clinic_id = {_CLINIC} AND o.schedule_id = ANY(schedules) AND o.ends > since AND o.starts < until",
            role=PATIENT_ROLE,
        ),
        # Who takes a time clears what has expired there, whosever it was; the database does not know the time of day.
        RunSQL(
            sql=[
                (
                    "CREATE FUNCTION clear_expired_holds(book uuid, present timestamptz, since timestamptz, "  # noqa: S608 - as above
                    "until timestamptz) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER "
                    "SET search_path = public, pg_temp AS $body$ DELETE FROM scheduling_occupancy "
                    f"WHERE clinic_id = {_CLINIC} AND schedule_id = book AND kind = 'hold' AND expires_at <= present "
                    "AND during && tstzrange(since, until) $body$"
                ),
                f"REVOKE ALL ON FUNCTION {_CLEAR} FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION {_CLEAR} TO {APP_ROLE}, {PATIENT_ROLE}",
            ],
            reverse_sql=f"DROP FUNCTION {_CLEAR}",
        ),
    ]
