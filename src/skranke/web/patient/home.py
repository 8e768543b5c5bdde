"""What a patient sees first: the clinics where the person is a patient, and the own page at one of them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from skranke.clinics import queries as clinics
from skranke.clinics.models import Clinic
from skranke.dialog.access import patient_of
from skranke.dialog.own_channel import own_thread_rows
from skranke.identity.models import Session
from skranke.kernel.actor import Actor, system
from skranke.patients import queries as patients
from skranke.scheduling.own import own_times
from skranke.tenancy.work import acting
from skranke.web.patient import words
from skranke.web.patient.session import patient_home_view, patient_view
from skranke.web.patient.shell import frame, home_shell


@require_GET
@patient_home_view
def home(request: HttpRequest, session: Session) -> HttpResponse:
    """The own page where there is one clinic; else the clinics to choose from."""
    found = sorted(map(_clinic, patients.clinics_of(session.national_id)), key=lambda one: one.name)
    if len(found) == 1:
        return HttpResponseRedirect(reverse("patient-clinic", args=[found[0].slug]))
    return render(request, "patient/home.html", {"shell": home_shell(found), "clinics": found})


@require_GET
@patient_view
def clinic(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The own page at one clinic: what comes next, what is new, and what can be done."""
    context = {
        "shell": frame(request, actor, "patient-clinic"),
        "slug": clinics.this_clinic().slug,
        "given_name": patient_of(actor).given_name,
        "next": own_times().next,
        "unread": [row for row in own_thread_rows() if row.unread],
        "words": words,
    }
    return render(request, "patient/clinic.html", context)


def _clinic(clinic_id: UUID) -> Clinic:
    with acting(system(clinic_id)):
        return clinics.this_clinic()
