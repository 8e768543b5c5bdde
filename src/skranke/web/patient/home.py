"""What a patient sees first: the clinics where the person is a patient, and the own page at one of them."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from skranke.clinics import queries as clinics
from skranke.clinics.models import Clinic
from skranke.dialog.access import patient_of
from skranke.dialog.communication.starting import open_types
from skranke.dialog.own_channel import own_thread_rows
from skranke.identity.models import Session
from skranke.kernel.actor import Actor, system
from skranke.patients import queries as patients
from skranke.patients.access import get_patient_for
from skranke.scheduling.own import own_times
from skranke.tenancy.work import acting
from skranke.web.patient import words
from skranke.web.patient.place import Place, place_of
from skranke.web.patient.session import patient_home_view, patient_view
from skranke.web.patient.shell import frame, home_shell


@require_GET
@patient_home_view
def home(request: HttpRequest, session: Session) -> HttpResponse:
    """The own page where there is one; else the clinics, and those for whom the person may act, to choose from."""
    found = _doors(session.national_id)
    if len(found) == 1:
        return HttpResponseRedirect(found[0].url)
    return render(request, "patient/home.html", {"shell": home_shell([one.clinic for one in found]), "doors": found})


@require_GET
@patient_view
def clinic(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The own page at one clinic: what comes next, what is new, and what can be done."""
    context = {
        "shell": frame(request, actor, "patient-clinic"),
        "here": place_of(request),
        "given_name": patient_of(actor).given_name,
        "next": own_times().next,
        "unread": [row for row in own_thread_rows() if row.unread],
        "words": words,
        "may_start": bool(open_types()),
        "is_self": actor.relation_id is None,
    }
    return render(request, "patient/clinic.html", context)


@dataclass(frozen=True, slots=True)
class Door:
    """A page to go to. name: of the patient for whom the person would act there; empty for the own page."""

    clinic: Clinic
    url: str
    name: str = ""


def _doors(national_id: str) -> list[Door]:
    """The own pages by the clinic's name, then those of others."""
    own = [_door(clinic_id, None) for clinic_id in patients.clinics_of(national_id)]
    others = [_door(one.clinic_id, one.patient_id) for one in patients.represented_persons(national_id)]
    return sorted(own + others, key=lambda one: (one.name, one.clinic.name))


def _door(clinic_id: UUID, person: UUID | None) -> Door:
    with acting(system(clinic_id)) as clerk:
        found = clinics.this_clinic()
        name = get_patient_for(clerk, person).name if person is not None else ""
    return Door(found, Place(found.slug, person).url("patient-clinic"), name)
