"""The page Rapporter: load and answer times of Post in a chosen period."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from skranke.clinics.access import require
from skranke.clinics.permissions import Permission
from skranke.dialog.reporting import may_see_reports, message_report, usual_period
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.ui.forms import date_input
from skranke.ui.shell import NavItem
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.reports.figures import figures, totals
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell

_FIELDS = {"from": "fra", "to": "til"}
_YEAR = 365


class PeriodForm(forms.Form):
    """The days, both counted."""

    fra = forms.DateField(label=gettext_lazy("Fra og med"), widget=date_input())
    til = forms.DateField(label=gettext_lazy("Til og med"), widget=date_input())


@dataclass(frozen=True, slots=True)
class _Choice:
    """A period that is one click away."""

    text: str
    first: date


@require_GET
@clinic_view
def messages(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Messages by type and week, answer times, what is open now, and the channels."""
    require(actor, Permission.SEE_REPORTS, granted=may_see_reports(actor))
    usual = dict(zip(_FIELDS.values(), usual_period(), strict=True))
    form = PeriodForm({name: request.GET.get(name) or day for name, day in usual.items()})
    report = None
    if form.is_valid():
        try:
            report = message_report(form.cleaned_data["fra"], form.cleaned_data["til"])
        except InvalidError as error:
            form.add_error(_FIELDS[error.field], str(error))
    context: dict[str, Any] = {
        "shell": shell(request, actor, "reports"),
        "slug": slug_of(request),
        "form": form,
        "report": report,
        "figures": figures(report) if report else [],
        "totals": totals(report) if report else [],
        "periods": _periods(slug_of(request), report.first if report else None, report.last if report else None),
    }
    return render(request, "clinic/reports/messages.html", context, status=200 if report else 422)


def _periods(slug: str, first: date | None, last: date | None) -> list[NavItem]:
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    choices = (
        _Choice(_("4 uker"), monday - timedelta(weeks=3)),
        _Choice(_("12 uker"), usual_period()[0]),
        _Choice(_("I år"), today.replace(month=1, day=1)),
        _Choice(_("Ett år"), today - timedelta(days=_YEAR)),
    )
    base = reverse("reports", args=[slug])
    return [
        NavItem(
            f"{base}?{urlencode({'fra': str(one.first), 'til': str(today)})}",
            one.text,
            current=first == one.first and last == today,
        )
        for one in choices
    ]
