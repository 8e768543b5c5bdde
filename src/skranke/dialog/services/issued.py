"""What the record system tells that it has issued, and the warning where a renewal is told of without (RX-11)."""

from datetime import datetime

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog import rules
from skranke.dialog.errors import NothingIssuedError
from skranke.dialog.issued import Issued, IssuedPrescription
from skranke.dialog.models import Direction, Message, Thread
from skranke.dialog.services.changes import add_event
from skranke.dialog.values import EventKind
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.models import Patient
from skranke.tenancy.work import current_actor

_NAME_LENGTH = 500


def tell_issued(patient: Patient, *, name: str, issued_at: datetime) -> IssuedPrescription:
    """The record system has issued a prescription. Raises InvalidError for one without a name, or of the future."""
    name = rules.clean_line(name)
    if not name or len(name) > _NAME_LENGTH:
        raise InvalidError("A prescription has a name of at most 500 characters.", field="name")
    if issued_at > clock.now():
        raise InvalidError("What is issued has been issued already.", field="issued_at")
    row = IssuedPrescription.objects.create(
        clinic_id=current_actor().clinic_id, patient=patient, name=name, issued_at=issued_at, told_at=clock.now()
    )
    record(
        Action.PRESCRIPTION_ISSUED,
        subject_kind="issued_prescription",
        subject_id=row.id,
        patient_id=patient.id,
    )
    return row


def issued(thread: Thread) -> Issued:
    """Whether anything was issued to the patient since the newest request; unknown where nobody ever tells of it."""
    requests = rules.request_codes(thread.kind)
    asked = thread.messages.filter(direction=Direction.IN, code__in=requests).order_by("-generated_at", "-msg_id")
    since = asked.values_list("generated_at", flat=True).first()
    if thread.patient is None or since is None:
        return Issued.UNKNOWN
    if IssuedPrescription.objects.filter(patient=thread.patient, issued_at__gte=since).exists():
        return Issued.YES
    return Issued.NO if is_told() else Issued.UNKNOWN


def is_told() -> bool:
    """Whether a record system tells this clinic what it issues: it has done so once."""
    return IssuedPrescription.objects.exists()


def warn_of_unissued(thread: Thread, outcome: str) -> None:
    """Raise NothingIssuedError where the outcome says that all is renewed, and nothing was issued since.

    Where nobody ever tells of it, the form says so: a warning each time would soon be read by nobody.
    """
    if rules.needs_issued(thread.kind, outcome) and issued(thread) == Issued.NO:
        raise NothingIssuedError(
            _("Journalsystemet har ikke meldt om noen utstedt resept etter forespørselen. Ingenting er sendt ennå.")
        )


def note_unissued(thread: Thread, message: Message) -> None:
    """Log that a patient was told of a renewal though nothing was known to be issued."""
    if not rules.needs_issued(thread.kind, message.code):
        return
    standing = issued(thread)
    if standing == Issued.YES:
        return
    add_event(thread, EventKind.NOTHING_ISSUED)
    record(
        Action.ANSWERED_UNISSUED,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail={"message": str(message.id), "issued": standing.value},
    )
