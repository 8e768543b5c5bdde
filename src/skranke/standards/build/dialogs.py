"""What the dialog functions share: a question with subject and text, and an answer with text."""

from skranke.standards.build.envelope import (
    Envelope,
    message,
    require_new_thread,
    require_patient,
    require_thread,
    rich,
)
from skranke.standards.codes import Answer, MessageFunction, Question
from skranke.standards.dialog import Dialogmelding, Foresporsel, Notat, RelatedRole
from skranke.standards.errors import BuildError
from skranke.standards.msghead import Attachment, MsgHead
from skranke.standards.richtext import RichText
from skranke.standards.shared import Pasientrelasjon

Text = str | RichText


def question(
    envelope: Envelope,
    function: MessageFunction,
    code: Question,
    *,
    subject: str,
    text: Text | None,
    roles: tuple[RelatedRole, ...] = (),
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """The first message of a thread."""
    require_new_thread(envelope)
    require_patient(envelope)
    asked = Foresporsel(code=code.cv, subject=subject, text=rich(text), roles=roles)
    dialog = Dialogmelding(question=asked, case_type=case_type)
    return message(envelope, function, dialog, relation=relation, attachments=attachments)


def answer(
    envelope: Envelope,
    function: MessageFunction,
    code: Answer,
    *,
    text: Text | None,
    subject: str = "",
    roles: tuple[RelatedRole, ...] = (),
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """A later message of a thread."""
    require_thread(envelope)
    require_patient(envelope)
    note = Notat(code=code.cv, subject=subject, text=rich(text), roles=roles)
    dialog = Dialogmelding(note=note, case_type=case_type)
    return message(envelope, function, dialog, relation=relation, attachments=attachments)


def require_text(text: Text | None, what: str) -> None:
    """Some text beside white space."""
    plain = text.plain if isinstance(text, RichText) else text
    if not (plain or "").strip():
        raise BuildError(f"{what} needs a text.")


def require_code(code: Answer, allowed: frozenset[Answer]) -> None:
    """A code that the service may send (D-06, D-08)."""
    if code not in allowed:
        raise BuildError(f"Code {code} is not sent in this service.")
