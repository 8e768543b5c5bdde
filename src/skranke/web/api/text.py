"""Text as a caller may write it."""

from typing import Annotated

from pydantic import AfterValidator


def _storable(text: str) -> str:
    """JSON can write what no text may hold: the sign NUL, and halves of a pair (RFC 8259 8.2)."""
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("The text holds a sign that is no character.")
    return text


Text = Annotated[str, AfterValidator(_storable)]
