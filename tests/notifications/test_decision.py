"""The decision about a notice and the table in docs/notices.md say the same of every combination."""

from itertools import product
from pathlib import Path

import pytest

from skranke.notifications.rules import (
    Decision,
    InHelseNorge,
    NoticeEvent,
    NoticeFacts,
    NoticeRoute,
    NoticeTo,
    decide,
    notice_to,
)
from skranke.patients.models import NotifyBy

PAGE = Path(__file__).parents[2] / "docs" / "notices.md"
WAYS = {
    "nothing": (),
    "email": (NotifyBy.EMAIL,),
    "sms": (NotifyBy.SMS,),
    "both": (NotifyBy.EMAIL, NotifyBy.SMS),
    "-": (),
}
YES_NO = ("yes", "no")
CONDITIONS = (
    ("normal", "hidden"),
    YES_NO,
    tuple(one.value for one in InHelseNorge),
    tuple(one.value for one in NoticeEvent),
    *[YES_NO] * 5,
    ("nothing", "email", "sms", "both"),
)


def _rows(columns: int) -> list[list[str]]:
    """The rows of the table that is so wide, without its head."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if len(row) == columns][1:]


def _facts(case: tuple[str, ...]) -> NoticeFacts:
    kind, undone, helsenorge, event, clinic, schedule, type_on, late, soon, ways = case
    return NoticeFacts(
        event=NoticeEvent(event),
        helsenorge=InHelseNorge(helsenorge),
        hidden=kind == "hidden",
        undone=undone == "yes",
        clinic_on=clinic == "yes",
        schedule_on=schedule == "yes",
        type_on=type_on == "yes",
        made_late=late == "yes",
        soon=soon == "yes",
        ways=WAYS[ways],
    )


def _row_of(case: tuple[str, ...], rows: list[list[str]]) -> int:
    def fits(row: list[str]) -> bool:
        return all(cell in {"-", one} for cell, one in zip(row, case, strict=False))

    return next(number for number, row in enumerate(rows) if fits(row))


@pytest.mark.req("NOT-2", "NOT-3", "NOT-4", "NOT-11", "NOT-16", "NOT-18", "NOT-20")
def test_every_combination_is_decided_as_the_table_says() -> None:
    rows, used = _rows(13), set()
    for case in product(*CONDITIONS):
        number = _row_of(case, rows)
        used.add(number)
        route, by, call = rows[number][len(CONDITIONS) :]
        wanted = Decision(route=NoticeRoute(route), ways=WAYS[by], must_call=call == "yes")
        assert decide(_facts(case)) == wanted, case
    assert used == set(range(len(rows)))


@pytest.mark.parametrize(("age", "words"), [(0, "under 16"), (15, "under 16"), (16, "16 or more"), (80, "16 or more")])
@pytest.mark.parametrize("known", YES_NO)
def test_who_is_told_is_as_the_table_says(age: int, words: str, known: str) -> None:
    (told,) = [row[2] for row in _rows(3) if row[:2] == [words, known]]
    assert notice_to(age, has_representative=known == "yes") == NoticeTo(told)
