"""DIGITALBRUKER in: whether patients are active in HelseNorge, told (SDAB) or answered (28, 29, 26, 31)."""

from skranke.dialog.services import tell_of_drafts
from skranke.gateway.types.people import known_patient
from skranke.gateway.values import Handled, Incoming
from skranke.kernel.log import get_logger
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.reaching import ask_again, note_answer
from skranke.patients.services import note_helsenorge_state
from skranke.standards.codes import Answer, Question, YesNo
from skranke.standards.msghead import MsgHead
from skranke.standards.parse import parse_document
from skranke.standards.people import Person

log = get_logger(__name__)

_STATES = {YesNo.YES: HelseNorgeState.ACTIVE, YesNo.NO: HelseNorgeState.INACTIVE}
_TOLD = frozenset({Answer.ACTIVE_USERS.value, Answer.NO_ACTIVE_USERS.value})


def handle(incoming: Incoming) -> Handled:
    """Store what is told of patients of ours. Another question has no answer in this service: it is kept (4.8)."""
    message = incoming.message
    if message.dialog.note is not None:
        return _answered(message)
    if message.code.v == Question.DIGITAL_STATUS:
        return _told(message)
    log.warning("digital_status_unknown_question")
    return Handled(code=message.code.v)


def _told(message: MsgHead) -> Handled:
    """SDAB: older than what is known, it changes nothing; of somebody unknown, nothing is stored (4.8)."""
    patient = known_patient(message)
    question = message.dialog.question
    told = YesNo.known(question.coded_information) if question else None
    if patient is None or told is None:
        log.info("digital_status_ignored", known=patient is not None)
        return Handled()
    note_helsenorge_state(patient, _STATES[told], at=message.info.gen_date)
    tell_of_drafts([patient])
    return Handled(subject_kind="patient", subject_id=patient.id, patient_id=patient.id)


def _answered(message: MsgHead) -> Handled:
    """28, 29: those named are active and the others we asked about are not. 26, 31: nothing is known; ask again."""
    item = _question(message)
    if item is None:
        log.warning("digital_status_answer_to_nothing")
        return Handled(code=message.code.v)
    asked = list(Patient.objects.filter(national_id__in=_ids(_persons_asked(item))))
    if message.code.v in _TOLD:
        active = _ids(message.persons) if message.code.v == Answer.ACTIVE_USERS else set()
        note_answer(asked, active=active, at=message.info.gen_date)
        tell_of_drafts(asked)
    else:
        ask_again(asked, tries=int(item.detail.get("tries", 1)))
    return Handled(subject_kind="outbox_item", subject_id=item.id, code=message.code.v)


def _question(message: MsgHead) -> OutboxItem | None:
    """The SIDAB of ours that is answered: by MsgId, whichever of the references names it."""
    reference = message.info.conversation
    names = {reference.conversation, reference.parent} if reference else set()
    found = OutboxItem.objects.filter(msg_id__in=names - {""}, intent=Intent.STATUS_CHECK).defer("body")
    return found.first()


def _persons_asked(item: OutboxItem) -> tuple[Person, ...]:
    """As the message that left names them, whoever stands on a list since."""
    document = parse_document(bytes(item.document or b""))
    return document.persons if isinstance(document, MsgHead) else ()


def _ids(persons: tuple[Person, ...]) -> set[str]:
    return {str(one.national_id) for one in persons if one.national_id is not None}
