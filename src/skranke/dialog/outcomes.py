"""What an answer may decide, by kind of dialog: one line an outcome.

A kind that stands in DECIDED is answered with exactly one of its outcomes; any other with text alone, unless the
request is refused.
`rules` asks this table, and with it services, screens and REST.
"""

from dataclasses import dataclass
from enum import StrEnum

from skranke.dialog.models import DialogKind
from skranke.standards.codes import Answer, Question


class AnswerOutcome(StrEnum):
    """The outcomes by the stable names that REST and forms use."""

    REJECTED = "rejected"
    RENEWED = "renewed"
    NOT_RENEWED = "not_renewed"
    PARTLY_RENEWED = "partly_renewed"
    APPOINTMENT_GIVEN = "appointment_given"
    APPOINTMENT_GIVEN_WITH_OTHER = "appointment_given_with_other"
    NO_APPOINTMENT = "no_appointment"
    APPOINTMENT_CHANGED = "appointment_changed"
    APPOINTMENT_NOT_CHANGED = "appointment_not_changed"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_NOT_CANCELLED = "appointment_not_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRule:
    """One outcome of a kind.

    code: of list 7602, with which the answer leaves. needs_text: refused without one. final: the request is answered
    once for all, and any second answer is refused. needs_appointment: the room of appointments makes one in the same
    transaction and answers with its id; an answer without one is refused. names_items: of what the answer lists,
    each part goes along on the wire. names_appointment: it may speak of the appointment that the request names. after:
    the requests it may follow; empty: all of the kind. may_tell: what it may say of an item of the request, renewed
    (True) or not; must_tell: what it must say of at least one (RX-10). needs_issued: whoever chooses
    it is warned where nothing is known to be issued (RX-11).
    """

    outcome: AnswerOutcome
    code: Answer
    needs_text: bool = True
    final: bool = True
    needs_appointment: bool = False
    names_items: bool = False
    names_appointment: bool = False
    after: frozenset[Question] = frozenset()
    may_tell: frozenset[bool] = frozenset()
    must_tell: frozenset[bool] = frozenset()
    needs_issued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedKind:
    """A kind whose answers decide. requests: the codes of list 7601 that ask, each to be answered once."""

    requests: frozenset[Question]
    outcomes: tuple[OutcomeRule, ...]


_BOTH = frozenset({True, False})
_FOR_TIME = frozenset({Question.WISH_FOR_APPOINTMENT})
_FOR_CHANGE = frozenset({Question.WISH_FOR_CHANGE})
_FOR_CANCELLATION = frozenset({Question.WISH_FOR_CANCELLATION})


def _with_time(outcome: AnswerOutcome, code: Answer, *, after: frozenset[Question]) -> OutcomeRule:
    """An outcome that is an appointment: it says enough without words."""
    return OutcomeRule(outcome=outcome, code=code, needs_text=False, needs_appointment=True, after=after)


DECIDED: dict[DialogKind, DecidedKind] = {
    # RX-4, in its order; HITS 1217 3.1.3. 30 is sent for a blocked patient only, 31 never (D-06).
    DialogKind.PRESCRIPTION_RENEWAL: DecidedKind(
        requests=frozenset({Question.RENEWAL_FREE_TEXT, Question.RENEWAL_PRESCRIPTION}),
        outcomes=(
            OutcomeRule(outcome=AnswerOutcome.REJECTED, code=Answer.REJECTED),
            OutcomeRule(
                outcome=AnswerOutcome.RENEWED,
                code=Answer.RENEWED,
                names_items=True,
                may_tell=frozenset({True}),
                needs_issued=True,
            ),
            OutcomeRule(outcome=AnswerOutcome.NOT_RENEWED, code=Answer.NOT_RENEWED, may_tell=frozenset({False})),
            OutcomeRule(
                outcome=AnswerOutcome.PARTLY_RENEWED,
                code=Answer.PARTLY_RENEWED,
                names_items=True,
                may_tell=_BOTH,
                must_tell=_BOTH,
            ),
        ),
    ),
    # TO-4, with its order; HITS 1217 3.5.2.
    DialogKind.APPOINTMENT_WISH: DecidedKind(
        requests=_FOR_TIME | _FOR_CHANGE | _FOR_CANCELLATION,
        outcomes=(
            _with_time(AnswerOutcome.APPOINTMENT_GIVEN, Answer.RESERVED, after=_FOR_TIME),
            _with_time(AnswerOutcome.APPOINTMENT_CHANGED, Answer.CHANGED, after=_FOR_CHANGE),
            _with_time(
                AnswerOutcome.APPOINTMENT_GIVEN_WITH_OTHER, Answer.RESERVED_WITH_OTHER, after=_FOR_TIME | _FOR_CHANGE
            ),
            OutcomeRule(
                outcome=AnswerOutcome.APPOINTMENT_CANCELLED,
                code=Answer.CANCELLED,
                needs_text=False,
                names_appointment=True,
                after=_FOR_CANCELLATION,
            ),
            OutcomeRule(outcome=AnswerOutcome.NO_APPOINTMENT, code=Answer.SLOT_TAKEN, after=_FOR_TIME | _FOR_CHANGE),
            OutcomeRule(
                outcome=AnswerOutcome.APPOINTMENT_NOT_CHANGED,
                code=Answer.NOT_CHANGED,
                names_appointment=True,
                after=_FOR_CHANGE,
            ),
            OutcomeRule(
                outcome=AnswerOutcome.APPOINTMENT_NOT_CANCELLED,
                code=Answer.NOT_CANCELLED,
                names_appointment=True,
                after=_FOR_CANCELLATION,
            ),
            OutcomeRule(outcome=AnswerOutcome.REJECTED, code=Answer.REJECTED),
        ),
    ),
}
"""A new kind is one entry here."""

# EK-2, KO-2; HITS 1217 3.2.2 and 3.3.2. 30 is sent for a blocked patient only, 31 never (D-06).
REFUSAL = OutcomeRule(outcome=AnswerOutcome.REJECTED, code=Answer.REJECTED)
REFUSABLE = frozenset({DialogKind.E_CONTACT, DialogKind.E_CONSULTATION})
"""Kinds whose answers decide nothing, but in which what a patient wrote may be refused."""
