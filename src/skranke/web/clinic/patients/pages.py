"""Finding a patient, and the active one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.patients import queries as patients
from skranke.patients.access import get_patient_for
from skranke.patients.reaching import ask_ahead
from skranke.patients.residing import ask_where
from skranke.web.clinic.post.place import is_htmx, slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import (
    ACTIVE_PATIENT,
    active_patient_bar,
    active_patient_id,
    recent_patients,
    remember_patient,
    shell,
)

TEMPLATES = "clinic/patients"


@require_GET
@clinic_view
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The patients a search means; without one, those looked for last (PAT-1)."""
    q = request.GET.get("q", "").replace("\x00", "").strip()
    hits = patients.search(q) if q else patients.Found(recent_patients(request, actor))
    context = {"q": q, "found": hits.patients, "near": hits.near, "slug": slug_of(request)}
    chosen = active_patient_id(request)
    context["active"] = next((one for one in hits.patients if one.id == chosen and not q), None)
    if is_htmx(request):
        return render(request, f"{TEMPLATES}/results.html", context)
    return render(request, f"{TEMPLATES}/search.html", context | {"shell": shell(request, actor, "patients")})


@require_POST
@clinic_view
def choose(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """Make the patient the active one (PAT-2).

    HelseNorge is asked ahead whether the patient can be reached (PAT-10), and Folkeregisteret where the patient lives
    (PAT-8): both in the background.
    """
    patient = get_patient_for(actor, patient_id)
    ask_ahead(patient)
    ask_where(patient)
    remember_patient(request, patient)
    if is_htmx(request):
        bar = active_patient_bar(this_clinic(), patient)
        return render(request, f"{TEMPLATES}/chosen.html", {"bar": bar})
    return HttpResponseRedirect(reverse("patient", args=[slug_of(request), patient.id]))


@require_GET
@clinic_view
def reach(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The header's sign of whether the patient can be reached (PAT-4)."""
    bar = active_patient_bar(this_clinic(), get_patient_for(actor, patient_id))
    return render(request, "ui/parts/reach.html", {"p": bar})


@require_POST
@clinic_view
def close(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """No patient is active any more; back to the page one came from."""
    request.session.pop(ACTIVE_PATIENT, None)
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("post", args=[slug_of(request)])
    return HttpResponseRedirect(back)
