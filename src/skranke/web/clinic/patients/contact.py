"""Editing a patient's contact data, exemption card and important note, and closing the digital services."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError, SkrankeError
from skranke.patients.access import get_patient_for
from skranke.patients.contact import change_contact, set_note
from skranke.patients.exemption import set_exemption
from skranke.patients.models import Exemption, Patient
from skranke.patients.residing import is_kept_by_register
from skranke.patients.services import block
from skranke.web.clinic.patients.forms import ContactForm, ExemptionForm, NoteForm, VersionedForm, add_error
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import exemption_line, shell

_INVALID, _CHANGED = 422, 409


@require_http_methods(["GET", "POST"])
@clinic_view
def contact(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The contact data as a form; who saves second is told, with what was typed kept."""
    patient = get_patient_for(actor, patient_id)
    if request.method != "POST":
        return _page(request, actor, patient, ContactForm.of(patient))
    form = ContactForm(patient, request.POST)
    return _saved(
        request,
        actor,
        patient,
        form,
        lambda: change_contact(patient, form.contact(), expected_version=form.cleaned_data["version"]),
    )


@require_http_methods(["GET", "POST"])
@clinic_view
def note(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The important note as a form (PAT-23)."""
    patient = get_patient_for(actor, patient_id)
    if request.method != "POST":
        form = NoteForm(initial={"version": patient.version, "note": patient.note})
        return _page(request, actor, patient, form)
    form = NoteForm(request.POST)
    return _saved(
        request,
        actor,
        patient,
        form,
        lambda: set_note(patient, form.cleaned_data["note"], expected_version=form.cleaned_data["version"]),
    )


@require_http_methods(["GET", "POST"])
@clinic_view
def exemption(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The exemption card as a form (PAT-7)."""
    patient = get_patient_for(actor, patient_id)
    if request.method != "POST":
        return _page(request, actor, patient, ExemptionForm.of(patient))
    form = ExemptionForm(request.POST)
    return _saved(request, actor, patient, form, lambda: _set_exemption(patient, form))


def _set_exemption(patient: Patient, form: ExemptionForm) -> None:
    told = form.cleaned_data
    set_exemption(patient, Exemption(told["state"]), told["valid_until"], expected_version=told["version"])


@require_POST
@clinic_view
def reservation(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """Close the clinic's digital services to the patient, or open them again."""
    patient = get_patient_for(actor, patient_id)
    block(patient, blocked=request.POST.get("reservert") == "ja")
    return _to_card(request, patient)


def _saved(
    request: HttpRequest, actor: Actor, patient: Patient, form: VersionedForm, verb: Callable[[], object]
) -> HttpResponse:
    """Do the verb with a form that is right, and go to the card; else the form again."""
    if not form.is_valid():
        return _page(request, actor, patient, form, status=_INVALID)
    try:
        with transaction.atomic():
            verb()
    except (InvalidError, ConflictError) as error:
        return _refused(request, actor, patient, form, error)
    return _to_card(request, patient)


def _refused(
    request: HttpRequest, actor: Actor, patient: Patient, form: VersionedForm, error: SkrankeError
) -> HttpResponse:
    """The form as it was filled in. After another's change it is of the newest version: saving again is meant."""
    add_error(form, error)
    if not isinstance(error, ConflictError):
        return _page(request, actor, patient, form, status=_INVALID)
    patient.refresh_from_db()
    form.data = {**request.POST.dict(), "version": str(patient.version)}
    return _page(request, actor, patient, form, status=_CHANGED, changed=True)


def _page(
    request: HttpRequest,
    actor: Actor,
    patient: Patient,
    form: VersionedForm,
    *,
    status: int = 200,
    changed: bool = False,
) -> HttpResponse:
    context = {
        "shell": shell(request, actor, "patients"),
        "patient": patient,
        "form": form,
        "is_note": isinstance(form, NoteForm),
        "is_exemption": isinstance(form, ExemptionForm),
        "exemption": exemption_line(patient),
        "changed": changed,
        "slug": slug_of(request),
        "keeps_address": is_kept_by_register(patient),
        "has_register": bool(settings.OURS.person_register_url),
    }
    return render(request, "clinic/patients/edit.html", context, status=status)


def _to_card(request: HttpRequest, patient: Patient) -> HttpResponse:
    return HttpResponseRedirect(reverse("patient", args=[slug_of(request), patient.id]))
