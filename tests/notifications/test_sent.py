"""The clinic's own notices through the worker: planned with the appointment, decided when due, sent once."""

from datetime import timedelta

import pytest

from skranke.clinics.models import Clinic, Employee
from skranke.kernel import clock
from skranke.patients.models import HelseNorgeState, Patient
from skranke.scheduling.models import AppointmentType, BookedThrough, Schedule
from skranke.scheduling.services import book, cancel, change, create_type, delete_within_grace, move
from skranke.tenancy.work import acting

from support.notice_desk import represent, worker
from support.notice_servers import TOKEN
from support.timebok import weekday_at

MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)
OWN_MAIL = ("own", [("email", "sent")])


def clinic_cancels(appointment) -> None:
    cancel(appointment, by="clinic")


@pytest.mark.req("NOT-5", "NOT-8", "NOT-9", "NOT-10")
def test_a_confirmation_by_e_mail_after_five_minutes_and_a_reminder_48_hours_before(desk) -> None:
    booked = desk.book()
    worker(4 * MINUTES)
    assert desk.caught.to == []
    worker(MINUTES)
    assert desk.caught.to == ["ola@example.no"]
    message, text = desk.caught.mails[0][1], desk.caught.mail_text()
    assert "tirsdag 9. februar kl. 10.00" in text
    assert "Logg inn" in text
    assert f"/min/{desk.cast.clinic.slug}/" in text
    assert message["From"] == "Prøvevik legesenter <varsel@skranke.test>"
    assert message["Subject"] == "Time hos Prøvevik legesenter"
    assert not [word for word in ("Vanlig", "Kari", "Ola") if word in text]
    worker(booked.during.lower - 48 * HOURS - clock.now() - MINUTES)
    assert len(desk.caught.mails) == 1
    worker(MINUTES)
    assert len(desk.caught.mails) == 2
    assert "Påminnelse om time tirsdag 9. februar kl. 10.00" in desk.caught.mail_text()
    worker(100 * HOURS)
    assert (len(desk.caught.mails), desk.caught.texts) == (2, [])


@pytest.mark.req("NOT-5", "NOT-7", "NOT-9")
def test_who_wishes_sms_gets_a_text_in_the_own_language(desk) -> None:
    desk.patient(notify_by="sms", language="en")
    desk.book()
    worker(5 * MINUTES)
    [(headers, body)] = desk.caught.texts
    assert (body["to"], body["from"], headers["Authorization"]) == ("+4741234567", "Skranke", f"Bearer {TOKEN}")
    assert headers["Idempotency-Key"] == body["reference"]
    assert "Tuesday 9 February at 10:00" in body["text"]
    assert "Log in" in body["text"]
    assert desk.caught.mails == []
    desk.patient(notify_by="both", language="nn")
    desk.book(weekday_at(11))
    worker(5 * MINUTES)
    assert (len(desk.caught.texts), desk.caught.to) == (2, ["ola@example.no"])
    assert "tysdag 9. februar" in desk.caught.mail_text()
    assert desk.caught.mails[0][1]["Content-Language"] == "nn"


@pytest.mark.req("NOT-7")
def test_a_wish_that_cannot_be_met_gives_way_to_the_other_way(desk) -> None:
    desk.patient(notify_by="sms", phone="")
    desk.book()
    worker(5 * MINUTES)
    assert (desk.caught.to, desk.caught.texts) == (["ola@example.no"], [])


@pytest.mark.req("NOT-2", "NOT-16")
def test_who_is_active_in_helsenorge_when_it_is_due_gets_none_of_ours(desk) -> None:
    booked = desk.book()
    desk.patient(helsenorge_state=HelseNorgeState.ACTIVE, helsenorge_state_at=clock.now())
    worker(5 * MINUTES)
    assert (desk.route("booked"), desk.caught.mails) == (("helsenorge", []), [])
    desk.patient(helsenorge_state=HelseNorgeState.INACTIVE)
    worker(booked.during.lower - 48 * HOURS - clock.now())
    assert (desk.route("reminder"), len(desk.caught.mails)) == (OWN_MAIL, 1)


@pytest.mark.req("NOT-4")
@pytest.mark.parametrize("level", ["clinic", "schedule", "kind"])
def test_each_of_the_three_levels_alone_stops_it_and_a_cancellation_is_called(desk, level) -> None:
    desk.set(**{level: False})
    booked = desk.book()
    worker(5 * MINUTES)
    desk.do(clinic_cancels, booked)
    worker()
    assert (desk.route("booked"), desk.route("cancelled")) == (("none", []), ("none", []))
    assert [notice.must_call for notice in desk.notices() if notice.event == "cancelled"] == [True]
    assert desk.caught.mails == []


@pytest.mark.req("NOT-4")
def test_what_the_patient_cancelled_itself_is_no_news_to_call_about(desk) -> None:
    desk.set(clinic=False)
    booked = desk.book()
    worker(5 * MINUTES)
    desk.do(lambda held: cancel(held, by="patient"), booked)
    worker()
    assert {notice.must_call for notice in desk.notices()} == {False}


@pytest.mark.req("NOT-11")
def test_what_is_made_less_than_48_hours_ahead_is_confirmed_and_not_reminded_of(desk) -> None:
    desk.book(clock.now() + 47 * HOURS)
    worker(5 * MINUTES)
    worker(2 * HOURS)
    assert ([notice.event for notice in desk.notices()], len(desk.caught.mails)) == (["booked"], 1)


