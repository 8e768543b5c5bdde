"""A patient books a place in a group: whole, the own, and of the others there sees nothing (TYP-6)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import ME

_ONLINE = "online AND NOT archived"
_OWN = {name: f"id IN (SELECT {name}_id FROM scheduling_appointment)" for name in ("type", "slot")}  # noqa: S608 - our words
_OF_A_SLOT = "(schedule_id, during) IN (SELECT schedule_id, during FROM scheduling_slot)"
_MINE = f"source_id = {ME} AND kind = 'hold'"
_WAY = "(exclusive OR patient_id = {0})"


def _shown(kinds: str) -> tuple[str, str]:
    """Of the types and slots a patient sees the own, and those of these kinds that can be booked."""
    shown = f"active AND bookable_online AND visibility IN ({kinds})"
    offered = (
        f"state = 'open' AND schedule_id IN (SELECT id FROM scheduling_schedule WHERE {_ONLINE}) "  # noqa: S608 - our words
        f"AND type_id IN (SELECT id FROM scheduling_appointmenttype WHERE {shown})"
    )
    return (
        f"ALTER POLICY patient_select ON scheduling_appointmenttype USING (({_OWN['type']}) OR ({shown}))",
        f"ALTER POLICY patient_select ON scheduling_slot USING (({_OWN['slot']}) OR ({offered}))",
    )


def _taken(way: str) -> str:
    may = f"{way} AND {_OF_A_SLOT} AND (kind = 'appointment' OR ({_MINE}))"
    return f"ALTER POLICY patient_insert ON scheduling_occupancy WITH CHECK ({may})"


class Migration(migrations.Migration):
    dependencies = [
        ("web_patient", "0010_payments"),
        ("scheduling", "0015_group_places"),
    ]

    operations = [
        RunSQL(_shown("'normal', 'group'"), _shown("'normal'")),
        RunSQL(_taken(_WAY.format(ME)), _taken("exclusive")),
    ]
