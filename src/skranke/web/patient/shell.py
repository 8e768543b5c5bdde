"""The frame around the pages of the patient portal."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from skranke.clinics.models import Clinic
from skranke.clinics.queries import this_clinic
from skranke.dialog.access import patient_of
from skranke.dialog.own_channel import unread_threads
from skranke.kernel.actor import Actor
from skranke.ui.shell import NavItem, PatientShell
from skranke.web.patient.place import Place, place_of
from skranke.web.patient.session import has_several_doors
from skranke.web.sessions import PATIENT, links


def frame(request: HttpRequest, actor: Actor, current: str = "", *, back_url: str = "") -> PatientShell:
    """The frame for a page about one clinic.

    current: the tab it lies under; none inside a flow, which has a way back.
    """
    clinic = this_clinic()
    return PatientShell(
        clinic_name=clinic.name,
        person_name=actor.name,
        acting_for=patient_of(actor).name if actor.relation_id is not None else "",
        nav=() if back_url else _tabs(place_of(request), current),
        back_url=back_url,
        logout_url=reverse("patient-logout"),
        session=links(PATIENT),
        clinics_url=reverse("patient-home") if has_several_doors(request) else "",
        test_environment=clinic.is_test,
    )


def home_shell(clinics: list[Clinic]) -> PatientShell:
    """The frame for a page about no one clinic."""
    return PatientShell(
        clinic_name="Skranke",
        logout_url=reverse("patient-logout"),
        session=links(PATIENT),
        test_environment=any(clinic.is_test for clinic in clinics),
    )


def _tabs(here: Place, current: str) -> tuple[NavItem, ...]:
    unread = unread_threads()
    tabs = (
        ("patient-clinic", _("Hjem"), "home", 0),
        ("patient-times", _("Timer"), "cal", 0),
        ("patient-messages", _("Meldinger"), "chat", unread),
        ("patient-me", _("Meg"), "user", 0),
    )
    return tuple(
        NavItem(here.url(name), text, symbol, current == name, count, _("uleste")) for name, text, symbol, count in tabs
    )
