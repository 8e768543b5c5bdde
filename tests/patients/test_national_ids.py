"""Which numbers are somebody's: control digits with the rule of 2032, D-numbers and synthetic numbers (PAT-9)."""

from datetime import date

import pytest
from stdnum.no import fodselsnummer

from skranke.kernel.ids import NationalId, NationalIdKind
from skranke.patients.services import register
from skranke.tenancy.work import acting

from cast import make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in

_FIRST, _SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3)
_BORN = date(1988, 3, 14)
# The day as it is written, the month, and what kind of number it then is.
HEADS = {
    "fodselsnummer": (14, 3, NationalIdKind.FNR),
    "d-number": (54, 3, NationalIdKind.DNR),
    "synthetic of Tenor": (14, 83, NationalIdKind.FNR),
    "synthetic of Norsk Helsenett": (14, 68, NationalIdKind.FNR),
    "synthetic d-number of Tenor": (54, 83, NationalIdKind.DNR),
    "synthetic d-number of Norsk Helsenett": (54, 68, NationalIdKind.DNR),
}
WITH_HEAD = pytest.mark.parametrize(("day", "month", "kind"), HEADS.values(), ids=HEADS)


def endings(head: str, remainders: range) -> set[str]:
    """The control digits that nine digits may have where the first sum may leave these remainders.

    From 2032 numbers also have those that leave 1, 2 or 3; the second sum leaves none (Skatteetaten, kontroll 2032).
    """
    found = set()
    for remainder in remainders:
        first = (remainder - sum(weight * int(digit) for weight, digit in zip(_FIRST, head, strict=True))) % 11
        rest = sum(weight * int(digit) for weight, digit in zip(_SECOND, head, strict=True)) + 2 * first
        if max(first, -rest % 11) < 10:
            found.add(f"{first}{-rest % 11}")
    return found


def taken(digits: str) -> bool:
    try:
        return bool(NationalId(digits))
    except ValueError:
        return False


@pytest.mark.req("PAT-9")
@WITH_HEAD
def test_of_the_hundred_endings_of_a_number_those_of_the_rule_of_2032_and_no_others_are_taken(
    day: int, month: int, kind: NationalIdKind
) -> None:
    more_than_before = False
    for individual in range(100, 130):
        head = f"{day:02}{month:02}88{individual}"
        right = endings(head, range(4))
        assert {ending for ending in (f"{one:02}" for one in range(100)) if taken(head + ending)} == right
        more_than_before |= right > endings(head, range(1))
        for ending in right:
            number = NationalId(head + ending)
            assert (number.kind, number.birth_date) == (kind, _BORN)
    assert more_than_before


@pytest.mark.req("PAT-9")
@pytest.mark.parametrize("day", [14, 54])
def test_without_the_rule_of_2032_they_are_those_that_another_library_takes(day: int) -> None:
    for individual in range(100, 130):
        head = f"{day:02}0388{individual}"
        assert {f"{one:02}" for one in range(100) if fodselsnummer.is_valid(f"{head}{one:02}")} == endings(
            head, range(1)
        )


@pytest.mark.req("PAT-9")
@pytest.mark.parametrize(
    "digits",
    ["", "1403881001", "140388100011", "1403881OO01", "١٤٠٣٨٨١٠٠٠٠", " 14038810001", "14038810001\n", "-4038810001"],
)
def test_what_is_not_eleven_digits_is_no_number(digits: str) -> None:
    assert not taken(digits)


@pytest.mark.req("PAT-9")
@pytest.mark.parametrize(
    "head", ["310488100", "300288100", "290287100", "000388100", "140088100", "321388100", "149988100"]
)
def test_a_day_that_does_not_exist_is_nobodys(head: str) -> None:
    assert endings(head, range(4))
    assert not any(taken(head + ending) for ending in endings(head, range(4)))


@pytest.mark.req("PAT-9", "PAT-7")
@WITH_HEAD
def test_one_wrong_digit_is_refused_on_the_page_and_finds_nobody_and_the_right_number_does_both(
    day: int, month: int, kind: NationalIdKind
) -> None:
    cast = make_clinic()
    head = f"{day:02}{month:02}88123"
    # One that only the rule of 2032 allows.
    right = head + min(endings(head, range(4)) - endings(head, range(1)))
    wrong = f"{right[:8]}{(int(right[8]) + 1) % 10}{right[9:]}"
    with acting(cast.system):
        patient = register(national_id=None, given_name="Ukjent", family_name="Nummer", birth_date=_BORN)
    client = logged_in(cast, cast.ali)
    page = address(cast, "patient-number", patient.id)
    refused = client.post(page, {"version": "1", "national_id": wrong})
    assert (refused.status_code, "alle elleve sifrene" in body(refused)) == (422, True)
    assert client.post(page, {"version": "1", "national_id": f"{right[:6]} {right[6:]}"}).status_code == 302
    found = Api(cast, cast.ali).get("patients", national_id=right).body["items"]
    assert [one["id"] for one in found] == [str(patient.id)]
    assert not Api(cast, cast.ali).get("patients", national_id=wrong).body.get("items")
    assert NationalId(right).kind == kind
