"""Documents in every encoding and namespace, right and wrong, each with its agreed end."""

import re

import pytest

from skranke.dialog.models import Message
from skranke.standards.render import render

from support.incoming import KINDS, Right, outcome

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
BROKEN = "transport:not-well-formed-xml"
UNREAD = "transport:invalid-encoding"


def declared(text: str, encoding: str) -> str:
    assert text.startswith(DECLARATION)
    return text.replace(DECLARATION, f"<?xml version='1.0' encoding='{encoding}'?>", 1)


ENCODINGS = {
    "UTF-8": (str.encode, "accepted"),
    "UTF-8 with a byte order mark": (lambda text: text.encode("utf-8-sig"), "accepted"),
    "without a declaration": (lambda text: text.replace(DECLARATION, "", 1).lstrip().encode(), "accepted"),
    "ISO-8859-1": (lambda text: declared(text, "ISO-8859-1").encode("latin-1"), "accepted"),
    "Windows-1252": (lambda text: declared(text, "windows-1252").encode("cp1252"), "accepted"),
    "XML 1.1": (lambda text: text.replace("'1.0'", "'1.1'", 1).encode(), "accepted"),
    "ISO-8859-1 that says UTF-8": (lambda text: text.encode("latin-1"), "AppRec T01"),
    "a null character": (lambda text: text.replace("Er dere", "Er\x00dere").encode(), "AppRec T01"),
    "a blank line in front": (lambda text: f"\n{text}".encode(), "AppRec T01"),
    "text behind the end": (lambda text: f"{text}hei".encode(), "AppRec T01"),
    "two roots": (lambda text: f"{text}<a/>".encode(), "AppRec T01"),
    "UTF-8 that says ASCII": (lambda text: declared(text, "US-ASCII").encode(), BROKEN),
    "a document type": (lambda text: text.replace("<MsgHead", "<!DOCTYPE MsgHead><MsgHead", 1).encode(), BROKEN),
    "EBCDIC": (lambda text: declared(text, "IBM037").encode("cp037"), BROKEN),
    "white space only": (lambda _: b" \n", BROKEN),
    "UTF-16": (lambda text: declared(text, "UTF-16").encode("utf-16"), UNREAD),
    "UTF-16 without a byte order mark": (lambda text: declared(text, "UTF-16").encode("utf-16-le"), UNREAD),
    "UTF-16 that says UTF-8": (lambda text: text.encode("utf-16"), UNREAD),
    "UTF-32": (lambda text: declared(text, "UTF-32").encode("utf-32"), UNREAD),
    "UTF-7": (lambda text: declared(text, "UTF-7").encode("utf-7"), UNREAD),
    "an encoding that nobody knows": (lambda text: declared(text, "tull").encode(), UNREAD),
}


@pytest.mark.req("DDFL-AR-11")
@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_is_read_or_refused_as_agreed(office, name) -> None:
    encode, end = ENCODINGS[name]
    right = Right(office.helsenorge.e_contact(office.cast.ola, text="Er dere åpne på søndag?"))
    text = render(right.document).decode().replace("\u2013", "-")  # the one sign that Latin-1 has not
    assert outcome(office, right, encode(text)) == end
    with office.acting():
        texts = set(Message.objects.values_list("text", flat=True))
    assert texts == ({"Er dere åpne på søndag?"} if end == "accepted" else set())


MSGHEAD = b"http://www.kith.no/xmlstds/msghead/2006-05-24"
APPREC = b"http://www.kith.no/xmlstds/apprec/2012-02-15"
COMMON = b"http://www.kith.no/xmlstds/felleskomponent1"
WRONG = ("urn:tull", "HTTP://WWW.KITH.NO/XMLSTDS/DIALOG/2013-01-23")


@pytest.mark.req("DDFL-ENV-18")
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_namespace_is_refused_as_agreed(office, kind) -> None:
    """Unknown, and in capitals. One that is declared and never used does no harm."""
    right = KINDS[kind].right(office)
    office.helsenorge.openssl = False
    for space in sorted(set(re.findall(rb'xmlns(?::\w+)?="([^"]+)"', right.xml()))):
        used = space != COMMON or b"<fk1:" in right.xml()
        end = "transport:xml-not-interpretable" if space in {MSGHEAD, APPREC} else "AppRec T02" if used else "accepted"
        for wrong in WRONG:
            xml = right.xml().replace(b'"' + space + b'"', f'"{wrong}"'.encode())
            assert outcome(office, right, xml) == end, (space, wrong)
