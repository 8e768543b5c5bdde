"""Timeforespørsler: what patients have asked for, in columns that each chooses, and the one answer (REQ-1, REQ-2)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.clinics.rules import may
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError, SkrankeError
from skranke.patients.access import get_patient_for
from skranke.scheduling import queries as scheduling
from skranke.scheduling.access import get_slot_for
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.models import Schedule
from skranke.scheduling.requests import columns as layout
from skranke.scheduling.requests import queries, services
from skranke.scheduling.requests.models import AppointmentRequest, OutcomeKind, RequestColumn, RequestOutcome
from skranke.scheduling.requests.words import column_text, time_of_day_text
from skranke.ui.forms import date_input, offer
from skranke.ui.shell import NavItem
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.schedule.place import uuid_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell

OK = 200
_TEMPLATES = "clinic/schedule/requests"
_ANSWERED = "besvart"
_ALL = "alle"


class TimesForm(forms.Form):
    """Which free times are looked at."""

    dag = forms.DateField(label=gettext_lazy("Fra og med"), required=False, widget=date_input())
    timebok = forms.ChoiceField(label=gettext_lazy("Timebok"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The clinic's timebøker."""
        super().__init__(*args, **kwargs)
        self.auto_id = "foresporsel-%s"
        self.schedules = {str(one.id): one for one in scheduling.schedules()}
        named = ((key, one.internal_name) for key, one in self.schedules.items())
        offer(self, "timebok", [(_ALL, _("Alle timebøker")), *named])


@require_GET
@clinic_view
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The requests that wait, the oldest first; or those that have ended."""
    q = request.GET.get("q", "").replace("\x00", "").strip()
    answered = request.GET.get("vis", "") == _ANSWERED
    columns = layout.chosen_columns()
    context = {
        "q": q,
        "answered": answered,
        "views": _views(q, answered=answered),
        "lines": queries.request_list(actor, columns, q, answered=answered),
        "columns": [(one, column_text(one)) for one in columns],
        "all_columns": [(one.value, column_text(one), one in columns) for one in RequestColumn],
        "takes": this_clinic().takes_requests,
        "may_set": may(actor, Permission.CHANGE_SETTINGS),
        "here": request.GET.urlencode(),
        "state_of": state_text,
    }
    return _page(request, actor, "overview", context)


@require_POST
@clinic_view
def columns(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Keep which columns are shown, and show the same list so."""
    layout.choose_columns(request.POST.getlist("kolonne"))
    return HttpResponseRedirect(_list_url(request))


@require_POST
@clinic_view
def taking(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Open the portal for requests, or shut it, for whoever may change settings."""
    services.set_takes_requests(takes=request.POST.get("mottak") == "ja")
    return HttpResponseRedirect(_list_url(request))


@require_http_methods(["GET", "POST"])
@clinic_view
def request(request: HttpRequest, actor: Actor, request_id: UUID) -> HttpResponse:
    """One request with the patient's data, the free times that suit, and the answer."""
    asked = queries.request_for(actor, request_id)
    refused: SkrankeError | None = None
    if request.method == "POST":
        try:
            _answer(request, actor, asked)
            return HttpResponseRedirect(reverse("request", args=[slug_of(request), asked.id]))
        except (InvalidError, ConflictError, BookingRefusedError) as error:
            refused = error
    outcome = queries.outcome_of(asked)
    context: dict[str, Any] = {"asked": asked, "outcome": outcome, "refused": refused, "posted": request.POST}
    context |= _about(actor, asked, outcome) | (_times(request, asked) if outcome is None else {})
    return _page(request, actor, "request", context, status=OK if refused is None else refused.http_status)


def state_text(kind: str) -> str:
    """What became of a request, for staff."""
    return {
        OutcomeKind.ACCEPTED: _("Fikk time"),
        OutcomeKind.DECLINED: _("Avslått"),
        OutcomeKind.WITHDRAWN: _("Trukket av pasienten"),
    }[OutcomeKind(kind)]


def _answer(request: HttpRequest, actor: Actor, asked: AppointmentRequest) -> None:
    """Do what the button says."""
    text = request.POST.get("tekst", "")
    if request.POST.get("gjor") == "avsla":
        services.decline(asked, text=text)
        return
    chosen = uuid_of(request.POST.get("time", ""))
    if chosen is None:
        raise InvalidError(_("Velg en time."), field="time")
    services.accept(asked, get_slot_for(actor, chosen), text=text)


def _about(actor: Actor, asked: AppointmentRequest, outcome: RequestOutcome | None) -> dict[str, Any]:
    patient = get_patient_for(actor, asked.patient_id)
    return {
        "patient": patient,
        "coming": scheduling.coming_appointments(patient),
        "time_of_day": time_of_day_text(asked.wished_time),
        "state": state_text(outcome.kind) if outcome is not None else "",
    }


def _times(request: HttpRequest, asked: AppointmentRequest) -> dict[str, Any]:
    """The free times, from the wished day in the wished practitioner's timebok until something else is asked for."""
    usual = queries.usual_schedule(asked)
    begun = {"dag": asked.wished_date, "timebok": str(usual.id) if usual is not None else _ALL}
    form = TimesForm(request.GET if "dag" in request.GET else None, initial=begun)
    told: Mapping[str, Any] = form.cleaned_data if form.is_valid() else begun
    schedule: Schedule | None = form.schedules.get(told["timebok"])
    return {"form": form, "times": queries.times_for(asked, since=told["dag"], schedule=schedule)}


def _views(q: str, *, answered: bool) -> tuple[NavItem, ...]:
    kept = {"q": q} if q else {}
    return (
        NavItem(url="?" + urlencode(kept), text=_("Ubesvarte"), current=not answered),
        NavItem(url="?" + urlencode(kept | {"vis": _ANSWERED}), text=_("Avsluttede"), current=answered),
    )


def _list_url(request: HttpRequest) -> str:
    address = reverse("request-list", args=[slug_of(request)])
    return f"{address}?{request.GET.urlencode()}" if request.GET else address


def _page(request: HttpRequest, actor: Actor, name: str, context: dict[str, Any], *, status: int = OK) -> HttpResponse:
    shared = {"shell": shell(request, actor, "schedule"), "slug": slug_of(request)}
    return render(request, f"{_TEMPLATES}/{name}.html", shared | context, status=status)
