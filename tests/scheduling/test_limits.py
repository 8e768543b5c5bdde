"""Where a limit comes from, and what it lets through: the pure rules, level by level."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from skranke.kernel import clock
from skranke.scheduling import rules
from skranke.scheduling.values import (
    LimitFacts,
    OfferAudience,
    OfferedSlot,
    PatientFacts,
    Refusal,
    ScheduleFacts,
    SlotFacts,
    TypeFacts,
)

NOW = datetime(2027, 2, 1, 7, tzinfo=UTC)
GP = uuid4()
NONE = LimitFacts()


def _schedule(**limits: object) -> ScheduleFacts:
    return ScheduleFacts(id=uuid4(), owner_id=GP, limits=LimitFacts(**limits))


def _type(*, custom: bool = False, **limits: object) -> TypeFacts:
    return TypeFacts(id=uuid4(), custom_limits=custom, custom_cancellation=custom, limits=LimitFacts(**limits))


def _patient(**facts: object) -> PatientFacts:
    return PatientFacts(**{"id": uuid4(), "gp_id": GP, "on_gp_list": True} | facts)


def _shown(schedule, kind, starts, *, clinic=NONE, patient=None, audience=OfferAudience.PORTAL, now=NOW):
    slots = [
        SlotFacts(schedule.id, int(one.timestamp()), int(one.timestamp()) + 1200, kind.id, uuid4(), uuid4())
        for one in starts
    ]
    offered: list[OfferedSlot] = rules.offer(
        slots,
        [],
        schedules={schedule.id: schedule},
        types={kind.id: kind},
        clinic=clinic,
        patient=patient or _patient(),
        audience=audience,
        now=now,
    )
    return [one.start for one in offered]


@pytest.mark.req("BOK-5", "BOK-6", "BOK-7", "BOK-8", "CAL-7")
@pytest.mark.parametrize(
    "name",
    ["days_ahead", "booking_deadline_hours", "cancellation_deadline_hours", "cancellation_allowed", "first_only"],
)
def test_a_limit_is_the_types_own_else_the_schedules_else_the_clinics(name: str) -> None:
    def force(kind, schedule, clinic):
        return rules.in_force(
            name, _schedule(**{name: schedule}), _type(custom=kind[0], **{name: kind[1]}), LimitFacts(**{name: clinic})
        )

    assert force((True, 1), 2, 3) == 1
    assert force((False, 1), 2, 3) == 2
    assert force((True, None), 2, 3) == 2
    assert force((True, None), None, 3) == 3
    assert force((False, 1), None, None) is None
    assert force((True, 0), 2, 3) == 0


@pytest.mark.req("BOK-4")
def test_the_strictest_number_of_clinic_schedule_and_type_counts() -> None:
    schedule, kind = _schedule(max_self_booked=2), _type(custom=True, max_self_booked=1)
    at = [NOW + timedelta(days=1)]

    def shown(by_schedule: int, by_type: int, total: int, most: int | None = None, own_type: TypeFacts = kind):
        patient = _patient(
            booked=total, booked_by_schedule={schedule.id: by_schedule}, booked_by_type={own_type.id: by_type}
        )
        return bool(_shown(schedule, own_type, at, clinic=LimitFacts(max_self_booked=most), patient=patient))

    assert shown(1, 0, 5)
    assert not shown(1, 1, 1)
    assert not shown(2, 0, 2)
    assert shown(1, 0, 2, 3)
    assert not shown(1, 0, 3, 3)
    assert not shown(0, 0, 0, 0)
    assert shown(1, 1, 1, None, _type(custom=False, max_self_booked=1))
    assert _shown(
        schedule, kind, at, patient=_patient(booked=9, booked_by_type={kind.id: 9}), audience=OfferAudience.STAFF
    )


@pytest.mark.req("BOK-5")
def test_days_ahead_counts_whole_days_on_the_wall_in_oslo() -> None:
    last = datetime(2027, 2, 3, 23, 59, tzinfo=clock.OSLO).astimezone(UTC)
    after = last + timedelta(minutes=1)
    assert _shown(_schedule(days_ahead=2), _type(), [last, after]) == [last]
    assert _shown(_schedule(days_ahead=0), _type(), [NOW + timedelta(hours=1), last]) == [NOW + timedelta(hours=1)]


@pytest.mark.req("BOK-6", "BOK-1")
def test_the_deadline_is_met_to_the_second() -> None:
    at = NOW + timedelta(hours=24)
    late = NOW + timedelta(microseconds=1)
    schedule = _schedule(booking_deadline_hours=24)
    assert _shown(schedule, _type(), [at]) == [at]
    assert _shown(schedule, _type(), [at], now=late) == []
    assert _shown(_schedule(), _type(), [NOW, NOW + timedelta(seconds=1)]) == [NOW + timedelta(seconds=1)]
    assert _shown(schedule, _type(), [NOW], audience=OfferAudience.STAFF) == [NOW]


@pytest.mark.req("BOK-10", "PLN-14")
def test_only_the_first_of_the_schedule_or_of_each_day() -> None:
    days = [NOW + timedelta(days=day, minutes=20 * number) for day in (1, 2) for number in (0, 1)]
    assert _shown(_schedule(first_only="schedule"), _type(), days) == days[:1]
    assert _shown(_schedule(first_only="day"), _type(), days) == [days[0], days[2]]
    assert _shown(_schedule(first_only="schedule"), _type(custom=True, first_only="day"), days) == [days[0], days[2]]
    assert _shown(_schedule(first_only="day"), _type(), days, audience=OfferAudience.STAFF) == days


@pytest.mark.req("BOK-1", "CAL-4", "HNB-3")
def test_who_may_book() -> None:
    at, kind = [NOW + timedelta(days=1)], _type()
    everyone = ScheduleFacts(id=uuid4(), owner_id=GP, audience="all")
    clinics = ScheduleFacts(id=uuid4(), owner_id=None)
    own, others, unlisted = _patient(), _patient(gp_id=uuid4()), _patient(on_gp_list=False)
    assert _shown(everyone, kind, at, patient=others)
    assert not _shown(_schedule(), kind, at, patient=others)
    assert not _shown(_schedule(), kind, at, patient=unlisted)
    assert _shown(clinics, kind, at, patient=others)
    assert not _shown(clinics, kind, at, patient=unlisted)
    assert not _shown(everyone, kind, at, patient=_patient(blocked=True))
    helsenorge = OfferAudience.HELSENORGE
    assert _shown(everyone, kind, at, patient=own, audience=helsenorge)
    assert not _shown(everyone, kind, at, patient=others, audience=helsenorge)
    assert not _shown(clinics, kind, at, patient=own, audience=helsenorge)


@pytest.mark.req("BOK-2", "TYP-11")
def test_the_reason_names_the_first_rule_that_refuses() -> None:
    def reason(schedule, kind, audience=OfferAudience.PORTAL):
        return rules.window(schedule, kind, clinic=NONE, patient=_patient(), audience=audience, now=NOW).refusal

    off = ScheduleFacts(id=uuid4(), owner_id=GP, online=False)
    hidden = TypeFacts(id=uuid4(), visibility="hidden")
    assert reason(off, hidden) is Refusal.SCHEDULE_OFFLINE
    assert reason(_schedule(), hidden) is Refusal.TYPE_HIDDEN
    assert reason(_schedule(), TypeFacts(id=uuid4(), active=False)) is Refusal.TYPE_INACTIVE
    assert reason(off, hidden, OfferAudience.STAFF) is None
    assert reason(ScheduleFacts(id=uuid4(), archived=True), _type(), OfferAudience.STAFF) is Refusal.ARCHIVED


@pytest.mark.req("BOK-7")
def test_cancelling_is_allowed_up_to_the_deadline_and_not_after_the_start() -> None:
    start = NOW + timedelta(hours=24)

    def may(clinic: LimitFacts = NONE, now: datetime = NOW, **limits: object) -> bool:
        return rules.may_cancel(start, _schedule(**limits), _type(), clinic, now)

    assert may()
    assert may(cancellation_deadline_hours=24)
    assert not may(cancellation_deadline_hours=25)
    assert not may(LimitFacts(cancellation_allowed=False))
    assert may(LimitFacts(cancellation_allowed=False), cancellation_allowed=True)
    assert not may(now=start)


@pytest.mark.req("APT-5")
def test_grace_ends_to_the_second() -> None:
    assert rules.within_grace(NOW, 300, NOW + timedelta(seconds=299))
    assert not rules.within_grace(NOW, 300, NOW + timedelta(seconds=300))


def _slot_at(start: int, available_from: int | None = None) -> SlotFacts:
    return SlotFacts(uuid4(), start, start + 1200, uuid4(), uuid4(), uuid4(), available_from)


@pytest.mark.req("BOK-1", "BOK-5", "BOK-6")
def test_a_window_holds_its_first_instant_and_not_its_last() -> None:
    now = datetime.fromtimestamp(1000, UTC)
    window = rules.Window(2000, 3000)
    reasons = {
        start: rules.outside(_slot_at(start), window, now) for start in (999, 1000, 1001, 1999, 2000, 2999, 3000)
    }
    assert reasons == {
        999: Refusal.PAST,
        1000: Refusal.PAST,
        1001: Refusal.TOO_LATE,
        1999: Refusal.TOO_LATE,
        2000: None,
        2999: None,
        3000: Refusal.TOO_EARLY,
    }
    assert rules.outside(_slot_at(2500), rules.Window(2000, 3000, Refusal.TOO_MANY), now) is Refusal.TOO_MANY


@pytest.mark.req("CAL-8")
def test_times_that_touch_do_not_overlap() -> None:
    assert not rules.overlaps((0, 10), (10, 20))
    assert not rules.overlaps((10, 20), (0, 10))
    assert rules.overlaps((0, 11), (10, 20))
    assert rules.overlaps((10, 20), (0, 11))
    assert rules.overlaps((0, 30), (10, 20))


@pytest.mark.req("BOK-1", "HNB-6")
def test_a_time_opens_to_the_second_and_staff_do_not_wait() -> None:
    now, kind = datetime.fromtimestamp(1000, UTC), _type()

    def reason(opens: int | None, kind: TypeFacts = kind, audience: OfferAudience = OfferAudience.PORTAL):
        return rules.not_takeable(_slot_at(5000, opens), kind, audience, now)

    assert reason(None) is None
    assert reason(1000) is None
    assert reason(1001) is Refusal.NOT_YET_OPEN
    assert reason(1001, audience=OfferAudience.STAFF) is None
    call = TypeFacts(id=uuid4(), must_call=True)
    assert reason(None, call) is Refusal.MUST_CALL
    assert reason(None, call, OfferAudience.STAFF) is None
