"""Numbers as a browser tells them."""

_MOST_DIGITS = 9


def number_of(text: str) -> int:
    """A count or a version; 0 when it is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
