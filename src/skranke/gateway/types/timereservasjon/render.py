"""TIMERESERVASJON out: the answers to what HelseNorge asks (TR-6), and to AVTALEAVBESTILLING (AA-2)."""

from uuid import UUID, uuid4

from skranke.gateway.codes import member
from skranke.gateway.endpoints import Endpoint
from skranke.gateway.types.appointments import appointment_of, event_of, generated_at, listed, other_than
from skranke.gateway.types.stored import original
from skranke.gateway.values import Letter, Renderer
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.standards.build import timereservasjon
from skranke.standards.codes import Answer, MessageFunction


def render_answer(item: OutboxItem, endpoint: Endpoint) -> Letter:
    """The answer to the request `item.subject_id`; detail: code, text and, where there is one, appointment."""
    about = original(item.subject_id, endpoint)
    party = endpoint.parties.get(about.row.to_her_id)
    named = item.detail.get("appointment")
    appointment = appointment_of(UUID(named)) if named else None
    msg_id = uuid4()
    envelope = about.envelope(msg_id=msg_id, at=generated_at(appointment) if appointment else clock.now())
    code = member(Answer, item.detail["code"])
    document = timereservasjon.clinic_answer(
        envelope,
        code,
        appointment=event_of(appointment, party, endpoint, code) if appointment else None,
        text=item.detail.get("text") or None,
        practitioner=other_than(party, appointment) if appointment else None,
        other_practitioner=listed(appointment) if appointment and item.detail.get("other") else None,
        case_type=about.case_type,
        function=member(MessageFunction, about.info.type.v),
    )
    return Letter(
        document=document,
        function=document.info.type.v,
        msg_id=str(msg_id),
        sender=document.info.sender.her_id or HerId(about.row.to_her_id),
        peer=about.peer,
        conversation=about.info.conversation_id,
    )


RENDERERS: dict[Intent, Renderer] = {
    Intent.BOOKING_ANSWER: render_answer,
    Intent.CANCELLATION_ANSWER: render_answer,
}
