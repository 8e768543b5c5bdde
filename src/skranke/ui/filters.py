"""Small presentations that are not dates: sizes, numbers, ids, initials."""

from collections.abc import Callable
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language
from markupsafe import Markup, escape

_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
_KILO = 1000
_BIRTH_DIGITS = 6


def number(value: float, decimals: int = 0) -> str:
    """A number as the language writes it: "12 450", "2,1"; at most `decimals` decimals."""
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    text: str = format_decimal(value, pattern, locale=_LOCALES.get((get_language() or "nb").split("-")[0], "nb_NO"))
    return text


def file_size(octets: int) -> str:
    """Bytes as people say them: "240 kB", "2,1 MB" (decimal kilo, as file managers show)."""
    if octets < _KILO:
        return f"{octets} B"
    if octets < _KILO * _KILO:
        return f"{number(octets / _KILO)} kB"
    return f"{number(octets / _KILO / _KILO, 1)} MB"


def national_id(value: object) -> str:
    """A national id in two groups, "148388 12345", for screens where the whole number is needed."""
    digits = str(value)
    return f"{digits[:_BIRTH_DIGITS]} {digits[_BIRTH_DIGITS:]}"


def masked_national_id(value: object) -> str:
    """A national id with its individual digits hidden: "148388 •••••"."""
    return f"{str(value)[:_BIRTH_DIGITS]} •••••"


_AVATAR = (Markup('<span class="av" aria-hidden="true">'), Markup('<span class="av me" aria-hidden="true">'))
_END = Markup("</span>")


def initials(name: str) -> str:
    """The first letters of the first and the last name: "KL"."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def avatar(name: str, me: bool = False) -> Markup:  # noqa: FBT001, FBT002 - a template's filter
    """The round mark beside a person's name, with the initials; `me`: of whoever looks at the page."""
    return _AVATAR[bool(me)] + escape(initials(name)) + _END


FILTERS: dict[str, Callable[..., Any]] = {
    "tall": number,
    "filstorrelse": file_size,
    "fnr": national_id,
    "skjult_fnr": masked_national_id,
    "avatar": avatar,
}
