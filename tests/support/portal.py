"""An e-dialog between the clinic and a patient, as the rooms below the pages see it."""

from uuid import UUID, uuid4

from skranke.clinics.models import Employee
from skranke.dialog import services
from skranke.dialog.models import DialogKind, Message, Thread
from skranke.patients.models import Patient
from skranke.tenancy.work import acting

from cast import Cast

E_DIALOG = DialogKind.E_DIALOG


def start(cast: Cast, by: Employee | None = None, to: Patient | None = None, **facts: object) -> Thread:
    """The clinic writes first: Kari to Ola, unless told otherwise."""
    with acting(cast.actor(by or cast.kari)):
        return services.start_dialog(
            **{
                "patient": to or cast.ola,
                "kind": E_DIALOG,
                "subject": "Prøvesvar",
                "text": "Alt er fint.",
                **facts,
            }
        )


def answer(cast: Cast, thread: Thread, text: str = "Takk.", form_id: UUID | None = None, **facts: object) -> Message:
    """The patient of the thread answers."""
    with acting(cast.actor(facts.pop("by", cast.ola))):
        return services.answer_by_patient(thread, text=text, form_id=form_id or uuid4(), **facts)
