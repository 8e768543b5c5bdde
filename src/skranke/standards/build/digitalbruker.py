"""DIGITALBRUKER: who is active in HelseNorge, told, asked and answered (HITS 1217 3.9)."""

from collections.abc import Sequence
from dataclasses import replace

from skranke.standards import profile
from skranke.standards.build.dialogs import Text, require_code
from skranke.standards.build.envelope import (
    Envelope,
    message,
    require_new_thread,
    require_patient,
    require_thread,
    rich,
)
from skranke.standards.codes import Answer, MessageFunction, Question, YesNo
from skranke.standards.dialog import Dialogmelding, Foresporsel, Notat
from skranke.standards.errors import BuildError
from skranke.standards.msghead import MsgHead
from skranke.standards.people import Person
from skranke.standards.shared import PersonList

_FUNCTION = MessageFunction.DIGITAL_USER
_ANSWERS = frozenset({Answer.ACTIVE_USERS, Answer.NO_ACTIVE_USERS, Answer.REJECTED, Answer.GENERAL_FAULT})


def status(envelope: Envelope, *, active: bool) -> MsgHead:
    """DB-1, SDAB: the envelope's patient has become active, or is so no longer."""
    require_new_thread(envelope)
    require_patient(envelope)
    told = YesNo.YES if active else YesNo.NO
    asked = Foresporsel(code=Question.DIGITAL_STATUS.cv, coded_information=told.cv)
    return message(envelope, _FUNCTION, Dialogmelding(question=asked))


def check(envelope: Envelope, persons: Sequence[Person]) -> MsgHead:
    """DB-2, SIDAB: which of these are active? Without a patient in the head."""
    require_new_thread(envelope)
    if not 0 < len(persons) <= profile.PERSONS_AT_MOST:
        raise BuildError(f"A check asks about 1 to {profile.PERSONS_AT_MOST} persons.")
    asked = Foresporsel(code=Question.CHECK_DIGITAL_STATUS.cv)
    return message(
        _bare(envelope), _FUNCTION, Dialogmelding(question=asked), other=(PersonList(persons=tuple(persons)),)
    )


def answer(envelope: Envelope, code: Answer, *, persons: Sequence[Person] = (), text: Text | None = None) -> MsgHead:
    """DB-3: the active ones (28), none (29), or why nobody can tell (26, 31). Without a patient in the head."""
    require_thread(envelope)
    require_code(code, _ANSWERS)
    if bool(persons) != (code is Answer.ACTIVE_USERS):
        raise BuildError("The active persons are named with 28, and only there.")
    note = Notat(code=code.cv, text=rich(text))
    other = (PersonList(persons=tuple(persons)),) if persons else ()
    return message(_bare(envelope), _FUNCTION, Dialogmelding(note=note), other=other)


def _bare(envelope: Envelope) -> Envelope:
    return replace(envelope, patient=None)
