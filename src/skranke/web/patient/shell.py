"""The frame around the pages of the patient portal."""

from django.urls import reverse

from skranke.clinics.models import Clinic
from skranke.kernel.actor import Actor
from skranke.ui.shell import NavItem, PatientShell


def shell(actor: Actor, clinic: Clinic, *, nav: tuple[NavItem, ...] = (), back_url: str = "") -> PatientShell:
    """The frame for a page about one clinic."""
    return PatientShell(
        clinic_name=clinic.name,
        person_name=actor.name,
        nav=nav,
        back_url=back_url,
        logout_url=reverse("patient-logout"),
        test_environment=clinic.is_test,
    )


def home_shell(clinics: list[Clinic]) -> PatientShell:
    """The frame for a page about no one clinic."""
    return PatientShell(
        clinic_name="Skranke",
        logout_url=reverse("patient-logout"),
        test_environment=any(clinic.is_test for clinic in clinics),
    )
