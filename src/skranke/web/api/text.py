"""Text as a caller may write it."""

from typing import Annotated

from pydantic import AfterValidator


def storable(text: str) -> str:
    """The text, as it is.

    Raises ValueError for what JSON can write and no text may hold: the sign NUL, and halves of a pair (RFC 8259 8.2).
    """
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("The text holds a sign that is no character.")
    return text


Text = Annotated[str, AfterValidator(storable)]
