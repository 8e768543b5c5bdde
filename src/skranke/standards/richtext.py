"""Text that may be plain or one XHTML div (protocol-messages 2.3), and what of it is safe to show."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from lxml import etree

from skranke.standards.codec import Element, clean, from_raw, local_name, prefixes, to_raw

XHTML = "http://www.w3.org/1999/xhtml"

# HITS 1217 2.4.4 allows XHTML 1.1; these are the parts that carry meaning in a letter between two people.
_KEPT = frozenset(
    {"p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "b", "i", "strong", "em"}
    | {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "div", "a"}
)
_DROPPED_WHOLE = frozenset(
    {"script", "style", "head", "title", "img", "object", "embed", "iframe", "form", "input", "button", "select"}
    | {"textarea", "svg", "math", "audio", "video", "canvas", "noscript", "template", "link", "meta", "base"}
)
_BLOCKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "caption", "tr", "blockquote", "pre"}
)
_VOID = frozenset({"br"})
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class RichText:
    """A text as it was sent.

    plain: what it says, without markup; line breaks kept. xhtml: the div as canonical bytes, None for plain text.
    Make it with `RichText.of` or `RichText.of_xhtml`, so that the two agree.
    """

    plain: str
    xhtml: bytes | None = None

    def __repr__(self) -> str:
        return f"RichText({len(self.plain)} characters)"

    @classmethod
    def of(cls, text: str) -> "RichText":
        """Plain text."""
        return cls(clean(text))

    @classmethod
    def of_xhtml(cls, div: bytes) -> "RichText":
        """One XHTML div; raises lxml.etree.XMLSyntaxError for anything that is not XML."""
        raw = to_raw(from_raw(div))
        return cls(to_plain(raw), raw)


class RichTextCodec:
    """Reads and writes Sporsmal and TekstNotatInnhold, whose type is anyType."""

    def read(self, element: Element) -> RichText:
        """The text; content that is neither text nor one div is carried inside a div of ours."""
        if not len(element):
            return RichText(element.text or "")
        alone = len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip()
        if alone and element[0].tag == f"{{{XHTML}}}div":
            raw = to_raw(element[0])
        else:
            div = etree.Element(f"{{{XHTML}}}div", nsmap=prefixes(XHTML))
            div.text = element.text
            div.extend(from_raw(to_raw(element)))
            raw = to_raw(div)
        return RichText(to_plain(raw), raw)

    def write(self, element: Element, value: RichText) -> None:
        """The div when there is one, else the plain text."""
        if value.xhtml is None:
            element.text = clean(value.plain)
        else:
            element.append(from_raw(value.xhtml))


def sanitise(xhtml: bytes) -> str:
    """The allowed part of a div as HTML text, safe to put in a page (DDFL-ENV-25).

    Kept are paragraphs, breaks, headings, lists, emphasis, tables and links to http(s) addresses; scripts, styles,
    images, forms and every attribute but such an address are gone; the text of other elements stays.
    """
    out: list[str] = []
    hidden = 0
    for event, node in etree.iterwalk(from_raw(xhtml), events=("start", "end")):
        name = _name(node)
        if event == "start":
            hidden += name in _DROPPED_WHOLE
            if not hidden:
                out.append(_open_tag(node, name) + escape(node.text or ""))
        else:
            if not hidden and name in _KEPT and name not in _VOID:
                out.append(f"</{name}>")
            hidden -= name in _DROPPED_WHOLE
            if not hidden:
                out.append(escape(node.tail or ""))
    return "".join(out)


def to_plain(xhtml: bytes) -> str:
    """What a div says, with a line for each paragraph, item and row, and without what `sanitise` drops."""
    out: list[str] = []
    hidden = 0
    for event, node in etree.iterwalk(from_raw(xhtml), events=("start", "end")):
        name = _name(node)
        dropped = name in _DROPPED_WHOLE
        if event == "start":
            hidden += dropped
            out.append("\n" if name in _BLOCKS or name == "br" else "")
            out.append("- " if name == "li" else "")
            out.append("" if hidden else _SPACE.sub(" ", node.text or ""))
        else:
            hidden -= dropped
            out.append("\n" if name in _BLOCKS else "\t" if name in {"td", "th"} else "")
            out.append("" if hidden else _SPACE.sub(" ", node.tail or ""))
    lines = (line.strip() for line in "".join(out).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def from_plain(text: str) -> bytes:
    """Plain text as one XHTML div: a paragraph for each block of lines, a break for each line (DDFL-ENV-26)."""
    div = etree.Element(f"{{{XHTML}}}div", nsmap=prefixes(XHTML))
    for block in re.split(r"\n\s*\n", clean(text).replace("\r\n", "\n").strip()):
        paragraph = etree.SubElement(div, f"{{{XHTML}}}p")
        first, *rest = block.split("\n")
        paragraph.text = first
        for line in rest:
            etree.SubElement(paragraph, f"{{{XHTML}}}br").tail = line
    return to_raw(div)


def _name(node: Element) -> str:
    # Some senders leave the markup in the dialog namespace; the name alone decides then.
    return local_name(node).lower() if isinstance(node.tag, str) else "script"


def _open_tag(node: Element, name: str) -> str:
    if name not in _KEPT:
        return ""
    if name in _VOID:
        return f"<{name}>"
    href = node.get("href", "").strip() if name == "a" else ""
    if href and _is_web_address(href):
        return f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">'
    return f"<{name}>"


def _is_web_address(href: str) -> bool:
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
