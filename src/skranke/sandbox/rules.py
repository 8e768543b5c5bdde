"""The sandbox's decisions, pure: who may use what, what a fact does to an appointment, what a thread allows.

Where HITS 1217 says nothing, the rule is a decision of the simulator (protocol-messages 5.2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from skranke.kernel.ids import age_on
from skranke.sandbox.world import Consent, Service
from skranke.standards.codes import Answer, MessageFunction, Question

REPLY_WITHIN = timedelta(seconds=15)
"""How long a synchronous question waits for its answer (HITS 1216 2.1.3)."""

RECEIPT_WITHIN = timedelta(hours=96)
"""After this a message without receipt counts as refused (HIS 80415 3.3.6)."""

ADULT_AGE = 16
"""Parents' access ends, and one's own full access begins (HNP-6, HNP-9)."""

YOUTH_AGE = 13
"""Own, limited access begins (HNP-7)."""

SUBJECT_CHARACTERS = 50
TEXT_CHARACTERS = 1000
"""The sizes of HelseNorge's form (HITS 1217 2.4.1)."""

ATTACHMENT_BYTES = 12 * 1024 * 1024
"""Raw bytes of all attachments of one message together (CMP-9)."""

SLOT_DAYS = 28
"""The longest range of a slot question (HITS 1217 3.4.2.1)."""


class Delivery(StrEnum):
    """Where a message stands. Incoming ones are received or refused, the rest is for outgoing ones."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    FAULT = "fault"
    EXPIRED = "expired"
    RECEIVED = "received"
    REFUSED = "refused"


class Access(StrEnum):
    """What a citizen may do in HelseNorge."""

    FULL = "full"
    READ = "read"
    NONE = "none"


class AppointmentState(StrEnum):
    """The states of protocol-messages 5.2."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CANCEL_REQUESTED = "cancel_requested"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A citizen's status in HelseNorge."""

    born: date
    digitally_active: bool
    consent: Consent
    confidential_address: bool = False


def can_be_reached(citizen: Standing) -> bool:
    """Whether a clinic's message is taken in: active, and agreed to dialog (HITS 1217 2.13.2, HNP-1, PAT-12).

    Of the levels Basis, Basis+ and Full access all services of the GP need Full access (PAT-13).
    """
    return citizen.digitally_active and citizen.consent is Consent.FULL


def access_of(citizen: Standing, today: date) -> Access:
    """What a citizen may do on his or her own behalf (HNP-1, HNP-5, HNP-7)."""
    if not can_be_reached(citizen):
        return Access.NONE
    age = age_on(citizen.born, today)
    if age >= ADULT_AGE:
        return Access.FULL
    return Access.READ if age >= YOUTH_AGE else Access.NONE


def may_represent(parent: Standing, child: Standing, today: date) -> bool:
    """Whether a parent may use the services for a child (HNP-3, HNP-6, HNP-11, HNP-12)."""
    return (
        access_of(parent, today) is Access.FULL
        and age_on(child.born, today) < ADULT_AGE
        and can_be_reached(child)
        and not parent.confidential_address
        and not child.confidential_address
    )


_S = AppointmentState
_REFUSALS = frozenset({Answer.SLOT_TAKEN, Answer.REJECTED, Answer.NO_ACCESS, Answer.GENERAL_FAULT})
_RESULTS = {
    Answer.RESERVED.value: _S.CONFIRMED,
    Answer.RESERVED_WITH_OTHER.value: _S.CONFIRMED,
    Answer.CHANGED.value: _S.CONFIRMED,
    Answer.CANCELLED.value: _S.CANCELLED,
    Answer.NO_SHOW.value: _S.NO_SHOW,
}


def is_fact(code: str) -> bool:
    """Whether the code tells where an appointment stands, so that the newest one counts."""
    return code in _RESULTS


def is_news(told_at: datetime | None, generated_at: datetime) -> bool:
    """Whether a fact is to be applied: per appointment the newest GenDate wins."""
    return told_at is None or generated_at >= told_at


def noticed(status: str) -> AppointmentState | None:
    """The state after a notice of home care (MOA): carried out or cancelled; None for any other status (TR-8)."""
    return {"COMPLETED": _S.COMPLETED, "CANCELLED": _S.CANCELLED}.get(status.strip().upper())


def pushed(state: AppointmentState | None, code: str) -> AppointmentState | None:
    """The state after a pushed fact; None leaves everything as it is. state None: the appointment is unknown.

    An unknown appointment that has ended already gets a state too: it is kept, unseen, so that an older
    confirmation that comes later changes nothing.
    """
    result = _RESULTS.get(code)
    if result is _S.CONFIRMED and state is _S.CANCEL_REQUESTED:
        # The citizen still waits for an answer to the cancellation.
        return _S.CANCEL_REQUESTED
    return result


def answered(state: AppointmentState, code: str) -> AppointmentState | None:
    """The state after the clinic's answer to a reservation or a cancellation; None leaves it as it is."""
    if code in _RESULTS:
        return _RESULTS[code]
    if state is _S.REQUESTED and code in _REFUSALS:
        return _S.REFUSED
    if state is _S.CANCEL_REQUESTED and code in {Answer.NOT_CANCELLED, *_REFUSALS}:
        return _S.CONFIRMED
    return None


def undelivered(state: AppointmentState) -> AppointmentState | None:
    """The state when the clinic could not take the message that asked: refused, faulty, or without receipt."""
    return {_S.REQUESTED: _S.FAILED, _S.CANCEL_REQUESTED: _S.CONFIRMED}.get(state)


def cancels_by_own_process(*, booked_here: bool, services: Iterable[str]) -> bool:
    """Whether a cancellation goes by AVTALEAVBESTILLING: only of what the clinic told of (HITS 1217 3.7)."""
    return not booked_here and Service.APPOINTMENT_CANCELLATION in set(services)


def may_cancel(state: AppointmentState, start: datetime, now: datetime) -> bool:
    """Whether HelseNorge lets the citizen ask; the clinic decides about deadlines."""
    return state is _S.CONFIRMED and start > now


ANSWERABLE = frozenset({MessageFunction.E_CONTACT.value, MessageFunction.E_CONSULTATION.value})
"""The functions in which a citizen may write again; a renewal or a wish ends with its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the rules need to know of one message of a thread, in order."""

    code: str
    by_clinic: bool


def may_answer(thread: Iterable[Said]) -> bool:
    """Whether the citizen has an answer field: not after a one-way message or a refusal (protocol-messages 5.3).

    A request for renewal is the only message of the citizen in its thread (4.3, RX-1).

    13 closes for the practitioner, but the citizen may still write (HITS 1217 3.2.3).
    """
    thread = list(thread)
    told = [said.code for said in thread if said.by_clinic]
    if any(said.code == Question.RENEWAL_FREE_TEXT for said in thread):
        return False
    return Question.ONE_WAY not in told and not (told and told[-1] in _REFUSALS)


def is_closed(thread: Iterable[Said]) -> bool:
    """Whether the practitioner has closed the dialog and nothing has been said since."""
    last = next(reversed(list(thread)), None)
    return last is not None and last.by_clinic and last.code == Answer.DIALOG_CLOSED
