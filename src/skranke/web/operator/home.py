"""What an operator sees first: the clinics of the installation; and how a new one is made."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from skranke.clinics import queries as clinics
from skranke.clinics.activation.checklist import clinic_lines
from skranke.clinics.activation.founding import found_clinic
from skranke.clinics.activation.queries import party_statuses
from skranke.clinics.models import Clinic
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting
from skranke.web.operator.forms import NewClinicForm
from skranke.web.operator.session import Operator, operator_view
from skranke.web.operator.shell import shell

_FIELD_OF = {"slug_taken": "slug", "her_id_taken": "her_id"}


@require_GET
@operator_view
def home(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Every clinic, by name, with how far it has come."""
    found = sorted((_row(operator, one) for one in clinics.all_clinics()), key=lambda row: row.clinic.name)
    return render(request, "operator/home.html", {"shell": shell(operator, "operator-home"), "rows": found})


@require_http_methods(["GET", "POST"])
@operator_view
def new_clinic(request: HttpRequest, operator: Operator) -> HttpResponse:
    """A new clinic with its first administrator."""
    form = NewClinicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clinic_id = new_id()
        if _found(operator, clinic_id, form):
            return HttpResponseRedirect(reverse("operator-clinic", args=[clinic_id]))
    context = {"shell": shell(operator, "operator-home"), "form": form}
    return render(request, "operator/new_clinic.html", context, status=422 if form.errors else 200)


def _found(operator: Operator, clinic_id: UUID, form: NewClinicForm) -> bool:
    """Whether the clinic was made; else the form says what stands in the way."""
    try:
        with acting(operator.at(clinic_id)):
            found_clinic(form.administrator(), **form.clinic())
    except (ConflictError, InvalidError) as error:
        field = error.field if isinstance(error, InvalidError) else _FIELD_OF.get(error.code)
        form.add_error(field or None, str(error))
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Row:
    """A clinic in the list. missing: how many lines of its own are red; gps, live_gps: those who can be on, and are."""

    clinic: Clinic
    missing: int
    gps: int
    live_gps: int


def _row(operator: Operator, clinic_id: UUID) -> _Row:
    with acting(operator.at(clinic_id)):
        clinic = clinics.this_clinic()
        able = [one for one in party_statuses() if one.eligible]
        missing = sum(1 for line in clinic_lines(clinic) if not line.ok)
        return _Row(clinic, missing, len(able), sum(1 for one in able if one.live))
