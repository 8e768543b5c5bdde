"""BEHANDLEROVERSIKT: whom beside the GP a citizen may choose (HITS 1217 3.11). D-28: type as asked."""

from collections.abc import Sequence

from skranke.standards.build.dialogs import Text, require_code
from skranke.standards.build.envelope import (
    Envelope,
    message,
    require_new_thread,
    require_patient,
    require_thread,
    rich,
)
from skranke.standards.codes import Answer, CodedValue, MessageFunction, Question
from skranke.standards.dialog import Dialogmelding, Foresporsel, Notat
from skranke.standards.errors import BuildError
from skranke.standards.msghead import MsgHead
from skranke.standards.shared import Pasientrelasjon, Practitioner

_FUNCTION = MessageFunction.PRACTITIONERS


def question(
    envelope: Envelope,
    *,
    relation: Pasientrelasjon | None = None,
    function: MessageFunction = MessageFunction.PRACTITIONERS,
) -> MsgHead:
    """BO-1, HB."""
    require_new_thread(envelope)
    require_patient(envelope)
    asked = Foresporsel(code=Question.PRACTITIONERS.cv)
    return message(envelope, function, Dialogmelding(question=asked), synchronous=True, relation=relation)


def answer(envelope: Envelope, practitioners: Sequence[Practitioner] = ()) -> MsgHead:
    """BO-2: 20 with the list, in which the GP must be (the caller sees to that), or 21 when there is none."""
    for entry in practitioners:
        person = entry.person
        if person is None or not person.hpr_number or not person.given_name or not person.family_name:
            raise BuildError("A practitioner of a list has both names and an HPR number.")
    code = Answer.PRACTITIONERS if practitioners else Answer.NO_PRACTITIONERS
    return _answer(envelope, Notat(code=code.cv), tuple(practitioners))


def refusal(envelope: Envelope, code: Answer, *, text: Text) -> MsgHead:
    """BO-2: 30 the citizen has no access, 31 cannot answer. D-06: the guide's list of this service has no 26."""
    require_code(code, frozenset({Answer.NO_ACCESS, Answer.GENERAL_FAULT}))
    return _answer(envelope, Notat(code=code.cv, text=rich(text)))


def _answer(envelope: Envelope, note: Notat, practitioners: tuple[Practitioner, ...] = ()) -> MsgHead:
    require_thread(envelope)
    function = MessageFunction.known(_asked(envelope.type)) or _FUNCTION
    return message(envelope, function, Dialogmelding(note=note), synchronous=True, practitioners=practitioners)


def _asked(stated: CodedValue | None) -> str:
    return stated.v if stated else ""
