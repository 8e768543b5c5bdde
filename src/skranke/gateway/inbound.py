"""An asynchronous message comes in: from the delivery to the commit (architecture, section 4).

`receive` never lets an error through and never settles by itself: the lane settles after it has returned.
"""

from enum import StrEnum
from uuid import UUID

from django.conf import settings

from skranke.gateway import received, tries
from skranke.gateway.alarms import alarm
from skranke.gateway.endpoints import Endpoint, Endpoints
from skranke.gateway.errors import ConflictingIdError, Reaction, TriedOutError, code_of, rule_for
from skranke.gateway.facts import Facts
from skranke.gateway.models import ReceptionState
from skranke.gateway.opening import check_content, check_parties, open_protection, read_document
from skranke.gateway.reactions import react
from skranke.gateway.receipts import accept
from skranke.gateway.received import Earlier
from skranke.gateway.types.registry import type_of
from skranke.gateway.values import Incoming
from skranke.kernel.actor import system
from skranke.kernel.log import bind, get_logger
from skranke.standards.msghead import MsgHead
from skranke.tenancy.work import acting
from skranke.wire.errors import (
    DecryptionFailedError,
    ExpiredCertificateError,
    InvalidCertificateError,
    InvalidSignatureError,
    RevokedCertificateError,
    UnverifiedCertificateError,
)
from skranke.wire.transport import RawMessage

log = get_logger(__name__)

_CERTIFICATE_FAULTS = (
    DecryptionFailedError,
    ExpiredCertificateError,
    InvalidCertificateError,
    InvalidSignatureError,
    RevokedCertificateError,
    UnverifiedCertificateError,
)


class Disposition(StrEnum):
    """What the lane does with the delivery. release: later, it is to be tried again."""

    ACCEPT = "accept"
    RELEASE = "release"


def receive(raw: RawMessage, clinic_id: UUID, endpoints: Endpoints) -> Disposition:
    """Do one delivery of the clinic's asynchronous queue, whatever it holds."""
    facts = Facts(raw=raw, clinic_id=clinic_id)
    with bind(message_id=facts.message_id, received_id=str(facts.received_id)):
        try:
            number = tries.count(facts)
            if number > settings.OURS.delivery_tries:
                _set_aside(facts)
                return Disposition.ACCEPT
            endpoint = endpoints.of(clinic_id)
        except Exception as error:  # noqa: BLE001 - nothing could be counted or stored: later
            alarm(error)
            return Disposition.RELEASE
        return _attempt(facts, endpoint, endpoints)


def _attempt(facts: Facts, endpoint: Endpoint, endpoints: Endpoints) -> Disposition:
    try:
        try:
            act(facts, endpoint)
        except _CERTIFICATE_FAULTS:
            # Certificates may have been swapped since they were read (HITS 1216 2.1.4).
            act(facts, endpoints.of(facts.clinic_id, fresh=True))
    except Exception as error:  # noqa: BLE001 - the table decides about every error, the unknown too
        return _failed(facts, endpoint, error)
    return Disposition.ACCEPT


def act(facts: Facts, endpoint: Endpoint) -> None:
    """Everything the message does, in one commit. Raises what stands in the way; then nothing is stored.

    Opening it needs no rows and may wait for a certificate authority: no transaction waits with it.
    """
    peer = open_protection(facts, endpoint)
    document = read_document(facts)
    party = check_parties(facts, endpoint)
    kind = type_of(document)
    with acting(system(facts.clinic_id)):
        if isinstance(document, MsgHead):
            assert facts.header is not None
            check_content(facts, document, facts.header, most=settings.OURS.attachment_total_bytes)
        if _seen_before(facts):
            return
        if kind.receipted:
            accept(facts)
        handled = kind.handle(
            Incoming(
                received_id=facts.received_id,
                received_at=facts.received_at,
                endpoint=endpoint,
                party=party,
                peer=peer,
                document=document,
            )
        )
        received.store(
            facts,
            ReceptionState.ACTED,
            code=handled.code,
            patient_id=handled.patient_id,
            subject_kind=handled.subject_kind,
            subject_id=handled.subject_id,
        )
        tries.forget(facts)


def _seen_before(facts: Facts) -> bool:
    """Drop a duplicate, keep a conflict; whether it was either."""
    match received.earlier(facts):
        case Earlier.NEVER:
            return False
        case Earlier.DUPLICATE:
            _drop(facts)
        case Earlier.CONFLICT:
            keep_conflict(facts)
    return True


def keep_conflict(facts: Facts) -> None:
    """Store a message whose id came before with other bytes; nothing else happens (RCV-19)."""
    received.store(facts, ReceptionState.CONFLICT, code=ConflictingIdError.code)
    tries.forget(facts)
    log.error("gateway_alarm", reason=ConflictingIdError.code)


def _drop(facts: Facts) -> None:
    """A duplicate: no error, no second effect, no second receipt (HITS 1216 2.2.3)."""
    tries.forget(facts)
    log.info("duplicate_dropped")


def _failed(facts: Facts, endpoint: Endpoint, error: Exception) -> Disposition:
    """The unit of work is rolled back; what the table says follows in another."""
    rule = rule_for(error)
    if rule.alarm:
        alarm(error, rule)
    try:
        if rule.reaction is Reaction.RETRY:
            tries.note(facts, code_of(error), counted=rule.counted)
            return Disposition.RELEASE
        return Disposition.ACCEPT if react(facts, endpoint, error, rule) else Disposition.RELEASE
    except Exception as second:  # noqa: BLE001 - not even the fault could be stored: later
        alarm(second)
        return Disposition.RELEASE


def _set_aside(facts: Facts) -> None:
    """Every try failed: kept whole, settled, alarmed, and replayed when a person says so."""
    with acting(system(facts.clinic_id)):
        received.store(facts, ReceptionState.SET_ASIDE, code=TriedOutError.code, detail=tries.last_error(facts))
        tries.forget(facts)
    log.error("gateway_alarm", reason=TriedOutError.code)
