"""How a patient wants to be notified, in words: for the clinic's card and for the patient's own page (NOT-7, NOT-8)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.patients.models import NotifyBy, Patient
from skranke.patients.rules import notice_routes

NOTIFY_CHOICES = (
    ("", gettext_lazy("Ikke valgt: e-post, ellers SMS")),
    (NotifyBy.EMAIL.value, gettext_lazy("E-post (SMS hvis det ikke går)")),
    (NotifyBy.SMS.value, gettext_lazy("SMS (e-post hvis det ikke går)")),
    (NotifyBy.BOTH.value, gettext_lazy("Både e-post og SMS")),
)


def wish_text(patient: Patient) -> str:
    """What the patient has wished."""
    return str(dict(NOTIFY_CHOICES)[patient.notify_by])


def routes_text(patient: Patient) -> str:
    """By which ways the clinic's own notices would go today; empty where there is none."""
    ways = notice_routes(patient.notify_by, email=patient.email, phone=patient.phone)
    return _(" og ").join(str(way.label) for way in ways)
