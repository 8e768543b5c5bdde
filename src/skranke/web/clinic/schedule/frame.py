"""How Timebok answers: a whole page, the panel alone, or the calendar alone, by what the browser asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling.calendars import display_groups, layout_of
from skranke.scheduling.helsenorge import why_no_slots
from skranke.scheduling.models import Schedule
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.requests.queries import open_requests
from skranke.scheduling.values import Finding, OfferAudience, OfferedSlot, Refusal
from skranke.ui.shell import NavItem
from skranke.web.clinic.schedule.grid import contact_text, grid_of, key, state_text
from skranke.web.clinic.schedule.month import month_of
from skranke.web.clinic.schedule.place import DAY, GROUP, WEEK, Place, seen_in
from skranke.web.clinic.shell import shell
from skranke.web.clinic.standing_in import stand_in_text

PANEL, GRID, STATUS = "panel", "rutenett", "status"
OK = 200
_WEEKS_AHEAD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What stands beside the calendar. url: where it can be opened again; chosen: the slot or appointment it is of."""

    template: str
    url: str
    context: Mapping[str, object] = field(default_factory=dict)
    chosen: UUID | None = None


def show(
    request: HttpRequest, actor: Actor, place: Place, panel: Panel | None = None, *, status: int = OK
) -> HttpResponse:
    """The answer in the shape that was asked for."""
    target = request.headers.get("HX-Target", "")
    if target == GRID:
        chosen = uuid_or_none(request.GET.get("valgt", ""))
        return render(request, "clinic/schedule/grid.html", _calendar(place, chosen))
    if target in (PANEL, STATUS):
        return _panel_alone(request, place, panel, status)
    context = _calendar(place, panel.chosen if panel else None)
    frame = shell(request, actor, "schedule")
    context |= {
        "shell": frame if not place.hidden else replace(frame, patient=None, told_url=""),
        "groups": display_groups(),
        "panel_template": panel.template if panel else "",
        "key": key(),
        "asked": open_requests() if this_clinic().takes_requests else 0,
        "findings": findings(place.schedule) if place.view != GROUP else [],
        "aside": request.GET.get("vis") == "valg",
    }
    return render(request, "clinic/schedule/page.html", context | (dict(panel.context) if panel else {}), status=status)


def _panel_alone(request: HttpRequest, place: Place, panel: Panel | None, status: int) -> HttpResponse:
    if panel is None:
        response = HttpResponse()
    else:
        context = {"place": place, "chosen": panel.chosen, "contact_text": contact_text, "state_text": state_text}
        response = render(request, panel.template, context | dict(panel.context), status=status)
    if request.headers["HX-Target"] == STATUS:
        return response
    response.headers["HX-Trigger-After-Settle"] = "timebok"
    if status == OK:
        response.headers["HX-Push-Url"] = seen_in(panel.url, place) if panel else place.url()
    return response


def _calendar(place: Place, chosen: UUID | None) -> dict[str, object]:
    place = replace(place, layout=layout_of(place.kind))
    grid = grid_of(place, chosen)
    empty = grid is not None and grid.free == 0
    coming = _nearest(place) if empty else None
    return {
        "place": place,
        "stand_in": stand_in_text(place.schedule.owner_id) if place.schedule and place.schedule.owner_id else "",
        "views": _views(place),
        "choices": _choices(),
        "grid": grid,
        "month": month_of(place),
        "chosen": chosen,
        "next_free": coming,
        "next_day": clock.oslo(coming.start).date() if coming else None,
        "contact_text": contact_text,
        "state_text": state_text,
    }


def _views(place: Place) -> tuple[NavItem, ...]:
    return (
        NavItem(url=place.url(visning=DAY, gruppe=""), text=_("Dag"), current=place.view == DAY),
        NavItem(url=place.url(visning=WEEK, gruppe=""), text=_("Uke"), current=place.view not in (DAY, GROUP)),
        NavItem(url=place.url(visning=GROUP), text=_("Gruppe"), current=place.view == GROUP),
    )


def _choices() -> tuple[tuple[str, str], ...]:
    """CAL-12, IMP-1: what a person may choose for each kind of view."""
    return (
        ("hide_weekends", _("Skjul helg")),
        ("colours", _("Farger på timetypene")),
        ("times", _("Fra og til klokken")),
        ("online", _("Om timen er på nett")),
        ("invoices", _("Om det er regningskort")),
        ("channels", _("Hvor timen er bestilt")),
    )


def next_free(schedule: Schedule | None, count: int, *, since: datetime | None = None) -> list[OfferedSlot]:
    """The next times staff may give in a schedule, from now or later."""
    if schedule is None:
        return []
    start = max(clock.now(), since or clock.now())
    return _offers([schedule], start, start + timedelta(weeks=_WEEKS_AHEAD))[:count]


def _offers(schedules: Sequence[Schedule], start: datetime, end: datetime) -> list[OfferedSlot]:
    found = offered_slots(audience=OfferAudience.STAFF, schedule=schedules, start=start, end=end)
    return sorted(found, key=lambda one: one.start)


def _nearest(place: Place) -> OfferedSlot | None:
    """The first free time after the beginning of what is shown, else the first from now on."""
    now, ahead = clock.now(), timedelta(weeks=_WEEKS_AHEAD)
    since = max(now, clock.from_oslo(datetime.combine(place.first, time())) or now)
    if since - now > ahead:
        return next(iter(_offers(place.shown, since, since + ahead) or _offers(place.shown, now, now + ahead)), None)
    offers = _offers(place.shown, now, since + ahead)
    return next((one for one in offers if one.start >= since), next(iter(offers), None))


def by_day(offers: Iterable[OfferedSlot]) -> list[tuple[date, list[OfferedSlot]]]:
    """Free times under the day they lie on."""
    return [(day, list(times)) for day, times in groupby(offers, key=lambda one: clock.oslo(one.start).date())]


def findings(schedule: Schedule | None) -> list[Finding]:
    """Why the owner's patients see no times in HelseNorge (HNB-4, HNB-15); nothing where none are meant to be seen."""
    if schedule is None or schedule.owner is None:
        return []
    broken = [one for one in why_no_slots(schedule.owner) if not one.ok]
    return [] if any(one.reason is Refusal.SERVICE_OFF for one in broken) else broken
