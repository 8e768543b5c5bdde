"""How a person sees Timebok: groups of schedules, settings of each view, and hidden patient data (CAL-10..15)."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import calendars, in_hand
from skranke.scheduling.access import get_group_for, get_slot_for
from skranke.scheduling.layouts import DisplayGroup
from skranke.ui.forms import offer
from skranke.web.clinic.schedule.forms import add_error
from skranke.web.clinic.schedule.frame import OK, Panel, show
from skranke.web.clinic.schedule.place import GROUP, HIDE_COOKIE, Place, place_of
from skranke.web.clinic.session import clinic_view

INVALID = 422


class GroupForm(forms.Form):
    """A display group: its name, and the schedules in it (CAL-11)."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=60)
    schedules = forms.MultipleChoiceField(
        label=gettext_lazy("Timebøker"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Velg minst én timebok.")},
    )

    def __init__(self, place: Place, group: DisplayGroup | None, data: object = None) -> None:
        initial = {"name": group.name, "schedules": [str(one) for one in group.schedule_ids]} if group else {}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # the request's own dictionary
        self.auto_id = "gruppe-%s"
        choices = [(str(one.id), one.internal_name) for one in place.schedules]
        offer(self, "schedules", choices)


@require_http_methods(["GET", "POST"])
@clinic_view
def new_group(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a display group of the person's own."""
    return _group(request, actor, None)


@require_http_methods(["GET", "POST"])
@clinic_view
def group(request: HttpRequest, actor: Actor, group_id: UUID) -> HttpResponse:
    """Give a display group another name or other schedules, or take it away."""
    return _group(request, actor, get_group_for(actor, group_id))


def _group(request: HttpRequest, actor: Actor, kept: DisplayGroup | None) -> HttpResponse:
    place = place_of(request, actor)
    if kept is not None and "slett" in request.POST:
        calendars.remove_group(kept)
        return HttpResponseRedirect(place.url(visning=GROUP, gruppe=""))
    form = GroupForm(place, kept, request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen = [one for one in place.schedules if str(one.id) in form.cleaned_data["schedules"]]
        try:
            saved = calendars.save_group(kept, name=form.cleaned_data["name"], schedules=chosen)
        except InvalidError as error:
            add_error(form, error)
        else:
            return HttpResponseRedirect(place.url(visning=GROUP, gruppe=saved.id))
    address = [place.slug, kept.id] if kept else [place.slug]
    url = reverse("schedule-group" if kept else "schedule-new-group", args=address)
    panel = Panel(template="clinic/schedule/group.html", url=url, context={"form": form, "kept": kept, "address": url})
    return show(request, actor, place, panel, status=INVALID if form.errors else OK)


@require_POST
@clinic_view
def layout(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep the settings of the kind of view that stands there, and show it so (CAL-10, CAL-12)."""
    place = place_of(request, actor)
    calendars.choose_layout(place.kind, request.POST.getlist("vis"))
    return HttpResponseRedirect(place.url())


@require_POST
@clinic_view
def in_hand_told(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the page says of the slot in its panel and of the one it left; answers with what others have (CAL-16)."""
    left, here = (uuid_or_none(request.POST.get(name, "")) for name in ("forlatt", "time"))
    if left is not None:
        in_hand.let_go(left)
    if here is not None:
        in_hand.take(get_slot_for(actor, here))
    return JsonResponse({"open": {str(one): ", ".join(names) for one, names in in_hand.of_others().items()}})


@require_POST
@clinic_view
def hide(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hide patient data on this screen, or show it again (CAL-15): until the browser is closed, on no other screen."""
    place = place_of(request, actor)
    response = HttpResponseRedirect(place.url())
    path = reverse("schedule", args=[place.slug])
    if place.hidden:
        response.delete_cookie(HIDE_COOKIE, path=path, samesite="Lax")
    else:
        response.set_cookie(HIDE_COOKIE, "ja", path=path, secure=request.is_secure(), httponly=True, samesite="Lax")
    return response
