"""Who at a clinic can be addressed in HelseNorge, and what a number must look like."""

import re

from skranke.clinics.models import EmployeeRole

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_ORGANISATION_NUMBER = re.compile(r"[0-9]{9}", re.ASCII)


def may_be_personal_party(role: str) -> bool:
    """A GP, or a substitute whom Fastlegeregisteret lists, is a personal party (ACT-12)."""
    return role in {EmployeeRole.GP, EmployeeRole.SUBSTITUTE}


def may_offer_services(role: str) -> bool:
    """Only a GP with a patient list can be enabled for the services (ACT-4)."""
    return role == EmployeeRole.GP


def may_take_cancellations(*, tells_of_appointments: bool) -> bool:
    """Cancellation without booking is on only where AVTALEUTSENDING is (HNB-13, DDFL-AA-04; HITS 1217 3.7)."""
    return tells_of_appointments


def is_slug(text: str) -> bool:
    """Up to 60 small ASCII letters, digits and hyphens: it stands in addresses (`/k/<slug>/`)."""
    return _SLUG.fullmatch(text) is not None


def is_organisation_number(text: str) -> bool:
    """Nine digits, as Enhetsregisteret writes them."""
    return _ORGANISATION_NUMBER.fullmatch(text) is not None
