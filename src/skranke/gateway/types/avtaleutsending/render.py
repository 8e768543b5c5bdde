"""What HelseNorge is told of an appointment: AU-1, or TR-7 where the counterpart lacks the process (D-43)."""

from uuid import uuid4

from skranke.gateway.codes import member
from skranke.gateway.endpoints import Endpoint
from skranke.gateway.errors import LostOriginalError, NothingToSendError
from skranke.gateway.types.appointments import (
    NEEDS_STANDING,
    appointment_of,
    calendar_owner,
    event_of,
    generated_at,
    other_than,
)
from skranke.gateway.types.people import wire_patient
from skranke.gateway.values import Letter
from skranke.outbox.models import OutboxItem
from skranke.scheduling.models import STANDING
from skranke.scheduling.services.record import is_told
from skranke.standards.build import timereservasjon
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Answer, MessageFunction


def render(item: OutboxItem, endpoint: Endpoint) -> Letter:
    """What HelseNorge is told of an appointment, as it stands now; detail: code.

    Raises NothingToSendError for one that is hidden (TYP-4), deleted or cancelled before it was told, and for a
    patient who has left HelseNorge meanwhile.
    """
    code = member(Answer, item.detail["code"])
    appointment = appointment_of(item.subject_id)
    if not is_told(appointment.patient, hidden=appointment.hidden):
        raise NothingToSendError("The appointment is not told to HelseNorge.")
    if code in NEEDS_STANDING and appointment.state not in STANDING:
        raise NothingToSendError("The appointment no longer stands.")
    party = calendar_owner(appointment, endpoint)
    if party is None:
        raise LostOriginalError("Neither the schedule's owner nor the patient's GP is an active party.")
    peer, msg_id = endpoint.peer(), uuid4()
    envelope = Envelope(
        sender=party.party,
        receiver=peer.party,
        msg_id=msg_id,
        gen_date=generated_at(appointment),
        patient=wire_patient(appointment.patient),
    )
    document = timereservasjon.push(
        envelope,
        code,
        event_of(appointment, party, endpoint, code),
        practitioner=other_than(party, appointment),
        function=MessageFunction.APPOINTMENT_PUSH if peer.takes_appointment_process else MessageFunction.BOOKING,
    )
    return Letter(document=document, function=document.info.type.v, msg_id=str(msg_id), sender=party.her_id, peer=peer)
