"""Avbestillinger: the list of cancellations, searched and followed up (APT-15)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from skranke.billing.queries import appointments_with_card
from skranke.billing.rules import source_of
from skranke.billing.tariff import tariff_on
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.patients import queries as patients
from skranke.scheduling import queries, services
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.cancellations import CancellationPage, SoughtCancellations, cancellation_page
from skranke.scheduling.followed import Cancellation, CancelledBy
from skranke.scheduling.models import BookedThrough, Schedule
from skranke.ui.forms import date_input, offer
from skranke.ui.shell import NavItem
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell

TEMPLATE = "clinic/schedule/cancellations.html"
INVALID = 422
_MOST_PATIENTS = 500
_ALL = "alle"


class SearchForm(forms.Form):
    """What to look for; all of it may be left empty, and then what nobody has handled is shown."""

    q = forms.CharField(label=gettext_lazy("Pasient"), max_length=200, required=False)
    timebok = forms.ChoiceField(label=gettext_lazy("Timebok"), required=False)
    fra = forms.DateField(label=gettext_lazy("Avlyst fra og med"), required=False, widget=date_input())
    til = forms.DateField(label=gettext_lazy("Til og med"), required=False, widget=date_input())
    av = forms.ChoiceField(label=gettext_lazy("Avlyst på vegne av"), required=False)
    navn = forms.CharField(label=gettext_lazy("Utført av"), max_length=200, required=False)
    vis = forms.ChoiceField(required=False, choices=[("", ""), (_ALL, "")], widget=forms.HiddenInput)

    def __init__(self, schedules: list[Schedule], *args: Any, **kwargs: Any) -> None:
        """The choices in the language of who looks."""
        super().__init__(*args, **kwargs)
        self.auto_id = "avbestilling-%s"
        self.schedules = {str(one.id): one for one in schedules}
        offer(self, "timebok", [("", _("Alle")), *((key, one.internal_name) for key, one in self.schedules.items())])
        whose = [(CancelledBy.CLINIC, _("Klinikken")), (CancelledBy.PATIENT, _("Pasienten"))]
        offer(self, "av", [("", _("Alle")), *whose])

    def clean(self) -> dict[str, Any]:
        """A period does not end before it begins."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("fra") and told.get("til") and told["til"] < told["fra"]:
            self.add_error("til", _("Sluttdatoen er før startdatoen. Velg en senere sluttdato."))
        return told

    def sought(self) -> SoughtCancellations:
        """The filter in the list's own terms."""
        told = self.cleaned_data
        whose = {one.id for one in patients.find(told["q"], limit=_MOST_PATIENTS)} if told["q"].strip() else None
        return SoughtCancellations(
            handled=None if told["vis"] == _ALL else False,
            patients=whose,
            schedule=self.schedules.get(told["timebok"]),
            first=told["fra"],
            last=told["til"],
            by=CancelledBy(told["av"]) if told["av"] else None,
            by_name=told["navn"].strip(),
        )


@require_GET
@clinic_view
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A page of the list, the newest first; what is not handled where nothing else is asked for."""
    form = SearchForm(queries.schedules(archived=True), request.GET)
    if not form.is_valid():
        return _show(request, actor, form, None, status=INVALID)
    sought = form.sought()
    try:
        found = cancellation_page(sought, cursor=request.GET.get("etter", ""))
    except InvalidError:  # a link to a page that was changed by hand: the first one is shown
        found = cancellation_page(sought)
    return _show(request, actor, form, found)


@require_POST
@clinic_view
def handle(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Tick a cancellation as handled, or take the tick away; the list is shown again as it was asked for."""
    appointment = get_appointment_for(actor, appointment_id)
    services.follow_up(appointment, handled=request.POST.get("handtert") == "ja")
    address = reverse("schedule-cancellations", args=[this_clinic().slug])
    return HttpResponseRedirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)


def _show(
    request: HttpRequest, actor: Actor, form: SearchForm, found: CancellationPage | None, *, status: int = 200
) -> HttpResponse:
    kept = {name: str(value) for name, value in request.GET.items() if value and name in form.fields}
    rows = found.rows if found else ()
    billed = appointments_with_card([one.appointment_id for one in rows])
    older = "?" + urlencode({**kept, "etter": found.next_cursor}) if found and found.next_cursor else ""
    context = {
        "shell": shell(request, actor, "schedule"),
        "slug": this_clinic().slug,
        "form": form,
        "rows": [(one, who_text(one), one.appointment_id not in billed and _is_billable(one)) for one in rows],
        "searched": found is not None,
        "narrowed": bool(kept.keys() - {"vis"}),
        "views": _views(kept),
        "older_url": older,
        "here": request.GET.urlencode(),
    }
    return render(request, TEMPLATE, context, status=status)


def _views(kept: dict[str, str]) -> tuple[NavItem, ...]:
    every = kept.get("vis") == _ALL
    rest = {name: value for name, value in kept.items() if name != "vis"}
    return (
        NavItem(url="?" + urlencode(rest), text=_("Ikke håndtert"), current=not every),
        NavItem(url="?" + urlencode(rest | {"vis": _ALL}), text=_("Alle"), current=every),
    )


def _is_billable(one: Cancellation) -> bool:
    """Whether an invoice card can be made at once (APT-14)."""
    day = clock.oslo(one.appointment.during.lower).date()
    return source_of(one.appointment, one.at, tariff_on(day)) is not None


def who_text(one: Cancellation) -> str:
    """Whose wish it was, and who did it where that is another."""
    if one.by == CancelledBy.CLINIC:
        return one.by_name
    by_self = {
        BookedThrough.HELSENORGE: _("Pasienten, på helsenorge.no"),
        BookedThrough.PORTAL: _("Pasienten, i portalen"),
        BookedThrough.PUBLIC: _("Pasienten, på nettsiden"),
    }
    return by_self.get(BookedThrough(one.through)) or _("Pasienten, ved %(navn)s") % {"navn": one.by_name}
