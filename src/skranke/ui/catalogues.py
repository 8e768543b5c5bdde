"""Catalogues of the screen's words: `python -m skranke.ui.catalogues extract|compile|check`.

extract: finds every gettext message in src/skranke and brings en and nn up to date; compile: writes the .mo files,
which are committed; check: fails on a missing, fuzzy or wrongly filled entry, on a .mo that is not what the .po says,
on words in templates outside gettext and on a message inside an f-string. The source language is bokmål: the message
id is the text on the screen.
"""

import ast
import io
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from skranke.ui import template_text

PACKAGE = Path(__file__).resolve().parents[1]
LOCALES = Path(__file__).resolve().parent / "locale"
LANGUAGES = ("en", "nn")
_METHODS = [("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2"), ("**.py", "python")]
_OPTIONS = {
    "**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"},
    "**/templates/**.txt": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"},
}
_KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# The catalogues change when words change, not when the command is run.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_WORD = re.compile(r"\w+")
_NORWEGIAN = {
    *("og", "ikke", "ikkje", "er", "på", "som", "til", "av", "har", "eller", "det", "den", "jeg", "eg", "en", "ein"),
    *("ei", "et", "eit", "du", "vi", "fra", "frå", "ble", "vart", "hva", "kva", "å"),
}


def extract(package: Path = PACKAGE) -> Catalog:
    """Every message of the package, with the files (not lines) it stands in."""
    template = Catalog(project="skranke", charset="utf-8", creation_date=_NO_DATE, revision_date=_NO_DATE)
    found = extract_from_dir(
        package, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, comment_tags=("Translators:",)
    )
    for name, _line, message, comments, context in found:
        # Without line numbers a moved line is no change in the catalogues.
        template.add(message, None, [(Path(name).as_posix(), 0)], auto_comments=comments, context=context)
    return template


def read(language: str, locales: Path = LOCALES) -> Catalog:
    """The catalogue of a language as it lies in the project; an empty one when there is none yet."""
    path = _path(language, locales)
    if not path.exists():
        return Catalog(locale=language, project="skranke", fuzzy=False, creation_date=_NO_DATE, revision_date=_NO_DATE)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, template: Catalog, locales: Path = LOCALES) -> Catalog:
    """Bring a language up to date: new messages come in empty, those no longer used go, translations stay."""
    catalogue = read(language, locales)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# The words of Skranke's screens: {catalogue.locale_identifier}. The source is bokmål."
    catalogue.last_translator = catalogue.language_team = catalogue.copyright_holder = "Skranke"
    catalogue.msgid_bugs_address = ""
    catalogue.fuzzy = False
    path = _path(language, locales)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """The .mo content of a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def problems(package: Path = PACKAGE, locales: Path = LOCALES) -> Iterator[str]:
    """Everything `check` complains about, one line each."""
    template = extract(package)
    for language in LANGUAGES:
        catalogue = read(language, locales)
        for message in template:
            if message.id:
                yield from _message_problems(language, message, catalogue.get(message.id, message.context))
        if _shipped(_path(language, locales).with_suffix(".mo")) != _words(catalogue):
            yield f"{language}: the .mo is not what the .po says; run: python -m skranke.ui.catalogues compile"
    for path in sorted(package.glob("**/templates/**/*.html")):
        for finding in template_text.check_file(path):
            yield f"{path.relative_to(package)}:{finding.line}: {finding.text}"
    for path in sorted(package.glob("**/*.py")):
        for line in _messages_in_f_strings(ast.parse(path.read_bytes())):
            yield f"{path.relative_to(package)}:{line}: a message inside an f-string, which Python 3.11 does not find"


def _messages_in_f_strings(tree: ast.AST) -> Iterator[int]:
    """Lines of `f"{_('Hei')}"`: Babel reads tokens, and before Python 3.12 an f-string is one token."""
    for string in ast.walk(tree):
        if isinstance(string, ast.JoinedStr):
            for call in ast.walk(string):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _KEYWORDS:
                    yield call.lineno


def _message_problems(language: str, wanted: Message, found: Message | None) -> Iterator[str]:
    name = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
    texts = [] if found is None else _texts(found)
    if found is None or not all(texts):
        yield f"{language}: not translated: {name}"
    elif found.fuzzy:
        yield f"{language}: fuzzy: {name}"
    elif language == "en" and any(_is_norwegian(text) for text in texts):
        yield f"{language}: not in English: {name}"
    else:
        needed = set(_PLACEHOLDER.findall(name))
        if any(set(_PLACEHOLDER.findall(text)) - _all_placeholders(wanted) for text in texts) or (
            needed and isinstance(wanted.id, str) and set(_PLACEHOLDER.findall(texts[0])) != needed
        ):
            yield f"{language}: other placeholders than the source: {name}"


def _is_norwegian(text: str) -> bool:
    """Whether a text has words that only Norwegian ones have: one catalogue has been filled with another's texts."""
    return not _NORWEGIAN.isdisjoint(_WORD.findall(_PLACEHOLDER.sub("", text).lower()))


def _shipped(path: Path) -> dict[tuple[str, str], list[str]]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return _words(read_mo(file))


def _words(catalogue: Catalog) -> dict[tuple[str, str], list[str]]:
    """Message and context to translation, for what is translated."""
    return {
        (message.id if isinstance(message.id, str) else message.id[0], _context(message)): _texts(message)
        for message in catalogue
        if message.id and any(_texts(message))
    }


def _context(message: Message) -> str:
    """The message's context; Babel reads it from a .mo as bytes."""
    context: str | bytes = message.context or ""
    return context.decode() if isinstance(context, bytes) else context


def _all_placeholders(message: Message) -> set[str]:
    ids = [message.id] if isinstance(message.id, str) else message.id
    return {place for text in ids for place in _PLACEHOLDER.findall(text)}


def _path(language: str, locales: Path) -> Path:
    return locales / language / "LC_MESSAGES" / "django.po"


def _extract() -> int:
    template = extract()
    for language in LANGUAGES:
        catalogue = update(language, template)
        missing = sum(1 for message in catalogue if message.id and not all(_texts(message)))
        print(f"{language}: {len(catalogue)} messages, {missing} to translate")  # noqa: T201 - a command prints
    return 0


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ("",))


def _compile() -> int:
    for language in LANGUAGES:
        _path(language, LOCALES).with_suffix(".mo").write_bytes(compiled(read(language)))
    return 0


def _check() -> int:
    found = list(problems())
    print("\n".join(found) or "The catalogues are complete.")  # noqa: T201 - a command prints
    return 1 if found else 0


_COMMANDS: dict[str, Callable[[], int]] = {"extract": _extract, "compile": _compile, "check": _check}


def main(arguments: list[str]) -> int:
    """Run one command; the exit status is 0 when all is well."""
    if len(arguments) != 1 or arguments[0] not in _COMMANDS:
        print("python -m skranke.ui.catalogues extract|compile|check", file=sys.stderr)  # noqa: T201 - a command prints
        return 2
    return _COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
