"""Answers to our own synchronous questions come in: opened, stored at their question, and whoever waits is woken."""

from uuid import UUID

from django.db import connection

from skranke.gateway import received
from skranke.gateway.alarms import alarm
from skranke.gateway.asking import CHANNEL
from skranke.gateway.endpoints import Endpoints
from skranke.gateway.errors import Reaction, code_of, rule_for
from skranke.gateway.facts import Facts
from skranke.gateway.inbound import Disposition
from skranke.gateway.models import ReceptionState, SyncQuestion
from skranke.gateway.opening import check_parties, open_by_newest, read_document
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.log import bind, get_logger
from skranke.standards.msghead import MsgHead
from skranke.tenancy.work import acting
from skranke.wire.errors import TransportFaultError, UnsupportedMessageError
from skranke.wire.transport import RawMessage

log = get_logger(__name__)


def receive(raw: RawMessage, clinic_id: UUID, endpoints: Endpoints) -> Disposition:
    """One answer. A fault of it is kept at its question and told to nobody else: nobody waits for it over there."""
    facts = Facts(raw=raw, clinic_id=clinic_id)
    with bind(message_id=facts.message_id, received_id=str(facts.received_id)):
        try:
            _take(facts, endpoints)
        except Exception as error:  # noqa: BLE001 - the table decides about every error, the unknown too
            return _failed(facts, error)
        return Disposition.ACCEPT


def _take(facts: Facts, endpoints: Endpoints) -> None:
    # As of an asynchronous message: no transaction waits with it for a certificate authority.
    endpoint, _ = open_by_newest(facts, endpoints)
    document = read_document(facts)
    check_parties(facts, endpoint)
    if not isinstance(document, MsgHead):
        raise UnsupportedMessageError("A receipt is no answer to a synchronous question.", fields=("subject",))
    with acting(system(facts.clinic_id)):
        row = _question(facts)
        if row is None or row.code or row.function != document.info.type.v:
            log.warning("reply_to_nothing", known=row is not None)
            return
        row.code, row.fault = document.code.v, ""
        _answered(facts, row)
        received.store(facts, ReceptionState.ANSWERED, code=row.code, subject_kind="sync_question", subject_id=row.id)


def _failed(facts: Facts, error: Exception) -> Disposition:
    rule = rule_for(error)
    alarm(error, rule)
    if rule.reaction is Reaction.RETRY:
        return Disposition.RELEASE
    try:
        with acting(system(facts.clinic_id)):
            fault = error.condition if isinstance(error, TransportFaultError) else code_of(error)
            row = _question(facts)
            received.store(facts, ReceptionState.FAULT, code=fault, detail=str(error))
            if row is not None and not row.code:
                row.fault = fault
                _answered(facts, row)
    except Exception as second:  # noqa: BLE001 - not even the fault could be stored: later
        alarm(second)
        return Disposition.RELEASE
    return Disposition.ACCEPT


def _question(facts: Facts) -> SyncQuestion | None:
    rows = SyncQuestion.objects.select_for_update(of=("self",))
    wanted = facts.raw.correlation_id or ""
    return rows.filter(correlation_id=wanted).exclude(correlation_id="").first()


def _answered(facts: Facts, row: SyncQuestion) -> None:
    row.answered_at = clock.now()
    row.reply = facts.payload
    row.save(update_fields=["code", "fault", "answered_at", "reply"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, row.correlation_id])