@pytest.mark.req("NOT-20")
def test_no_text_message_confirms_what_starts_soon(desk) -> None:
    desk.patient(notify_by="both")
    start = clock.now() + 55 * MINUTES
    desk.book(start)
    worker(5 * MINUTES)
    assert desk.route("booked") == ("own", [("email", "sent"), ("sms", "sent")])
    with acting(desk.cast.system):
        Clinic.objects.update(no_sms_minutes=60)
    desk.book(start + 20 * MINUTES)
    worker(16 * MINUTES)
    assert desk.route("booked") == OWN_MAIL
    assert len(desk.caught.texts) == 1


@pytest.mark.req("NOT-16", "NOT-10")
def test_a_change_is_told_when_it_can_no_longer_be_undone_and_a_cancellation_at_once(desk) -> None:
    booked = desk.book()
    worker(5 * MINUTES)
    later = desk.timebok.slot(weekday_at(13))
    desk.do(lambda held: move(held, slot=later), booked)
    worker(4 * MINUTES)
    assert len(desk.caught.mails) == 1
    worker(MINUTES)
    assert "En time er endret. Den er nå tirsdag 9. februar kl. 13.00." in desk.caught.mail_text()
    desk.do(clinic_cancels, booked)
    worker()
    assert "Timen tirsdag 9. februar kl. 13.00 er avlyst." in desk.caught.mail_text()
    worker(300 * HOURS)
    assert len(desk.caught.mails) == 3


@pytest.mark.req("NOT-16", "NOT-10")
def test_what_is_moved_before_it_is_confirmed_is_confirmed_and_reminded_of_as_it_stands(desk) -> None:
    booked, other = desk.book(), desk.timebok.slot(weekday_at(9, weekday=4))
    desk.do(lambda held: move(held, slot=other), booked)
    worker(6 * MINUTES)
    assert len(desk.caught.mails) == 1
    assert "torsdag 11. februar kl. 09.00" in desk.caught.mail_text()
    worker(weekday_at(10) - clock.now())
    assert len(desk.caught.mails) == 2
    assert "torsdag 11. februar kl. 09.00" in desk.caught.mail_text()


@pytest.mark.req("NOT-16", "APT-5")
@pytest.mark.parametrize("undo", [delete_within_grace, clinic_cancels])
def test_what_staff_undo_before_anybody_has_heard_of_it_is_told_to_nobody(desk, undo) -> None:
    booked = desk.book()
    desk.do(undo, booked)
    worker(5 * MINUTES)
    worker(300 * HOURS)
    assert (desk.notices(), desk.caught.mails) == ([], [])


@pytest.mark.req("NOT-18", "TYP-4")
def test_what_is_hidden_or_becomes_so_is_told_to_nobody(desk) -> None:
    with acting(desk.cast.system):
        secret = create_type(name="Skjult", minutes=20, visibility="hidden")
        AppointmentType.objects.filter(id=secret.id).update(notifies=True)
    slot = desk.timebok.slot(weekday_at(11), type=secret)
    with acting(desk.cast.actor(desk.cast.ali)):
        book(slot=slot, patient=desk.ola, through="staff")
    booked = desk.book()
    desk.do(lambda held: change(held, kind=secret), booked)
    worker(5 * MINUTES)
    assert (desk.notices(), desk.caught.mails) == ([], [])


@pytest.mark.req("NOT-16")
def test_of_a_child_whoever_answers_for_it_is_told(desk) -> None:
    represent(desk.cast.nora, desk.ola, desk.cast)
    with acting(desk.cast.system):
        Patient.objects.filter(id=desk.cast.nora.id).update(
            helsenorge_state=HelseNorgeState.INACTIVE, email="nora@example.no"
        )
    desk.book(patient=desk.cast.nora)
    worker(5 * MINUTES)
    assert desk.caught.to == ["ola@example.no"]
    assert desk.notices()[0].told == "representative"


def wish_for_sms(desk, *, phone: str = "90 00 00 01") -> None:
    with acting(desk.cast.system):
        Schedule.objects.filter(id=desk.timebok.schedule.id).update(owner_sms=True)
        Employee.objects.filter(id=desk.cast.kari.id).update(phone=phone)
        desk.timebok.schedule.refresh_from_db()


@pytest.mark.req("BOK-13")
def test_the_owner_of_a_timebok_is_texted_when_a_patient_books_and_cancels(desk) -> None:
    wish_for_sms(desk)
    slot = desk.timebok.slot(weekday_at(10))
    with acting(desk.cast.actor(desk.ola)):
        booked = book(slot=slot, patient=desk.ola, through=BookedThrough.PORTAL)
    worker()
    [(_headers, body)] = desk.caught.texts
    assert body["to"] == "+4790000001"
    assert body["text"] == "Prøvevik legesenter: En pasient har bestilt time tirsdag 9. februar kl. 10.00."
    with acting(desk.cast.actor(desk.ola)):
        cancel(booked, by="patient")
    worker()
    assert "har avbestilt timen tirsdag 9. februar kl. 10.00" in desk.caught.texts[1][1]["text"]
    desk.book(weekday_at(12))
    worker(5 * MINUTES)
    assert len(desk.caught.texts) == 2


@pytest.mark.req("BOK-13")
def test_without_the_wish_or_with_the_clinics_notices_off_the_owner_is_not_texted(desk) -> None:
    for hour, clinic_on in ((10, True), (11, False)):
        if not clinic_on:
            wish_for_sms(desk)
            desk.set(clinic=False)
        slot = desk.timebok.slot(weekday_at(hour))
        with acting(desk.cast.actor(desk.ola)):
            book(slot=slot, patient=desk.ola, through=BookedThrough.PORTAL)
        worker()
    assert desk.caught.texts == []
