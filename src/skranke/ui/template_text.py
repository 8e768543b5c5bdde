"""Finds words in templates that stand outside gettext, and inline style or script that the policy would block.

It reads Jinja2's own token stream: everything that is not literal text is blanked (lines kept), and what remains is
walked as HTML. Names that are the same in every language are allowed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import jinja2

ALLOWED = frozenset(
    {"Skranke", "HelseNorge", "helsenorge.no", "AppRec", "XML", "SMS", "Alt", "Ctrl", "Esc", "Enter", "Shift", "F"}
    | {"kB", "MB", "HER-id", "HPR", "MsgId", "Bokmål", "Nynorsk", "English", "nb", "nn", "en"}
    # The standards' own names, on the pages that show messages as they are.
    | {"message-id", "vevent", "uid", "related-to", "Video"}
)
_SPOKEN_ATTRIBUTES = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "label", "summary"})
_FORBIDDEN_ATTRIBUTES = re.compile(r"style|on[a-z]+|hx-on.*")
_GETTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
_WORD = re.compile(r"[^\W\d_][\w.-]*[^\W_]|[^\W\d_]")
# Class names, keys and paths are lower case ASCII; what a person reads begins with a capital or has our letters.
_HUMAN_STRING = re.compile(r"[A-ZÆØÅ][a-zæøå]+(?![\w+-]*\+)|.*[^\W\da-zA-Z_]")
_SHORTCUT = re.compile(r"((Alt|Ctrl|Shift)\+)+\S+")
_HOLE = "\x00"
# These blocks of the shells stand inside an attribute.
_BLOCKS_OF_ATTRIBUTES = frozenset({"body_class", "size"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a template, and on which line (from 1)."""

    line: int
    text: str


def check_file(path: Path) -> list[Finding]:
    """Every finding in one template."""
    return check_source(path.read_text(encoding="utf-8"))


def check_source(source: str) -> list[Finding]:
    """Every finding in a template's source, in the order of its lines."""
    tokens = list(jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True).lex(source))
    walker = _Walker()
    walker.feed("".join(_literal(tokens)))
    walker.close()
    return sorted([*walker.findings, *_strings(tokens)], key=lambda finding: finding.line)


_Token = tuple[int, str, str]


def _literal(tokens: list[_Token]) -> Iterator[str]:
    """The literal HTML; blocks and comments blanked, an expression marked as a hole, translated text as well."""
    silent, block, last = "", "", ""
    for _line, kind, value in tokens:
        if kind == "block_begin":
            block = ""
        elif kind == "name":
            silent = _silence(silent, block, value)
            block = block or value
        hole = "x" if last.endswith(("<", "</")) else _HOLE
        last = value if kind == "data" else last if kind == "whitespace" else ""
        if kind == "data" and not silent:
            yield value
        else:
            yield (hole if kind in ("variable_begin", "data") else "") + "\n" * value.count("\n")


def _silence(silent: str, block: str, name: str) -> str:
    """The name of the tag whose end lets literal text be read again; empty when it is read now."""
    if not block and name == silent:
        return ""
    if not block and name == "trans":
        return "endtrans"
    if block == "block" and name in _BLOCKS_OF_ATTRIBUTES:
        return "endblock"
    return silent


def _strings(tokens: list[_Token]) -> Iterator[Finding]:
    """String literals in expressions that look like words for people and are not arguments of gettext."""
    calls: list[str] = []
    name = ""
    for line, kind, value in tokens:
        if kind == "operator" and value in "([{":
            calls.append(name if value == "(" else "")
        elif kind == "operator" and value in ")]}" and calls:
            calls.pop()
        elif kind == "string" and not _GETTEXT & set(calls):
            text = value[1:-1]
            if _HUMAN_STRING.match(text) and not _SHORTCUT.fullmatch(text) and _foreign(text):
                yield Finding(line, text)
        name = value if kind == "name" else "" if kind != "whitespace" else name


def _foreign(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.replace(_HOLE, " ")) if word not in ALLOWED]


class _Walker(HTMLParser):
    """Collects text nodes and spoken attributes with words in them, and attributes the policy blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[Finding] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        for name, value in attrs:
            if _FORBIDDEN_ATTRIBUTES.fullmatch(name):
                self.findings.append(Finding(line, f"{name}= is blocked by the content security policy"))
            spoken = name in _SPOKEN_ATTRIBUTES or (name == "value" and dict(attrs).get("type") in ("submit", "button"))
            if spoken and value and _foreign(value):
                self.findings.append(Finding(line, value.strip()))
        if tag == "style" or (tag == "script" and not any(name == "src" for name, _ in attrs)):
            self.findings.append(Finding(line, f"<{tag}> is blocked by the content security policy"))

    def handle_data(self, data: str) -> None:
        for offset, text in enumerate(data.split("\n")):
            if _foreign(text):
                self.findings.append(Finding(self.getpos()[0] + offset, text.replace(_HOLE, "…").strip()))
