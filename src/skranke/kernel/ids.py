"""National ids, HER-ids and HPR numbers as value types.

Fødselsnummer and D-number: 11 digits DDMMYYIIIKK. D-number adds 4 to the first digit of the day. Synthetic numbers
add 80 (Tenor) or 65 (Norsk Helsenett) to the month. Control digits: two modulus-11 sums; from 2032 Skatteetaten also
issues numbers whose first control digit sum leaves remainder 1, 2 or 3 (kontroll 2032), the second stays strict.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from uuid import UUID

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_FIRST_REMAINDERS = frozenset({0, 1, 2, 3})
_ELEVEN_DIGITS = re.compile(r"[0-9]{11}", re.ASCII)
_MONTH_OFFSETS = (0, 40, 65, 80)
_D_NUMBER_OFFSET = 40


class NationalIdKind(StrEnum):
    """The two kinds a message to or from HelseNorge may carry (code list 8116)."""

    FNR = "FNR"
    DNR = "DNR"


@dataclass(frozen=True, slots=True, order=True)
class NationalId:
    """A complete fødselsnummer or D-number with valid date and control digits.

    Raises ValueError for anything else. `repr` hides the digits, so that a log line never holds a person.
    """

    value: str

    def __post_init__(self) -> None:
        if not _ELEVEN_DIGITS.fullmatch(self.value):
            raise ValueError("A national id has eleven digits.")
        if not _control_digits_hold(self.value):
            raise ValueError("The control digits of the national id do not hold.")
        _birth_date(self.value)

    @property
    def kind(self) -> NationalIdKind:
        """FNR, or DNR when the first digit of the day is raised by four."""
        return NationalIdKind.DNR if int(self.value[0]) > 3 else NationalIdKind.FNR  # noqa: PLR2004 - digit of a day

    @property
    def birth_date(self) -> date:
        """The date of birth the number tells."""
        return _birth_date(self.value)

    def __repr__(self) -> str:
        return "NationalId(***)"

    def __str__(self) -> str:
        return self.value


def _control_digits_hold(digits: str) -> bool:
    numbers = [int(digit) for digit in digits]
    first = sum(weight * number for weight, number in zip(_FIRST_WEIGHTS, numbers, strict=False))
    second = sum(weight * number for weight, number in zip(_SECOND_WEIGHTS, numbers, strict=True))
    return first % 11 in _FIRST_REMAINDERS and second % 11 == 0


def _birth_date(digits: str) -> date:
    day, month, year, individual = int(digits[0:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6:9])
    if day > _D_NUMBER_OFFSET:
        day -= _D_NUMBER_OFFSET
    month -= max(offset for offset in _MONTH_OFFSETS if month > offset or offset == 0)
    return date(_century(year, individual) + year, month, day)


def _century(year: int, individual: int) -> int:
    """Skatteetaten's table of individual numbers; every combination it leaves out is refused."""
    if individual <= 499:  # noqa: PLR2004 - the table's own numbers, here and below
        return 1900
    if individual <= 749 and year >= 54:  # noqa: PLR2004
        return 1800
    if year <= 39:  # noqa: PLR2004
        return 2000
    if individual >= 900:  # noqa: PLR2004
        return 1900
    raise ValueError("No century fits the individual number of the national id.")


@dataclass(frozen=True, slots=True, order=True)
class HerId:
    """A party's id in Adresseregisteret: a positive integer (ACT-16), kept as text as it stands on the wire."""

    value: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[1-9][0-9]{0,9}", self.value, re.ASCII):
            raise ValueError("A HER-id is a positive whole number.")

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, order=True)
class HprNumber:
    """A health-care worker's number in Helsepersonellregisteret: up to nine digits (ACT-16)."""

    value: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{1,9}", self.value, re.ASCII):
            raise ValueError("An HPR number has up to nine digits.")

    def __str__(self) -> str:
        return self.value


def synthetic_national_id(born: date, number: int) -> NationalId:
    """The `number`-th (from 0) synthetic fødselsnummer (month + 80, as in Tenor) of a date of birth.

    Deterministic. Raises ValueError when the date has no more numbers.
    """
    return _synthetic(born, number)


def synthetic_d_number(born: date, number: int) -> NationalId:
    """As `synthetic_national_id`, for a D-number."""
    return _synthetic(born, number, day_offset=_D_NUMBER_OFFSET)


def _synthetic(born: date, number: int, day_offset: int = 0) -> NationalId:
    found = next(islice(_synthetic_digits(born, day_offset), number, None), None)
    if found is None:
        raise ValueError("The date has no more synthetic numbers.")
    return NationalId(found)


def _synthetic_digits(born: date, day_offset: int) -> Iterator[str]:
    head = f"{born.day + day_offset:02}{born.month + 80:02}{born.year % 100:02}"
    # The date's part of the weighed sums is the same for all: a play counts through hundreds of citizens.
    first_of_head, second_of_head = _weighed(_FIRST_WEIGHTS, head), _weighed(_SECOND_WEIGHTS, head)
    for individual in range(1000):
        try:
            if _century(born.year % 100, individual) + born.year % 100 != born.year:
                continue
        except ValueError:
            continue
        last = f"{individual:03}"
        first = -(first_of_head + _weighed(_FIRST_WEIGHTS[6:], last)) % 11
        second = -(second_of_head + _weighed(_SECOND_WEIGHTS[6:], f"{last}{first}")) % 11
        if first < 10 and second < 10:  # noqa: PLR2004 - a control digit is one digit
            yield f"{head}{last}{first}{second}"


def _weighed(weights: tuple[int, ...], digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))


def age_on(born: date, day: date) -> int:
    """Whole years at the start of `day` in Oslo; who was born on 29 February turns on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def uuid_or_none(text: str) -> UUID | None:
    """The UUID that a text from outside is; None when it is none."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def new_id() -> UUID:
    """A new UUID of version 7 (RFC 9562): random, and growing with time so that index pages stay together."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)
