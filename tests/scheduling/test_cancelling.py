from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import fix_rendering, mark_sent
from skranke.scheduling.errors import CancellationRefusedError, GraceOverError, WrongStateError
from skranke.scheduling.models import Appointment, AppointmentState, BookedThrough, Occupancy
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.services import (
    book,
    cancel,
    change_schedule,
    change_state,
    create_type,
    delete_within_grace,
    find_for_cancellation,
    mark_no_show,
)
from skranke.tenancy.work import acting

from support.timebok import make_timebok, weekday_at

HELSENORGE, STAFF, PORTAL = BookedThrough.HELSENORGE, BookedThrough.STAFF, BookedThrough.PORTAL


def _codes(appointment) -> list[str]:
    return [row.detail["code"] for row in OutboxItem.objects.filter(subject_id=appointment.id).order_by("sequence")]


def _booked(timebok, through=HELSENORGE, when=None, patient=None):
    slot = timebok.slot(when or weekday_at(10))
    with acting(timebok.cast.actor(timebok.cast.ali) if through == STAFF else timebok.cast.system):
        return book(slot=slot, patient=patient or timebok.cast.ola, through=through, comment="Vond skulder"), slot


def _left(appointment) -> None:
    """The pushes so far have been rendered and handed over."""
    for row in OutboxItem.objects.filter(subject_id=appointment.id):
        facts = {"queue": "q", "headers": {}, "document": b"<x/>", "body": b"x"}
        mark_sent(fix_rendering(row, msg_id=str(row.id), message_id=str(row.id), **facts))


@pytest.mark.req("HNB-11", "DDFL-RT-13")
def test_a_patient_cancels_and_the_time_is_offered_again_under_another_uid() -> None:
    timebok = make_timebok()
    booked, slot = _booked(timebok)
    with acting(timebok.cast.system):
        gone = cancel(booked, by="patient")
        assert (gone.state, gone.slot_uid, gone.already) == ("cancelled_by_patient", slot.uid, False)
        shown = offered_slots(
            audience="helsenorge", patient=timebok.cast.ola, start=clock.now(), end=clock.now() + timedelta(days=28)
        )
        assert [one.id for one in shown] == [slot.id]
        assert shown[0].uid != slot.uid
        assert _codes(booked) == []
        assert not Occupancy.objects.exists()
        again = cancel(booked, by="patient")
        assert (again.id, again.already, again.state) == (booked.id, True, "cancelled_by_patient")
        assert book(slot_uid=shown[0].uid, patient=timebok.cast.nora, through=HELSENORGE, comment="Hoste")


@pytest.mark.req("BOK-7", "DDFL-RT-14")
def test_a_patient_is_bound_by_permission_and_deadline_and_staff_is_not() -> None:
    timebok = make_timebok()
    booked, slot = _booked(timebok)
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, cancellation_allowed=False)
        _refuse(booked)
        change_schedule(timebok.schedule, cancellation_allowed=True, cancellation_deadline_hours=24)
    clock.move_to(slot.during.lower - timedelta(hours=23, minutes=59))
    with acting(timebok.cast.system):
        _refuse(booked)
        change_schedule(timebok.schedule, cancellation_deadline_hours=23)
        cancel(booked, by="patient")
    other, _ = _booked(timebok, when=weekday_at(12))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        change_schedule(timebok.schedule, cancellation_allowed=False)
        assert cancel(other, by="patient").state == AppointmentState.CANCELLED_BY_PATIENT
        assert _codes(other) == ["08"]


def _refuse(booked) -> None:
    for through in (HELSENORGE, PORTAL):
        with pytest.raises(CancellationRefusedError) as refused:
            cancel(booked, by="patient", through=through)
        assert refused.value.wire_code == "09"
    assert Appointment.objects.get(id=booked.id).state == "booked"


@pytest.mark.req("BOK-7")
def test_an_appointment_that_has_begun_is_not_cancelled_by_the_patient() -> None:
    timebok = make_timebok()
    booked, slot = _booked(timebok)
    clock.move_to(slot.during.lower)
    with acting(timebok.cast.system):
        _refuse(booked)


@pytest.mark.req("APT-20", "DDFL-PU-05")
def test_the_clinics_cancellation_is_told_where_the_appointment_is_known() -> None:
    timebok = make_timebok()
    by_patient, _ = _booked(timebok)
    told, _ = _booked(timebok, STAFF, weekday_at(11))
    untold, _ = _booked(timebok, STAFF, weekday_at(12))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        _left(told)
        for one in (by_patient, told, untold):
            assert cancel(one, by="clinic", reason="Syk lege").state == AppointmentState.CANCELLED_BY_CLINIC
        assert _codes(by_patient) == ["08"]
        assert _codes(told) == ["05", "08"]
        assert _codes(untold) == []


