"""EKONTAKT: EK-1 to EK-4 (HITS 1217 3.3)."""

from skranke.standards import profile
from skranke.standards.build import dialogs
from skranke.standards.build.dialogs import Text, require_code, require_text
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Answer, MessageFunction, Question
from skranke.standards.dialog import RelatedRole
from skranke.standards.errors import BuildError
from skranke.standards.msghead import Attachment, MsgHead
from skranke.standards.shared import Pasientrelasjon

_FUNCTION = MessageFunction.E_CONTACT


def citizen_question(
    envelope: Envelope,
    *,
    subject: str,
    text: Text,
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """EK-1: HE, from HelseNorge."""
    return dialogs.question(
        envelope,
        _FUNCTION,
        Question.ENQUIRY,
        subject=subject,
        text=text,
        relation=relation,
        attachments=attachments,
        case_type=case_type,
    )


def clinic_answer(
    envelope: Envelope,
    code: Answer = Answer.ENQUIRY_ANSWER,
    *,
    text: Text,
    subject: str = "",
    author: RelatedRole | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """EK-2: 19, or a refusal 26, 30 or 31, always with a text.

    author: from `parties.author`, a name with role 1 Forfatter, never a practitioner with an HPR number.
    """
    require_code(code, profile.CLINIC_ANSWERS[_FUNCTION])
    require_text(text, "An answer")
    if author and author.practitioner:
        raise BuildError("An e-kontakt answer names its author as a person, not as a practitioner.")
    return dialogs.answer(
        envelope,
        _FUNCTION,
        code,
        text=text,
        subject=subject,
        roles=(author,) if author else (),
        attachments=attachments,
        case_type=case_type,
    )


def clinic_question(
    envelope: Envelope,
    *,
    subject: str,
    text: Text,
    may_answer: bool,
    attachments: tuple[Attachment, ...] = (),
) -> MsgHead:
    """EK-3: DI when the citizen may answer, EKI when not; never with RollerRelatertNotat (DDFL-ROL-04)."""
    require_text(subject, "The subject")
    require_text(text, "The message")
    code = Question.DIALOG if may_answer else Question.ONE_WAY
    return dialogs.question(envelope, _FUNCTION, code, subject=subject, text=text, attachments=attachments)


def citizen_answer(
    envelope: Envelope,
    code: Answer = Answer.CITIZEN_ANSWER,
    *,
    text: Text | None,
    subject: str = "",
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> MsgHead:
    """EK-4: 22, or 26 or 31 when HelseNorge could not deliver."""
    require_code(code, profile.CITIZEN_ANSWERS)
    if code is Answer.CITIZEN_ANSWER:
        require_text(text, "An answer")
    return dialogs.answer(
        envelope, _FUNCTION, code, text=text, subject=subject, relation=relation, attachments=attachments
    )
