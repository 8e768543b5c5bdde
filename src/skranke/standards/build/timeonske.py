"""TIMEONSKE: TO-1 to TO-4, wishes for an appointment and their answers (HITS 1217 3.5)."""

from skranke.standards.build import timereservasjon
from skranke.standards.build.dialogs import Text
from skranke.standards.build.envelope import Envelope, rich
from skranke.standards.codes import Answer, MessageFunction, Question, YesNo
from skranke.standards.dialog import Foresporsel, RelatedRole
from skranke.standards.errors import BuildError
from skranke.standards.msghead import Attachment, MsgHead
from skranke.standards.shared import Pasientrelasjon, Practitioner
from skranke.standards.xcal import VEvent

_FUNCTION = MessageFunction.APPOINTMENT_WISH
_ABOUT_APPOINTMENT = frozenset({Question.WISH_FOR_CHANGE, Question.WISH_FOR_CANCELLATION})


def wish(
    envelope: Envelope,
    code: Question,
    *,
    accepts_other: bool,
    text: Text | None = None,
    subject: str = "",
    appointment: VEvent | None = None,
    wanted: RelatedRole | None = None,
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """TO-1 OT without an appointment; TO-2 OET and TO-3 OAT with the one that stands. From HelseNorge."""
    if (appointment is not None) != (code in _ABOUT_APPOINTMENT):
        raise BuildError("A wish names an appointment when it is about one, and only then.")
    asked = Foresporsel(
        code=code.cv,
        subject=subject,
        text=rich(text),
        coded_information=(YesNo.YES if accepts_other else YesNo.NO).cv,
        roles=(wanted,) if wanted else (),
    )
    return timereservasjon.ask(
        envelope,
        asked,
        timereservasjon.named(appointment) if appointment else None,
        relation=relation,
        attachments=attachments,
        case_type=case_type,
        function=_FUNCTION,
    )


def clinic_answer(
    envelope: Envelope,
    code: Answer,
    *,
    text: Text | None = None,
    appointment: VEvent | None = None,
    practitioner: RelatedRole | None = None,
    other_practitioner: Practitioner | None = None,
    case_type: str = "",
) -> MsgHead:
    """TO-4: 05, 10, 06 to OT; 07, 10, 06, 34 to OET; 08, 09 to OAT; 26 and 30 to all. Never with attachments.

    appointment: must be given for 05, 07, 08, 10 and 34, may be for 09, not for 06, 26 and 30. other_practitioner:
    must be given for 10.
    """
    return timereservasjon.clinic_answer(
        envelope,
        code,
        appointment=appointment,
        text=text,
        practitioner=practitioner,
        other_practitioner=other_practitioner,
        case_type=case_type,
        function=_FUNCTION,
    )
