"""A patient books in the own portal: sees what is offered, holds a time, and takes it (POR-5, BOK-11).

Of other people's time the patient sees none; `times_in_use` tells when it is in use.
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME, PATIENT_ROLE, definer_function, patient_may

_APPOINTMENTS = "SELECT id FROM scheduling_appointment"
_OWN = {name: f"id IN (SELECT {name}_id FROM scheduling_appointment)" for name in ("schedule", "type", "slot")}  # noqa: S608 - our words
_TABLES = {"schedule": "schedule", "type": "appointmenttype", "slot": "slot"}
_ONLINE = "online AND NOT archived"
_SHOWN = "active AND bookable_online AND visibility = 'normal'"
_OFFERED = {
    "schedule": _ONLINE,
    "type": _SHOWN,
    "slot": f"state = 'open' AND schedule_id IN (SELECT id FROM scheduling_schedule WHERE {_ONLINE}) "  # noqa: S608 - our own words
    f"AND type_id IN (SELECT id FROM scheduling_appointmenttype WHERE {_SHOWN})",
}
_LISTS = f"""
    SELECT DISTINCT schedule.patient_list_id
    FROM scheduling_schedule schedule
    JOIN patients_patientlistmember member
      ON member.list_id = schedule.patient_list_id AND member.clinic_id = schedule.clinic_id
    WHERE schedule.online AND NOT schedule.archived AND member.patient_id = {ME}
"""  # noqa: S608 - nothing but our own words
_OF_A_SLOT = "(schedule_id, during) IN (SELECT schedule_id, during FROM scheduling_slot)"
_OCCUPANCY = f"source_id IN ({_APPOINTMENTS})"
_MINE = f"source_id = {ME} AND kind = 'hold'"


def _seen(name: str) -> RunSQL:
    policy = f"ALTER POLICY patient_select ON scheduling_{_TABLES[name]} USING"
    return RunSQL(f"{policy} (({_OWN[name]}) OR ({_OFFERED[name]}))", f"{policy} ({_OWN[name]})")


def _own_hold(right: str) -> RunSQL:
    policy = f"ALTER POLICY patient_{right} ON scheduling_occupancy USING"
    return RunSQL(f"{policy} (({_OCCUPANCY}) OR ({_MINE}))", f"{policy} ({_OCCUPANCY})")


class Migration(migrations.Migration):
    dependencies = [
        ("web_patient", "0007_communication_types"),
        ("scheduling", "0012_holds"),
        ("patients", "0009_patient_lists"),
    ]

    operations = [
        *map(_seen, _TABLES),
        *map(_own_hold, ("select", "delete")),
        # Who stands on which list is no patient's to read. This tells whoever acts of the own place alone, and only on
        # lists that decide who books here.
        definer_function("booking_lists_of_me()", "SETOF uuid", _LISTS, role=PATIENT_ROLE),
        # Which slot is not asked here, since whether a slot is seen hangs on the appointments: its time is, below.
        patient_may(
            "scheduling_appointment",
            "INSERT",
            f"patient_id = {ME} AND booked_through = 'portal' AND state = 'booked' AND NOT hidden "
            "AND NOT told_helsenorge AND note = '' AND slot_id IS NOT NULL",
        ),
        # The time of an offered slot, whole, and never beside another's.
        patient_may(
            "scheduling_occupancy",
            "INSERT",
            f"exclusive AND {_OF_A_SLOT} AND (kind = 'appointment' OR ({_MINE}))",
        ),
        patient_may("scheduling_automaticdialog", "INSERT", f"appointment_id IN ({_APPOINTMENTS})"),
    ]
