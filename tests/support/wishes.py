"""Wishes for an appointment, as the gateway hands them to the room of appointments."""

from skranke.dialog.models import DialogKind, Thread
from skranke.scheduling.models import Appointment, WishKind
from skranke.scheduling.services import book, receive_wish
from skranke.scheduling.values import NamedTime
from skranke.tenancy.work import acting

from support.dialog import question
from support.timebok import Timebok

_CODES = {WishKind.TIME: "OT", WishKind.CHANGE: "OET", WishKind.CANCELLATION: "OAT"}


def wish(book_: Timebok, kind: WishKind = WishKind.TIME, named: Appointment | None = None, **facts) -> Thread:
    """Ola wishes something of Kari; named: the appointment the wish is about."""
    cast = book_.cast
    time = None
    if named is not None:
        contact = cast.kari_party.her_id
        time = NamedTime(named.during.lower, named.during.upper, str(named.slot_uid), contact, str(named.id))
    message = question(
        cast,
        kind=DialogKind.APPOINTMENT_WISH,
        code=_CODES[kind],
        subject="Ønske om time",
        text="Helst en morgen",
    )
    with acting(cast.system):
        return receive_wish(message, kind, named=time, **facts).thread


def booked(book_: Timebok, when, schedule=None, patient=None, **facts) -> Appointment:
    """An appointment of Ola's that staff has made."""
    slot = book_.slot(when, schedule, **facts)
    with acting(book_.cast.actor(book_.cast.ali)):
        return book(slot=slot, patient=patient or book_.cast.ola, through="staff")
