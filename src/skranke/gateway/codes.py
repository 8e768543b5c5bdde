"""A code that we stored ourselves, as the member it names."""

from typing import TypeVar

from skranke.standards.codes import Code

T = TypeVar("T", bound=Code)


def member(kind: type[T], text: str) -> T:
    """The member of a code list with this wire value. Raises ValueError for one we cannot have written."""
    found = kind.known(text)
    if found is None:
        raise ValueError(f"{text!r} is no code of {kind.__name__}.")
    return found
