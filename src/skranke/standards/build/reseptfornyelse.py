"""RESEPTFORNYELSE: RX-1 and RX-3 (HITS 1217 3.1). No message of this function has attachments or times."""

from skranke.standards import profile
from skranke.standards.build import dialogs
from skranke.standards.build.dialogs import Text, require_code, require_text
from skranke.standards.build.envelope import (
    Envelope,
    message,
    require_new_thread,
    require_patient,
    require_thread,
    rich,
)
from skranke.standards.codes import Answer, Delivery, MessageFunction, Question
from skranke.standards.dialog import Dialogmelding, Foresporsel, Notat, RelatedRole
from skranke.standards.errors import BuildError
from skranke.standards.m1 import Resept, ids
from skranke.standards.msghead import MsgHead
from skranke.standards.shared import Pasientrelasjon

_FUNCTION = MessageFunction.PRESCRIPTION_RENEWAL
_WITH_PRESCRIPTIONS = frozenset({Answer.RENEWED, Answer.PARTLY_RENEWED})


def citizen_request(
    envelope: Envelope,
    *,
    text: Text,
    delivery: Delivery | None,
    subject: str = "",
    wanted: RelatedRole | None = None,
    relation: Pasientrelasjon | None = None,
    case_type: str = "",
    prescriptions: tuple[Resept, ...] = (),
) -> MsgHead:
    """RX-1: RF, from HelseNorge. delivery: as is wanted; the guide demands it, the samples lack it (D-02).

    prescriptions: what is to be renewed. With them it is RX-2, RFER of process 1.3, which needs no text.
    """
    if not prescriptions:
        require_text(text, "The request")
    _require_prescriptions(prescriptions)
    require_new_thread(envelope)
    require_patient(envelope)
    asked = Foresporsel(
        code=(Question.RENEWAL_PRESCRIPTION if prescriptions else Question.RENEWAL_FREE_TEXT).cv,
        subject=subject,
        text=rich(text),
        coded_information=delivery.cv if delivery else None,
        roles=(wanted,) if wanted else (),
    )
    dialog = Dialogmelding(question=asked, case_type=case_type)
    return message(envelope, _FUNCTION, dialog, relation=relation, other=prescriptions)


def clinic_answer(
    envelope: Envelope,
    code: Answer,
    *,
    text: Text,
    subject: str = "",
    practitioner: RelatedRole | None = None,
    prescriptions: tuple[Resept, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """RX-3: 14, 15 or 32, or a refusal 26 or 30, always with a text in TekstNotatInnhold (D-04).

    practitioner: who answered; must be given when it is not the addressed GP. prescriptions: one M1 for each renewed
    prescription, with 14 and 32 only, each in its own Document (D-05).
    """
    require_code(code, profile.CLINIC_ANSWERS[_FUNCTION])
    require_text(text, "An answer")
    if prescriptions and code not in _WITH_PRESCRIPTIONS:
        raise BuildError("Only what is renewed goes along with an answer.")
    if code in _WITH_PRESCRIPTIONS and not prescriptions and profile.RENEWAL_NEEDS_PRESCRIPTIONS:
        raise BuildError("An answer that renews carries what was renewed.")
    _require_prescriptions(prescriptions)
    require_thread(envelope)
    require_patient(envelope)
    note = Notat(code=code.cv, subject=subject, text=rich(text), roles=(practitioner,) if practitioner else ())
    dialog = Dialogmelding(note=note, case_type=case_type)
    return message(envelope, _FUNCTION, dialog, other=prescriptions)


def _require_prescriptions(prescriptions: tuple[Resept, ...]) -> None:
    if len(prescriptions) > profile.MOST_PRESCRIPTIONS:
        raise BuildError(f"A message carries at most {profile.MOST_PRESCRIPTIONS} prescriptions.")
    names = ids(prescriptions)
    if len(set(names)) < len(names):
        raise BuildError("An id (xs:ID) stands once in all prescriptions of a message.")


def citizen_message(envelope: Envelope, *, text: Text) -> MsgHead:
    """A 22 in the thread: not in the guide for this function, yet stored and shown (protocol-messages 5.4)."""
    return dialogs.answer(envelope, _FUNCTION, Answer.CITIZEN_ANSWER, text=text)
