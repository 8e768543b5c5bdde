from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.outbox.models import OutboxItem
from skranke.patients.models import HelseNorgeState
from skranke.scheduling import rules
from skranke.scheduling.access import get_appointment_for, get_schedule_for, get_slot_for
from skranke.scheduling.errors import BookingRefusedError, SlotTakenError
from skranke.scheduling.models import Appointment, AppointmentState, BookedThrough, Occupancy, SlotState
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.services import book, book_extra, cancel, create_type, move
from skranke.scheduling.services.setup import change_schedule
from skranke.scheduling.values import Refusal
from skranke.tenancy.work import acting

from support.timebok import make_timebok, weekday_at

HELSENORGE, STAFF, PORTAL = BookedThrough.HELSENORGE, BookedThrough.STAFF, BookedThrough.PORTAL
WISH = "Vond skulder"


def _pushes(appointment: Appointment) -> list[tuple[str, object]]:
    rows = OutboxItem.objects.filter(subject_id=appointment.id).order_by("sequence")
    return [(row.intent, row.detail["code"]) for row in rows]


def _offered(timebok, audience="helsenorge", patient=None):
    return [
        one.id
        for one in offered_slots(
            audience=audience,
            patient=patient or timebok.cast.ola,
            gp=timebok.cast.kari,
            start=clock.now(),
            end=clock.now() + timedelta(days=28),
        )
    ]


@pytest.mark.req("HNB-10", "HNB-8", "DDFL-RT-01", "DDFL-RT-06", "DDFL-PU-07")
def test_a_patient_books_through_helsenorge_and_no_push_follows() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        assert _offered(timebok) == [slot.id]
        booked = book(
            slot_uid=str(slot.uid),
            patient=timebok.cast.ola,
            through=HELSENORGE,
            comment=f" {WISH}\n",
            representative="Mor Nordmann",
            expect=(slot.during.lower, slot.during.upper),
        )
        assert _offered(timebok) == []
        stored = Appointment.objects.get(id=booked.id)
        assert (stored.comment, stored.slot_uid, stored.state) == (WISH, slot.uid, "booked")
        assert stored.representative == "Mor Nordmann"
        assert stored.told_helsenorge
        assert not stored.already
        assert _pushes(stored) == []
        row = AuditEvent.objects.get(action="appointment.booked")
        assert (row.subject_id, row.patient_id) == (stored.id, timebok.cast.ola.id)
        assert [entry.kind for entry in stored.log.all()] == ["booked"]


@pytest.mark.req("APT-6", "DDFL-PU-01")
def test_a_booking_by_staff_is_told_when_the_grace_period_is_over() -> None:
    timebok = make_timebok(grace_seconds=300)
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        booked = book(slot_id=slot.id, patient=timebok.cast.ola, through=STAFF)
        row = OutboxItem.objects.get(subject_id=booked.id)
        assert (row.intent, row.detail["code"], row.stream) == ("appointment_push", "05", f"appointment:{booked.id}")
        assert row.not_before == booked.created_at + timedelta(seconds=300)
        assert booked.created_by_name == "Ali Khan"


@pytest.mark.req("TYP-4", "DDFL-PU-08")
def test_nothing_ever_leaves_about_a_hidden_appointment() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        hidden = create_type(name="Samtale", minutes=20, visibility="hidden")
    slot, other = timebok.slot(weekday_at(10), type=hidden), timebok.slot(weekday_at(11), type=hidden)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        assert _offered(timebok) == []
        with pytest.raises(BookingRefusedError) as refused:
            book(slot=slot, patient=timebok.cast.ola, through=HELSENORGE, comment=WISH)
        assert refused.value.wire_code == "06"
        booked = book(slot=slot, patient=timebok.cast.ola, through=STAFF)
        move(booked, slot=other)
        cancel(booked, by="clinic")
        assert _pushes(booked) == []
        with pytest.raises(NotFoundError):
            get_appointment_for(timebok.cast.actor(timebok.cast.ola), booked.id)


@pytest.mark.req("DDFL-PU-14")
def test_a_patient_who_is_not_in_helsenorge_is_not_told_there() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        timebok.cast.ola.helsenorge_state = HelseNorgeState.INACTIVE
        timebok.cast.ola.save()
        assert _pushes(book(slot=slot, patient=timebok.cast.ola, through=STAFF)) == []


@pytest.mark.req("APT-24", "DDFL-RT-02")
def test_a_taken_slot_is_refused_to_the_next() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        book(slot=slot, patient=timebok.cast.nora, through=HELSENORGE, comment=WISH)
        for through in (HELSENORGE, STAFF):
            with pytest.raises(SlotTakenError) as refused:
                book(slot=slot, patient=timebok.cast.ola, through=through, comment=WISH)
            assert refused.value.wire_code == "06"
        assert Occupancy.objects.count() == Appointment.objects.count() == 1


def test_a_patient_who_asks_again_for_what_the_patient_has_gets_the_same_appointment() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        first = book(slot_uid=str(slot.uid), patient=timebok.cast.ola, through=HELSENORGE, comment=WISH)
        again = book(slot_uid=str(slot.uid), patient=timebok.cast.ola, through=HELSENORGE, comment=WISH)
        assert (again.id, again.already, first.already) == (first.id, True, False)
        assert Appointment.objects.count() == 1


