"""The limits in words: what each is called, what a value says, and which level decides it (CAL-6, CAL-7, BOK-4..8)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from skranke.clinics.choices import FirstOnly
from skranke.scheduling.values import Level

_LABELS: dict[str, Promise] = {
    "max_self_booked": gettext_lazy("Maks selvbestilte timer"),
    "days_ahead": gettext_lazy("Antall tilgjengelige dager"),
    "booking_deadline_hours": gettext_lazy("Tidsfrist for bestilling, timer før"),
    "first_only": gettext_lazy("Vis bare første ledige time"),
    "cancellation_allowed": gettext_lazy("Pasienten kan avbestille"),
    "cancellation_deadline_hours": gettext_lazy("Tidsfrist for avbestilling, timer før"),
}


def label_of(name: str) -> Any:
    """What the screen calls a limit."""
    return _LABELS[name]


def first_only_texts() -> dict[str, str]:
    """What the patients see of the free times."""
    return {
        FirstOnly.ALL.value: gettext("Nei, vis alle ledige timer"),
        FirstOnly.SCHEDULE.value: gettext("Ja, bare den første i timeboken"),
        FirstOnly.DAY.value: gettext("Ja, bare den første hver dag"),
    }


def value_text(name: str, value: Any) -> str:
    """A value as a sentence has it; None is no limit."""
    if name == "first_only":
        return {
            FirstOnly.SCHEDULE.value: gettext("bare den første ledige timen vises"),
            FirstOnly.DAY.value: gettext("bare den første ledige timen hver dag vises"),
        }.get(value, gettext("alle ledige timer vises"))
    if name == "cancellation_allowed":
        return gettext("ja") if value in (True, None) else gettext("nei")
    if value is None:
        return gettext("ingen grense")
    return _number_text(name, int(value))


def _number_text(name: str, value: int) -> str:
    if name == "days_ahead":
        return ngettext("%(num)s dag", "%(num)s dager", value) % {"num": value}
    if name == "max_self_booked":
        return ngettext("%(num)s time", "%(num)s timer", value) % {"num": value}
    return ngettext("%(num)s time før", "%(num)s timer før", value) % {"num": value}


def holds_text(name: str, value: Any, level: Level | None) -> str:
    """Which level decides now, and what it says."""
    told = {"value": value_text(name, value)}
    return {
        Level.CLINIC: gettext("Gjelder: %(value)s, fra klinikken."),
        Level.SCHEDULE: gettext("Gjelder: %(value)s, fra timeboken."),
        Level.TYPE: gettext("Gjelder: %(value)s, fra timetypen."),
        None: gettext("Gjelder: %(value)s."),
    }[level] % told


def number_text(own: int | None, clinic: int | None, level: Level) -> str:
    """BOK-4: both numbers hold, each for what it counts, so that the strictest stops the patient."""
    if own is None or clinic is None:
        return holds_text("max_self_booked", clinic if own is None else own, _whose(own, clinic, level))
    facts = {"own": value_text("max_self_booked", own), "clinic": value_text("max_self_booked", clinic)}
    if level is Level.TYPE:
        return (
            gettext("Gjelder: %(own)s av denne typen, og %(clinic)s i alt, fra klinikken. Den strengeste stopper.")
            % facts
        )
    return (
        gettext("Gjelder: %(own)s i denne timeboken, og %(clinic)s i alt, fra klinikken. Den strengeste stopper.")
        % facts
    )


def _whose(own: int | None, clinic: int | None, level: Level) -> Level | None:
    return level if own is not None else Level.CLINIC if clinic is not None else None
