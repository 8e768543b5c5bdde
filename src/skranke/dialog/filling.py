"""The words of a template that stand for something: a closed list, filled in when the template is used (TPL-3).

Pure: what is known is given. A value is put in as text, once; what is in it is not read again.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from django.utils.translation import gettext as _

from skranke.kernel.errors import InvalidError


class Word(StrEnum):
    """What may stand between {{ and }} in a template's subject and message."""

    PATIENT = "pasient"
    GIVEN_NAME = "fornavn"
    GP = "fastlege"
    CLINIC = "klinikk"
    PHONE = "telefon"
    WRITER = "avsender"
    TODAY = "dato"
    APPOINTMENT = "timen"


_BRACES = re.compile(r"\{\{([^{}]*)\}\}")


def words_in(text: str) -> list[Word]:
    """The known words of a text, each once, in their order."""
    found = [_word(match.group(1)) for match in _BRACES.finditer(text)]
    return list(dict.fromkeys(one for one in found if one is not None))


def require_known(text: str, field: str) -> None:
    """Refuse a text with a word that is not on the list, or with braces that are not closed.

    Raises InvalidError, which names the words that may stand there.
    """
    unknown = [match.group(0) for match in _BRACES.finditer(text) if _word(match.group(1)) is None]
    rest = _BRACES.sub("", text)
    unknown += [sign for sign in ("{{", "}}") if sign in rest]
    if unknown:
        facts = {"unknown": ", ".join(dict.fromkeys(unknown)), "known": shown(Word)}
        raise InvalidError(
            _("%(unknown)s kan ikke fylles ut. Disse kan brukes: %(known)s. Ingenting er lagret.") % facts, field=field
        )


def fill(text: str, known: Mapping[Word, str]) -> str:
    """The text with its words filled in; a word without a value stays as it is, for everybody to see."""

    def value(match: "re.Match[str]") -> str:
        word = _word(match.group(1))
        return (known.get(word, "") if word is not None else "") or match.group(0)

    return _BRACES.sub(value, text)


def lacking(text: str, known: Mapping[Word, str]) -> list[Word]:
    """The words of a text that have no value."""
    return [one for one in words_in(text) if not known.get(one)]


def require_filled(text: str, field: str) -> None:
    """Refuse to send a text in which a word of a template still stands. Raises InvalidError."""
    left = words_in(text)
    if left:
        raise InvalidError(
            _("%(words)s er ikke fylt ut. Skriv det inn selv, eller ta det bort. Ingenting er sendt.")
            % {"words": shown(left)},
            field=field,
        )


def shown(words: Iterable[Word]) -> str:
    """The words as they are written in a text."""
    return ", ".join(f"{{{{{word.value}}}}}" for word in words)


def _word(text: str) -> Word | None:
    name = text.strip().lower()
    return Word(name) if name in set(Word) else None
