"""Innsynslogg: the administrator looks through who used which patient's data, and takes it out (NFR-1)."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from skranke.audit.models import AuditEvent
from skranke.audit.review import Look, Place, Wanted, count_for_export, review, rows_after
from skranke.audit.rules import Unusual
from skranke.audit.seeing import Deed
from skranke.clinics.models import Employee
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.patients.models import Patient
from skranke.patients.queries import rows_of
from skranke.tenancy.work import acting
from skranke.ui.dates import format_moment
from skranke.ui.forms import date_input
from skranke.web.access_words import action_by_clinic, deed_by_clinic, purpose_by_clinic, reason_text, who_and_role
from skranke.web.clinic.settings.frame import settings_page, settings_view
from skranke.web.clinic.settings.unusual import Odd, unusual_looks

ROUTE = "settings-access-log"
_USUAL_DAYS, _MOST_DAYS = 7, 366
_AT_ONCE = 1000


class FilterForm(forms.Form):
    """What to look for; all of it may be left empty."""

    ansatt = forms.ModelChoiceField(Employee.objects.none(), label=gettext_lazy("Ansatt"), required=False)
    pasient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    fnr = forms.CharField(label=gettext_lazy("Pasientens fødselsnummer"), max_length=14, required=False)
    hva = forms.ChoiceField(label=gettext_lazy("Handling"), required=False)
    fra = forms.DateField(label=gettext_lazy("Fra og med"), widget=date_input())
    til = forms.DateField(label=gettext_lazy("Til og med"), widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The employees are those of the clinic, also who has left."""
        super().__init__(*args, **kwargs)
        staff: Any = self.fields["ansatt"]
        staff.queryset = Employee.objects.order_by("family_name", "given_name")
        staff.label_from_instance = lambda one: one.name
        staff.empty_label = _("Alle")
        what: Any = self.fields["hva"]
        what.choices = [("", _("Alle")), *((deed.value, deed_by_clinic(deed)) for deed in Deed)]

    def clean(self) -> dict[str, Any]:
        """A period of a year at most, its end not before its beginning, and a patient of the clinic."""
        told: dict[str, Any] = super().clean() or {}
        first, last = told.get("fra"), told.get("til")
        if first and last and not 0 <= (last - first).days < _MOST_DAYS:
            self.add_error("til", _("Velg en periode på høyst ett år, der slutten ikke er før starten."))
        number = "".join(filter(str.isdigit, told.get("fnr") or ""))
        if number:
            told["pasient"] = Patient.objects.filter(national_id=number).values_list("id", flat=True).first()
            if told["pasient"] is None:
                self.add_error("fnr", _("Ingen pasient ved klinikken har dette fødselsnummeret."))
        return told

    def wanted(self) -> Wanted:
        """The filter in the log's own terms."""
        told = self.cleaned_data
        return Wanted(
            since=_midnight(told["fra"]),
            until=_midnight(told["til"] + timedelta(days=1)),
            employee_id=told["ansatt"].id if told["ansatt"] else None,
            patient_ids=rows_of(told["pasient"]) if told["pasient"] else (),
            deed=Deed(told["hva"]) if told["hva"] else None,
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """The patients that a page names."""

    patients: dict[UUID, Patient]

    def of(self, patient_id: UUID | None) -> str:
        patient = self.patients.get(patient_id) if patient_id else None
        return patient.name if patient is not None else ""


@require_GET
@settings_view(Permission.CHANGE_SETTINGS)
def access_log(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is out of the ordinary, and all rows page by page."""
    form = _form(request)
    if not form.is_valid():
        return _wrong(request, actor, form)
    wanted, after = form.wanted(), _place(request)
    rows, older = review(wanted, after=after)
    odd, many = unusual_looks(wanted) if after is None else ((), 0)
    names = _names([one.patient_id for one in rows] + [one.look.patient_id for one in odd])
    context = {
        "form": form,
        "rows": [_row(one, names) for one in rows],
        "odd": [_odd(one, names) for one in odd],
        "more_odd": many - len(odd),
        "is_first": after is None,
        "patient_name": _names([wanted.patient_id]).of(wanted.patient_id),
        "query": urlencode({name: value for name, value in form.data.items() if value and name != "etter"}),
        "older_url": _older(form, older),
    }
    return settings_page(request, actor, ROUTE, "clinic/settings/access_log.html", context)


@require_GET
@settings_view(Permission.CHANGE_SETTINGS)
def export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The rows as a spreadsheet's text; that they were taken out is logged before the first one leaves."""
    form = _form(request)
    if not form.is_valid():
        return _wrong(request, actor, form)
    wanted = form.wanted()
    count_for_export(wanted)
    name = f"innsynslogg-{form.cleaned_data['fra']}-{form.cleaned_data['til']}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(_lines(actor, wanted), content_type="text/csv; charset=utf-8", headers=headers)


def _wrong(request: HttpRequest, actor: Actor, form: FilterForm) -> HttpResponse:
    """The filter with what is wrong at its fields, and nothing found."""
    context = {"form": form, "rows": None, "patient_name": ""}
    return settings_page(request, actor, ROUTE, "clinic/settings/access_log.html", context, status=422)


def _form(request: HttpRequest) -> FilterForm:
    today = clock.today()
    usual = {"fra": (today - timedelta(days=_USUAL_DAYS - 1)).isoformat(), "til": today.isoformat()}
    return FilterForm(usual | {name: value for name, value in request.GET.items() if value})


def _midnight(day: date) -> datetime:
    found = clock.from_oslo(datetime.combine(day, time()))
    assert found is not None
    return found


def _place(request: HttpRequest) -> Place | None:
    at, _comma, identity = request.GET.get("etter", "").partition(",")
    try:
        return Place(datetime.fromisoformat(at), UUID(identity))
    except ValueError:
        return None


def _older(form: FilterForm, place: Place | None) -> str:
    if place is None:
        return ""
    return "?" + urlencode({**form.data, "etter": f"{place.at.isoformat()},{place.id}"})


def _names(ids: Sequence[UUID | None]) -> _Names:
    return _Names(Patient.objects.in_bulk({one for one in ids if one is not None}))


def _row(row: AuditEvent, names: _Names) -> dict[str, Any]:
    who, role = who_and_role(row.actor_kind, row.actor_name, row.actor_role)
    return {
        "at": row.at,
        "who": who,
        "role": role,
        "patient_id": row.patient_id,
        "patient": names.of(row.patient_id),
        "what": action_by_clinic(row.action),
        "why": purpose_by_clinic(row.purpose),
    }


def _odd(odd: Odd, names: _Names) -> dict[str, Any]:
    look: Look = odd.look
    who, role = who_and_role("employee", look.actor_name, look.actor_role)
    return {
        "look": look,
        "who": who,
        "role": role,
        "patient": names.of(look.patient_id),
        "reasons": [(reason_text(reason), reason is Unusual.COLLEAGUE) for reason in odd.reasons],
    }


def _lines(actor: Actor, wanted: Wanted) -> Iterator[bytes]:
    """The file in pieces, each in a unit of work of its own: a slow browser holds no transaction open."""
    yield "\ufeff".encode() + _csv([_("Tid"), _("Ansatt"), _("Rolle"), _("Pasient"), _("Handling"), _("Hvorfor")])
    place: Place | None = None
    while True:
        with acting(actor):
            rows = rows_after(wanted, place, limit=_AT_ONCE)
            names = _names([one.patient_id for one in rows])
        if not rows:
            return
        place = Place(rows[-1].at, rows[-1].id)
        told = [_row(one, names) for one in rows]
        yield b"".join(
            _csv([format_moment(one["at"]), one["who"], one["role"], one["patient"], one["what"], one["why"]])
            for one in told
        )


def _csv(cells: Sequence[str]) -> bytes:
    """A line that a spreadsheet takes as text: a name that begins like a formula gets a sign before it."""
    line = StringIO()
    csv.writer(line, delimiter=";").writerow([f"'{one}" if one[:1] in "=+-@\t\r" and one else one for one in cells])
    return line.getvalue().encode()
