"""Another national id for a patient, and one of two rows of the same person."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.patients.access import get_patient_for
from skranke.patients.errors import OtherPatientHasNumberError
from skranke.patients.models import Patient
from skranke.patients.numbers import change_number, merge
from skranke.web.clinic.patients.forms import NumberForm, add_error
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell
from skranke.web.numbers import number_of


@require_http_methods(["GET", "POST"])
@clinic_view
def number(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The number as a form; where another patient has it, whether the two are the same person."""
    patient = get_patient_for(actor, patient_id)
    if request.method != "POST":
        return _page(request, actor, patient, NumberForm(initial={"version": patient.version}))
    form, other = NumberForm(request.POST), None
    if form.is_valid():
        try:
            with transaction.atomic():
                told = form.cleaned_data
                change_number(patient, told["national_id"], expected_version=told["version"])
            return _to_card(request, patient)
        except OtherPatientHasNumberError as error:
            other = get_patient_for(actor, error.patient.id)
            add_error(form, error)
        except (InvalidError, ConflictError) as error:
            add_error(form, error)
    return _page(request, actor, patient, form, other)


@require_POST
@clinic_view
def merging(request: HttpRequest, actor: Actor, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """The two are the same person."""
    patient, other = get_patient_for(actor, patient_id), get_patient_for(actor, other_id)
    merge(patient, other, expected_version=number_of(request.POST.get("version", "")))
    return _to_card(request, patient)


def _page(
    request: HttpRequest, actor: Actor, patient: Patient, form: NumberForm, other: Patient | None = None
) -> HttpResponse:
    context = {
        "shell": shell(request, actor, "patients"),
        "patient": patient,
        "other": other,
        "form": form,
        "before": list(patient.numbers.order_by("-until")),
        "slug": slug_of(request),
    }
    return render(request, "clinic/patients/number.html", context, status=422 if form.errors else 200)


def _to_card(request: HttpRequest, patient: Patient) -> HttpResponse:
    return HttpResponseRedirect(reverse("patient", args=[slug_of(request), patient.id]))
