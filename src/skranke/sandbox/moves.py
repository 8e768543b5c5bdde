"""A citizen changes the time of an appointment: a new reservation, then a cancellation, never ERT (DDFL-RT-18).

In this order: whoever cancels first may end with nothing, since somebody else may have taken the new time.
"""

from skranke.kernel import clock
from skranke.sandbox import rules, services
from skranke.sandbox.access import Visit
from skranke.sandbox.errors import MoveRefusedError
from skranke.sandbox.models import Appointment, Citizen, Direction, Message
from skranke.sandbox.rules import AppointmentState
from skranke.sandbox.world import PartyKind


def can_move(appointment: Appointment) -> bool:
    """Whether another time may be chosen: it could be cancelled, and no move of it is under way.

    One of a common service is cancelled, and booked anew.
    """
    if appointment.party is not None and appointment.party.kind == PartyKind.SERVICE:
        return False
    if not rules.may_cancel(AppointmentState(appointment.state), appointment.start, clock.now()):
        return False
    return not Appointment.objects.filter(replaces=appointment, state=AppointmentState.REQUESTED).exists()


def move(visit: Visit, appointment: Appointment, question: Message, *, uid: str, comment: str) -> Appointment:
    """Ask for another time (RT); the old one is cancelled when the clinic has confirmed the new one.

    Raises MoveRefusedError, SlotGoneError, AccessError, ServiceOffError.
    """
    if not can_move(appointment):
        raise MoveRefusedError
    return services.reserve(visit, question, uid=uid, comment=comment, replaces=appointment)


def give_up_old(confirmed: Appointment) -> None:
    """The new time of a move is confirmed: cancel the old one (ART), in the caller's transaction.

    Nothing is left to cancel when it was cancelled or has begun meanwhile.
    """
    if confirmed.replaces_id is None or confirmed.state != AppointmentState.CONFIRMED:
        return
    old = Appointment.objects.select_for_update(of=("self",)).select_related("party", "citizen")
    row = old.get(pk=confirmed.replaces_id)
    if row.party is not None and rules.may_cancel(AppointmentState(row.state), row.start, clock.now()):
        services.put_cancellation(row, row.party, patient=row.citizen, actor=_who_asked(confirmed))


def _who_asked(confirmed: Appointment) -> Citizen:
    asked = Message.objects.filter(direction=Direction.OUT, msg_id=confirmed.request_msg_id).select_related("acting")
    found = asked.defer("document").first()
    return found.acting if found is not None and found.acting is not None else confirmed.citizen
