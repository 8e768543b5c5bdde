"""Several patients in one slot of a group, each with a place of the own (TYP-6).

The database numbers the places, refuses one too many and a patient twice, and keeps the whole time for the group by
one exclusive row while any place is taken, so that the constraint against overlaps holds for groups as for all else.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME, PATIENT_ROLE

_CLINIC = "(SELECT NULLIF(current_setting('skranke.clinic', true), '')::uuid)"
# Who comes and who goes locks the row of the group before looking, so that of two at once the second sees what the
# first did. Both run as the owner: a patient sees no other's place.
_TAKE = """
    CREATE FUNCTION take_group_seat() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    DECLARE
        places integer;
    BEGIN
        SELECT s.capacity INTO places FROM scheduling_slot s WHERE s.id = NEW.slot_id
            AND s.clinic_id = NEW.clinic_id AND s.schedule_id = NEW.schedule_id AND s.during = NEW.during;
        IF places IS NULL OR places < 2 OR NEW.seat > places THEN
            RAISE EXCEPTION 'The slot has no such place.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'group_seat_is_there';
        END IF;
        INSERT INTO scheduling_occupancy (id, clinic_id, schedule_id, during, kind, exclusive, source_id)
            VALUES (gen_random_uuid(), NEW.clinic_id, NEW.schedule_id, NEW.during, 'group', true, NEW.slot_id)
            ON CONFLICT DO NOTHING;
        PERFORM FROM scheduling_occupancy WHERE source_id = NEW.slot_id AND kind = 'group' FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;  -- something else has the time
        END IF;
        IF NEW.seat IS NULL THEN
            SELECT min(number) INTO NEW.seat FROM generate_series(1, places) number WHERE NOT EXISTS (
                SELECT FROM scheduling_occupancy o WHERE o.slot_id = NEW.slot_id AND o.seat = number
            );
        END IF;
        IF NEW.seat IS NULL THEN
            RETURN NULL;  -- full
        END IF;
        RETURN NEW;
    END $$
"""
_GIVE_BACK = """
    CREATE FUNCTION give_back_group_seat() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM FROM scheduling_occupancy WHERE source_id = OLD.slot_id AND kind = 'group' FOR UPDATE;
        DELETE FROM scheduling_occupancy WHERE source_id = OLD.slot_id AND kind = 'group'
            AND NOT EXISTS (SELECT FROM scheduling_occupancy o WHERE o.slot_id = OLD.slot_id);
        RETURN NULL;
    END $$
"""
_KEEP = """
    CREATE FUNCTION group_keeps_its_seats() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT FROM scheduling_occupancy o WHERE o.slot_id = NEW.id AND o.seat > NEW.capacity) THEN
            RAISE EXCEPTION 'Somebody has that place.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'group_keeps_its_seats';
        END IF;
        RETURN NEW;
    END $$
"""
_OLD_TABLE = "TABLE (schedule_id uuid, starts timestamptz, ends timestamptz, expires_at timestamptz, source_id uuid)"
_NEW_TABLE = _OLD_TABLE[:-1] + ", slot_id uuid, patient_id uuid)"
_IS_OWN = (
    f"(o.source_id = {ME} OR EXISTS (SELECT FROM scheduling_appointment a "
    f"WHERE a.id = o.source_id AND a.patient_id = {ME}))"
)


def _times(columns: str, table: str, where: str = "") -> tuple[str, ...]:
    """What a patient is told of the time in use; of places in a group which slot's, and whose only where the own."""
    return (
        "DROP FUNCTION IF EXISTS times_in_use(uuid[], timestamptz, timestamptz)",
        (
            "CREATE FUNCTION times_in_use(schedules uuid[], since timestamptz, until timestamptz) "  # noqa: S608 - our words
            f"RETURNS {table} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$ "
            f"SELECT o.schedule_id, o.starts, o.ends, o.expires_at, CASE WHEN {_IS_OWN} THEN o.source_id END{columns} "
            f"FROM scheduling_occupancy o WHERE o.clinic_id = {_CLINIC} AND o.schedule_id = ANY(schedules) "
            f"AND o.ends > since AND o.starts < until{where} $body$"
        ),
        "REVOKE ALL ON FUNCTION times_in_use FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION times_in_use TO {PATIENT_ROLE}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0014_slot_in_hand"),
    ]

    operations = [
        migrations.AddField(
            model_name="occupancy",
            name="patient_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="occupancy",
            name="seat",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="occupancy",
            name="slot",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="scheduling.slot",
            ),
        ),
        migrations.AlterField(
            model_name="occupancy",
            name="kind",
            field=models.CharField(
                choices=[("hold", "Hold"), ("appointment", "Appointment"), ("event", "Event"), ("group", "Group")],
                max_length=15,
            ),
        ),
        migrations.AddConstraint(
            model_name="occupancy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("slot__isnull", False)), fields=("slot", "seat"), name="group_seat_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="occupancy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("slot__isnull", False)), fields=("slot", "patient_id"), name="group_patient_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="occupancy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("patient_id__isnull", True), ("seat__isnull", True), ("slot__isnull", True)),
                    models.Q(
                        ("exclusive", False),
                        ("patient_id__isnull", False),
                        ("seat__gte", 1),
                        ("seat__isnull", False),
                        ("slot__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="group_seat_is_whole",
            ),
        ),
        RunSQL(
            _times(f", o.slot_id, CASE WHEN {_IS_OWN} THEN o.patient_id END", _NEW_TABLE, " AND o.kind <> 'group'"),
            _times("", _OLD_TABLE),
        ),
        RunSQL(_TAKE, "DROP FUNCTION take_group_seat"),
        RunSQL(
            "CREATE TRIGGER take_group_seat BEFORE INSERT ON scheduling_occupancy FOR EACH ROW"
            " WHEN (NEW.slot_id IS NOT NULL) EXECUTE FUNCTION take_group_seat()",
            "DROP TRIGGER take_group_seat ON scheduling_occupancy",
        ),
        RunSQL(_GIVE_BACK, "DROP FUNCTION give_back_group_seat"),
        RunSQL(
            "CREATE TRIGGER give_back_group_seat AFTER DELETE ON scheduling_occupancy FOR EACH ROW"
            " WHEN (OLD.slot_id IS NOT NULL) EXECUTE FUNCTION give_back_group_seat()",
            "DROP TRIGGER give_back_group_seat ON scheduling_occupancy",
        ),
        RunSQL(_KEEP, "DROP FUNCTION group_keeps_its_seats"),
        RunSQL(
            "CREATE TRIGGER group_keeps_its_seats BEFORE UPDATE OF capacity ON scheduling_slot FOR EACH ROW"
            " WHEN (NEW.capacity < OLD.capacity) EXECUTE FUNCTION group_keeps_its_seats()",
            "DROP TRIGGER group_keeps_its_seats ON scheduling_slot",
        ),
    ]
