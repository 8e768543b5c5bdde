"""Reading a register's answer: by the names of elements, whatever namespace each part of a contract lies in.

The contracts are those of Norsk Helsenett (NHN.DtoContracts). What they may add later is passed over.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from skranke.kernel import clock
from skranke.kernel.ids import HerId, HprNumber
from skranke.registers.errors import RegisterUnreadableError
from skranke.registers.values import Code, Validity
from skranke.standards.codec import XSI, Element, local_name

_NIL = f"{{{XSI}}}nil"
_END_OF_TIME = 9000  # the year from which the registers mean "without end"


def child(element: Element | None, name: str) -> Element | None:
    """The first child of this name; None without one, and for one that says it is nothing."""
    if element is None:
        return None
    found = next((one for one in element if local_name(one) == name), None)
    return None if found is None or found.get(_NIL) in {"true", "1"} else found


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Every child of this name that is something."""
    if element is not None:
        yield from (one for one in element if local_name(one) == name and one.get(_NIL) not in {"true", "1"})


def text(element: Element | None, name: str) -> str:
    """The text of a child, trimmed; empty without one."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""


def flag(element: Element | None, name: str) -> bool:
    """Whether a child says true."""
    return text(element, name).lower() in {"true", "1"}


def number(element: Element | None, name: str) -> int | None:
    """The whole number of a child; None without one. Raises RegisterUnreadableError."""
    found = text(element, name)
    if not found:
        return None
    try:
        return int(found)
    except ValueError:
        raise RegisterUnreadableError(f"The register's {name} is no number; nothing was changed.") from None


def her_id(element: Element | None, name: str) -> HerId | None:
    """The HER-id of a child; None for none, which is written -1. Raises RegisterUnreadableError."""
    found = number(element, name)
    return HerId(str(found)) if found is not None and found > 0 else None


def hpr_number(element: Element | None, name: str) -> HprNumber | None:
    """The HPR number of a child; None without one."""
    found = number(element, name)
    return HprNumber(str(found)) if found is not None and found > 0 else None


def organisation_number(element: Element | None, name: str) -> str:
    """Nine digits; empty without them."""
    found = number(element, name)
    return f"{found:09}" if found is not None and found > 0 else ""


def code(element: Element | None, name: str) -> Code | None:
    """The coded value of a child."""
    found = child(element, name)
    value = text(found, "CodeValue")
    return Code(value=value, text=text(found, "CodeText"), list=text(found, "OID")) if value else None


def instant(element: Element | None, name: str) -> datetime | None:
    """The instant of a child; one without a zone is Oslo's wall time. None for none and for the end of time.

    A DateTimeOffset of the newer contracts holds its instant in UTC one level down.
    """
    found = child(element, name)
    if found is None:
        return None
    within = child(found, "DateTime")
    written = (within.text if within is not None else found.text) or ""
    if not written.strip():
        return None
    try:
        read = datetime.fromisoformat(_six_digits(written.strip()))
    except ValueError:
        raise RegisterUnreadableError(f"The register's {name} is no time; nothing was changed.") from None
    if read.year >= _END_OF_TIME:
        return None
    return read.astimezone(UTC) if read.tzinfo else clock.from_oslo(read) or read.replace(tzinfo=UTC)


def validity(element: Element | None, name: str) -> Validity:
    """The period of a child, with From and To."""
    found = child(element, name)
    return Validity(instant(found, "From"), instant(found, "To"))


def _six_digits(written: str) -> str:
    """.NET writes a second's fraction in up to seven digits."""
    head, dot, rest = written.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{head}{dot}{digits[:6].ljust(6, '0')}{rest[len(digits) :]}" if dot else written
