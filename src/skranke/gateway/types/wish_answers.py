"""TO-4: the answer to a wish, from its message in the thread and the appointment it speaks of."""

from skranke.dialog.models import Message
from skranke.gateway.codes import member
from skranke.gateway.endpoints import Endpoint, OwnParty
from skranke.gateway.types.appointments import appointment_of, event_of, listed, other_than
from skranke.gateway.types.people import writer_of
from skranke.standards.build import timeonske
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Answer
from skranke.standards.msghead import MsgHead


def document(message: Message, envelope: Envelope, party: OwnParty, endpoint: Endpoint, *, case_type: str) -> MsgHead:
    """The answer. Whom the time is with is named when it is not the GP; else who wrote, by HPR number."""
    code = member(Answer, message.code)
    appointment = appointment_of(message.appointment_id) if message.appointment_id else None
    has_number = message.author is not None and bool(message.author.hpr_number)
    with_other = other_than(party, appointment) if appointment else None
    return timeonske.clinic_answer(
        envelope,
        code,
        text=message.text or None,
        appointment=event_of(appointment, party, endpoint, code) if appointment else None,
        practitioner=with_other or (writer_of(message) if has_number else None),
        other_practitioner=listed(appointment) if appointment and code is Answer.RESERVED_WITH_OTHER else None,
        case_type=case_type,
    )
