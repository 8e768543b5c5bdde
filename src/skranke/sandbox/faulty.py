"""The error queue: what the clinics could not open of what we sent, and what we could not open of theirs."""

from django.db import transaction

from skranke.kernel import clock
from skranke.sandbox import appointments
from skranke.sandbox.models import Direction, Message, Mode, Party
from skranke.sandbox.rules import Delivery
from skranke.wire.errors import TransportFaultError
from skranke.wire.faults import read
from skranke.wire.transport import RawMessage


def take_report(raw: RawMessage) -> None:
    """A clinic tells that it could not take a message of ours. Never answered (HITS 1216 2.2.6)."""
    told = read(raw)
    reason = " ".join(part for part in (told.condition, told.description, told.data) if part)
    with transaction.atomic():
        original = (
            Message.objects.select_for_update(of=("self",))
            .defer("document")
            .filter(direction=Direction.OUT, message_id=told.original_message_id or "")
            .first()
        )
        _record(raw, reason, about=original)
        if original is None or original.state not in {Delivery.QUEUED, Delivery.SENT, Delivery.EXPIRED}:
            return
        original.state, original.state_text, original.state_at = Delivery.FAULT, reason, clock.now()
        original.save(update_fields=["state", "state_text", "state_at"])
        appointments.take_undelivered(original.msg_id, reason)


def record_refused(raw: RawMessage, error: TransportFaultError) -> None:
    """Keep for the operator that a message could not be taken; what was in it is not known to be anybody's."""
    _record(raw, f"{error.condition} {error}", about=None)


def _record(raw: RawMessage, reason: str, *, about: Message | None) -> None:
    now = clock.now()
    Message.objects.create(
        direction=Direction.IN,
        mode=Mode.FAULT,
        function=(raw.subject or "")[:60],
        message_id=(raw.message_id or "")[:100],
        conversation=about.conversation if about else "",
        citizen=about.citizen if about else None,
        party=Party.objects.filter(her_id=raw.headers.from_her_id or "").first(),
        about=about,
        generated_at=now,
        recorded_at=now,
        state=Delivery.RECEIVED if about else Delivery.REFUSED,
        state_text=reason,
        state_at=now,
        shown=False,
        document=b"",
    )
