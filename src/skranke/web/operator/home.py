"""What an operator sees first: the clinics of the installation."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from skranke.clinics import queries as clinics
from skranke.clinics.models import Clinic
from skranke.tenancy.work import acting
from skranke.web.operator.session import Operator, operator_view
from skranke.web.operator.shell import shell


@require_GET
@operator_view
def home(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Every clinic, by name."""
    found = sorted((_clinic(operator, clinic_id) for clinic_id in clinics.all_clinics()), key=lambda one: one[0].name)
    return render(request, "operator/home.html", {"shell": shell(operator, "operator-home"), "clinics": found})


def _clinic(operator: Operator, clinic_id: UUID) -> tuple[Clinic, bool]:
    """A clinic, and whether it is connected to the bus."""
    with acting(operator.at(clinic_id)):
        return clinics.this_clinic(), clinics.is_connected()
