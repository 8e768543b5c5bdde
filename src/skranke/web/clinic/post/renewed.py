"""What somebody enters of each prescription that an answer renews (RX-2, RX-16).

One row for each item of the request, and empty ones for others. Only a row that is ticked goes along; its fields are
named by its number, which the errors name too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from skranke.dialog.errors import PrescriptionError
from skranke.dialog.values import MessageView, PrescriptionFacts, PrescriptionView, ThreadView
from skranke.kernel import clock
from skranke.standards.codes import PrescriptionGroup
from skranke.standards.profile import MOST_PRESCRIPTIONS
from skranke.ui.prescriptions import amount_text

GROUPS = tuple(group.value for group in PrescriptionGroup)
TICKED = "resept"
_MOST_ITEMS, _EMPTY = 20, 6
_NAME_LENGTH = 500
_FIELDS = ("of", "name", "amount", "repeats", "group", "use", "prescribed", "expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it stands in the form. number: from 1. of: the id of a prescription of the request, or empty."""

    number: int
    of: str = ""
    name: str = ""
    amount: str = ""
    repeats: str = ""
    group: str = ""
    use: str = ""
    prescribed: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row and what stands above it: the item of the request, verbatim, or nothing for an empty row."""

    row: Row
    item: str = ""
    ticked: bool = False


def entered(request: HttpRequest) -> tuple[Row, ...]:
    """The rows that are ticked."""
    ticked = set(request.POST.getlist(TICKED))
    return tuple(
        Row(number=number, **{name: request.POST.get(f"{TICKED}-{number}-{name}", "").strip() for name in _FIELDS})
        for number in range(1, MOST_PRESCRIPTIONS + 1)
        if str(number) in ticked
    )


def shown(view: ThreadView, ticked: tuple[Row, ...]) -> tuple[Shown, ...]:
    """All rows of the form, those that were ticked as they were left; none where no answer may renew anything."""
    if not any(one.names_items for one in view.outcomes):
        return ()
    items = _items(view)
    kept = {row.number: row for row in ticked}
    last = min(max([len(items), *kept]) + _EMPTY, MOST_PRESCRIPTIONS)
    rows = [*items, *("" for _number in range(len(items), last))]
    return tuple(_shown(number, item, kept.get(number)) for number, item in enumerate(rows, start=1))


def _items(view: ThreadView) -> list[PrescriptionView | str]:
    """What the newest request asks for: its prescriptions, else each line of its text that is not empty (RX-2)."""
    request = next((one for one in reversed(view.messages) if one.is_request), None)
    return _asked(request)[:_MOST_ITEMS] if request else []


def _asked(request: MessageView) -> list[PrescriptionView | str]:
    lines = [line.strip() for line in request.text.splitlines()]
    return list(request.prescriptions) or [line for line in lines if line]


def _shown(number: int, item: PrescriptionView | str, kept: Row | None) -> Shown:
    name = item if isinstance(item, str) else item.name
    return Shown(row=kept or _proposed(number, item), item=name, ticked=kept is not None)


def _proposed(number: int, item: PrescriptionView | str) -> Row:
    """What is known already. The dates of an old prescription are not those of the new one."""
    today = clock.today().isoformat()
    if isinstance(item, str):
        return Row(number=number, name=item.lstrip("-–•* ")[:_NAME_LENGTH], repeats="0", prescribed=today)
    return Row(
        number=number,
        of=str(item.id),
        name=item.name,
        amount=amount_text(item.amount),
        repeats=str(item.repeats or 0),
        group=item.group,
        use=item.use,
        prescribed=today,
    )


def stated(rows: tuple[Row, ...]) -> list[PrescriptionFacts]:
    """What the rows say. Raises PrescriptionError, by the number of the row, for what is no number and no date."""
    return [
        PrescriptionFacts(
            of=_of(row),
            name=row.name,
            amount=_amount(row),
            repeats=_repeats(row),
            group=row.group,
            use=row.use,
            prescribed=_date(row.number, row.prescribed),
            expires=_date(row.number, row.expires),
        )
        for row in rows
    ]


@contextmanager
def by_row(rows: tuple[Row, ...]) -> Iterator[None]:
    """Let an error about the n-th prescription name the row that it was entered in."""
    try:
        yield
    except PrescriptionError as error:
        raise PrescriptionError(rows[error.number - 1].number, error.what) from error


def _of(row: Row) -> UUID | None:
    try:
        return UUID(row.of) if row.of else None
    except ValueError:
        raise PrescriptionError(row.number, _("forespørselen har ingen slik resept")) from None


def _amount(row: Row) -> Decimal | None:
    try:
        return Decimal(row.amount.replace(",", ".")) if row.amount else None
    except InvalidOperation:
        raise PrescriptionError(row.number, _("antall må være et tall over null, med høyst tre desimaler")) from None


def _repeats(row: Row) -> int | None:
    if row.repeats and not (row.repeats.isascii() and row.repeats.isdigit()):
        raise PrescriptionError(row.number, _("reiterasjoner må være et helt tall fra 0 til 99"))
    return int(row.repeats[:4]) if row.repeats else None


def _date(number: int, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PrescriptionError(number, _("datoen må være en dag i kalenderen")) from None
