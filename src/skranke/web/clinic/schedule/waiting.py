"""Venteliste: who waits for a time, made, changed, taken off and given a time (REQ-6)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.clinics.rules import may
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.scheduling.access import get_slot_for
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.models import AppointmentType, Schedule, Visibility
from skranke.scheduling.waiting import queries, services
from skranke.scheduling.waiting.models import EntryState, WaitingEntry, WaitingEvent
from skranke.scheduling.waiting.rules import MOST_HOURS
from skranke.ui.forms import date_input
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.schedule.forms import add_error
from skranke.web.clinic.schedule.place import uuid_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import active_patient, shell
from skranke.web.numbers import number_of

INVALID, CONFLICT, OK = 422, 409, 200
_TEMPLATES = "clinic/schedule/waiting"
_TO_CALL = "ring"


class EntryForm(forms.Form):
    """What a patient waits for."""

    type: "forms.ModelChoiceField[AppointmentType]" = forms.ModelChoiceField(
        label=gettext_lazy("Timetype"), queryset=None, empty_label=None
    )
    schedule: "forms.ModelChoiceField[Schedule]" = forms.ModelChoiceField(
        label=gettext_lazy("Timebok"), queryset=None, required=False, empty_label=gettext_lazy("Alle timebøker")
    )
    earliest = forms.DateField(label=gettext_lazy("Første dag"), required=False, widget=date_input())
    latest = forms.DateField(label=gettext_lazy("Siste dag"), required=False, widget=date_input())
    short_notice = forms.BooleanField(
        label=gettext_lazy("Kan komme på kort varsel"),
        required=False,
        help_text=gettext_lazy("Tilbys også timer som begynner om mindre enn to døgn."),
    )
    note = forms.CharField(
        label=gettext_lazy("Notat – bare for klinikken"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "vente-%s"
        types = (
            AppointmentType.objects.filter(active=True)
            .exclude(visibility=Visibility.GROUP)
            .order_by("-is_default", "name", "id")
        )
        books = Schedule.objects.filter(archived=False).order_by("internal_name", "id")
        named = (("type", types, "name"), ("schedule", books, "internal_name"))
        for name, rows, text in named:
            field: Any = self.fields[name]
            field.queryset, field.label_from_instance = rows, lambda row, text=text: getattr(row, text)

    def facts(self) -> services.EntryFacts:
        """What was filled in."""
        return services.EntryFacts(**self.cleaned_data)


@require_GET
@clinic_view
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those who wait, the longest first, as far as they are searched for."""
    return _overview(request, actor)


