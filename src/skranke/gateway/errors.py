"""What can be wrong with a message, and the one table that says what happens then (protocol-messages 7)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext as _

from skranke.dialog.errors import NobodyReadsError, OtherPatientError
from skranke.gateway.codes import member
from skranke.kernel.errors import SkrankeError, TemporaryError
from skranke.scheduling.errors import BookingRefusedError
from skranke.standards.codes import Answer, AppRecError
from skranke.standards.errors import BuildError, StandardsError
from skranke.wire.errors import (
    ConfigurationError,
    DeliveryLostError,
    InternalFaultError,
    MessageRefusedError,
    QueueUnavailableError,
    RevocationOfflineError,
    TransportDownError,
    TransportFaultError,
)


class Reaction(StrEnum):
    """What the other side hears of an error.

    receipt: a negative AppRec. error_queue: a report on its error queue. answer: a positive AppRec and a refusing
    answer. record: nothing; the message is stored for the operator. retry: nothing yet; it is tried again.
    """

    RECEIPT = "receipt"
    ERROR_QUEUE = "error_queue"
    ANSWER = "answer"
    RECORD = "record"
    RETRY = "retry"


class GatewayError(SkrankeError):
    """Base of this room's errors."""

    code = "gateway"


class ReceiptError(GatewayError):
    """Refused with a negative AppRec; `apprec_code` is its error, the message its free text (@OT)."""

    code = "gateway_receipt"
    apprec_code: ClassVar[AppRecError] = AppRecError.OTHER_FORMAT_FAULT

    @property
    def detail(self) -> str:
        """The free text beside the code; never a person's data."""
        return str(self)


class WrongReceiverError(ReceiptError):
    """The header's receiver is not the receiver that the payload names (HITS 1217 2.13.1, D-32)."""

    code = "gateway_wrong_receiver"
    apprec_code = AppRecError.INVALID_MESSAGE_ID


class UnknownPartyError(ReceiptError):
    """Addressed to the clinic, but to a HER-id that is not set up here (HIS 80415 3.3.4)."""

    code = "gateway_unknown_party"
    apprec_code = AppRecError.UNKNOWN_RECEIVER


class AttachmentsOversizeError(ReceiptError):
    """The attachments of one message are together larger than 12 MiB (CMP-9)."""

    code = "gateway_attachments_oversize"
    apprec_code = AppRecError.OTHER_FORMAT_FAULT


class UnknownSenderError(GatewayError):
    """No counterpart with this HER-id is set up: nobody can be told, the operator sees it (RV 5.3)."""

    code = "gateway_unknown_sender"


class NotForUsError(GatewayError):
    """Addressed to another organisation: no receipt (HITS 1168 5.3), the operator sees it."""

    code = "gateway_not_for_us"


class RefusalError(GatewayError):
    """A business refusal: a positive receipt, then an answer with this code and text to the citizen."""

    code = "gateway_refused"
    wire_code: ClassVar[Answer] = Answer.REJECTED

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class UnknownQuestionError(RefusalError):
    """A code that this service does not know (HIS 80415 3.3.2: no ground for a negative receipt)."""

    code = "gateway_unknown_question"


class ServiceOffError(RefusalError):
    """The addressed party does not offer the service (HITS 1217 2.4.3)."""

    code = "gateway_service_off"


class NoAccessError(RefusalError):
    """The patient is not on the list of the addressed GP, or blocked (ACT-6)."""

    code = "gateway_no_access"
    wire_code = Answer.NO_ACCESS


class NotOnListError(NoAccessError):
    """The clinic's own list says no, or knows nobody; Fastlegeregisteret has not been asked yet (ACT-6)."""

    code = "gateway_not_on_list"


class ListNotCheckedError(TemporaryError):
    """Fastlegeregisteret does not answer whether the patient is on the list. The message waits (ACT-6)."""

    code = "gateway_list_not_checked"


class UnknownOriginalError(GatewayError):
    """A receipt for no message of ours. It cannot have overtaken one: ids are stored before their message leaves."""

    code = "gateway_unknown_original"


