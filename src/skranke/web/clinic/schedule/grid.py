"""The week as the template draws it: lanes of tiles, each number a class (docs/ui.md)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skranke.billing.queries import appointments_with_card
from skranke.scheduling import rules
from skranke.scheduling.models import STANDING, AppointmentState, BookedThrough, ContactInterface
from skranke.scheduling.screens import AppointmentCell, DayView, EventCell, FreeCell, WeekView, week_views
from skranke.scheduling.smart.queries import SmartCell
from skranke.scheduling.waiting.models import SlotOffer
from skranke.scheduling.waiting.queries import offers_in
from skranke.ui.dates import format_age, format_date, format_relative, format_time, holiday_name
from skranke.web.clinic.schedule.place import GROUP, Place, with_query
from skranke.web.clinic.settings.type_words import icon_texts

STEP = 5
_TALL, _TINY, _MOST_BESIDE = 6, 2, 4
_FRIDAY = 5
_COLOURS = {"grey": "grey", "online": "online", "desk": "desk", "acute": "acute", "video": "vid", "lab": "lab"}
_STATES = {
    AppointmentState.CHECKED_IN: ("in", "check"),
    AppointmentState.IN_CONSULTATION: ("cons", "chat"),
    AppointmentState.DONE: ("done", ""),
    AppointmentState.NO_SHOW: ("noshow", "x"),
}
_CONTACTS = {ContactInterface.VIDEO: "video", ContactInterface.PHONE: "phone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One thing in a lane. spoken: read out before the text; url: "" for what cannot be opened.

    when: its time in words, where that is asked for. marks: symbol and text of each; a text alone is shown as it is.
    stretch_url: where another end is asked for, of what has one; begins: the minute of the day (APT-8).
    cancellable: an appointment that can be chosen, to be cancelled with others (APT-13).
    box: of a group, the classes of the box that holds this, its head, and the patients of the group (TYP-6); name: of
    the box. starts: of a smart slot, where an appointment may begin (PLN-13).
    """

    id: str
    css: str
    title: str
    spoken: str
    bold: str
    text: str = ""
    symbol: str = ""
    when: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    url: str = ""
    menu_url: str = ""
    stretch_url: str = ""
    begins: int = 0
    chosen: bool = False
    cancellable: bool = False
    box: str = ""
    name: str = ""
    members: tuple["Tile", ...] = ()
    starts: tuple["Start", ...] = ()


class Start(NamedTuple):
    """A possible start in a smart slot. when: the time of day."""

    css: str
    when: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One day of one schedule. now: the class of the now-line, "" on other days; aside: not the day a phone shows.

    cancel_url: where what is left of its appointments is cancelled, "" where nothing is left (APT-13).
    """

    id: str
    title: str
    label: str
    schedule_id: UUID
    day: date
    heading: str
    today: bool
    aside: bool
    now: str
    tiles: tuple[Tile, ...]
    cancel_url: str


class _Pen(NamedTuple):
    """What tiles are drawn with. billed: appointments that have an invoice card; offered: what is held for whom."""

    view: WeekView
    place: Place
    chosen: UUID | None
    billed: frozenset[UUID]
    offered: Mapping[UUID, SlotOffer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Everything drawn of a week or of a group.

    first: minutes after midnight of its top. axis: class and text of each whole hour; free: free times in it. smart:
    there is a smart slot with room (PLN-13).
    """

    view: WeekView
    lanes: tuple[Lane, ...]
    hours: int
    first: int
    axis: tuple[tuple[str, str], ...]
    free: int
    smart: bool


