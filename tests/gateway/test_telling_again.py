"""What is told of an appointment and does not arrive: seen on the appointment, and told again with the right ids."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog.errors import NotResendableError
from skranke.gateway import overdue
from skranke.kernel import clock
from skranke.scheduling.details import details
from skranke.scheduling.models import Appointment
from skranke.scheduling.services import book, cancel, move, tell_again
from skranke.standards.codes import AppRecError
from skranke.wire import faults
from skranke.wire.errors import DecryptionFailedError

from support.helsenorge import booked
from support.surgery import open_book, time_of


def reserved(office):
    """A reservation, and its answer on the bus without a receipt yet."""
    slot = open_book(office).slots[0]
    office.helsenorge.send(office.helsenorge.reserve(office.cast.ola, time_of(slot, office.cast.kari_party.her_id)))
    return next(letter for letter in office.answers() if not letter.is_receipt)


def pushed(office):
    """A booking of staff's, told of without a receipt yet."""
    slot = open_book(office).slots[0]
    with office.acting(office.cast.kari):
        book(slot=slot, patient=office.cast.ola, through="staff")
    clock.move(timedelta(seconds=301))
    (letter,) = office.answers()
    return letter


MESSAGES = pytest.mark.parametrize("told", [reserved, pushed], ids=["answer", "push"])


def report(office, letter) -> None:
    """HelseNorge tells on our error queue that it could not open the letter."""
    queue = office.helsenorge.queues.clinic_error
    office.helsenorge.again(
        faults.report(letter.raw, DecryptionFailedError("cannot be opened"), error_queue=queue, now=clock.now())
    )
    assert office.take_reports() == ["accept"]


def refuse(office, letter, code=AppRecError.OTHER_FORMAT_FAULT) -> None:
    office.helsenorge.send(office.helsenorge.receipt_for(letter, code, detail="Kan ikke leses"))
    office.work()


def seen(office):
    """What the appointment's panel shows Kari."""
    with office.acting(office.cast.kari):
        return details(Appointment.objects.select_related("patient", "schedule", "type").get())


def again(office) -> None:
    with office.acting(office.cast.kari):
        tell_again(Appointment.objects.get())


@MESSAGES
@pytest.mark.req("DDFL-ID-03", "MSG-22")
def test_after_an_error_report_the_same_document_leaves_under_a_new_message_id(office, told) -> None:
    letter = told(office)
    report(office, letter)
    panel = seen(office)
    assert (panel.told, panel.may_tell_again) == ("refused", True)
    assert panel.why.startswith("HelseNorge fikk ikke åpnet meldingen.")
    again(office)
    (second,) = office.answers()
    assert second.xml == letter.xml
    assert second.raw.message_id != letter.raw.message_id
    assert second.raw.body != letter.raw.body
    with pytest.raises(NotResendableError):
        again(office)
    office.helsenorge.send(office.helsenorge.receipt_for(second))
    office.work()
    assert seen(office).told == ("received" if told is pushed else "knows")
    assert [line.kind for line in seen(office).log] == ["booked", "told_again"]
    with office.acting():
        audited = AuditEvent.objects.get(action="message.resent")
        assert (audited.detail["code"], audited.detail["new"]) == ("transport:decryption-failed", False)


@MESSAGES
@pytest.mark.req("DDFL-ID-04", "MSG-22", "DDFL-AR-20")
def test_what_was_refused_leaves_as_a_new_message_with_a_new_msg_id(office, told) -> None:
    letter = told(office)
    refuse(office, letter)
    panel = seen(office)
    assert (panel.told, panel.may_tell_again) == ("refused", True)
    assert "HelseNorge skriver: " in panel.why
    assert "Kan ikke leses" in panel.why
    again(office)
    (second,) = office.answers()
    old, new = letter.document.info, second.document.info
    assert second.raw.message_id != letter.raw.message_id
    assert (new.msg_id == old.msg_id, new.gen_date > old.gen_date) == (False, True)
    assert (new.conversation, second.code) == (old.conversation, letter.code)
    assert (booked(second).related_to, booked(second).uid) == (booked(letter).related_to, booked(letter).uid)
    office.helsenorge.send(office.helsenorge.receipt_for(second))
    office.work()
    assert (seen(office).may_tell_again, seen(office).told != "refused") == (False, True)


@MESSAGES
@pytest.mark.req("DDFL-AR-21", "DDFL-AR-22", "MSG-22")
def test_what_was_never_receipted_is_sent_once_more_and_a_late_receipt_counts(office, told) -> None:
    letter = told(office)
    clock.move(timedelta(hours=97))
    overdue.look(office.cast.clinic.id)
    panel = seen(office)
    assert (panel.told, panel.may_tell_again) == ("refused", True)
    assert panel.why.startswith("HelseNorge har ikke kvittert.")
    again(office)
    (second,) = office.answers()
    assert (second.xml, second.raw.message_id != letter.raw.message_id) == (letter.xml, True)
    clock.move(timedelta(hours=97))
    overdue.look(office.cast.clinic.id)
    assert (seen(office).told, seen(office).may_tell_again) == ("refused", False)
    with pytest.raises(NotResendableError):
        again(office)
    office.helsenorge.send(office.helsenorge.receipt_for(second))
    office.work()
    assert seen(office).told == ("received" if told is pushed else "knows")


@MESSAGES
@pytest.mark.req("DDFL-PU-15", "PAT-12")
def test_a_citizen_who_is_not_there_is_told_nothing_more(office, told) -> None:
    letter = told(office)
    refuse(office, letter, AppRecError.UNKNOWN_PATIENT)
    panel = seen(office)
    assert panel.may_tell_again is False
    assert "ikke aktiv på HelseNorge" in panel.why
    with pytest.raises(NotResendableError):
        again(office)
    assert office.answers() == []


@pytest.mark.req("DDFL-ID-04", "DDFL-PU-03", "DDFL-PU-05")
def test_only_the_newest_fact_is_told_again_and_as_it_stands(office) -> None:
    book_ = open_book(office)
    with office.acting(office.cast.kari):
        appointment = book(slot=book_.slots[0], patient=office.cast.ola, through="staff")
    clock.move(timedelta(seconds=301))
    (first,) = office.answers()
    refuse(office, first)
    with office.acting(office.cast.kari):
        move(appointment, slot=book_.slots[1])
    with pytest.raises(NotResendableError):
        again(office)
    clock.move(timedelta(seconds=301))
    (second,) = office.answers()
    refuse(office, second)
    again(office)
    (third,) = office.answers()
    assert (third.code, booked(third).start) == ("07", book_.slots[1].during.lower)
    office.helsenorge.send(office.helsenorge.receipt_for(third))
    office.work()
    with office.acting(office.cast.kari):
        cancel(Appointment.objects.get(), by="clinic")
    (last,) = office.answers()
    refuse(office, last)
    again(office)
    (told,) = office.answers()
    assert (told.code, booked(told).status) == ("08", "CANCELLED")