@pytest.mark.req("HNB-9", "DDFL-RT-07")
@pytest.mark.parametrize("blank", ["", "  \n", "\u200b \u00a0"])
def test_a_blank_comment_is_refused_where_the_clinic_asks_for_one(blank: str) -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        with pytest.raises(BookingRefusedError, match="Skriv hva timen gjelder") as refused:
            book(slot=slot, patient=timebok.cast.ola, through=HELSENORGE, comment=blank)
        assert refused.value.wire_code == "26"
    with acting(timebok.cast.system):
        timebok.cast.clinic.require_comment = False
        timebok.cast.clinic.save()
        assert book(slot=slot, patient=timebok.cast.ola, through=HELSENORGE, comment=blank)


@pytest.mark.req("HNB-3", "DDFL-RT-04")
def test_the_blocked_and_those_of_another_gp_have_no_access() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        timebok.cast.ola.blocked = True
        timebok.cast.ola.save()
        for patient, reason in (
            (timebok.cast.ola, Refusal.BLOCKED),
            (timebok.cast.astrid, Refusal.NOT_ENTITLED),
            (timebok.cast.jonas, Refusal.NOT_ENTITLED),
        ):
            assert _offered(timebok, patient=patient) == []
            with pytest.raises(BookingRefusedError) as refused:
                book(slot=slot, patient=patient, through=HELSENORGE, comment=WISH)
            assert (refused.value.wire_code, refused.value.reason) == ("30", reason)


@pytest.mark.req("DDFL-RT-10", "DDFL-RT-11", "DDFL-RT-12")
def test_times_that_are_shown_without_being_free_to_take() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        phone = create_type(name="Ring oss", minutes=20, must_call=True)
    opens = clock.now() + timedelta(hours=1)
    must_call = timebok.slot(weekday_at(10), type=phone)
    later = timebok.slot(weekday_at(11), available_from=opens)
    with acting(timebok.cast.system):
        assert _offered(timebok) == [must_call.id, later.id]
        for slot, reason in ((must_call, Refusal.MUST_CALL), (later, Refusal.NOT_YET_OPEN)):
            with pytest.raises(BookingRefusedError) as refused:
                book(slot=slot, patient=timebok.cast.ola, through=HELSENORGE, comment=WISH)
            assert (refused.value.wire_code, refused.value.reason) == ("06", reason)
        seen = (later.during.lower, later.during.upper + timedelta(minutes=5))
        with pytest.raises(BookingRefusedError) as refused:
            book(slot_uid=later.uid, patient=timebok.cast.ola, through=HELSENORGE, comment=WISH, expect=seen)
        assert (refused.value.wire_code, refused.value.reason) == ("06", Refusal.OTHER_TIMES)
    clock.move_to(opens + timedelta(seconds=1))
    with acting(timebok.cast.system):
        assert book(slot=later, patient=timebok.cast.ola, through=HELSENORGE, comment=WISH)


@pytest.mark.req("BOK-1", "BOK-4", "BOK-5", "BOK-6", "BOK-12")
def test_every_limit_is_checked_again_when_booking() -> None:
    timebok = make_timebok()
    slots = [timebok.slot(weekday_at(10, minutes)) for minutes in (0, 20, 40)]
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, max_self_booked=1)
        book(slot=slots[0], patient=timebok.cast.ola, through=PORTAL)
        _refused(timebok, slots[1], Refusal.TOO_MANY)
        change_schedule(timebok.schedule, max_self_booked=None, days_ahead=1)
        _refused(timebok, slots[1], Refusal.TOO_EARLY)
        change_schedule(timebok.schedule, days_ahead=None, booking_deadline_hours=24 * 60)
        _refused(timebok, slots[1], Refusal.TOO_LATE)
        change_schedule(timebok.schedule, booking_deadline_hours=None, online=False)
        _refused(timebok, slots[1], Refusal.SCHEDULE_OFFLINE)
        assert book(slot=slots[1], patient=timebok.cast.ola, through=STAFF)
    clock.move_to(slots[2].during.lower)
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, online=True)
        _refused(timebok, slots[2], Refusal.PAST)


def _refused(timebok, slot, reason: Refusal) -> None:
    for through in (PORTAL, HELSENORGE):
        with pytest.raises(BookingRefusedError) as refused:
            book(slot=slot, patient=timebok.cast.ola, through=through, comment=WISH)
        assert (refused.value.wire_code, refused.value.reason) == ("06", reason)


def test_a_slot_is_found_by_its_uid_or_by_the_calendar_and_the_start() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    seen = (slot.during.lower, slot.during.upper)
    facts = {"patient": timebok.cast.ola, "through": HELSENORGE, "comment": WISH, "expect": seen}
    with acting(timebok.cast.system):
        for unknown, her_id in (("no uuid", "12"), (str(timebok.schedule.id), timebok.cast.mona_party.her_id)):
            with pytest.raises(BookingRefusedError):
                book(slot_uid=unknown, contact_her_id=her_id, **facts)
        booked = book(slot_uid="no uuid", contact_her_id=f" {timebok.cast.kari_party.her_id} ", **facts)
        assert booked.slot_id == slot.id


