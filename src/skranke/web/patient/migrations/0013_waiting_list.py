"""A patient answers what the waiting list has offered: takes the time that is held, or gives it back (REQ-6)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME, patient_may

_APPOINTMENTS = "source_id IN (SELECT id FROM scheduling_appointment)"
_MINE = f"source_id = {ME} AND kind = 'hold'"
_OFFERED = "kind = 'hold' AND source_id IN (SELECT id FROM scheduling_slotoffer)"
_BEFORE = f"(({_APPOINTMENTS}) OR ({_MINE}))"
_OWN = f"patient_id = {ME}"


def _offered_hold(right: str) -> RunSQL:
    policy = f"ALTER POLICY patient_{right} ON scheduling_occupancy USING"
    return RunSQL(f"{policy} ({_BEFORE} OR ({_OFFERED}))", f"{policy} ({_BEFORE})")


class Migration(migrations.Migration):
    dependencies = [("web_patient", "0012_cancellations"), ("scheduling", "0018_waiting_list")]

    operations = [
        # What somebody is to be called about is no page's to show.
        patient_may("scheduling_slotoffer", "SELECT", f"{_OWN} AND by = 'portal'"),
        patient_may("scheduling_slotoffer", "UPDATE", _OWN, columns="state, ended_at, appointment_id"),
        # Not the note, which is the clinic's own.
        patient_may("scheduling_waitingentry", "SELECT", _OWN, columns="id, clinic_id, patient_id, state, version"),
        patient_may("scheduling_waitingentry", "UPDATE", _OWN, columns="state, ended_at, version"),
        patient_may("scheduling_waitingevent", "INSERT", "entry_id IN (SELECT entry_id FROM scheduling_slotoffer)"),
        *map(_offered_hold, ("select", "delete")),
    ]
