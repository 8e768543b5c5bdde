"""Konfigurasjon's pages about people, opened by Ali, the administrator; and the things they are about."""

from datetime import timedelta
from typing import Any

from skranke.clinics.absences.models import Absence
from skranke.clinics.absences.receiving import Wanted, set_period
from skranke.clinics.choices import AlertKind, ReceiverFormat
from skranke.clinics.models import Group, PartyKind
from skranke.clinics.organisation.alerts import alert
from skranke.clinics.organisation.queries import open_alerts
from skranke.clinics.organisation.values import WHOLE_CLINIC
from skranke.clinics.services import register_party
from skranke.clinics.substitutes.models import Substitute
from skranke.kernel import clock
from skranke.scheduling.services.setup import create_template
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id
from support.doors import NOBODYS, Door

_PAGES = (
    "settings-staff",
    "settings-hire",
    "settings-structure",
    "settings-new-department",
    "settings-new-role",
    "settings-groups",
    "settings-new-group",
    "settings-new-receiver-period",
    "settings-addressing",
    "settings-addressing-clinic",
    "settings-me",
    "settings-hours",
    "settings-clinical-words",
    "settings-prescribing",
    "settings-schedules",
    "settings-types",
    "settings-new-type",
    "settings-week-templates",
    "settings-new-week-template",
    "settings-plans",
    "settings-limits",
    "settings-communication-types",
)
_THINGS = {
    "settings-employee": "employee",
    "settings-employee-end": "employee",
    "settings-new-absence": "employee",
    "settings-new-substitute": "gp",
    "settings-department": "department",
    "settings-role": "role",
    "settings-group": "group",
    "settings-type": "type",
    "settings-addressing-service": "service",
    "settings-week-template": "week_template",
    "settings-plan": "schedule",
    "settings-removal": "schedule",
}

DOORS = {
    **{name: Door(ask=lambda v, _, name=name: v.get(name), shows=False, because=NOBODYS, by="ali") for name in _PAGES},
    **{
        name: Door(
            ask=lambda v, ids, name=name, thing=thing: v.get(name, ids[thing]),
            named=thing,
            shows=False,
            because=NOBODYS,
            by="ali",
        )
        for name, thing in _THINGS.items()
    },
    "settings-receivers": Door(
        ask=lambda v, _: v.get("settings-receivers", "e_contact"), shows=False, because=NOBODYS, by="ali"
    ),
    "settings-communication-type": Door(
        ask=lambda v, _: v.get("settings-communication-type", "e_dialog"),
        because="a list's name is no patient's",
        by="ali",
    ),
    # The lists that may decide who books are named; whom they hold is not.
    "settings-new-schedule": Door(ask=lambda v, _: v.get("settings-new-schedule"), because=NOBODYS, by="ali"),
    "settings-schedule": Door(
        ask=lambda v, ids: v.get("settings-schedule", ids["schedule"]), named="schedule", because=NOBODYS, by="ali"
    ),
    "settings-schedule-copies": Door(
        ask=lambda v, ids: v.get("settings-schedule-copies", ids["schedule"]),
        named="schedule",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-schedule-archive": Door(
        ask=lambda v, ids: v.post("settings-schedule-archive", ids["schedule"], version="1", tilstand="i-bruk"),
        named="schedule",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-alert-seen": Door(
        ask=lambda v, ids: v.post("settings-alert-seen", ids["alert"]),
        named="alert",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-absence-removed": Door(
        ask=lambda v, ids: v.post("settings-absence-removed", ids["absence"]),
        named="absence",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-substitute-ended": Door(
        ask=lambda v, ids: v.post("settings-substitute-ended", ids["substitute"]),
        named="substitute",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-receiver-period-ended": Door(
        ask=lambda v, ids: v.post("settings-receiver-period-ended", ids["receiver_period"]),
        named="receiver_period",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-my-group": Door(
        ask=lambda v, ids: v.post("settings-my-group", ids["group"], "ut"),
        named="group",
        shows=False,
        because=NOBODYS,
        by="ali",
    ),
    "settings-my-function": Door(
        ask=lambda v, _: v.post("settings-my-function", "telephone", "ut"), shows=False, because=NOBODYS, by="ali"
    ),
}


def things(cast: Cast) -> dict[str, Any]:
    """The ids of what the doors name, beside the employee."""
    with acting(cast.system):
        alert(AlertKind.HANDED_OVER, cast.per.id, "Siv Sluttet")
        party = register_party(her_id=fresh_her_id(), kind=PartyKind.SERVICE, name="Vaksinasjon")
        absence = Absence.objects.create(
            clinic_id=cast.clinic.id, employee=cast.per, first_day=clock.today(), last_day=None
        )
        substitute = Substitute.objects.create(
            clinic_id=cast.clinic.id, gp=cast.mona, employee=cast.per, starts_on=clock.today() + timedelta(days=30)
        )
        wanted = Wanted(
            kinds=("e_contact",),
            gp_id=cast.mona.id,
            format=ReceiverFormat.FIXED,
            recipients=(WHOLE_CLINIC,),
            starts_at=clock.now() + timedelta(days=30),
            ends_at=None,
        )
        return {
            "receiver_period": set_period(wanted)[0].id,
            "absence": absence.id,
            "substitute": substitute.id,
            "gp": cast.mona.id,
            "department": cast.anne.department_id,
            "role": cast.anne.held_role_id,
            "group": Group.objects.get().id,
            "service": party.id,
            "alert": open_alerts()[0].id,
            "week_template": create_template(name="Vanlig uke").id,
        }
