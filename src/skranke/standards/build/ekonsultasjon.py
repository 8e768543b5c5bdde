"""EKONSULTASJON: KO-1 to KO-4 (HITS 1217 3.2)."""

from skranke.standards import profile
from skranke.standards.build import dialogs
from skranke.standards.build.dialogs import Text, require_code, require_text
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Answer, MessageFunction, Question
from skranke.standards.dialog import RelatedRole
from skranke.standards.msghead import Attachment, MsgHead
from skranke.standards.shared import Pasientrelasjon

_FUNCTION = MessageFunction.E_CONSULTATION


def citizen_question(
    envelope: Envelope,
    *,
    subject: str,
    text: Text,
    wanted: RelatedRole | None = None,
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """KO-1: SB, from HelseNorge. wanted: role 23 with an HPR number, from `parties.practitioner_role`."""
    require_text(subject, "The subject")
    require_text(text, "The question")
    return dialogs.question(
        envelope,
        _FUNCTION,
        Question.QUESTION_TO_PRACTITIONER,
        subject=subject,
        text=text,
        roles=(wanted,) if wanted else (),
        relation=relation,
        attachments=attachments,
        case_type=case_type,
    )


def clinic_answer(
    envelope: Envelope,
    code: Answer = Answer.PRACTITIONER_ANSWER,
    *,
    text: Text,
    subject: str = "",
    practitioner: RelatedRole | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """KO-2: 12; 13 also closes; 26, 30 or 31 refuses; always with a text.

    practitioner: who answered; must be given when it is not the addressed GP (DDFL-ROL-02).
    """
    require_code(code, profile.CLINIC_ANSWERS[_FUNCTION])
    require_text(text, "An answer")
    return dialogs.answer(
        envelope,
        _FUNCTION,
        code,
        text=text,
        subject=subject,
        roles=(practitioner,) if practitioner else (),
        attachments=attachments,
        case_type=case_type,
    )


def clinic_question(
    envelope: Envelope,
    *,
    subject: str,
    text: Text,
    may_answer: bool,
    practitioner: RelatedRole | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> MsgHead:
    """KO-3: DI when the citizen may answer, EKI when not. practitioner: the writer, when it is not the GP."""
    require_text(subject, "The subject")
    require_text(text, "The message")
    return dialogs.question(
        envelope,
        _FUNCTION,
        Question.DIALOG if may_answer else Question.ONE_WAY,
        subject=subject,
        text=text,
        roles=(practitioner,) if practitioner else (),
        attachments=attachments,
    )


def citizen_answer(
    envelope: Envelope,
    code: Answer = Answer.CITIZEN_ANSWER,
    *,
    text: Text | None,
    subject: str = "",
    wanted: RelatedRole | None = None,
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> MsgHead:
    """KO-4: 22, or 26 or 31 when HelseNorge could not deliver."""
    require_code(code, profile.CITIZEN_ANSWERS)
    if code is Answer.CITIZEN_ANSWER:
        require_text(text, "An answer")
    return dialogs.answer(
        envelope,
        _FUNCTION,
        code,
        text=text,
        subject=subject,
        roles=(wanted,) if wanted else (),
        relation=relation,
        attachments=attachments,
    )
