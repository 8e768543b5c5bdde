"""A message that was set aside is tried again, when a person says so."""

from uuid import UUID

from skranke.gateway import faults_in, inbound
from skranke.gateway.endpoints import Endpoints
from skranke.gateway.errors import ReplayError
from skranke.gateway.facts import Facts, raw_of
from skranke.gateway.models import ReceivedMessage, ReceptionState
from skranke.kernel.actor import Actor
from skranke.tenancy.work import acting
from skranke.wire.transport import RawMessage


def replay(received_id: UUID, actor: Actor, endpoints: Endpoints) -> None:
    """Do a set-aside message anew, from the bytes that were kept. Opens its own units of work.

    Raises ReplayError when the row is not one that was set aside, and what stands in the way of the message itself:
    then it stays set aside.
    """
    facts = Facts(raw=_kept(received_id, actor), clinic_id=actor.clinic_id)
    endpoint = endpoints.of(actor.clinic_id, fresh=True)
    if facts.raw.queue == endpoint.queue_error:
        faults_in.note(facts)
    else:
        inbound.act(facts, endpoint)
    with acting(actor):
        ReceivedMessage.objects.filter(id=received_id, state=ReceptionState.SET_ASIDE).delete()


def _kept(received_id: UUID, actor: Actor) -> RawMessage:
    with acting(actor):
        row = ReceivedMessage.objects.filter(id=received_id, state=ReceptionState.SET_ASIDE).first()
    if row is None:
        raise ReplayError("Only a message that was set aside can be replayed.")
    return raw_of(row.queue, row.headers, bytes(row.ciphertext))