def grid_of(place: Place, chosen: UUID | None = None) -> Grid | None:
    """The grid of a place; None where the clinic has no schedule. chosen: the slot or appointment that is open."""
    if not place.shown:
        return None
    views = week_views(place.shown, place.first, days=place.days)
    opens, closes = min(one.opens for one in views), max(one.closes for one in views)
    views = [replace(one, opens=opens, closes=closes) for one in views]
    billed = _billed(views) if place.layout.invoices else frozenset[UUID]()
    offered = offers_in(place.shown)
    first, last = opens // 60, -(-closes // 60)
    return Grid(
        view=views[0],
        lanes=tuple(
            _lane(day, _Pen(view, place, chosen, billed, offered)) for view in views for day in _shown(view, place)
        ),
        hours=last - first,
        first=first * 60,
        axis=tuple((f"a{(hour - first) * 60 // STEP}", f"{hour:02}") for hour in range(first, last)),
        free=sum(day.free for view in views for day in view.days),
        smart=any(cell.starts for view in views for day in view.days for cell in day.smart),
    )


def _billed(views: Iterable[WeekView]) -> frozenset[UUID]:
    return appointments_with_card([cell.id for view in views for day in view.days for cell in day.appointments])


def _shown(view: WeekView, place: Place) -> Iterator[DayView]:
    """Weekends only where something is there and they are not hidden, or the person asked for that day (CAL-12)."""
    weekend = [day for day in view.days if day.date.isoweekday() > _FRIDAY]
    used = (
        one.date
        for one in weekend
        if one.date == place.day or (not place.layout.hide_weekends and _holds_something(one))
    )
    last = max(used, default=None)
    for day in view.days:
        if len(view.days) == 1 or day.date.isoweekday() <= _FRIDAY or (last is not None and day.date <= last):
            yield day


def _holds_something(day: DayView) -> bool:
    return bool(day.slots or day.appointments or day.events or day.smart)


def _lane(day: DayView, pen: _Pen) -> Lane:
    view, place = pen.view, pen.place
    groups = {cell.id for cell in day.slots if cell.capacity > 1}
    tiles = [
        *((cell.start, _group(cell, day, pen) if cell.id in groups else _free(cell, pen)) for cell in day.slots),
        *((cell.start, _booked(cell, pen)) for cell in day.appointments if cell.group_id not in groups),
        *((cell.start, _event(cell, day, pen)) for cell in day.events),
        *((cell.start, _smart(cell, pen)) for cell in day.smart),
    ]
    minute = view.now.hour * 60 + view.now.minute
    inside = day.is_today and view.opens <= minute < view.closes
    heading, of_group = _heading(day, pen), place.view == GROUP
    title = view.schedule_name if of_group else format_date(day.date)
    return Lane(
        id=f"bok-{view.schedule_id}" if of_group else f"dag-{day.date.isoformat()}",
        title=title,
        label=f"{title if of_group else format_date(day.date, 'lang')}, {heading}",
        schedule_id=view.schedule_id,
        day=day.date,
        heading=heading,
        today=day.is_today and not of_group,
        aside=not place.view and day.date != place.day,
        now=f"a{(minute - view.opens) // STEP}" if inside else "",
        tiles=tuple(tile for _start, tile in sorted(tiles, key=lambda pair: pair[0])),
        cancel_url=_cancel_url(day, pen),
    )


def _cancel_url(day: DayView, pen: _Pen) -> str:
    if not any(rules.may_be_cancelled(cell.state) and cell.end > pen.view.now for cell in day.appointments):
        return ""
    where = {"timebok": pen.view.schedule_id, "dag": day.date, **pen.place.seen_as}
    return with_query(reverse("schedule-cancel-several", args=[pen.place.slug]), hele="ja", **where)


def _heading(day: DayView, pen: _Pen) -> str:
    view, of_group = pen.view, pen.place.view == GROUP
    free = ngettext("%(num)s ledig", "%(num)s ledige", day.free) % {"num": day.free} if day.free else _("ingen ledige")
    if day.is_today and not of_group:
        free = _("i dag · %(ledige)s") % {"ledige": free}
    elif day.date < view.now.date():
        free = _("ferdig")
    offline = _("ikke på nett") if pen.place.layout.online and not view.online else ""
    return " · ".join(part for part in ("" if of_group else holiday_name(day.date), free, offline) if part)


