"""The rules of one message function, asked of a message that could be read (protocol-messages 4).

A rule stands here only when its breach makes the message impossible to act on; an unknown code value never does
(HIS 80415 3.3.2, D-42). What a service refuses is answered by the domain with 26 or 30, not here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from skranke.standards.attachments import check_attachment
from skranke.standards.codes import MessageFunction, Question
from skranke.standards.errors import MsgIdError, PatientError, SchemaError
from skranke.standards.m1 import ids
from skranke.standards.msghead import MsgHead

_UUID_LENGTH = 36

Rule = Callable[[MsgHead], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionRules:
    """What a function demands beside the envelope: a patient or not, a rule of every code, and rules by code."""

    patient: bool = True
    always: Rule | None = None
    by_code: tuple[tuple[str, Rule], ...] = ()


def _exactly_one_time(message: MsgHead) -> None:
    times = message.appointments
    if len(times) != 1:
        raise SchemaError(f"The message must name exactly one time (vevent); it has {len(times)}.")
    if times[0].end <= times[0].start:
        raise SchemaError("vevent: dtend is not after dtstart.")


def _some_time(message: MsgHead) -> None:
    # A person reads the wish; of several times the first is used (protocol-messages 3.5).
    if not message.appointments:
        raise SchemaError("The message must name the time it is about (vevent).")


def _status_of_a_patient(message: MsgHead) -> None:
    check_patient(message)
    if message.dialog.question is None or message.dialog.question.coded_information is None:
        raise SchemaError("KodetOpplysning: the message does not say whether the patient is active.")


def _some_content(message: MsgHead) -> None:
    body = message.dialog.body
    text = body.text.plain if body.text else ""
    if not text.strip() and not body.subject.strip() and not message.attachments:
        raise SchemaError("The question has no subject, no text and no attachment.")


def _some_content_or_prescription(message: MsgHead) -> None:
    # RX-2: the text may be left out, the prescriptions tell what is asked for.
    if not message.prescriptions:
        _some_content(message)


def _ids_stand_once(message: MsgHead) -> None:
    # xs:ID is unique in a document: with two the same, the whole message is none that the schema allows.
    found = ids(message.prescriptions)
    if len(set(found)) < len(found):
        raise SchemaError("Resept: the same Id stands more than once.")


_TIMED = tuple((code.value, _exactly_one_time) for code in (Question.RESERVE, Question.CANCEL))
_WISHES = tuple((code.value, _some_time) for code in (Question.WISH_FOR_CHANGE, Question.WISH_FOR_CANCELLATION))

RULES: dict[MessageFunction, FunctionRules] = {
    MessageFunction.E_CONTACT: FunctionRules(),
    MessageFunction.E_CONSULTATION: FunctionRules(by_code=((Question.QUESTION_TO_PRACTITIONER.value, _some_content),)),
    MessageFunction.PRESCRIPTION_RENEWAL: FunctionRules(
        always=_ids_stand_once,
        by_code=(
            (Question.RENEWAL_FREE_TEXT.value, _some_content),
            (Question.RENEWAL_PRESCRIPTION.value, _some_content_or_prescription),
        ),
    ),
    MessageFunction.BOOKING: FunctionRules(by_code=_TIMED),
    MessageFunction.APPOINTMENT_WISH: FunctionRules(by_code=_WISHES),
    MessageFunction.APPOINTMENT_PUSH: FunctionRules(),
    MessageFunction.APPOINTMENT_CANCELLATION: FunctionRules(by_code=_TIMED),
    MessageFunction.APPOINTMENT_CANCELLATION_OLD: FunctionRules(by_code=_TIMED),
    # One status message is about one patient; a check and its answer are about a list, and name none in the head.
    MessageFunction.DIGITAL_USER: FunctionRules(
        patient=False, by_code=((Question.DIGITAL_STATUS.value, _status_of_a_patient),)
    ),
    MessageFunction.PRACTITIONERS: FunctionRules(),
    MessageFunction.PRACTITIONERS_OLD: FunctionRules(),
    MessageFunction.TEST: FunctionRules(patient=False),
}
"""A new message function is one line here."""


def check_message(message: MsgHead, function: MessageFunction | str) -> None:
    """Raise the typed error of the first rule the message breaks.

    MsgIdError (E10), PatientError (E36), SchemaError (T02), AttachmentError (T99). A function that is not in the
    table is checked as far as the envelope goes.
    """
    known = MessageFunction.known(function)
    rules = RULES.get(known, FunctionRules()) if known else FunctionRules()
    check_msg_id(message.info.msg_id)
    if rules.patient:
        check_patient(message)
    if rules.always:
        rules.always(message)
    for code, rule in rules.by_code:
        if message.code.v == code:
            rule(message)
    for number, attachment in enumerate(message.attachments, start=1):
        check_attachment(attachment, number)


def check_msg_id(msg_id: str) -> None:
    """Raises MsgIdError unless MsgId is a UUID in its usual form."""
    try:
        UUID(msg_id)
    except ValueError as error:
        raise MsgIdError("MsgId is not a UUID.") from error
    if len(msg_id) != _UUID_LENGTH:
        raise MsgIdError("MsgId is not a UUID in its usual form.")


def check_patient(message: MsgHead) -> None:
    """Raises PatientError unless the patient has a name and a complete fødselsnummer or D-number."""
    patient = message.info.patient
    if patient is None:
        raise PatientError("MsgInfo/Patient is missing.")
    if not patient.full_name.strip():
        raise PatientError("MsgInfo/Patient has no name.")
    if patient.national_id is None:
        raise PatientError("MsgInfo/Patient has no complete fødselsnummer or D-number.")
