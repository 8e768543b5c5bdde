"""Appointments as xCal: icalendar/vcalendar/vevent (protocol-messages 3.5)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from skranke.kernel.ids import HerId
from skranke.standards import namespaces as ns
from skranke.standards.codec import Element, clean, fault, from_raw, local_name, namespace, to_raw
from skranke.standards.codes import SlotCategory
from skranke.standards.times import read_calendar_time, write_calendar_time

_MAX_UID = 255


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CalendarPerson:
    """Who carries an appointment out or arranges it: a name and a mailto address."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VEvent:
    """One time or appointment.

    start, end, available_at and exception_dates are instants (UTC); the wire carries Oslo wall time.
    uid: id of the time (slot). contact: HER-id text of the party that owns it, trimmed. related_to: id of the
    appointment. expected_duration, cancellation_reason, referral_id and other_properties (canonical XML, such as
    rrule) are read and kept, never sent by us.
    """

    start: datetime
    end: datetime
    uid: str
    contact: str
    related_to: str = ""
    categories: tuple[str, ...] = ()
    available_at: datetime | None = None
    summary: str = ""
    description: str = ""
    location: str = ""
    status: str = ""
    attendees: tuple[CalendarPerson, ...] = ()
    organizer: CalendarPerson | None = None
    exception_dates: tuple[datetime, ...] = ()
    expected_duration: str = ""
    cancellation_reason: str = ""
    referral_id: str = ""
    other_properties: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return f"VEvent(uid={self.uid!r}, start={self.start.isoformat()})"

    @property
    def contact_her_id(self) -> HerId | None:
        """The owner's HER-id; None when the contact is not one."""
        try:
            return HerId(self.contact)
        except ValueError:
            return None

    @property
    def must_call(self) -> bool:
        """The time is shown but can only be had by telephone; also spelled 'Must-call' (D-38)."""
        return any(category.replace("-", "").casefold() == "mustcall" for category in self.categories)

    @property
    def is_video(self) -> bool:
        """Category Video."""
        return SlotCategory.VIDEO in self.categories

    @property
    def is_urgent(self) -> bool:
        """Category Hastetime."""
        return SlotCategory.URGENT in self.categories


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One icalendar document. other_components: anything but vevent, as canonical XML."""

    events: tuple[VEvent, ...] = ()
    product: str = ""
    version: str = "2.0"
    other_components: tuple[bytes, ...] = ()


def _tag(name: str) -> str:
    return ns.tag(ns.XCAL, name)


_TEXTS = {
    "uid": "uid",
    "contact": "contact",
    "summary": "summary",
    "description": "description",
    "location": "location",
    "status": "status",
    "x-referral-id": "referral_id",
    "x-cancellation-reason": "cancellation_reason",
}
_SINGLE = frozenset(_TEXTS) | {"dtstart", "dtend", "related-to", "x-available-at", "organizer", "x-expected-duration"}
_KNOWN = _SINGLE | {"categories", "attendee", "exdate"}
_REQUIRED = ("dtstart", "dtend", "uid", "contact")


class CalendarCodec:
    """Reads and writes the icalendar element."""

    def read(self, element: Element) -> Calendar:
        """The calendar; several vcalendar are one. Cardinalities that the schema leaves open are checked here."""
        events: list[VEvent] = []
        others: list[bytes] = []
        product = version = ""
        for calendar in _elements(element, "vcalendar"):
            properties = _grouped(calendar.find(_tag("properties")))
            product = product or _text(properties["prodid"])
            version = version or _text(properties["version"])
            components = calendar.find(_tag("components"))
            if components is None:
                raise fault(calendar, "lacks components")
            for component in components:
                if component.tag == _tag("vevent"):
                    events.append(_read_event(component))
                else:
                    others.append(to_raw(component))
        return Calendar(events=tuple(events), product=product, version=version, other_components=tuple(others))

    def write(self, element: Element, value: Calendar) -> None:
        """One vcalendar with all events."""
        calendar = etree.SubElement(element, _tag("vcalendar"))
        properties = etree.SubElement(calendar, _tag("properties"))
        _add(properties, "prodid", "text", value.product)
        _add(properties, "version", "text", value.version)
        components = etree.SubElement(calendar, _tag("components"))
        for event in value.events:
            _write_event(components, event)
        components.extend(from_raw(other) for other in value.other_components)


def _elements(element: Element, name: str) -> list[Element]:
    found = list(element)
    for child in found:
        if child.tag != _tag(name):
            raise fault(child, "is unknown here")
    if not found:
        raise fault(element, f"lacks {name}")
    return found


def _grouped(properties: Element | None) -> defaultdict[str, list[Element]]:
    grouped = defaultdict[str, list[Element]](list)
    for child in properties if properties is not None else ():
        if namespace(child) != ns.XCAL:
            raise fault(child, "is unknown here")
        grouped[local_name(child)].append(child)
    return grouped


def _value(element: Element, name: str) -> str:
    child = element.find(_tag(name))
    if child is None:
        raise fault(element, f"lacks {name}")
    return child.text or ""


def _text(found: list[Element], name: str = "text") -> str:
    return _value(found[0], name) if found else ""


def _time(element: Element) -> datetime:
    try:
        return read_calendar_time(_value(element, "date-time"))
    except ValueError as error:
        raise fault(element, f"is {error}") from error


def _person(element: Element) -> CalendarPerson:
    name = element.find(f"{_tag('parameters')}/{_tag('cn')}/{_tag('text')}")
    address = element.find(_tag("cal-address"))
    return CalendarPerson(
        name=(name.text or "") if name is not None else "",
        address=(address.text or "") if address is not None else "",
    )


def _check_cardinality(properties: Element, grouped: dict[str, list[Element]]) -> None:
    for name in _REQUIRED:
        if name not in grouped:
            raise fault(properties, f"lacks {name}")
    for name, found in grouped.items():
        if name in _SINGLE and len(found) > 1:
            raise fault(found[1], "may stand only once")


def _read_event(event: Element) -> VEvent:
    properties = event.find(_tag("properties"))
    if properties is None or event.find(_tag("components")) is None:
        raise fault(event, "lacks properties or components")
    grouped = _grouped(properties)
    _check_cardinality(properties, grouped)
    texts = {attribute: _text(grouped[name]) for name, attribute in _TEXTS.items()}
    texts["uid"], texts["contact"] = texts["uid"].strip(), texts["contact"].strip()
    if not texts["uid"] or len(texts["uid"]) > _MAX_UID or not texts["contact"]:
        raise fault(properties, "has an empty or over-long uid or contact")
    available, organizer = grouped["x-available-at"], grouped["organizer"]
    others = [found for name, several in grouped.items() if name not in _KNOWN for found in several]
    return VEvent(
        start=_time(grouped["dtstart"][0]),
        end=_time(grouped["dtend"][0]),
        related_to=_text(grouped["related-to"], "uri").strip(),
        categories=tuple(
            (text.text or "").strip() for found in grouped["categories"] for text in found.iterfind(_tag("text"))
        ),
        available_at=_time(available[0]) if available else None,
        attendees=tuple(_person(found) for found in grouped["attendee"]),
        organizer=_person(organizer[0]) if organizer else None,
        exception_dates=tuple(_time(found) for found in grouped["exdate"]),
        expected_duration=_text(grouped["x-expected-duration"], "duration"),
        other_properties=tuple(to_raw(found) for found in others),
        **texts,
    )


def _add(properties: Element, name: str, kind: str, *values: str) -> None:
    element = etree.SubElement(properties, _tag(name))
    for value in values:
        etree.SubElement(element, _tag(kind)).text = clean(value)


def _add_person(properties: Element, name: str, person: CalendarPerson) -> None:
    element = etree.SubElement(properties, _tag(name))
    if person.name:
        parameters = etree.SubElement(element, _tag("parameters"))
        _add(parameters, "cn", "text", person.name)
    etree.SubElement(element, _tag("cal-address")).text = clean(person.address)


def _write_event(components: Element, event: VEvent) -> None:
    element = etree.SubElement(components, _tag("vevent"))
    properties = etree.SubElement(element, _tag("properties"))
    _add(properties, "dtstart", "date-time", write_calendar_time(event.start))
    _add(properties, "dtend", "date-time", write_calendar_time(event.end))
    for name, attribute in _TEXTS.items():
        if text := getattr(event, attribute):
            _add(properties, name, "text", text)
    if event.related_to:
        _add(properties, "related-to", "uri", event.related_to)
    if event.categories:
        _add(properties, "categories", "text", *event.categories)
    if event.available_at:
        _add(properties, "x-available-at", "date-time", write_calendar_time(event.available_at))
    for person in event.attendees:
        _add_person(properties, "attendee", person)
    _write_tolerated(properties, event)
    # The schema demands the empty element after the properties (HITS 1217 2.8).
    etree.SubElement(element, _tag("components"))


def _write_tolerated(properties: Element, event: VEvent) -> None:
    if event.organizer:
        _add_person(properties, "organizer", event.organizer)
    for instant in event.exception_dates:
        _add(properties, "exdate", "date-time", write_calendar_time(instant))
    if event.expected_duration:
        _add(properties, "x-expected-duration", "duration", event.expected_duration)
    properties.extend(from_raw(other) for other in event.other_properties)
