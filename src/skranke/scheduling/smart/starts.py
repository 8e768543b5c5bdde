"""Where in a smart slot an appointment may begin: pure functions over instants (PLN-13, PLN-14)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def left_of(span: Span, used: Iterable[Span]) -> list[Span]:
    """What is free of a span, in order: the whole of it without the times in use, which may overlap."""
    start, end = span
    free: list[Span] = []
    for begins, ends in sorted(used):
        if begins > start:
            free.append((start, min(begins, end)))
        start = max(start, ends)
        if start >= end:
            break
    free.append((start, end))
    return [one for one in free if one[0] < one[1]]


def starts_in(free: Iterable[Span], minutes: int) -> list[datetime]:
    """The possible starts of an appointment of that length: edge to edge from where a free stretch begins.

    The last one ends with the stretch, so that no appointment need leave a gap behind it. They do not depend on the
    time of day: what is shown is still there a minute later.
    """
    length = timedelta(minutes=minutes)
    found: list[datetime] = []
    for begins, ends in free:
        count = (ends - begins) // length
        edges = [begins + number * length for number in range(count)]
        if count and edges[-1] + length < ends:
            edges.append(ends - length)
        found += edges
    return found
