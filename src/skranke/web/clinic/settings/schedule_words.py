"""A schedule in words: its fields, who owns it and who may book (CAL-2..4)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from skranke.scheduling.models import Audience, OwnerKind, Schedule


def owner_text(schedule: Schedule) -> str:
    """Whose it is."""
    if schedule.owner is not None:
        return schedule.owner.name
    return schedule.group.name if schedule.group is not None else gettext("Hele klinikken")


def owner_texts() -> dict[str, str]:
    """The kinds of owner (CAL-3)."""
    return {
        OwnerKind.EMPLOYEE.value: gettext("en ansatt"),
        OwnerKind.GROUP.value: gettext("en gruppe"),
        OwnerKind.CLINIC.value: gettext("hele klinikken"),
    }


def audience_texts() -> dict[str, str]:
    """Who may book (CAL-4)."""
    return {
        Audience.ALL.value: gettext("Alle pasienter"),
        Audience.GP_LIST.value: gettext("Klinikkens fastlegepasienter"),
        Audience.CLINIC.value: gettext("Alle pasientene til klinikken"),
        Audience.LIST.value: gettext("Pasientene på en liste"),
    }


def audience_text(schedule: Schedule) -> str:
    """Who may book this one."""
    if schedule.patient_list is not None:
        return gettext("Pasientene på listen %(name)s") % {"name": schedule.patient_list.name}
    return audience_texts()[schedule.audience]


LABELS: dict[str, Promise] = {
    "owner_kind": gettext_lazy("Eies av"),
    "owner": gettext_lazy("Eier, ansatt"),
    "group": gettext_lazy("Eier, gruppe"),
    "public_name": gettext_lazy("Offentlig navn"),
    "internal_name": gettext_lazy("Internt navn"),
    "online": gettext_lazy("Tilgjengelig på nett"),
    "audience": gettext_lazy("Hvem kan bestille"),
    "patient_list": gettext_lazy("Pasientliste"),
    "department": gettext_lazy("Avdeling"),
    "owner_sms": gettext_lazy("SMS til eieren når pasienter bestiller og avbestiller"),
    "reminders": gettext_lazy("Varsler og påminnelser til pasientene"),
    "archived": gettext_lazy("Arkivert"),
}


def label_of(name: str) -> Any:
    """What the screen calls a field."""
    return LABELS[name]
