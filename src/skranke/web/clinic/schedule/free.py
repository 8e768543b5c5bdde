"""Free time made by hand in the calendar: a single slot (enkelttime, PLN-9) or a smart slot (PLN-13)."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.scheduling.access import get_slot_for, get_smart_slot_for
from skranke.scheduling.models import AppointmentType, Visibility
from skranke.scheduling.services import add_single_slot, remove_single_slot
from skranke.scheduling.smart.models import SmartSlot
from skranke.scheduling.smart.services import add_smart_slot, change_smart_slot, remove_smart_slot
from skranke.ui.forms import date_input
from skranke.web.clinic.schedule.forms import add_error, time_field, type_text
from skranke.web.clinic.schedule.frame import PANEL, Panel, show
from skranke.web.clinic.schedule.place import Place, clock_text, place_of, pointed_url, with_query
from skranke.web.clinic.session import clinic_view

INVALID = 422
SINGLE, SMART = "single", "smart"
_USUAL = timedelta(hours=2)


class FreeForm(forms.Form):
    """One free slot of one type, or a smart slot for several. kept: the smart slot that is changed."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Hva slags"),
        choices=[
            (SINGLE, gettext_lazy("Én ledig time (enkelttime)")),
            (SMART, gettext_lazy("Smartluke: et lengre tidsrom for flere timetyper")),
        ],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=gettext_lazy("Dag"), widget=date_input())
    start = time_field(gettext_lazy("Fra"))
    end = time_field(gettext_lazy("Til"))
    type: "forms.ModelChoiceField[AppointmentType]" = forms.ModelChoiceField(
        label=gettext_lazy("Timetype"), queryset=None, empty_label=None
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutter, hvis ikke som timetypen"), min_value=1, max_value=600, required=False
    )
    types: "forms.ModelMultipleChoiceField[AppointmentType]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Timetyper som kan gis"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Velg minst én timetype.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "ledig-%s"
        active = AppointmentType.objects.filter(active=True).order_by("-is_default", "name", "id")
        for name, rows in (("type", active), ("types", active.exclude(visibility=Visibility.GROUP))):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a ModelChoiceField has it
            self.fields[name].label_from_instance = type_text  # type: ignore[attr-defined]  # likewise

    def clean(self) -> dict[str, Any]:
        """The instants, under `begins` and `ends`."""
        cleaned = super().clean() or {}
        smart = cleaned.get("kind") == SMART
        for name in ("type", "minutes") if smart else ("end", "types"):
            # Of the other kind, and not on the screen.
            self.errors.pop(name, None)
        for name, field in (("begins", "start"), ("ends", "end" if smart else "")):
            day, at = cleaned.get("day"), cleaned.get(field)
            if day and at is not None:
                cleaned[name] = clock.from_oslo(datetime.combine(day, at))
                if cleaned[name] is None:
                    self.add_error(field, _("Dette klokkeslettet finnes ikke den natten klokken stilles."))
        return cleaned


@require_http_methods(["GET", "POST"])
@clinic_view
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a free slot or a smart slot; `fra` says the time that was pointed at."""
    place = place_of(request, actor)
    if place.schedule is None:
        raise NotFoundError("The clinic has no schedule.")
    pointed = clock_text(request)
    address = pointed_url(place, "schedule-new-free", pointed)
    initial: dict[str, object] = {"kind": SINGLE, "day": place.day, "start": pointed}
    if pointed:
        initial["end"] = (datetime.combine(place.day, time.fromisoformat(pointed)) + _USUAL).time()
    return _edit(request, actor, place, None, address=address, initial=initial)


@require_http_methods(["GET", "POST"])
@clinic_view
def smart(request: HttpRequest, actor: Actor, slot_id: UUID) -> HttpResponse:
    """Give a smart slot another time or other types, or take it away."""
    kept = get_smart_slot_for(actor, slot_id)
    begins, ends = clock.oslo(kept.during.lower), clock.oslo(kept.during.upper)
    place = place_of(request, actor, schedule=kept.schedule, day=begins.date())
    if "slett" in request.POST:
        remove_smart_slot(kept)
        return _closed(request, actor, place)
    address = with_query(reverse("schedule-smart", args=[place.slug, kept.id]), **place.seen_as)
    initial = {"day": begins.date(), "start": begins.time(), "end": ends.time(), "types": kept.type_ids}
    return _edit(request, actor, place, kept, address=address, initial=initial)


@require_POST
@clinic_view
def remove(request: HttpRequest, actor: Actor, slot_id: UUID) -> HttpResponse:
    """Take away a free slot that was made by hand."""
    slot = get_slot_for(actor, slot_id)
    place = place_of(request, actor, schedule=slot.schedule, day=clock.oslo(slot.during.lower).date())
    remove_single_slot(slot)
    return _closed(request, actor, place)


def _edit(
    request: HttpRequest,
    actor: Actor,
    place: Place,
    kept: SmartSlot | None,
    *,
    address: str,
    initial: dict[str, object],
) -> HttpResponse:
    saving = request.method == "POST"
    posted = request.POST.copy()
    if kept is not None:
        posted["kind"] = SMART
    form = FreeForm(posted) if saving else FreeForm(initial=initial)
    if saving and form.is_valid():
        try:
            _save(place, kept, form.cleaned_data)
        except InvalidError as error:
            add_error(form, error)
        else:
            return _closed(request, actor, place.at(form.cleaned_data["day"]))
    context = {"form": form, "kept": kept, "address": address}
    panel = Panel(template="clinic/schedule/free.html", url=address, context=context, chosen=kept.id if kept else None)
    return show(request, actor, place, panel, status=INVALID if form.errors else 200)


def _save(place: Place, kept: SmartSlot | None, filled: dict[str, Any]) -> None:
    if place.schedule is None:
        raise NotFoundError("The clinic has no schedule.")
    if kept is not None:
        change_smart_slot(kept, start=filled["begins"], end=filled["ends"], types=list(filled["types"]))
    elif filled["kind"] == SMART:
        add_smart_slot(place.schedule, start=filled["begins"], end=filled["ends"], types=list(filled["types"]))
    else:
        add_single_slot(place.schedule, start=filled["begins"], type=filled["type"], minutes=filled["minutes"])


def _closed(request: HttpRequest, actor: Actor, place: Place) -> HttpResponse:
    """The calendar without a panel."""
    if request.headers.get("HX-Target") == PANEL:
        return show(request, actor, place)
    return HttpResponseRedirect(place.url())
