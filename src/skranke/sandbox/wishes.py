"""What a citizen wishes, instead of booking or cancelling at once (TIMEONSKE, HITS 1217 3.5)."""

from django.db import transaction

from skranke.sandbox import documents
from skranke.sandbox.access import Visit
from skranke.sandbox.errors import MoveRefusedError
from skranke.sandbox.models import Appointment, Message, Party
from skranke.sandbox.services import await_answer, event_of, gp_with, held, new_envelope, offering, send
from skranke.sandbox.world import Service
from skranke.standards.build import timeonske
from skranke.standards.codes import Question


def wish_for_time(visit: Visit, *, text: str, accepts_other: bool) -> Message:
    """Tell the GP in words which time is wanted (OT). Raises AccessError, ServiceOffError."""
    visit.require_full()
    party = gp_with(visit.patient, Service.APPOINTMENT_WISH)
    document = timeonske.wish(
        new_envelope(party, visit.patient),
        Question.WISH_FOR_APPOINTMENT,
        accepts_other=accepts_other,
        text=text,
        relation=documents.representation(visit.actor, visit.patient),
    )
    return send(visit, party, document)


def wish_to_cancel(visit: Visit, appointment: Appointment, *, text: str) -> Message:
    """Ask in words to be rid of an appointment (OAT). Raises AccessError, ServiceOffError, CancelRefusedError."""
    visit.require_full()
    with transaction.atomic():
        row, party = held(appointment)
        message = _wish_about(visit, row, party, Question.WISH_FOR_CANCELLATION, text=text, accepts_other=False)
        await_answer(row, message)
    return message


def wish_to_change(visit: Visit, appointment: Appointment, *, text: str, accepts_other: bool) -> Message:
    """Ask in words for another time instead of an appointment (OET); it stands until the clinic has moved it.

    HelseNorge has no such page any more; the message is still among those that a record system may get (TO-2).
    Raises AccessError, ServiceOffError, MoveRefusedError.
    """
    visit.require_full()
    with transaction.atomic():
        row, party = held(appointment, MoveRefusedError)
        return _wish_about(visit, row, party, Question.WISH_FOR_CHANGE, text=text, accepts_other=accepts_other)


def _wish_about(
    visit: Visit, row: Appointment, party: Party, code: Question, *, text: str, accepts_other: bool
) -> Message:
    document = timeonske.wish(
        new_envelope(offering(party, Service.APPOINTMENT_WISH), visit.patient),
        code,
        accepts_other=accepts_other,
        text=text,
        appointment=event_of(row),
        relation=documents.representation(visit.actor, visit.patient),
    )
    return send(visit, party, document)