def _position(start: datetime, end: datetime, day: date, view: WeekView) -> tuple[str, int]:
    """The classes of a time in its lane, cut to what the grid shows, and its length in steps."""
    begins = max(_minutes(start, day), view.opens)
    ends = min(_minutes(end, day), view.closes)
    steps = max(1, -(-(ends - begins) // STEP))
    size = size_of(steps)
    return f"a{max(0, begins - view.opens) // STEP} d{steps}{size}", steps


def size_of(steps: int) -> str:
    """The class of a tile that lasts so many steps, where it has room for more or for less than one line."""
    return " tall" if steps >= _TALL else " tiny" if steps <= _TINY else ""


def _minutes(instant: datetime, day: date) -> int:
    return (instant.date() - day).days * 24 * 60 + instant.hour * 60 + instant.minute


def _span(start: datetime, end: datetime) -> str:
    return f"{format_time(start)}–{format_time(end)}"


def _free(cell: FreeCell, pen: _Pen) -> Tile:
    view, place, chosen = pen.view, pen.place, pen.chosen
    where, _steps = _position(cell.start, cell.end, cell.start.date(), view)
    past = cell.start <= view.now
    title = _("%(tid)s Ikke brukt: %(type)s") if past else _("%(tid)s Ledig: %(type)s")
    marks = (" past" if past else "") + (" sel" if cell.id == chosen else "")
    if place.moving is None:
        url = with_query(reverse("schedule-book", args=[place.slug]), time=cell.id, kopi=place.copying, **place.seen_as)
    else:
        address = reverse("schedule-move", args=[place.slug, place.moving])
        url = with_query(address, til=cell.id, **place.seen_as)
    online, held = place.layout.online and cell.online, cell.id in pen.offered
    return Tile(
        id=f"t-{cell.id}",
        css=f"free {_colour(cell.colour, place)} {where}{marks}",
        title=title % {"tid": _span(cell.start, cell.end), "type": cell.type_name},
        spoken=_("Ikke brukt") if past else _("Ledig time"),
        bold=_span(cell.start, cell.end) if place.layout.times else format_time(cell.start),
        text=_offered(pen.offered[cell.id], place) if held else cell.type_name,
        symbol="clock" if held else _CONTACTS.get(ContactInterface(cell.contact), "eyeoff" if cell.hidden else ""),
        marks=(*_icon(cell.icon), *((("globe", _("på nett")),) if online and not held else ())),
        url=url,
        chosen=cell.id == chosen,
    )


def _smart(cell: SmartCell, pen: _Pen) -> Tile:
    """What is left of a smart slot; it leads to its first start, or to itself where no start is left."""
    where, _steps = _position(cell.start, cell.end, cell.start.date(), pen.view)
    seen, colour = pen.place.seen_as, _colour(cell.colour, pen.place)
    address = reverse("schedule-book", args=[pen.place.slug])
    length = timedelta(minutes=cell.minutes)
    starts = tuple(
        Start(
            css=f"{colour} {_position(at, at + length, at.date(), pen.view)[0]}",
            when=format_time(at),
            url=with_query(address, luke=cell.id, fra=f"{at:%H:%M}", kopi=pen.place.copying, **seen),
        )
        for at in ([] if pen.place.moving else cell.starts)
    )
    own = with_query(reverse("schedule-smart", args=[pen.place.slug, cell.id]), **seen)
    facts = {"tid": _span(cell.start, cell.end), "typer": ", ".join(cell.types)}
    return Tile(
        id=f"t-{cell.id}-{cell.start:%H%M}",
        css=f"luke {colour} {where}" + ("" if cell.starts else " past") + (" sel" if cell.id == pen.chosen else ""),
        title=_("%(tid)s Smartluke: %(typer)s") % facts,
        spoken=_("Smartluke"),
        bold=_span(cell.start, cell.end) if pen.place.layout.times else format_time(cell.start),
        text=_("Smartluke: %(typer)s") % facts if cell.starts else _("Smartluke, ingen plass"),
        url=starts[0].url if starts else "" if pen.place.moving else own,
        chosen=cell.id == pen.chosen,
        starts=starts,
    )


def _group(cell: FreeCell, day: DayView, pen: _Pen) -> Tile:
    """One box: what it is and how many places are taken, by which one more is given, and the patients in it."""
    where, _steps = _position(cell.start, cell.end, cell.start.date(), pen.view)
    head, colour = _free(cell, pen), _colour(cell.colour, pen.place)
    places = _("%(tatt)s av %(plasser)s") % {"tatt": cell.taken, "plasser": cell.capacity}
    facts = {"tid": _span(cell.start, cell.end), "type": cell.type_name, "plasser": places}
    open_now = cell.can_be_given and cell.start > pen.view.now
    members = (replace(_booked(one, pen), stretch_url="") for one in day.appointments if one.group_id == cell.id)
    return replace(
        head,
        css=f"{'free' if open_now else 'shut'} {colour}" + (" sel" if head.chosen else ""),
        title=_("%(tid)s %(type)s, %(plasser)s plasser er tatt") % facts,
        spoken=_("%(tid)s, ledig plass i gruppe:") % facts if open_now else _("%(tid)s, gruppe:") % facts,
        bold=cell.type_name,
        text=places,
        when=head.bold if pen.place.layout.times else "",
        url=head.url if cell.can_be_given else "",
        box=f"party {colour} {where}",
        name=_("%(type)s, %(plasser)s plasser er tatt") % facts,
        members=tuple(replace(one, css=_in_flow(one.css)) for one in members),
    )


def _in_flow(css: str) -> str:
    """The classes of a tile in a group's box, where it has no time and lane of its own."""
    return " ".join(one for one in css.split() if one not in {"tall", "tiny"} and not re.fullmatch(r"[ad]\d+", one))


def _offered(offer: SlotOffer, place: Place) -> str:
    """REQ-6: for whom on the waiting list the time is held, and until when."""
    patient = offer.patient
    name = _("pasient") if place.hidden else f"{patient.given_name} {patient.family_name[:1]}."
    until = format_relative(offer.expires_at)
    return _("tilbudt %(navn)s til %(tid)s") % {"navn": name, "tid": until}


def _colour(colour: str, place: Place) -> str:
    """CAL-12: without colours every type is grey; the states of the day keep theirs."""
    return _COLOURS.get(colour, "desk") if place.layout.colours else "grey"


def _icon(name: str) -> tuple[tuple[str, str], ...]:
    """The icon of the type, if it has one, and how it is read out (TYP-2)."""
    return ((name, icon_texts()[name]),) if name else ()


def _booked(cell: AppointmentCell, pen: _Pen) -> Tile:
    view, place, chosen = pen.view, pen.place, pen.chosen
    where, _steps = _position(cell.start, cell.end, cell.start.date(), view)
    state, symbol = _STATES.get(AppointmentState(cell.state), ("hid" if cell.hidden else "bk", ""))
    beside = min(cell.lanes, _MOST_BESIDE)
    lanes = f" l{beside}-{min(cell.lane, beside - 1)}" if beside > 1 else ""
    marks = (" self" if cell.self_booked and state == "bk" else "") + (" sel" if cell.id == chosen else "")
    place_and_id = [place.slug, cell.id]
    return Tile(
        id=f"t-{cell.id}",
        css=f"{state} {_colour(cell.colour, place)} {where}{lanes}{marks}",
        title=_title(cell, pen),
        spoken=f"{format_time(cell.start)}, {state_text(cell.state)}:",
        bold=_("Pasient") if place.hidden else cell.patient_name,
        text="" if cell.hidden or place.hidden else cell.reason or cell.comment,
        symbol=symbol or ("eyeoff" if cell.hidden else _CONTACTS.get(ContactInterface(cell.contact), "")),
        when=_span(cell.start, cell.end) if place.layout.times else "",
        marks=_marks(cell, pen),
        url=with_query(reverse("schedule-appointment", args=place_and_id), **place.seen_as),
        menu_url=reverse("schedule-menu", args=place_and_id),
        stretch_url=reverse("schedule-times", args=place_and_id) if cell.state in STANDING else "",
        begins=_minutes(cell.start, cell.start.date()),
        chosen=cell.id == chosen,
        cancellable=rules.may_be_cancelled(cell.state),
    )


def _marks(cell: AppointmentCell, pen: _Pen) -> tuple[tuple[str, str], ...]:
    """TYP-2: the type's icon. Only where asked for: CAL-12, that there is a card; IMP-1, where it was booked."""
    billed = (("card", _("regningskort")),) if cell.id in pen.billed else ()
    return _icon(cell.icon) + billed + ((("", channel_text(cell.through)),) if pen.place.layout.channels else ())


def _title(cell: AppointmentCell, pen: _Pen) -> str:
    parts = [
        _span(cell.start, cell.end),
        "" if pen.place.hidden else f"{cell.patient_name}, {format_age(cell.patient_birth_date)}",
        cell.type_name,
        state_text(cell.state),
        _("selvbestilt") if cell.self_booked else "",
        _("skjult for pasienten") if cell.hidden else "",
    ]
    return " · ".join(part for part in parts if part)


def _event(cell: EventCell, day: DayView, pen: _Pen) -> Tile:
    where, _steps = _position(cell.start, cell.end, day.date, pen.view)
    # An event of several days has a tile in each of them.
    later = f"-{day.date.isoformat()}" if cell.start.date() < day.date else ""
    return Tile(
        id=f"t-{cell.id}{later}",
        css=f"ev {where}" + (" sel" if cell.id == pen.chosen else ""),
        title=f"{_span(cell.start, cell.end)} {cell.text}",
        spoken=_("%(tid)s, hendelse:") % {"tid": _span(cell.start, cell.end)},
        bold=cell.text,
        url=with_query(reverse("schedule-event", args=[pen.place.slug, cell.id]), dag=day.date, **pen.place.seen_as),
        chosen=cell.id == pen.chosen,
    )


def channel_text(through: str) -> str:
    """Where an appointment was booked, in a word (IMP-1)."""
    return {
        BookedThrough.STAFF: _("Skranke"),
        BookedThrough.HELSENORGE: _("HelseNorge"),
        BookedThrough.PORTAL: _("Portal"),
        BookedThrough.PUBLIC: _("Nettside"),
    }[BookedThrough(through)]


def state_text(state: str) -> str:
    """What a state is called on the screen."""
    return {
        AppointmentState.BOOKED: _("Booket"),
        AppointmentState.CHECKED_IN: _("Innsjekket"),
        AppointmentState.IN_CONSULTATION: _("I samtale"),
        AppointmentState.DONE: _("Ferdig"),
        AppointmentState.NO_SHOW: _("Ikke møtt"),
        AppointmentState.CANCELLED_BY_CLINIC: _("Avlyst av klinikken"),
        AppointmentState.CANCELLED_BY_PATIENT: _("Avbestilt av pasienten"),
        AppointmentState.DELETED: _("Slettet"),
    }[AppointmentState(state)]


def contact_text(contact: str) -> str:
    """How patient and practitioner meet, in a word."""
    return {
        ContactInterface.PHYSICAL: _("Oppmøte"),
        ContactInterface.VIDEO: _("Video"),
        ContactInterface.PHONE: _("Telefon"),
    }[ContactInterface(contact)]


def key() -> Iterable[tuple[str, str, str]]:
    """What the colours mean (tegnforklaring): classes, symbol, text."""
    return (
        ("free online", "", _("Ledig på nett")),
        ("free desk", "", _("Ledig, bare skranke")),
        ("free acute", "", _("Ledig, akutt")),
        ("free vid", "video", _("Ledig, video")),
        ("free lab", "", _("Ledig, lab")),
        ("free past", "", _("Ikke brukt, tiden er over")),
        ("luke desk", "", _("Smartluke, flere timetyper")),
        ("bk desk", "", _("Booket")),
        ("bk online self", "", _("Selvbestilt, to streker")),
        ("in", "check", _("Innsjekket")),
        ("cons", "chat", _("I samtale")),
        ("done", "", _("Ferdig")),
        ("noshow", "x", _("Ikke møtt")),
        ("hid", "eyeoff", _("Skjult for pasienten")),
        ("ev", "", _("Hendelse, lunsj")),
    )