@pytest.mark.req("APT-5", "DDFL-PU-09")
def test_within_grace_a_booking_is_deleted_without_a_word() -> None:
    timebok = make_timebok(grace_seconds=300)
    booked, slot = _booked(timebok, STAFF)
    late, _ = _booked(timebok, STAFF, weekday_at(11))
    sent, _ = _booked(timebok, STAFF, weekday_at(12))
    patients_own, _ = _booked(timebok, HELSENORGE, weekday_at(13))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        _left(sent)
        assert delete_within_grace(booked).state == AppointmentState.DELETED
        assert _codes(booked) == []
        assert AuditEvent.objects.filter(action="appointment.deleted", subject_id=booked.id).exists()
        assert book(slot=slot, patient=timebok.cast.nora, through=STAFF)
        for one in (sent, patients_own):
            with pytest.raises(GraceOverError):
                delete_within_grace(one)
    clock.move(timedelta(seconds=301))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        with pytest.raises(GraceOverError):
            delete_within_grace(late)
        assert _codes(late) == ["05"]


@pytest.mark.req("APT-16")
def test_a_cancelled_time_is_not_offered_again_when_staff_says_so() -> None:
    timebok = make_timebok()
    booked, _ = _booked(timebok)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        cancel(booked, by="clinic", offer_again=False)
        assert not offered_slots(audience="staff", start=clock.now(), end=clock.now() + timedelta(days=28))


@pytest.mark.req("DDFL-RT-15", "DDFL-RT-16")
def test_a_cancellation_finds_its_appointment_and_nobody_elses() -> None:
    timebok = make_timebok()
    booked, slot = _booked(timebok)
    ola, nora, her_id = timebok.cast.ola, timebok.cast.nora, timebok.cast.kari_party.her_id
    with acting(timebok.cast.system):
        for facts in (
            {"related_to": str(booked.id)},
            {"related_to": f" {str(booked.id).upper()} ", "uid": "?", "contact_her_id": "1"},
            {"related_to": "unknown", "uid": str(slot.uid), "contact_her_id": her_id},
            {"uid": "no uuid", "contact_her_id": f"{her_id} ", "start": slot.during.lower},
        ):
            assert find_for_cancellation(patient=ola, **facts) == booked
        for facts in (
            {"related_to": "", "uid": str(slot.uid), "contact_her_id": timebok.cast.mona_party.her_id},
            {"uid": str(slot.uid)},
            {"uid": "x", "contact_her_id": her_id, "start": slot.during.upper},
        ):
            assert find_for_cancellation(patient=ola, **facts) is None
        assert not AuditEvent.objects.filter(action="appointment.refused").exists()
        assert find_for_cancellation(patient=nora, related_to=str(booked.id)) is None
        assert find_for_cancellation(patient=nora, uid=str(slot.uid), contact_her_id=her_id) is None
        rows = AuditEvent.objects.filter(action="appointment.refused")
        assert [(row.subject_id, row.patient_id) for row in rows] == [(booked.id, ola.id)] * 2


@pytest.mark.req("TYP-4")
def test_a_cancellation_never_finds_a_hidden_appointment() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        hidden = create_type(name="Samtale", minutes=20, visibility="hidden")
    slot = timebok.slot(weekday_at(10), type=hidden)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        booked = book(slot=slot, patient=timebok.cast.ola, through=STAFF)
        assert find_for_cancellation(patient=timebok.cast.ola, related_to=str(booked.id)) is None
        with pytest.raises(CancellationRefusedError):
            cancel(booked, by="patient", through=HELSENORGE)


@pytest.mark.req("APT-10", "DDFL-PU-06")
def test_an_appointment_takes_only_the_steps_of_its_day() -> None:
    timebok = make_timebok()
    booked, slot = _booked(timebok)
    missed, _ = _booked(timebok, when=weekday_at(11))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        with pytest.raises(WrongStateError):
            mark_no_show(missed)
        for step in ("checked_in", "booked", "checked_in", "in_consultation", "done"):
            booked = change_state(booked, AppointmentState(step))
        assert booked.version == 6
        for step in ("booked", "no_show"):
            with pytest.raises(WrongStateError):
                change_state(booked, AppointmentState(step))
        with pytest.raises(WrongStateError):
            cancel(booked, by="clinic")
        with pytest.raises(CancellationRefusedError):
            cancel(booked, by="patient", through=HELSENORGE)
    clock.move_to(slot.during.upper + timedelta(hours=2))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        assert mark_no_show(missed).state == AppointmentState.NO_SHOW
        assert _codes(missed) == ["11"]
