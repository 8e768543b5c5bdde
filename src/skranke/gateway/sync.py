"""A synchronous question comes in and is answered in the same breath (architecture, section 4).

It knows no duplicates: a question delivered again is answered again. Its reply never goes through the outbox.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from skranke.gateway import listed, receipts, received
from skranke.gateway.alarms import alarm
from skranke.gateway.endpoints import Endpoint, Endpoints, Peer
from skranke.gateway.errors import NotOnListError, Reaction, RefusalError, code_of, refusal_of, rule_for
from skranke.gateway.facts import Facts
from skranke.gateway.inbound import Disposition
from skranke.gateway.models import ReceptionState
from skranke.gateway.opening import check_content, check_parties, open_by_newest, read_document
from skranke.gateway.reactions import record_refused_person
from skranke.gateway.types.registry import type_named, type_of
from skranke.gateway.values import Incoming
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.log import bind, get_logger
from skranke.standards.apprec import AppRec
from skranke.standards.build.envelope import reply_to
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import MsgHead
from skranke.standards.render import render
from skranke.tenancy.work import acting
from skranke.wire import headers
from skranke.wire.certificates import Purpose
from skranke.wire.errors import (
    InvalidFieldValueError,
    MessageRefusedError,
    QueueUnavailableError,
    SpoofingAttackError,
    TransportFaultError,
    UnsupportedMessageError,
)
from skranke.wire.protection import protect
from skranke.wire.queues import SYNCHRONOUS_TTL
from skranke.wire.transport import OutgoingMessage, RawMessage, Transport

log = get_logger(__name__)


def receive(raw: RawMessage, clinic_id: UUID, endpoints: Endpoints, transport: Transport) -> Disposition:
    """Answer one question of the clinic's synchronous queue: commit, then send; the lane settles after that.

    Raises TransportDownError when the answer cannot be sent: the question comes again with the next connection.
    """
    facts = Facts(raw=raw, clinic_id=clinic_id)
    with bind(message_id=facts.message_id, received_id=str(facts.received_id)):
        if _too_old(raw):
            log.info("question_expired")
            return Disposition.ACCEPT
        try:
            answer = _answered(facts, endpoints)
        except Exception as error:  # noqa: BLE001 - the table decides about every error, the unknown too
            return _failed(facts, endpoints, error)
        try:
            transport.send(answer)
        except (MessageRefusedError, QueueUnavailableError) as error:
            alarm(error)  # the bus will have none of where the question wants its answer: no later try helps
        return Disposition.ACCEPT


def _too_old(raw: RawMessage) -> bool:
    """Whether nobody waits for the answer any more (protocol-messages 6.4); False when the time is unreadable."""
    try:
        sent_at = headers.check(raw).sent_at
    except InvalidFieldValueError:
        return False
    return clock.now() - sent_at > SYNCHRONOUS_TTL + timedelta(seconds=1)  # the header has whole seconds


def _answered(facts: Facts, endpoints: Endpoints) -> OutgoingMessage:
    """Work the answer out and store it with its question, in one transaction that sees one instant of the database.

    Certificates are looked at before: an authority that is slow to answer keeps no transaction open.
    """
    endpoint, peer = open_by_newest(facts, endpoints)
    endpoint.trust.check(peer.encryption, Purpose.ENCRYPTION, now=clock.now())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with acting(system(facts.clinic_id)):
            answer = _answer(facts, endpoint, peer)
            xml = render(answer)
            received.store(facts, ReceptionState.ANSWERED, code=answer.code.v, reply=xml)
            return headers.reply(
                facts.raw,
                body=protect(xml, signer=endpoint.signing, recipient=peer.encryption),
                now=clock.now(),
                metadata=bus_metadata(answer),
            )


def _answer(facts: Facts, endpoint: Endpoint, peer: Peer) -> MsgHead:
    """The type's answer, or 26 or 30 for what cannot be answered although its head can be read (TR-2)."""
    msg_id = uuid4()
    try:
        return _work_out(facts, endpoint, peer, msg_id)
    except Exception as error:
        if isinstance(error, NotOnListError) and (person := listed.person_of(facts)) is not None:
            # The one who asks does not wait for the register; the next question is answered by what it says.
            transaction.on_commit(partial(listed.LATER.ask, person))
        rule, info = rule_for(error), facts.info
        if rule.reaction not in {Reaction.ANSWER, Reaction.RECEIPT} or info is None or facts.header is None:
            raise
        if info.sender.her_id != facts.header.sender:
            raise SpoofingAttackError("The header's sender is not the payload's.", fields=("fromHerId",)) from error
        kind = type_named(info.type.v)
        if kind is None or kind.refuse is None:
            raise UnsupportedMessageError("The function has no answer that refuses.", fields=("subject",)) from error
        refused = error if rule.reaction is Reaction.ANSWER else RefusalError(_("Forespørselen kan ikke leses."))
        code, text = refusal_of(refused)
        log.info("question_refused", reason=code_of(error))
        record_refused_person(facts, error, code)
        envelope = reply_to(info, msg_id=msg_id, gen_date=clock.now())
        case_type = facts.document.dialog.case_type if isinstance(facts.document, MsgHead) else ""
        return kind.refuse(envelope, code, text, case_type)


def _work_out(facts: Facts, endpoint: Endpoint, peer: Peer, msg_id: UUID) -> MsgHead:
    document = read_document(facts)
    party = check_parties(facts, endpoint)
    kind = type_of(document)
    if isinstance(document, AppRec) or kind.answer is None:
        raise UnsupportedMessageError("The function has no synchronous form.", fields=("subject",))
    assert facts.header is not None
    check_content(facts, document, facts.header, most=settings.OURS.attachment_total_bytes)
    incoming = Incoming(
        received_id=facts.received_id,
        received_at=facts.received_at,
        endpoint=endpoint,
        party=party,
        peer=peer,
        document=document,
    )
    return kind.answer(incoming, msg_id)


def _failed(facts: Facts, endpoints: Endpoints, error: Exception) -> Disposition:
    """Nothing could be answered. What the sender did wrong is reported; the rest is tried again while it lives."""
    rule = rule_for(error)
    alarm(error, rule)
    if rule.reaction is Reaction.RETRY:
        return Disposition.RELEASE
    try:
        endpoint = endpoints.of(facts.clinic_id)
        with acting(system(facts.clinic_id)):
            fault = error if isinstance(error, TransportFaultError) else None
            received.store(
                facts, ReceptionState.FAULT, code=fault.condition if fault else code_of(error), detail=str(error)
            )
            if fault and facts.from_her_id in endpoint.peers:
                receipts.report(facts, fault)
    except Exception as second:  # noqa: BLE001 - not even the fault could be stored: later
        alarm(second)
        return Disposition.RELEASE
    return Disposition.ACCEPT
