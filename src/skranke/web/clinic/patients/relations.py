"""Relations on the patient card: added, given or refused access, ended (PAT-20)."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.patients.access import get_patient_for, get_relation_for
from skranke.patients.models import Patient
from skranke.patients.relating import add_relation, end_relation, set_access
from skranke.web.clinic.patients.card import card_page
from skranke.web.clinic.patients.forms import RelationForm, add_error
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import clinic_view


@require_POST
@clinic_view
def add(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """Add a relative on the card of the patient who is represented."""
    patient, form = get_patient_for(actor, patient_id), RelationForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                _add(patient, form)
        except (InvalidError, ConflictError) as error:
            add_error(form, error)
        else:
            return _back(request, patient)
    return card_page(request, actor, patient, status=422, relation_form=form)


@require_POST
@clinic_view
def change(request: HttpRequest, actor: Actor, relation_id: UUID) -> HttpResponse:
    """Give or take access, or end the relation."""
    relation = get_relation_for(actor, relation_id)
    if request.POST.get("tilgang") in {"ja", "nei"}:
        set_access(relation, access=request.POST["tilgang"] == "ja")
    else:
        end_relation(relation)
    return _back(request, relation.patient)


def _add(patient: Patient, form: RelationForm) -> None:
    told = form.cleaned_data
    add_relation(
        patient, national_id=told["national_id"], kind=told["kind"], name=told["name"], access=told["access"] == "yes"
    )


def _back(request: HttpRequest, patient: Patient) -> HttpResponse:
    return HttpResponseRedirect(reverse("patient", args=[slug_of(request), patient.id]) + "#area-relations")
