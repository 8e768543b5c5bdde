"""The patient portal as a browser meets it."""

from django.test import Client

from skranke.identity.models import SessionKind
from skranke.patients.models import Patient
from skranke.web.links import link_for


def as_patient(patient: Patient) -> Client:
    """A client that has logged in as this person by the demo's link."""
    client = Client(SERVER_NAME="127.0.0.1")
    assert client.get(link_for(SessionKind.PATIENT, patient.national_id)).status_code == 302
    return client
