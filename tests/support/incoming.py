"""One right message of each function that comes in asynchronously, and what the gateway makes of a damaged one."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import pytest

from skranke.clinics.models import Service
from skranke.clinics.services import set_services
from skranke.dialog.models import Thread
from skranke.dialog.services import answer
from skranke.gateway.inbound import Disposition
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.kernel.ids import NationalId
from skranke.standards.apprec import AppRec
from skranke.standards.build import parties
from skranke.standards.codes import MessageFunction, Question, Relation
from skranke.standards.msghead import MsgHead
from skranke.standards.render import render
from skranke.standards.shared import Pasientrelasjon

from support.helsenorge import PDF, Letter, booked
from support.messages import medicine
from support.surgery import Surgery, open_book


@dataclass(frozen=True)
class Right:
    """A message that is right, and its own id, which every copy must have anew."""

    document: MsgHead | AppRec

    @property
    def id(self) -> str:
        return self.document.id if isinstance(self.document, AppRec) else self.document.info.msg_id

    def xml(self) -> bytes:
        """The same under another id."""
        return render(self.document).replace(self.id.encode(), str(uuid4()).encode())


def e_contact(office: Surgery) -> MsgHead:
    return office.helsenorge.e_contact(office.cast.ola, case_type="helsekontakt-7")


def e_consultation(office: Surgery) -> MsgHead:
    """Written by a parent, with an attachment."""
    mother = parties.representative(NationalId(office.cast.astrid.national_id), given_name="Mona", family_name="Mor")
    relation = Pasientrelasjon(persons=(mother,), relation=Relation.PARENT.cv)
    return office.helsenorge.e_consultation(office.cast.nora, attachments=(PDF,), relation=relation)


def follow_up(office: Surgery) -> MsgHead:
    return office.helsenorge.follow_up(_letter(office))


def _letter(office: Surgery) -> Letter:
    """An answer of the clinic's."""
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    office.answers()
    with office.acting(office.cast.kari):
        answer(Thread.objects.get(), text="Ja.")
    (letter,) = office.answers()
    return letter


def reservation(office: Surgery) -> MsgHead:
    open_book(office)
    office.helsenorge.send(office.helsenorge.free_times(office.cast.ola), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    return office.helsenorge.reserve(office.cast.ola, reply.times[0])


def cancellation(office: Surgery) -> MsgHead:
    office.helsenorge.send(reservation(office))
    given = next(letter for letter in office.answers() if not letter.is_receipt)
    return office.helsenorge.cancel(office.cast.ola, booked(given))


def cancellation_of_told(office: Surgery) -> MsgHead:
    """By the service for times that the clinic has told of."""
    given = cancellation(office).appointments[0]
    with office.acting():
        office.cast.counterpart.takes_appointment_process = True
        office.cast.counterpart.save()
        set_services(office.cast.kari_party, {Service.APPOINTMENT_CANCELLATION})
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    return office.helsenorge.cancel(office.cast.ola, given, function=MessageFunction.APPOINTMENT_CANCELLATION)


def renewal(office: Surgery) -> MsgHead:
    return office.helsenorge.renewal(office.cast.ola)


def renewal_by_prescriptions(office: Surgery) -> MsgHead:
    wanted = medicine("Prøvelin tab 5 mg", amount=Decimal(1), prescribed=None, expires=None)
    return office.helsenorge.renewal(office.cast.ola, text="", prescriptions=(wanted,))


def digital_status(office: Surgery) -> MsgHead:
    return office.helsenorge.digital_status(office.cast.ola, active=True)


def wish(office: Surgery) -> MsgHead:
    return office.helsenorge.wish(office.cast.ola, Question.WISH_FOR_APPOINTMENT)


def receipt(office: Surgery) -> AppRec:
    return office.helsenorge.receipt_for(_letter(office))


def test(office: Surgery) -> MsgHead:
    return office.helsenorge.test_question()


@dataclass(frozen=True)
class Kind:
    """A kind of message of a function, and how it is made in a new office."""

    function: MessageFunction
    make: Callable[[Surgery], MsgHead | AppRec]

    def right(self, office: Surgery) -> Right:
        return Right(self.make(office))


KINDS = {
    "e-kontakt": Kind(MessageFunction.E_CONTACT, e_contact),
    "e-konsultasjon": Kind(MessageFunction.E_CONSULTATION, e_consultation),
    "answer in a thread": Kind(MessageFunction.E_CONTACT, follow_up),
    "reservation": Kind(MessageFunction.BOOKING, reservation),
    "cancellation": Kind(MessageFunction.BOOKING, cancellation),
    "cancellation of a told time": Kind(MessageFunction.APPOINTMENT_CANCELLATION, cancellation_of_told),
    "wish for an appointment": Kind(MessageFunction.APPOINTMENT_WISH, wish),
    "renewal": Kind(MessageFunction.PRESCRIPTION_RENEWAL, renewal),
    "renewal by prescriptions": Kind(MessageFunction.PRESCRIPTION_RENEWAL, renewal_by_prescriptions),
    "digital status": Kind(MessageFunction.DIGITAL_USER, digital_status),
    "receipt": Kind(MessageFunction.APPREC, receipt),
    "test": Kind(MessageFunction.TEST, test),
}
"""A new message function: at least one line here, or in NOT_HERE."""

USUAL = ("e-konsultasjon", "reservation", "receipt")
"""What the usual run tries; the long one tries every kind."""

EACH_KIND = [pytest.param(name, marks=[] if name in USUAL else [pytest.mark.slow]) for name in KINDS]

NOT_HERE = frozenset(
    {
        MessageFunction.APPOINTMENT_PUSH,  # only sent from here
        MessageFunction.APPOINTMENT_CANCELLATION_OLD,  # another name of one that is here
        MessageFunction.PRACTITIONERS,  # only asked synchronously
        MessageFunction.PRACTITIONERS_OLD,
    }
)


def outcome(office: Surgery, right: Right, xml: bytes) -> str:
    """What the gateway makes of the bytes, rightly protected: accepted, or how it is refused and with which code.

    Fails when the message is not done with after one try, or when more than one party is told.
    """
    before = len(office.helsenorge.sent)
    office.helsenorge.send(xml, like=right.document)
    assert office.take_in() == [Disposition.ACCEPT], "not done with at once"
    office.send_out()
    letters, reports = office.helsenorge.letters(), office.helsenorge.reports()
    message = office.helsenorge.sent[before]
    with office.acting():
        assert not DeliveryTry.objects.exists()
        row = ReceivedMessage.objects.get(message_id=message.message_id)
    receipts = [letter for letter in letters if letter.is_receipt]
    if reports:
        assert (len(reports), letters) == (1, [])
        return reports[0].headers.error_condition
    if receipts and receipts[0].code == "2":
        assert len(letters) == 1
        return f"AppRec {' '.join(receipts[0].errors)}"
    if row.state == "refused":
        (refusal,) = (letter for letter in letters if not letter.is_receipt)
        return f"answer {refusal.code}"
    return "accepted" if row.state == "acted" else f"{row.state} {row.code}"
