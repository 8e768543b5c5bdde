"""Other receivers for a period: what is set, a new one with what it would mean, and ended (ABS-15 to ABS-17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from skranke.clinics.absences.receiving import Meanwhile, Wanted, all_periods, end_period, set_period
from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.models import Employee
from skranke.clinics.organisation import queries, rules
from skranke.clinics.organisation.receivers import RECEIVED, Receivers, names_of
from skranke.clinics.organisation.values import Choice, Recipient
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import gps
from skranke.dialog.routing import people
from skranke.kernel.actor import Actor
from skranke.scheduling.visibility import service_name
from skranke.ui.forms import offer
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.frame import address, settings_page, settings_view, to
from skranke.web.clinic.settings.receivers import MENU, choice_text, format_texts, gets_now, labelled, span_text

_ALL = "alle"


def _moment(label: Any, told: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, help_text=told, required=False, widget=widget)


class PeriodForm(forms.Form):
    """Which types, to which GP, go to whom, from when to when."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Meldingstyper"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Velg minst én meldingstype. Ingenting er lagret.")},
    )
    gp = forms.ChoiceField(label=gettext_lazy("Meldinger til"))
    format = forms.ChoiceField(label=gettext_lazy("Mottakerformat"))
    recipients = forms.MultipleChoiceField(
        label=gettext_lazy("Mottakere"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Velg helst grupper eller roller: da får nye ansatte tilgang av seg selv."),
    )
    starts_at = _moment(gettext_lazy("Fra"), gettext_lazy("Tomt felt: fra nå."))
    ends_at = _moment(
        gettext_lazy("Til"),
        gettext_lazy("Da gjelder det vanlige igjen av seg selv. Tomt felt: til noen avslutter det."),
    )

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        initial = {"kinds": list(RECEIVED), "format": ReceiverFormat.FIXED.value}
        super().__init__(data, initial=initial)
        self.among: list[Choice] = queries.choices()
        self.doctors: list[Employee] = gps()
        offer(self, "kinds", [(kind, service_name(kind)) for kind in RECEIVED])
        offer(self, "gp", [(_ALL, _("Alle fastleger")), *((str(one.id), one.name) for one in self.doctors)])
        offer(self, "format", list(format_texts().items()))
        offer(self, "recipients", [(one.value, choice_text(one)) for one in self.among])

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        facts = self.cleaned_data
        found = [queries.chosen(value, self.among) for value in facts["recipients"]]
        return Wanted(
            kinds=tuple(facts["kinds"]),
            gp_id=None if facts["gp"] == _ALL else UUID(facts["gp"]),
            format=ReceiverFormat(facts["format"]),
            recipients=tuple(one for one in found if one is not None),
            starts_at=facts["starts_at"],
            ends_at=facts["ends_at"],
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A period in words."""

    period: Meanwhile
    type: str
    gp: str
    span: str
    who: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """For a GP and a type: who gets it now, and who would in the period."""

    gp: str
    type: str
    now: str
    then: str


def section() -> dict[str, Any]:
    """The periods that are on or will be, in words."""
    return {"periods": [_line(one) for one in all_periods()]}


def _line(one: Meanwhile) -> Line:
    names = zip(one.recipients, names_of(one.recipients), strict=True)
    who = ", ".join(labelled(recipient, name) for recipient, name in names)
    if rules.takes_practitioner(one.format):
        who = _("%(gp)s og %(others)s") % {"gp": _("Fastlegen"), "others": who} if who else _("Fastlegen")
    gp = one.gp_name or _("Alle fastleger")
    return Line(one, service_name(one.kind), gp, span_text(one.starts_at, one.ends_at), who)


def meaning(form: PeriodForm) -> list[Meaning]:
    """What saving would mean, GP for GP; nothing where it cannot be saved."""
    if not form.is_valid():
        return []
    wanted = form.wanted()
    if not rules.has_somebody(wanted.format, wanted.recipients):
        form.add_error("recipients", _("Velg minst én mottaker. Ingenting er lagret."))
        return []
    return [
        Meaning(gp.name, service_name(kind), gets_now(kind, gp), _then(kind, wanted, gp))
        for gp in form.doctors
        if wanted.gp_id in {None, gp.id}
        for kind in wanted.kinds
    ]


def _then(kind: str, wanted: Wanted, gp: Employee) -> str:
    recipients: tuple[Recipient, ...] = wanted.recipients
    found = people(Receivers(kind=kind, format=wanted.format, recipients=recipients), gp)
    return ", ".join(one.name for one in found)


@require_http_methods(["GET", "POST"])
@settings_view(Permission.SET_RECEIVERS)
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Set a period; what it would mean can be looked at before it is saved."""
    form, status, shown = PeriodForm(posted(request)), 200, list[Meaning]()
    if form.is_bound and "vis" in request.POST:
        shown = meaning(form)
    elif form.is_bound:
        status = save(form, lambda _facts: set_period(form.wanted()))
        if not status:
            return to(request, MENU)
    context = {"form": form, "meaning": shown, "back": address(request, MENU)}
    return settings_page(request, actor, MENU, "clinic/settings/receiver_period.html", context, status=status)


@require_POST
@settings_view(Permission.SET_RECEIVERS)
def end(request: HttpRequest, actor: Actor, period_id: UUID) -> HttpResponse:  # noqa: ARG001 - a clinic view takes it
    """End it now, or take it away before it begins."""
    end_period(period_id)
    return to(request, MENU)