@require_POST
@clinic_view
def hours(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How long an offer stands, for whoever may change settings."""
    try:
        services.set_offer_hours(number_of(request.POST.get("timer", "")) or 0)
    except InvalidError as error:
        return _overview(request, actor, wrong=str(error), status=INVALID)
    return HttpResponseRedirect(reverse("waiting-list", args=[slug_of(request)]))


@require_http_methods(["GET", "POST"])
@clinic_view
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Put the active patient, or the one the address names, on the list."""
    chosen = uuid_of(request.GET.get("pasient", ""))
    patient = get_patient_for(actor, chosen) if chosen else active_patient(request, actor)
    form = EntryForm(request.POST if request.method == "POST" else None)
    if patient is not None and form.is_valid():
        entry = _added(form, patient)
        if entry is not None:
            return _to(request, entry)
    context = {"form": form, "patient": patient, "entry": None}
    return _page(request, actor, "edit", context, status=INVALID if form.is_bound else OK)


@require_http_methods(["GET", "POST"])
@clinic_view
def entry(request: HttpRequest, actor: Actor, entry_id: UUID) -> HttpResponse:
    """One who waits: what for, what is offered, the free times that fit, and what has happened."""
    line = queries.entry_for(actor, entry_id)
    deed = request.POST.get("gjor", "") if request.method == "POST" else ""
    form, problem, status = EntryForm(initial=_as_it_stands(line.entry)), "", OK
    if deed == "lagre":
        form = EntryForm(request.POST)
        if _changed(form, line.entry, number_of(request.POST.get("versjon", ""))):
            return _to(request, line.entry)
        status = INVALID
    elif deed:
        try:
            return HttpResponseRedirect(_done(request, actor, line, deed))
        except (ConflictError, BookingRefusedError) as error:
            problem, status = str(error), CONFLICT
    waits = line.entry.state == EntryState.WAITING
    context = {
        "line": line,
        "entry": line.entry,
        "form": form,
        "waits": waits,
        "problem": problem,
        "fitting": queries.fitting_times(line.entry) if waits else (),
        "log": [(one, _log_text(one)) for one in line.entry.log.order_by("at", "id")],
        "why": why_text(line),
    }
    return _page(request, actor, "entry", context, status=status)


def _done(request: HttpRequest, actor: Actor, line: queries.Waiting, deed: str) -> str:
    """Do what the button says; where to go then."""
    slug, kept = slug_of(request), line.entry
    if deed == "ta-av":
        services.remove_entry(kept)
        return reverse("waiting-list", args=[slug])
    if deed == "vil-ikke" and line.offer is not None:
        services.withdraw(line.offer)
    chosen = uuid_of(request.POST.get("time", ""))
    if deed == "book" and chosen is not None:
        given = services.book_entry(kept, get_slot_for(actor, chosen))
        return reverse("schedule-appointment", args=[slug, given.id])
    return reverse("waiting-entry", args=[slug, kept.id])


def _added(form: EntryForm, patient: Patient) -> WaitingEntry | None:
    try:
        return services.add_entry(patient, form.facts())
    except InvalidError as error:
        add_error(form, error)
        return None


def _changed(form: EntryForm, kept: WaitingEntry, version: int | None) -> bool:
    if not form.is_valid():
        return False
    try:
        services.change_entry(kept, form.facts(), expected_version=version)
    except (InvalidError, ConflictError) as error:
        add_error(form, error)
        return False
    return True


def _overview(request: HttpRequest, actor: Actor, *, wrong: str = "", status: int = OK) -> HttpResponse:
    q = request.GET.get("q", "").replace("\x00", "").strip()
    to_call = request.GET.get("vis", "") == _TO_CALL
    lines = queries.waiting_list(q, to_call=to_call)
    context = {
        "q": q,
        "to_call": to_call,
        "lines": [(one, why_text(one)) for one in lines],
        "hours": this_clinic().waiting_offer_hours,
        "may_set": may(actor, Permission.CHANGE_SETTINGS),
        "most_hours": MOST_HOURS,
        "wrong": wrong,
        "patient": active_patient(request, actor),
    }
    return _page(request, actor, "overview", context, status=status)


def _page(request: HttpRequest, actor: Actor, name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    shared = {"shell": shell(request, actor, "schedule"), "slug": slug_of(request)}
    return render(request, f"{_TEMPLATES}/{name}.html", shared | context, status=status)


def _to(request: HttpRequest, kept: WaitingEntry) -> HttpResponse:
    return HttpResponseRedirect(reverse("waiting-entry", args=[slug_of(request), kept.id]))


def _as_it_stands(kept: WaitingEntry) -> dict[str, object]:
    names = ("earliest", "latest", "short_notice", "note")
    return {"type": kept.type_id, "schedule": kept.schedule_id} | {name: getattr(kept, name) for name in names}


def why_text(line: queries.Waiting) -> str:
    """Why the patient is not told in the portal; "" where nothing is in the way."""
    if line.blocked:
        return _("Får ingen tilbud: pasienten er sperret for digitale tjenester")
    return {
        "": "",
        "unreachable": _("Ring pasienten: fødselsnummeret er ikke komplett, så portalen kan ikke brukes"),
        "type_hidden": _("Ring pasienten: timetypen er skjult"),
        "must_call": _("Ring pasienten: timetypen gis bare på telefon"),
        "schedule_offline": _("Ring pasienten: timeboken er ikke på nett"),
    }.get(line.offer.why_call if line.offer else line.why_call, _("Ring pasienten: timetypen er ikke på nett"))


def _log_text(one: WaitingEvent) -> str:
    return {
        "added": _("Satt på ventelisten"),
        "changed": _("Endret"),
        "removed": _("Tatt av ventelisten"),
        "booked": _("Fikk time"),
        "offered": _("Tilbudt i portalen"),
        "to_call": _("Holdt av, skal ringes"),
        "accepted": _("Tok imot tilbudet"),
        "declined": _("Ville ikke ha tilbudet"),
        "expired": _("Svarte ikke i tide"),
        "withdrawn": _("Tilbudet ble trukket tilbake"),
    }[one.kind]
