"""What a citizen wishes, instead of booking or cancelling at once (TIMEONSKE, HITS 1217 3.5)."""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from skranke.kernel import clock
from skranke.kernel.errors import SkrankeError
from skranke.sandbox import documents, outbox, rules
from skranke.sandbox.access import Visit
from skranke.sandbox.errors import CancelRefusedError, MoveRefusedError, ServiceOffError
from skranke.sandbox.models import Appointment, Message, Party
from skranke.sandbox.rules import AppointmentState
from skranke.sandbox.services import gp_with, own_party
from skranke.sandbox.world import Service
from skranke.standards.build import timeonske
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Question
from skranke.standards.msghead import MsgHead
from skranke.standards.xcal import VEvent


def wish_for_time(visit: Visit, *, text: str, accepts_other: bool) -> Message:
    """Tell the GP in words which time is wanted (OT). Raises AccessError, ServiceOffError."""
    visit.require_full()
    party = gp_with(visit.patient, Service.APPOINTMENT_WISH)
    document = timeonske.wish(
        _envelope(party, visit),
        Question.WISH_FOR_APPOINTMENT,
        accepts_other=accepts_other,
        text=text,
        relation=documents.representation(visit.actor, visit.patient),
    )
    with transaction.atomic():
        return _put(visit, party, document)


def wish_to_cancel(visit: Visit, appointment: Appointment, *, text: str) -> Message:
    """Ask in words to be rid of an appointment (OAT). Raises AccessError, ServiceOffError, CancelRefusedError."""
    with transaction.atomic():
        row = _held(visit, appointment, CancelRefusedError)
        message = _wish_about(visit, row, Question.WISH_FOR_CANCELLATION, text=text, accepts_other=False)
        row.state = AppointmentState.CANCEL_REQUESTED
        row.cancel_msg_id, row.outcome, row.changed_at = message.msg_id, "", clock.now()
        row.save()
    return message


def wish_to_change(visit: Visit, appointment: Appointment, *, text: str, accepts_other: bool) -> Message:
    """Ask in words for another time instead of an appointment (OET); it stands until the clinic has moved it.

    HelseNorge has no such page any more; the message is still among those that a record system may get (TO-2).
    Raises AccessError, ServiceOffError, MoveRefusedError.
    """
    with transaction.atomic():
        row = _held(visit, appointment, MoveRefusedError)
        return _wish_about(visit, row, Question.WISH_FOR_CHANGE, text=text, accepts_other=accepts_other)


def _held(visit: Visit, appointment: Appointment, refusal: type[SkrankeError]) -> Appointment:
    """The appointment, locked, if it still can be given up. Raises `refusal`, AccessError, ServiceOffError."""
    visit.require_full()
    row = Appointment.objects.select_for_update(of=("self",)).select_related("party").get(pk=appointment.pk)
    if row.party is None or not rules.may_cancel(AppointmentState(row.state), row.start, clock.now()):
        raise refusal()
    if Service.APPOINTMENT_WISH not in row.party.services:
        raise ServiceOffError(_("Fastlegen tilbyr ikke denne tjenesten. Ingenting ble sendt."))
    return row


def _wish_about(visit: Visit, row: Appointment, code: Question, *, text: str, accepts_other: bool) -> Message:
    assert row.party is not None
    event = VEvent(start=row.start, end=row.end, uid=row.uid, contact=row.contact, related_to=row.related_to)
    document = timeonske.wish(
        _envelope(row.party, visit),
        code,
        accepts_other=accepts_other,
        text=text,
        appointment=event,
        relation=documents.representation(visit.actor, visit.patient),
    )
    return _put(visit, row.party, document)


def _envelope(party: Party, visit: Visit) -> Envelope:
    return documents.envelope(own_party(), party, patient=visit.patient, msg_id=uuid4(), now=clock.now())


def _put(visit: Visit, party: Party, document: MsgHead) -> Message:
    return outbox.put(outbox.Draft(document=document, party=party, citizen=visit.patient, acting=visit.actor))
