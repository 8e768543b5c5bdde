"""Where in Post somebody stands: what the query string of every page of Post carries."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from skranke.dialog.mailboxes import LARGEST_PAGE
from skranke.dialog.models import DialogKind
from skranke.dialog.values import Mailbox, Narrowing, Order
from skranke.kernel.ids import uuid_or_none
from skranke.web.numbers import number_of

ROWS = 50
_LONGEST_SEARCH = 200
_DUE = "idag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A mailbox, what of it is asked for, and how much of it stands on the screen.

    box: as it was written in the address; the mailbox verb refuses an unknown one. kind, order: empty means all kinds
    and the mailbox's own order. participant, first, last, due: the filter (`Narrowing`). shown: how many rows are asked
    for. before: how many the list holds above them. selected: the open thread.
    """

    slug: str
    box: str = Mailbox.INBOX
    kind: str = ""
    q: str = ""
    order: str = ""
    participant: UUID | None = None
    first: date | None = None
    last: date | None = None
    due: bool = False
    cursor: str = ""
    shown: int = ROWS
    before: int = 0
    selected: UUID | None = None

    @property
    def total(self) -> int:
        """How many rows the list then holds."""
        return min(self.before + self.shown, LARGEST_PAGE)

    @property
    def ends_too_early(self) -> bool:
        """Whether the period ends before it begins: it is shown as wrong, and left out of what is asked for."""
        return bool(self.first and self.last and self.last < self.first)

    @property
    def narrowing(self) -> Narrowing:
        """The filter as the mailbox takes it."""
        if self.ends_too_early:
            return Narrowing(participant=self.participant, due=self.due)
        return Narrowing(participant=self.participant, first=self.first, last=self.last, due=self.due)

    @property
    def filter_fields(self) -> dict[str, str]:
        """The filter as an address carries it."""
        told = {"deltaker": self.participant, "fra": self.first, "til": self.last, "frist": _DUE if self.due else ""}
        return {name: str(value or "") for name, value in told.items()}

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set that is not a sub-mailbox."""
        return any(self.filter_fields.values())

    @property
    def filters(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in (self.kind, *self.filter_fields.values()))

    def query(self, **changes: str) -> str:
        """The query string, with `?`; what has its usual value is left out."""
        text = urlencode(self.fields(**changes))
        return f"?{text}" if text else ""

    def fields(self, **changes: str) -> dict[str, str]:
        """The same as fields of a form."""
        facts = {"boks": self.box, "slag": self.kind, "q": self.q, "orden": self.order, "cursor": self.cursor}
        facts |= self.filter_fields | changes
        usual = {"boks": Mailbox.INBOX.value}
        return {name: value for name, value in facts.items() if value and value != usual.get(name)}

    def box_url(self, box: str, kind: str = "") -> str:
        """The list of another mailbox, or of one kind in it."""
        return reverse("post", args=[self.slug]) + Place(slug=self.slug, box=box, kind=kind).query()

    def list_url(self, **changes: str) -> str:
        """This list."""
        return reverse("post", args=[self.slug]) + self.query(**changes)

    @property
    def unfiltered_url(self) -> str:
        """This list without its filters."""
        return self.list_url(slag="", deltaker="", fra="", til="", frist="", cursor="")

    @property
    def due_url(self) -> str:
        """What of the inbox must be answered today, what is due first on top."""
        return Place(slug=self.slug, due=True).list_url()

    def rows_url(self, **changes: str) -> str:
        """This list's rows alone."""
        return reverse("post-rows", args=[self.slug]) + self.query(**changes)

    def thread_url(self, thread_id: UUID, route: str = "thread", **changes: str) -> str:
        """A thread beside this list, or one of its verbs."""
        return reverse(route, args=[self.slug, thread_id]) + self.query(**changes)

    def message_url(self, thread_id: UUID, message_id: UUID, route: str) -> str:
        """A verb of one message of a thread beside this list."""
        return reverse(route, args=[self.slug, thread_id, message_id]) + self.query()

    def compose_url(self, **changes: str) -> str:
        """Writing beside this list."""
        return reverse("compose", args=[self.slug]) + self.query(**changes)


def place_of(request: HttpRequest, selected: UUID | None = None) -> Place:
    """The place an address tells of. What is not understood counts as left out."""
    given = request.GET
    kind, order = given.get("slag", ""), given.get("orden", "")
    return Place(
        slug=slug_of(request),
        box=given.get("boks") or Mailbox.INBOX,
        kind=kind if kind in set(DialogKind) else "",
        q=given.get("q", "").replace("\x00", "")[:_LONGEST_SEARCH],
        order=order if order in set(Order) else "",
        participant=uuid_or_none(given.get("deltaker", "")),
        first=_day(given.get("fra", "")),
        last=_day(given.get("til", "")),
        due=given.get("frist", "") == _DUE,
        cursor=given.get("cursor", ""),
        shown=_rows(request.POST.get("antall") or given.get("antall", "")) or ROWS,
        before=_rows(given.get("hatt", "")),
        selected=selected or uuid_or_none(given.get("valgt", "")),
    )


def slug_of(request: HttpRequest) -> str:
    """The clinic's part of the address."""
    assert request.resolver_match is not None
    return str(request.resolver_match.kwargs["slug"])


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for."""
    return request.headers.get("HX-Request") == "true"


def _rows(text: str) -> int:
    return min(number_of(text), LARGEST_PAGE)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