@pytest.mark.req("CAL-9")
def test_staff_may_place_an_extra_patient_beside_another() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    facts = {"schedule": timebok.schedule, "type": timebok.ordinary, "patient": timebok.cast.nora}
    with acting(timebok.cast.actor(timebok.cast.ali)):
        book(slot=slot, patient=timebok.cast.ola, through=STAFF)
        with pytest.raises(SlotTakenError):
            book_extra(start=slot.during.lower + timedelta(minutes=10), **facts)
        assert book_extra(start=slot.during.lower + timedelta(minutes=10), concurrent=True, **facts)
        between = book_extra(start=slot.during.upper + timedelta(minutes=10), **facts)
        assert Appointment.objects.count() == 3
        covered = timebok.slot(between.during.lower)
        assert covered.id not in _offered(timebok, "staff")


@pytest.mark.req("CAL-9")
def test_a_year_that_is_a_slip_of_the_pen_is_refused_on_either_side() -> None:
    timebok = make_timebok()
    noon, reach = weekday_at(12), timedelta(days=3660)
    facts = {"schedule": timebok.schedule, "type": timebok.ordinary, "patient": timebok.cast.nora}
    with acting(timebok.cast.actor(timebok.cast.ali)):
        booked = book_extra(start=noon, **facts)
        for slip in (noon + 2 * reach, noon - 2 * reach):
            with pytest.raises(InvalidError):
                book_extra(start=slip, **facts)
            with pytest.raises(InvalidError):
                move(booked, start=slip)
    assert rules.is_within_reach(noon + reach, noon)
    assert rules.is_within_reach(noon - reach, noon)
    assert not rules.is_within_reach(noon + reach + timedelta(seconds=1), noon)
    assert not rules.is_within_reach(noon - reach - timedelta(seconds=1), noon)


@pytest.mark.req("APT-21", "DDFL-PU-03", "APT-9")
def test_a_move_keeps_id_and_uid_and_is_told_once() -> None:
    timebok = make_timebok()
    old, new, taken = (timebok.slot(weekday_at(hour)) for hour in (9, 10, 11))
    with acting(timebok.cast.system):
        booked = book(slot=old, patient=timebok.cast.ola, through=HELSENORGE, comment=WISH)
        book(slot=taken, patient=timebok.cast.nora, through=HELSENORGE, comment=WISH)
        with pytest.raises(SlotTakenError):
            move(booked, slot=taken)
        moved = move(booked, slot=new)
        move(moved, start=new.during.lower, end=new.during.upper + timedelta(minutes=5))
        assert (moved.id, moved.slot_uid, moved.during) == (booked.id, old.uid, new.during)
        assert _pushes(booked) == [("appointment_push", "07")]
        assert _offered(timebok) == [old.id]
        old.refresh_from_db()
        assert old.uid != booked.slot_uid
        assert Occupancy.objects.filter(source_id=booked.id).count() == 1


@pytest.mark.req("APT-21")
def test_a_move_before_the_first_word_has_left_is_told_with_it() -> None:
    timebok = make_timebok()
    old, new = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        booked = book(slot=old, patient=timebok.cast.ola, through=STAFF)
        move(booked, slot=new)
        assert _pushes(booked) == [("appointment_push", "05")]


@pytest.mark.req("NFR-2")
def test_another_clinics_schedule_slot_and_appointment_are_not_there() -> None:
    ours, theirs = make_timebok(), make_timebok()
    slot = ours.slot(weekday_at(10))
    with acting(ours.cast.system):
        booked = book(slot=slot, patient=ours.cast.ola, through=STAFF)
    owner, stranger = ours.cast.actor(ours.cast.ali), theirs.cast.actor(theirs.cast.ali)
    with acting(owner):
        assert get_schedule_for(owner, ours.schedule.id) == ours.schedule
        assert get_slot_for(owner, slot.id) == slot
        assert get_appointment_for(owner, booked.id) == booked
    with acting(stranger):
        for get, thing in (
            (get_schedule_for, ours.schedule),
            (get_slot_for, slot),
            (get_appointment_for, booked),
        ):
            with pytest.raises(NotFoundError):
                get(stranger, thing.id)
        with pytest.raises(NotFoundError):
            book(slot_id=slot.id, patient=theirs.cast.ola, through=STAFF)
        with pytest.raises(SlotTakenError):
            book(slot_uid=slot.uid, patient=theirs.cast.ola, through=STAFF)


def test_a_removed_slot_is_gone() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        type(slot).objects.filter(id=slot.id).update(state=SlotState.REMOVED)
        for through in (STAFF, HELSENORGE):
            with pytest.raises(SlotTakenError) as refused:
                book(slot=slot, patient=timebok.cast.ola, through=through, comment=WISH)
            assert refused.value.reason == Refusal.GONE
        assert not Appointment.objects.exclude(state=AppointmentState.BOOKED).exists()
