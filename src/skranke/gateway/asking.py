"""Our own synchronous questions: sent at once, and waited for at a row (architecture, section 4).

The answer comes to the clinic's reply queue, which any gateway may read (`replies`). Whoever asked waits for the row of
the question, by its correlation-id, and is woken when it is answered.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
from django.db import connection
from django.db.models import Q

from skranke.gateway.endpoints import Endpoint, OwnParty, Peer
from skranke.gateway.models import SyncQuestion
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.standards.build.envelope import Envelope
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import MsgHead
from skranke.standards.render import render
from skranke.tenancy.work import acting
from skranke.wire import headers
from skranke.wire.certificates import Purpose
from skranke.wire.errors import ConfigurationError
from skranke.wire.protection import protect
from skranke.wire.queues import SYNCHRONOUS_TTL
from skranke.wire.transport import Transport

CHANNEL = "skranke_replies"
_KEPT = timedelta(days=1)
_LOOK_ANEW_SECONDS = 1.0

Build = Callable[[Envelope], MsgHead]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a question. code: of the answer, empty when none came in time; fault: why it could not be read.

    took: from before it was sent until its answer was seen; peer: who was asked.
    """

    peer: str
    code: str
    fault: str
    took: timedelta


def ask(endpoint: Endpoint, transport: Transport, build: Build, *, her_id: str = "", seconds: float = 0.0) -> Outcome:
    """Ask the counterpart as one of the clinic's parties (the first one, or the one with `her_id`), and wait.

    build: makes the question. Opens its own units of work; `transport` is the clinic's own connection to the bus.
    Raises ConfigurationError without such a party, or a counterpart; TransportDownError.
    """
    assert not connection.in_atomic_block, "a transaction would hide the answer"
    party, peer = _party(endpoint, her_id), endpoint.peer()
    question = build(
        Envelope(sender=party.party, receiver=peer.party, msg_id=uuid4(), gen_date=clock.now(), patient=None)
    )
    began = time.monotonic()
    row = _send(endpoint, transport, party, peer, question)
    found = _wait(endpoint.clinic_id, row, until=began + (seconds or SYNCHRONOUS_TTL.total_seconds()))
    took = timedelta(seconds=time.monotonic() - began)
    return Outcome(peer=peer.party.name, code=found.code, fault=found.fault, took=took)


def _party(endpoint: Endpoint, her_id: str) -> OwnParty:
    for party in endpoint.parties.values():
        if her_id in {"", str(party.her_id)}:
            return party
    raise ConfigurationError("The clinic has no such active party to ask as.")


def _send(endpoint: Endpoint, transport: Transport, party: OwnParty, peer: Peer, question: MsgHead) -> SyncQuestion:
    """Store the question, commit, and hand it over: its answer may be back before anything else happens."""
    xml = render(question)
    endpoint.trust.check(peer.encryption, Purpose.ENCRYPTION, now=clock.now())
    message = headers.request(
        queue=peer.queue_sync,
        function=question.info.type.v,
        body=protect(xml, signer=endpoint.signing, recipient=peer.encryption),
        sender=party.her_id,
        receiver=peer.her_id,
        reply_to=endpoint.queue_syncreply,
        now=clock.now(),
        metadata=bus_metadata(question),
    )
    with acting(system(endpoint.clinic_id)):
        SyncQuestion.objects.filter(asked_at__lt=clock.now() - _KEPT).delete()
        row = SyncQuestion.objects.create(
            clinic_id=endpoint.clinic_id,
            correlation_id=message.correlation_id or "",
            function=question.info.type.v,
            document=xml,
        )
    _listen()
    transport.send(message)
    return row


def _listen() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")


def _wait(clinic_id: UUID, row: SyncQuestion, *, until: float) -> SyncQuestion:
    """The row as soon as it is answered, or as it is when the time is up."""
    done = ~Q(code="") | ~Q(fault="")
    while True:
        with acting(system(clinic_id)):
            found = SyncQuestion.objects.filter(done, id=row.id).first()
        left = until - time.monotonic()
        if found is not None or left <= 0:
            return found or row
        raw = connection.connection
        assert isinstance(raw, psycopg.Connection)
        for _ in raw.notifies(timeout=min(left, _LOOK_ANEW_SECONDS), stop_after=1):
            pass
