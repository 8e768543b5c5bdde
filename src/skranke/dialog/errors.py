"""What can go wrong in a dialog, in words for the person who meets it."""

from django.utils.translation import gettext as _

from skranke.kernel.errors import ChangedError, ConflictError, InvalidError, SkrankeError, TemporaryError


class VersionConflictError(ChangedError):
    """The thread changed since the user read it (MSG-18). The message says what happened and who did it."""

    code = "thread_changed"


class AnswerFirstError(ConflictError):
    """An e-consultation that waits for an answer cannot be closed without one (MSG-9)."""

    code = "answer_required"


class StaysError(ConflictError):
    """Who got a thread by name cannot leave it, and the last who reads it cannot be taken out (MSG-11)."""

    code = "participant_stays"


class NoTaskError(ConflictError):
    """Only a task that is not done can be completed (MSG-8, MSG-15)."""

    code = "no_task"


class TooLateToUndoError(ConflictError):
    """The message has left, or somebody has done anything with the thread since: the step stands."""

    code = "too_late_to_undo"


class NotResendableError(ConflictError):
    """The message may not be sent again: it is on its way or has arrived, or the patient is not active there."""

    code = "message_not_resendable"


class DraftExistsError(ConflictError):
    """There is an answer begun in the thread already. Nothing was changed: read that draft and change it."""

    code = "draft_exists"


class AlreadyAnsweredError(ConflictError):
    """The request has had its one answer; what is to be told now is a new dialog (protocol-messages 5.4)."""

    code = "already_answered"


class NotAnswerableError(ConflictError):
    """The clinic has ended the dialog: the patient can read it, and no longer write in it (MSG-8)."""

    code = "not_answerable"


class NotJournaledError(ConflictError):
    """What was to be sent belongs in the journal and cannot be written there: then it is not sent either (JRN-7)."""

    code = "not_journaled"


class PrescriptionsNeededError(InvalidError):
    """The answer says that something is renewed, and the profile demands to tell what (RX-16, D-05)."""

    code = "prescriptions_needed"


class PrescriptionError(InvalidError):
    """One prescription of an answer lacks something, or says what cannot be; `number`: which, from 1 (RX-16)."""

    code = "prescription_invalid"

    def __init__(self, number: int, what: str) -> None:
        super().__init__(_("Resept %(number)d: %(what)s.") % {"number": number, "what": what}, field="prescriptions")
        self.number, self.what = number, what


class ItemsContradictError(InvalidError):
    """What is said of the items, renewed or not, is not what the outcome says (RX-10)."""

    code = "items_contradict"


class NothingIssuedError(ConflictError):
    """Nothing is known to be issued to the patient since the request: a warning, that may be passed by (RX-11)."""

    code = "nothing_issued"


class AttachmentsTooLargeError(InvalidError):
    """The attachments of one message are larger than the limit in total (CMP-9)."""

    code = "attachments_too_large"
    http_status = 413


class AttachmentKindError(InvalidError):
    """The content is of a kind that is not on the allow-list (CMP-11)."""

    code = "attachment_kind"
    http_status = 415


class ReachabilityUnknownError(ConflictError):
    """Only HelseNorge can tell whether the patient can be reached, and it has not yet (PAT-10)."""

    code = "reachability_unknown"
    permanent = False


class UnreachableError(InvalidError):
    """The patient cannot be written to through HelseNorge (PAT-9); `reason` is a stable code."""

    code = "patient_unreachable"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message, field="patient")
        self.reason = reason


class OtherPatientError(SkrankeError):
    """A message refers to a conversation that belongs to another patient: it must never be shown there."""

    code = "conversation_of_other_patient"
    http_status = 422


class NobodyReadsError(TemporaryError):
    """A message came for which the clinic has nobody: no receipt can say that it can be read (HIS 80415 3.3.1)."""

    code = "nobody_reads"


class AttachmentInfectedError(InvalidError):
    """The virus scanner has found something in the file: it is not kept (CMP-11)."""

    code = "attachment_infected"


class ScannerAwayError(InvalidError):
    """The virus scanner does not answer, and no file is sent unseen: the same call may succeed later (CMP-11)."""

    code = "virus_scanner_away"
    permanent = False
    http_status = 503
