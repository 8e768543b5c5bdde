"""Appointments that repeat: the days of the rule, what there is on each, and the booking of those chosen (PLN-15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.details import told_at
from skranke.scheduling.errors import BookingRefusedError, SeveralTakenError, WrongStateError
from skranke.scheduling.models import Appointment, Visibility
from skranke.scheduling.series import GIVEN_UP
from skranke.scheduling.services.recurring_appointments import (
    MOST_TIMES,
    AppointmentWords,
    Found,
    Occasion,
    Wanted,
    book_appointments,
    preview_appointments,
)
from skranke.web.clinic.schedule.appointment import CONFLICT, INVALID, place_for, refused
from skranke.web.clinic.schedule.forms import add_error
from skranke.web.clinic.schedule.frame import OK, PANEL, Panel, show
from skranke.web.clinic.schedule.place import Place
from skranke.web.clinic.schedule.repeating import RepeatingForm
from skranke.web.clinic.session import clinic_view

CHANGE, BOOK, DAY = "endre", "lag", "dato"


class RepeatForm(RepeatingForm):
    """How often an appointment that stands is repeated; without an end it is not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "gjenta-%s"

    def clean(self) -> dict[str, Any]:
        """The rule, under `rule`."""
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("rule") is None:
            self.add_error("last", _("Skriv når det tar slutt: en siste dag eller et antall ganger."))
        return cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wishes to repeat. address: where the form is posted; chosen: the tile it is about.

    own: what is repeated lies outside the free times, so that other days without one are as good.
    """

    place: Place
    wanted: Wanted
    words: AppointmentWords
    form: RepeatingForm
    address: str
    chosen: UUID | None
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the panel says beside the days. changed: days that are not as they were when they were chosen, and why."""

    ticked: frozenset[date] = frozenset()
    none_chosen: bool = False
    changed: Mapping[date, str] = field(default_factory=dict)


def answer(request: HttpRequest, actor: Actor, asked: Asked) -> HttpResponse:
    """The days to choose among, each with what there is; then book those chosen, all of them or none.

    Raises InvalidError and BookingRefusedError for a rule that is none, or a type out of use.
    """
    days = preview_appointments(asked.wanted, asked.form.cleaned_data["rule"])
    if BOOK not in request.POST:
        return _choose(request, actor, asked, days, _Shown(ticked=_usual(asked, days)))
    keys = request.POST.getlist(DAY)[: MOST_TIMES + 1]
    there = {key_of(one): one for one in days if one.bookable}
    ticked = frozenset(there[key].day for key in keys if key in there)
    changed = {_day_of(key): "" for key in keys if key not in there}
    if changed or not keys:
        said = _Shown(ticked=ticked, none_chosen=not keys, changed=changed)
        return _choose(request, actor, asked, days, said, status=CONFLICT if changed else INVALID)
    try:
        made = book_appointments(asked.wanted, [one for one in days if one.day in ticked], asked.words)
    except SeveralTakenError as error:
        days = preview_appointments(asked.wanted, asked.form.cleaned_data["rule"])
        why = {day: str(one) if one.http_status != CONFLICT else "" for day, one in error.refused.items()}
        said = _Shown(ticked=ticked - error.refused.keys(), changed=why)
        return _choose(request, actor, asked, days, said, status=CONFLICT)
    return _made(request, actor, asked, made)


def key_of(one: Occasion) -> str:
    """A day and what was seen on it, as the form names it: where that has changed, it is not taken unseen."""
    return f"{one.day.isoformat()}.{one.slot_id or one.smart_id or one.found.value}"


def _day_of(key: str) -> date:
    try:
        return date.fromisoformat(key.partition(".")[0])
    except ValueError as error:
        raise NotFoundError("There is no such day here.") from error


def _usual(asked: Asked, days: Sequence[Occasion]) -> frozenset[date]:
    """What is ticked before anybody has: days as the one that is repeated, on which the clinic is open."""
    as_good = {Found.FREE, Found.OWN} if asked.own else {Found.FREE}
    return frozenset(one.day for one in days if one.found in as_good and not (one.holiday or one.closed or one.under))


def _choose(
    request: HttpRequest, actor: Actor, asked: Asked, days: Sequence[Occasion], said: _Shown, *, status: int = OK
) -> HttpResponse:
    context = _about(asked) | {
        "form": asked.form,
        "days": [(one, key_of(one)) for one in days],
        "said": said,
        "changed": sorted(said.changed.items()),
    }
    panel = Panel(template="clinic/schedule/repeated.html", url=asked.address, context=context, chosen=asked.chosen)
    return show(request, actor, asked.place, panel, status=status)


def _made(request: HttpRequest, actor: Actor, asked: Asked, made: Sequence[Appointment]) -> HttpResponse:
    """The panel lists what was booked; without script the browser is led to the first."""
    address = reverse("schedule-appointment", args=[asked.place.slug, made[0].id])
    if request.headers.get("HX-Target") != PANEL:
        return HttpResponseRedirect(address)
    # The calendar shows the first of them. What was copied has been: free times lead to no further copy of it.
    day = clock.oslo(made[0].during.lower).date()
    asked = replace(asked, place=replace(asked.place.at(day), copying=None))
    context = _about(asked) | {"made": made}
    panel = Panel(template="clinic/schedule/repeated.html", url=address, context=context, chosen=made[0].id)
    return show(request, actor, asked.place, panel)


def _about(asked: Asked) -> dict[str, object]:
    wanted = asked.wanted
    hidden = wanted.type.visibility == Visibility.HIDDEN
    return {
        "asked": asked,
        "patient": wanted.patient,
        "hidden": hidden,
        "told_at": told_at(wanted.patient, hidden=hidden),
        "made": (),
    }


@require_http_methods(["GET", "POST"])
@clinic_view
def again(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Repeat an appointment that stands: it is the first, and those that are booked belong together with it."""
    one = get_appointment_for(actor, appointment_id)
    if one.state in GIVEN_UP:
        return refused(request, actor, one.id, _("Timen kan ikke gjentas slik den står nå."))
    form = RepeatForm(request.POST if request.method == "POST" else None)
    asked = _asked_of(one, place_for(request, actor, one), form)
    form.first = asked.wanted.first
    if form.is_valid() and CHANGE not in request.POST:
        try:
            return answer(request, actor, asked)
        except (InvalidError, BookingRefusedError) as error:
            add_error(form, error)
        except WrongStateError as error:
            return refused(request, actor, one.id, str(error))
    context = {"form": form, "appointment": one, "address": asked.address}
    panel = Panel(template="clinic/schedule/repeat.html", url=asked.address, context=context, chosen=one.id)
    return show(request, actor, asked.place, panel, status=INVALID if form.errors else OK)


def _asked_of(one: Appointment, place: Place, form: RepeatingForm) -> Asked:
    begins = clock.oslo(one.during.lower)
    return Asked(
        place=place,
        wanted=Wanted(
            patient=one.patient,
            schedule=one.schedule,
            type=one.type,
            first=begins.date(),
            at=begins.time(),
            minutes=minutes_of(one.during.upper - one.during.lower),
            source=one,
        ),
        words=AppointmentWords(reason=one.reason, note=one.note, contact=one.contact),
        form=form,
        address=reverse("schedule-repeat", args=[place.slug, one.id]),
        chosen=one.id,
        own=one.slot_id is None,
    )


def minutes_of(length: timedelta) -> int:
    """A length in whole minutes."""
    return length // timedelta(minutes=1)
