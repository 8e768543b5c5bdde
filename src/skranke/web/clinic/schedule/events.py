"""Events (hendelser): time blocked without a patient, made, changed and taken away in the calendar (PLN-12, PLN-15)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.scheduling import services
from skranke.scheduling.access import get_event_for
from skranke.scheduling.models import CalendarEvent
from skranke.ui.forms import date_input
from skranke.web.clinic.schedule.forms import add_error, time_field
from skranke.web.clinic.schedule.frame import OK, PANEL, Panel, show
from skranke.web.clinic.schedule.place import Place, clock_text, place_of, pointed_url, with_query
from skranke.web.clinic.schedule.repeating import SCOPES, RepeatingForm, chosen_scope, span_of, ticked
from skranke.web.clinic.session import clinic_view

INVALID = 422
_USUAL = timedelta(minutes=30)


def _day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=date_input())


_UNLESS_WHOLE = gettext_lazy("Skriv klokkeslettet, eller velg hele dagen.")


class EventForm(RepeatingForm):
    """What it is, and when: whole days, or from a time to a time, also over several days."""

    text = forms.CharField(label=gettext_lazy("Hva"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True}))
    day = _day_field(gettext_lazy("Dag"))
    until = _day_field(gettext_lazy("Til og med"), required=False)
    whole = forms.BooleanField(label=gettext_lazy("Hele dagen"), required=False)
    start = time_field(gettext_lazy("Fra"), _UNLESS_WHOLE)
    end = time_field(gettext_lazy("Til"), _UNLESS_WHOLE)

    field_order = ("text", "day", "until", "whole", "start", "end")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "hendelse-%s"
        whole = bool(self["whole"].value())
        self.fields["start"].required = self.fields["end"].required = not whole

    def clean(self) -> dict[str, Any]:
        """The instants, under `begins` and `ends`."""
        cleaned = super().clean() or {}
        day = cleaned.get("day")
        if day is None or self.errors:
            return cleaned
        last = cleaned.get("until") or day
        if cleaned["whole"]:
            walls = (datetime.combine(day, time()), datetime.combine(last + timedelta(days=1), time()))
        else:
            walls = (datetime.combine(day, cleaned["start"]), datetime.combine(last, cleaned["end"]))
        cleaned["walls"] = walls
        for name, wall, field in (("begins", walls[0], "start"), ("ends", walls[1], "end")):
            cleaned[name] = clock.from_oslo(wall)
            if cleaned[name] is None:
                self.add_error(field, _("Dette klokkeslettet finnes ikke den natten klokken stilles."))
        return cleaned


@require_http_methods(["GET", "POST"])
@clinic_view
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Block time of a schedule; `fra` says the time that was pointed at."""
    place = place_of(request, actor)
    if place.schedule is None:
        raise NotFoundError("The clinic has no schedule.")
    pointed = clock_text(request)
    address = pointed_url(place, "schedule-new-event", pointed)
    return _edit(request, actor, place, None, address=address, initial=_beginning(place.day, pointed))


@require_http_methods(["GET", "POST"])
@clinic_view
def event(request: HttpRequest, actor: Actor, event_id: UUID) -> HttpResponse:
    """Give an event another time or text, or take it away."""
    kept = get_event_for(actor, event_id)
    begins, ends = clock.oslo(kept.during.lower), clock.oslo(kept.during.upper)
    place = place_of(request, actor, schedule=kept.schedule, day=_shown_day(request, begins.date()))
    if "slett" in request.POST:
        services.remove_events(kept, chosen_scope(request))
        return _closed(request, actor, place)
    address = with_query(reverse("schedule-event", args=[place.slug, kept.id]), dag=place.day, **place.seen_as)
    return _edit(request, actor, place, kept, address=address, initial=_as_it_stands(kept, begins, ends))


def _shown_day(request: HttpRequest, first: date) -> date | None:
    """The calendar stays on the day it shows, where the event lasts more than one."""
    return None if "dag" in request.GET else first


def _edit(
    request: HttpRequest,
    actor: Actor,
    place: Place,
    kept: CalendarEvent | None,
    *,
    address: str,
    initial: dict[str, object],
) -> HttpResponse:
    form = EventForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, Any] = {
        "form": form,
        "kept": kept,
        "address": address,
        "at": clock_text(request),
        "scopes": SCOPES,
    }
    context |= {"scope": chosen_scope(request), "instances": (), "none_chosen": False}
    if form.is_valid() and "endre" not in request.POST:
        try:
            if form.cleaned_data["rule"] and kept is None:
                context |= _repeated(request, place, form)
            else:
                _save(place, kept, form.cleaned_data, chosen_scope(request))
        except InvalidError as error:
            add_error(form, error)
        else:
            if not context["instances"]:
                return _closed(request, actor, place)
    panel = Panel(template="clinic/schedule/event.html", url=address, context=context, chosen=kept.id if kept else None)
    return show(request, actor, place, panel, status=INVALID if form.errors or context["none_chosen"] else OK)


def _repeated(request: HttpRequest, place: Place, form: EventForm) -> dict[str, Any]:
    """Make the events on the days that were chosen; before that, the days to choose among, each with what is on it."""
    if place.schedule is None:
        raise NotFoundError("The clinic has no schedule.")
    filled = form.cleaned_data
    if filled["ends"] <= filled["begins"]:
        raise InvalidError(_("Hendelsen må slutte etter at den begynner."), field="end")
    instances = services.preview_events(place.schedule, filled["day"], span_of(filled), filled["rule"])
    chosen = ticked(request.POST, instances)
    if "lag" not in request.POST or not chosen:
        return {"instances": instances, "ticked": chosen, "none_chosen": "lag" in request.POST}
    stretches = [one.stretch for one in instances if one.day in chosen and one.stretch]
    services.add_events(place.schedule, stretches, text=filled["text"])
    return {}


def _save(place: Place, kept: CalendarEvent | None, filled: dict[str, Any], scope: services.Scope) -> None:
    facts = {"start": filled["begins"], "end": filled["ends"], "text": filled["text"]}
    if kept is not None:
        services.change_events(kept, scope, **facts)
    elif place.schedule is not None:
        services.add_event(place.schedule, **facts)


def _closed(request: HttpRequest, actor: Actor, place: Place) -> HttpResponse:
    """The panel goes, and the calendar shows what was done."""
    if request.headers.get("HX-Target") != PANEL:
        return HttpResponseRedirect(place.url())
    return show(request, actor, place)


def _beginning(day: date, pointed: str) -> dict[str, object]:
    if not pointed:
        return {"day": day}
    start = datetime.combine(day, time.fromisoformat(pointed))
    return {"day": day, "start": pointed, "end": f"{start + _USUAL:%H:%M}"}


def _as_it_stands(kept: CalendarEvent, begins: datetime, ends: datetime) -> dict[str, object]:
    whole = begins.time() == ends.time() == time()
    last = (ends - timedelta(microseconds=1)).date()
    facts: dict[str, object] = {"text": kept.text, "day": begins.date(), "whole": whole}
    facts["until"] = last if last > begins.date() else None
    return facts if whole else facts | {"start": begins.time(), "end": ends.time()}
