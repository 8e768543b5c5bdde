"""Which outbox row may leave, as conditions for the database to decide by."""

from datetime import datetime, timedelta

from django.db.models import Q

from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxState

ACKNOWLEDGEMENT_WAIT = timedelta(minutes=15)
"""So long the next message about an appointment waits for the one before to be acknowledged (DDFL-PU-16)."""


def awaits_receipt(sent_before: datetime) -> Q:
    """The row was handed over before an instant and no receipt has come. Receipts and reports get none themselves."""
    return Q(state=OutboxState.SENT, sent_at__lte=sent_before) & ~Q(intent__in=[Intent.APPREC, Intent.ERROR_REPORT])


def expired(made_before: datetime, sent_before: datetime) -> Q:
    """No receipt has come for a message made before an instant (HIS 80415 3.3.6: 96 hours from GenDate).

    One that was sent again long after it was made gets its time, too: it left before `sent_before`.
    """
    return awaits_receipt(sent_before) & Q(rendered_at__lte=made_before)


def never_sent_again() -> Q:
    """What only lacks its receipt is sent again at most once (HITS 1216 2.2.4)."""
    return Q(earlier_message_ids=[])


def unmarked() -> Q:
    """The bus has just taken the row's bytes. Whoever was told meanwhile that they failed on the way knows more.

    A row without bytes is to be sent again and has not left since.
    """
    return Q(body__isnull=False) & (Q(state=OutboxState.PENDING) | Q(state=OutboxState.FAILED, sent_at=None))


def withdrawable() -> Q:
    """Nothing has been fixed yet: no other party can have seen it."""
    return Q(state=OutboxState.PENDING, msg_id="")


def unanswered() -> Q:
    """A receipt can still change the row. The first receipt stands; a failed row that is receipted did arrive."""
    return Q(state__in=[OutboxState.PENDING, OutboxState.SENT, OutboxState.FAILED])
