"""What the register's answer about a list means here, border by border."""

from datetime import datetime, timedelta

import pytest

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.kernel.ids import HerId, HprNumber, new_id
from skranke.patients.listing import rules
from skranke.patients.listing.rules import Here
from skranke.patients.models import GPList, Patient
from skranke.registers.values import DoctorCycle, Listing, Validity

NOW = clock.now()
SECOND = timedelta(seconds=1)
KARI, MONA = Employee(role="gp", hpr_number="1"), Employee(role="gp", hpr_number="2")
PER = Employee(role="substitute", hpr_number="3")
HERE = Here(organisation_number="999", gps={"1": KARI, "2": MONA}, parties={"11": KARI, "13": PER, "14": None})


def cycle(hpr: str | None, instead_of: str | None = None, *, start=None, end=None) -> DoctorCycle:
    return DoctorCycle(
        contract_id=1,
        hpr_number=HprNumber(hpr) if hpr else None,
        substitute_for=HprNumber(instead_of) if instead_of else None,
        valid=Validity(start, end),
    )


def listing(her_id: str = "", organisation: str = "", *doctors: DoctorCycle) -> Listing:
    return Listing(
        contract_id=1,
        national_id="x",
        gp_her_id=HerId(her_id) if her_id else None,
        organisation_number=organisation,
        doctors=doctors,
    )


@pytest.mark.req("ACT-6")
@pytest.mark.parametrize(
    ("doctors", "her_id", "expected"),
    [
        ([cycle("1")], "", KARI),
        ([cycle("2", "1"), cycle("1")], "", KARI),  # the GP before the one who stands in
        ([cycle("3", "2")], "13", MONA),  # a substitute of ours for a GP of ours
        ([cycle("9", "1")], "", KARI),
        ([cycle("1", end=NOW)], "", None),
        ([cycle("1", start=NOW)], "", KARI),
        ([cycle("1", start=NOW + SECOND)], "", None),
        ([cycle(None)], "11", KARI),
        ([], "11", KARI),
        ([], "13", None),  # a substitute has no list
        ([], "14", None),  # a service party
        ([cycle("9")], "77", None),
    ],
)
def test_whose_list_it_is(doctors: list[DoctorCycle], her_id: str, expected: Employee | None) -> None:
    assert rules.gp_of(doctors, her_id, HERE, NOW) is expected


@pytest.mark.req("ACT-6")
@pytest.mark.parametrize(
    ("told", "ours"),
    [
        (listing("", "999"), True),
        (listing("11", "998"), False),  # at another office of the GP's
        (listing("14"), True),
        (listing("77"), False),
        (listing("77", "", cycle("2")), True),
        (listing(), False),
    ],
)
def test_which_lists_are_ours(told: Listing, ours) -> None:
    assert rules.is_ours(told, HERE, NOW) is ours


@pytest.mark.req("ACT-6")
def test_what_was_told_later_stands() -> None:
    assert rules.is_newer(Patient(), NOW)
    assert rules.is_newer(Patient(list_read_at=NOW), NOW)
    assert not rules.is_newer(Patient(list_read_at=NOW + SECOND), NOW)


@pytest.mark.req("PAT-16")
def test_learning_the_number_of_the_same_gps_list_is_no_news() -> None:
    gp, other, one, two = new_id(), new_id(), new_id(), new_id()
    listed = {"gp_id": gp, "on_gp_list": True}
    for before, wanted, news in (
        (Patient(**listed), (gp, one), False),
        (Patient(**listed, gp_list_id=one), (gp, one), False),
        (Patient(**listed, gp_list_id=one), (gp, two), True),
        (Patient(**listed, gp_list_id=one), (other, one), True),
        (Patient(gp_id=gp, on_gp_list=False), (gp, one), True),
        (Patient(), (None, one), True),
        (Patient(), (None, None), False),
        (Patient(**listed, gp_list_id=one), (None, None), True),
        (Patient(gp_list_id=one), (None, None), True),
    ):
        assert rules.is_elsewhere(before, gp_id=wanted[0], gp_list_id=wanted[1]) is news


@pytest.mark.req("PAT-19")
def test_a_list_is_active_while_the_register_has_it_and_its_gp_works_here() -> None:
    gone = Employee(role="gp", active=False)
    assert rules.is_active(GPList(state="active", gp=KARI))
    assert rules.is_active(GPList(state="active"))
    assert not rules.is_active(GPList(state="active", gp=gone))
    assert not rules.is_active(GPList(state="inactive", gp=KARI))
    assert rules.has_inactive_gp(Patient(gp=gone))
    assert not rules.has_inactive_gp(Patient(gp=KARI))
    assert not rules.has_inactive_gp(Patient())


@pytest.mark.req("PAT-16")
def test_a_reading_is_taken_over_only_when_it_has_stood_still() -> None:
    assert rules.may_take_over(None, NOW)
    assert rules.may_take_over(NOW - timedelta(minutes=10), NOW)
    assert not rules.may_take_over(NOW - timedelta(minutes=10) + SECOND, NOW)


def oslo(month: int, day: int, hour: int = 12) -> datetime:
    found = clock.from_oslo(datetime(2026, month, day, hour))  # noqa: DTZ001 - wall time
    assert found is not None
    return found


@pytest.mark.req("PAT-16")
@pytest.mark.parametrize(
    ("day", "now", "last", "due"),
    [
        (0, oslo(3, 15), None, False),
        (2, oslo(3, 1), None, False),
        (2, oslo(3, 2, 0), None, True),
        (2, oslo(3, 20), oslo(3, 1), True),
        (2, oslo(3, 20), oslo(3, 2, 0), False),  # somebody's own reading counts
        (2, oslo(3, 20), oslo(2, 20), True),
        (1, oslo(3, 1), oslo(2, 28), True),
    ],
)
def test_a_reading_is_due_once_a_month_from_its_day_on(day: int, now: datetime, last, due) -> None:
    assert rules.is_due(day, now, last) is due


@pytest.mark.req("PAT-16")
def test_a_reading_that_failed_is_asked_for_again_the_day_after() -> None:
    failed = oslo(3, 2)
    assert not rules.is_due(2, failed + timedelta(days=1) - SECOND, None, failed)
    assert rules.is_due(2, failed + timedelta(days=1), None, failed)
