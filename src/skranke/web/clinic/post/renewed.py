"""What somebody enters of each prescription that an answer renews (RX-2, RX-16).

One row for each item of the request, and empty ones for others. Only a row that is ticked goes along; its fields are
named by its number, which the errors name too. A row that is ticked is renewed; it goes along unless it is to go
without what is known of the prescription (RX-16).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from skranke.dialog.errors import PrescriptionError
from skranke.dialog.outcomes import OutcomeRule
from skranke.dialog.services.renewing import sentences
from skranke.dialog.values import ItemResult, PrescriptionFacts, PrescriptionView, RenewalItem, ThreadView
from skranke.kernel import clock
from skranke.standards.codes import PrescriptionGroup
from skranke.standards.profile import MOST_PRESCRIPTIONS
from skranke.ui.prescriptions import amount_text

GROUPS = tuple(group.value for group in PrescriptionGroup)
TICKED = "resept"
Items = tuple[RenewalItem, ...]
_EMPTY = 6
_NAME_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it stands in the form; but for `number` and `without` it has the names of `StatedPrescription`.

    number: of the item, from 1. of: the id of a prescription of the request, or empty. without: it is renewed, and no
    prescription goes along.
    """

    number: int
    of: str = ""
    name: str = ""
    amount: str = ""
    repeats: str = ""
    group: str = ""
    use: str = ""
    prescribed: str = ""
    expires: str = ""
    without: str = ""


_FIELDS = tuple(one.name for one in fields(Row) if one.name != "number")


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
    kept = {row.number: row for row in ticked}
    last = min(max([len(view.items), *kept]) + _EMPTY, MOST_PRESCRIPTIONS)
    wanted = {one.id: one for message in view.messages if not message.outgoing for one in message.prescriptions}
    items = [*view.items, *(RenewalItem(number=number + 1, text="") for number in range(len(view.items), last))]
    return tuple(
        Shown(
            row=kept.get(one.number) or _proposed(one, wanted.get(one.of) if one.of else None),
            item=one.text,
            ticked=one.number in kept,
        )
        for one in items
    )


def _proposed(asked: RenewalItem, item: PrescriptionView | None) -> Row:
    """What is known already. The dates of an old prescription are not those of the new one."""
    today = clock.today().isoformat()
    if item is None:
        return Row(number=asked.number, name=asked.text.lstrip("-–•* ")[:_NAME_LENGTH], repeats="0", prescribed=today)
    return Row(
        number=asked.number,
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
            item=row.number,
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


def going_along(ticked: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows whose prescription goes along."""
    return tuple(row for row in ticked if not row.without)


def results(items: Items, ticked: tuple[Row, ...], decided: OutcomeRule | None) -> list[ItemResult]:
    """What the ticks say of each item, where the outcome speaks of that: what is not ticked is not renewed (RX-10)."""
    may = decided.may_tell if decided is not None else frozenset()
    renewed = [ItemResult(number=row.number, renewed=True, text=row.name) for row in ticked] if True in may else []
    ticks = {one.number for one in renewed}
    rest = [ItemResult(number=one.number, renewed=False) for one in items if one.number not in ticks]
    return [*renewed, *rest] if False in may else renewed


def with_sentences(text: str, new: str, before: str) -> str:
    """The text with the new sentences in it; what somebody has written stands as it was (RX-10).

    before: the sentences that were put in last, which the new ones take the place of where they stand unchanged.
    """
    if before and before in text:
        return text.replace(before, new, 1)
    return f"{text.rstrip()}\n\n{new}" if text.strip() else new


def item_sentences(items: Items, ticked: tuple[Row, ...], decided: OutcomeRule) -> str:
    """A sentence for each item, called as the row calls it; of "all renewed" without a tick, all of them."""
    told = results(items, ticked, decided)
    if not told and True in decided.may_tell:
        told = [ItemResult(number=one.number, renewed=True) for one in items]
    names = {one.number: one.text for one in items} | {row.number: row.name for row in ticked if row.name}
    lines = sorted(told, key=lambda one: one.number)
    return sentences(replace(one, text=names.get(one.number, "").lstrip("-–•* ")) for one in lines)


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
