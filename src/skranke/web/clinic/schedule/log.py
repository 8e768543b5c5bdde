"""The log of an appointment in words (APT-19)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from skranke.scheduling.models import AppointmentEvent, AppointmentState, BookedThrough
from skranke.ui.dates import format_moment
from skranke.web.clinic.schedule.grid import state_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One thing that happened: when, what, by whom."""

    at: datetime
    text: str
    actor_name: str


def log_lines(events: Iterable[AppointmentEvent]) -> tuple[LogLine, ...]:
    """Oldest first."""
    return tuple(LogLine(at=one.at, text=_text(one), actor_name=one.actor_name) for one in events)


def _text(event: AppointmentEvent) -> str:  # noqa: PLR0911 - one line for each kind of event
    detail = event.detail
    if event.kind == "moved":
        return _("Flyttet fra %(fra)s til %(til)s") % {"fra": _moment(detail["from"]), "til": _moment(detail["to"])}
    if event.kind == "cancelled":
        text = _("Avlyst av klinikken") if detail.get("by") == "clinic" else _("Avbestilt av pasienten")
        return f"{text}: {detail['reason']}" if detail.get("reason") else text
    if event.kind == "told_again":
        return _("Beskjeden til pasienten sendt på nytt")
    if event.kind in {"dialog_sent", "dialog_not_sent"}:
        why = {"why": detail.get("why", "")}
        return _("Automatisk dialog ikke sendt: %(why)s") % why if why["why"] else _("Automatisk dialog sendt")
    if event.kind == "handled":
        return (
            _("Avbestillingen håndtert: regningskort laget") if detail.get("by_card") else _("Avbestillingen håndtert")
        )
    if event.kind == "unhandled":
        return _("Avbestillingen ikke håndtert likevel")
    if event.kind == "edited":
        return _("Endret: type, kontaktflate, sted eller tekst")
    if "through" in detail:
        return _booked(str(detail["through"]))
    return _("Slettet før pasienten fikk beskjed") if event.kind == "deleted" else _state(event.kind)


def _booked(through: str) -> str:
    return {
        BookedThrough.STAFF: _("Booket av klinikken"),
        BookedThrough.HELSENORGE: _("Bestilt på helsenorge.no"),
        BookedThrough.PORTAL: _("Bestilt i pasientportalen"),
        BookedThrough.PUBLIC: _("Bestilt på nettsiden"),
    }[BookedThrough(through)]


def _state(kind: str) -> str:
    if kind == AppointmentState.BOOKED:
        return _("Innsjekking angret")
    return state_text(kind) if kind in AppointmentState.values else kind


def _moment(text: object) -> str:
    return format_moment(datetime.fromisoformat(str(text)))
