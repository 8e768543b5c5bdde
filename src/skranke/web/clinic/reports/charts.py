"""Where the shapes of a picture lie. Pure: numbers in, rectangles and texts out; the template writes them as SVG.

All pictures are 360 units wide, so that their text is still readable where a phone shows them 330 pixels wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 356, 10, 150
_ROW, _BAR, _PITCH, _TEXT = 20, 11, 16, 70
_MOST_LABELS = 12
_TENS = 10
_STEPS = (10, 12, 16, 20, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A rectangle; look: the class that gives it its colour."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text; anchor: which end of it stands at x ("start", "middle" or "end")."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture. title, about: what a screen reader says of it. ticks: heights of thin lines across."""

    height: float
    title: str
    about: str
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]
    ticks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a bar: how much, and its look."""

    value: float
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its parts one after the other, and the number written behind it."""

    parts: tuple[Part, ...]
    text: str

    @property
    def value(self) -> float:
        """All of it."""
        return sum(part.value for part in self.parts)


def top_of(value: float) -> float:
    """The smallest round number that is no smaller and whose half is whole: an axis has its middle written, too."""
    if value <= _TENS:
        return next(step for step in (2.0, 4.0, 6.0, 8.0, 10.0) if step >= value)
    tens = 10 ** (floor(log10(value)) - 1)
    return float(next(step * tens for step in _STEPS if step * tens >= value))


def columns(title: str, about: str, stacks: Sequence[tuple[str, Sequence[Part]]]) -> Chart:
    """A column for each of the stacks, whose name stands below; the first part is at the bottom."""
    top = top_of(max((sum(part.value for part in parts) for _name, parts in stacks), default=0))
    pitch, each = (_RIGHT - _LEFT) / max(1, len(stacks)), ceil(len(stacks) / _MOST_LABELS)
    shapes, labels = [], []
    for number, (name, parts) in enumerate(stacks):
        x, y = _LEFT + pitch * (number + 0.15), float(_BOTTOM)
        for part in parts:
            height = part.value / top * (_BOTTOM - _TOP)
            y -= height
            if part.value:
                shapes.append(_shape(x, y, pitch * 0.7, height, part.look))
        if number % each == 0:
            labels.append(Label(x=round(x + pitch * 0.35, 1), y=_BOTTOM + 16, text=name, anchor="middle"))
    lines = {0: _BOTTOM, top / 2: (_BOTTOM + _TOP) / 2, top: _TOP}
    marks = [Label(x=_LEFT - 5, y=y + 4, text=f"{value:g}", anchor="end") for value, y in lines.items()]
    return Chart(
        height=_BOTTOM + 24,
        title=title,
        about=about,
        shapes=tuple(shapes),
        labels=(*labels, *marks),
        ticks=tuple(lines.values()),
    )


def rows(title: str, about: str, groups: Sequence[tuple[str, Sequence[Bar]]], *, full: float = 0) -> Chart:
    """Bars that lie, in groups with a name above each. full: what the whole width is worth; 0: the longest bar."""
    full = full or max((bar.value for _name, bars in groups for bar in bars), default=0) or 1
    shapes, labels, y = [], [], 0.0
    for name, bars in groups:
        labels.append(Label(x=0, y=y + 14, text=name))
        y += _ROW
        for bar in bars:
            x = 0.0
            for part in bar.parts:
                width = part.value / full * (WIDTH - _TEXT)
                if part.value:
                    shapes.append(_shape(x, y, max(width, 1), _BAR, part.look))
                x += width
            labels.append(Label(x=round(x + 6, 1), y=y + _BAR - 1, text=bar.text))
            y += _PITCH
        y += 6
    return Chart(height=max(y, 1), title=title, about=about, shapes=tuple(shapes), labels=tuple(labels))


def _shape(x: float, y: float, width: float, height: float, look: str) -> Shape:
    return Shape(x=round(x, 1), y=round(y, 1), width=round(width, 1), height=round(height, 1), look=look)
