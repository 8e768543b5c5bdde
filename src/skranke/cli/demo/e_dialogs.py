"""What the demo's clinic has written to a citizen in the patient portal (CMP-4)."""

from collections.abc import Mapping

from skranke.clinics.models import Employee
from skranke.clinics.queries import actor_of
from skranke.dialog.models import DialogKind
from skranke.dialog.services import start_dialog
from skranke.patients.models import Patient
from skranke.tenancy.work import acting

_BLOOD_TEST = """Hei. Blodprøvene dine er fine, bortsett fra at jernlageret er litt lavt.

Ta jerntabletter i tre måneder, så tar vi en ny prøve. Skriv gjerne her om du lurer på noe."""
_LETTERS = (
    ("lise", "Før blodprøven på torsdag", "Møt fastende: ikke spis eller drikk annet enn vann etter kl. 22.", True),
    ("kari", "Svar på blodprøvene", _BLOOD_TEST, True),
    (
        "anne",
        "Vi stenger tidlig fredag",
        "Fredag stenger vi klokken 13 på grunn av kurs. Haster det: legevakten.",
        False,
    ),
)
"""Who writes it, subject, text, and whether the citizen may answer."""


def write(employees: Mapping[str, Employee], patient: Patient) -> None:
    """Each letter in its writer's name. Called once, when the clinic is made."""
    for username, subject, text, may_answer in _LETTERS:
        with acting(actor_of(employees[username])):
            start_dialog(patient=patient, kind=DialogKind.E_DIALOG, subject=subject, text=text, may_answer=may_answer)
