"""The demo's patient portal: what citizens may start there (RCV-20), and what the clinic has written (CMP-4)."""

from collections.abc import Collection, Mapping

from skranke.clinics.models import Employee
from skranke.clinics.organisation.values import WHOLE_CLINIC, Recipient
from skranke.clinics.queries import actor_of
from skranke.dialog.communication.models import OwnType, RecipientFormat, Senders
from skranke.dialog.communication.set_up import TypeSetUp, set_type
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


def open_types(employees: Mapping[str, Employee], doctors: Collection[Employee]) -> None:
    """The administrator opens all but the question about an invoice, which is for the page to show."""
    listed = tuple(Recipient(employee_id=one.id) for one in doctors)
    with acting(actor_of(employees["anne"])):
        for kind in (OwnType.E_DIALOG, OwnType.PRESCRIPTION_REQUEST):
            set_type(TypeSetUp(kind=kind, active=True, recipients=(WHOLE_CLINIC,)), expected_version=0)
        wanted = TypeSetUp(
            kind=OwnType.E_CONSULTATION,
            active=True,
            senders=Senders.GP_LIST,
            format=RecipientFormat.PEOPLE,
            recipients=listed,
        )
        set_type(wanted, expected_version=0)