class LostOriginalError(GatewayError):
    """What is to leave speaks of a row, party or counterpart that is not there: a person must look."""

    code = "gateway_lost_original"


class NothingToSendError(GatewayError):
    """What was meant no longer holds; nothing leaves and nobody needs to know."""

    code = "gateway_nothing_to_send"


class ConflictingIdError(GatewayError):
    """An id seen before came with other bytes. Kept, alarmed, not acted on."""

    code = "gateway_conflicting_id"


class TriedOutError(GatewayError):
    """Every try failed. The message is set aside and can be replayed."""

    code = "gateway_tried_out"


class ReplayError(GatewayError):
    """Only a message that was set aside can be replayed."""

    code = "gateway_replay"
    http_status = 409


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: an error, what the other side hears, and the alarm, if any, to the operator.

    counted: whether a retry is one of the few before the message is set aside; not when others cause it and it passes.
    """

    error: type[Exception]
    reaction: Reaction
    alarm: bool = False
    counted: bool = True


TABLE: tuple[Rule, ...] = (
    # However long the authority is away: the message has no fault, and a person could not put it right (HITS 1216 3).
    Rule(RevocationOfflineError, Reaction.RETRY, alarm=True, counted=False),
    # As long as ACT-6 says: after that the message is accepted with a mark.
    Rule(ListNotCheckedError, Reaction.RETRY, counted=False),
    Rule(InternalFaultError, Reaction.RETRY, alarm=True),
    Rule(TransportFaultError, Reaction.ERROR_QUEUE, alarm=True),
    Rule(StandardsError, Reaction.RECEIPT, alarm=True),
    Rule(ReceiptError, Reaction.RECEIPT, alarm=True),
    Rule(RefusalError, Reaction.ANSWER),
    Rule(UnknownSenderError, Reaction.RECORD, alarm=True),
    Rule(NotForUsError, Reaction.RECORD, alarm=True),
    Rule(UnknownOriginalError, Reaction.RECORD, alarm=True),
    Rule(BookingRefusedError, Reaction.ANSWER),
    Rule(OtherPatientError, Reaction.ANSWER, alarm=True),
    Rule(NobodyReadsError, Reaction.RETRY, alarm=True),
    Rule(DeliveryLostError, Reaction.RETRY),
    Rule(TransportDownError, Reaction.RETRY),
    Rule(TemporaryError, Reaction.RETRY),
    Rule(ConfigurationError, Reaction.RETRY, alarm=True),
    Rule(QueueUnavailableError, Reaction.RETRY, alarm=True),
    Rule(MessageRefusedError, Reaction.RECORD, alarm=True),
    Rule(BuildError, Reaction.RECORD, alarm=True),
    Rule(LostOriginalError, Reaction.RECORD, alarm=True),
    Rule(ConflictingIdError, Reaction.RECORD, alarm=True),
    Rule(TriedOutError, Reaction.RECORD, alarm=True),
    Rule(ReplayError, Reaction.RECORD),
    Rule(NothingToSendError, Reaction.RECORD),
    # Unknown means temporary, and an alarm (architecture, section 4).
    Rule(Exception, Reaction.RETRY, alarm=True),
)


def rule_for(error: BaseException) -> Rule:
    """The row of the most special class the error belongs to."""
    rules = {rule.error: rule for rule in TABLE}
    return next(rules[kind] for kind in type(error).__mro__ if kind in rules)


def refusal_of(error: Exception) -> tuple[Answer, str]:
    """The refusing answer of an error whose reaction is `answer`: its code, and a text for the citizen."""
    if isinstance(error, RefusalError):
        return error.wire_code, error.text
    if isinstance(error, BookingRefusedError):
        return member(Answer, error.wire_code), str(error)
    return Answer.REJECTED, _("Meldingen kan ikke leveres i denne samtalen. Start en ny samtale med legekontoret.")


def code_of(error: BaseException) -> str:
    """The stable code of an expected error; the class name of any other."""
    return error.code if isinstance(error, SkrankeError) else type(error).__name__
