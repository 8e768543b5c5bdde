"""Every element of every incoming message removed in turn, and every code made unknown, each with its agreed end.

The agreement (protocol-messages 7, D-42): what a receipt cannot be addressed without goes to the error queue; what the
schema demands or the message cannot be acted on without is refused with its AppRec code; an optional element may be
absent and a code unknown. Never is a message tried again, and none that breaks the national schema is accepted.
"""

import re
from collections.abc import Iterator

import pytest
from lxml import etree

from skranke.gateway.types.registry import TYPES

from support.incoming import EACH_KIND, KINDS, NOT_HERE, Right, outcome
from support.schemas import schema

UNADDRESSED = "transport:xml-not-interpretable"
SPOOFED = "abuse:spoofing-attack"
OTHER_FUNCTION = "transport:invalid-field-value"
OK = "accepted"
T02, T99, E10, E36 = (f"AppRec {code}" for code in ("T02", "T99", "E10", "E36"))

_HEAD = "MsgHead/MsgInfo"
_PARTS = "MsgHead/Document(\\[\\d\\])?"
_IN = f"{_PARTS}/RefDoc/Content"
_VEVENT = f"{_IN}/icalendar/vcalendar/components/vevent/properties"

# The first that fits the whole path counts.
WITHOUT: tuple[tuple[str, str], ...] = (
    (f"{_HEAD}/(Ack|ConversationRef)", OK),
    (f"{_HEAD}/Patient(/Ident)?", E36),
    (f"{_HEAD}/Patient/(FamilyName|GivenName)", OK),
    (f"{_HEAD}/(MIGversion|Patient/Ident/.+|ConversationRef/.+)", T02),
    (f"{_HEAD}/Sender/Organisation/Organisation", SPOOFED),
    (f"{_HEAD}/Receiver/Organisation/HealthcareProfessional", E10),
    (f"{_HEAD}/Receiver/Organisation/HealthcareProfessional/(RoleToPatient|FamilyName|GivenName)", OK),
    (f"{_HEAD}/Receiver/Organisation/HealthcareProfessional/Ident\\[1\\]", E10),
    (f"{_HEAD}/Receiver/Organisation/(HealthcareProfessional/)?Ident\\[[12]\\]", OK),
    (f"{_HEAD}(/.+)?", UNADDRESSED),
    ("MsgHead/Document\\[[23]\\]", OK),
    (f"{_PARTS}/RefDoc/(IssueDate|Description)", OK),
    (f"{_PARTS}/RefDoc/MimeType", T99),
    (f"{_IN}/Dialogmelding/Sakstype", OK),
    (f"{_IN}/Dialogmelding/Foresporsel/(EmneSporsmal|Sporsmal|KodetOpplysning)", OK),
    (f"{_IN}/Dialogmelding/Notat/TekstNotatInnhold", OK),
    (f"{_IN}/Pasientrelasjon/(Relasjon|Person|Person/(FamilyName|GivenName|Ident))", OK),
    (f"{_IN}/icalendar/vcalendar/properties(/prodid|/version)?", OK),
    (f"{_VEVENT}/related-to", OK),
    (f"{_IN}/Resept/ReseptDokLegemiddel/(Antall|Forskrivning/DosVeiledEnkel)", OK),
    (f"{_PARTS}(/.+)?", T02),
    ("AppRec/(SoftwareName|Sender/Role|Receiver/Role)", OK),
    ("AppRec/(Sender|Receiver)/HCP/Inst/(Name|Id|TypeId|AdditionalId|HCPerson)", OK),
    ("AppRec/Receiver/HCP/Inst/HCPerson/(Name|Id|TypeId|AdditionalId)", OK),
    ("AppRec/Sender/HCP/Inst/Dept(/Id|/TypeId)?", SPOOFED),
    ("AppRec/Sender/HCP/Inst/Dept/Name", OK),
    ("AppRec(/.+)?", UNADDRESSED),
)

UNKNOWN_CODE: tuple[tuple[str, str], ...] = (
    ("(MsgHead/MsgInfo/Type|AppRec/MsgType)", OTHER_FUNCTION),
    (f"{_HEAD}/Sender/Organisation/Organisation/Ident/TypeId", SPOOFED),
    (f"{_HEAD}/Receiver/Organisation/HealthcareProfessional/Ident(\\[1\\])?/TypeId", E10),
    (f"{_HEAD}/Patient/Ident/TypeId", E36),
    (f"{_IN}/Dialogmelding/Foresporsel/TypeForesp", "answer 26"),
    ("AppRec/Sender/HCP/Inst/Dept/TypeId", SPOOFED),
    # A code that no list has is no ground for refusal (HIS 80415 3.3.2).
    (".*", OK),
)
_QUESTION = f"{_IN}/Dialogmelding/Foresporsel/TypeForesp"
_STATUS = f"{_IN}/Dialogmelding/Foresporsel/KodetOpplysning"
_THE_OTHER_PART = (("MsgHead/Document\\[2\\]", T02),)
SPECIAL_WITHOUT = {
    "reservation": _THE_OTHER_PART,
    "cancellation": _THE_OTHER_PART,
    "cancellation of a told time": _THE_OTHER_PART,
    "digital status": ((_STATUS, T02),),
    "renewal": ((f"{_IN}/Dialogmelding/Foresporsel/Sporsmal", T02),),  # nothing else says what is asked for
    "renewal by prescriptions": _THE_OTHER_PART,  # so does the prescription here
}
SPECIAL_CODES = {
    # Asked synchronously; one that comes asynchronously has nobody who waits for an answer.
    "test": ((_QUESTION, OK),),
    # Kept; the service has no answer to another question (protocol-messages 4.8).
    "digital status": ((_QUESTION, OK),),
    "cancellation of a told time": ((_QUESTION, "answer 09"),),  # D-30
}


def agreed(place: str, *tables: tuple[tuple[str, str], ...]) -> str:
    return next(end for table in tables for pattern, end in table if re.fullmatch(pattern, place))


def place_of(element: etree._Element) -> str:
    """The path by names, numbered where an element has others of its name beside it."""
    names = []
    for one in (element, *element.iterancestors()):
        parent = one.getparent()
        same = [] if parent is None else [other for other in parent if other.tag == one.tag]
        number = f"[{same.index(one) + 1}]" if len(same) > 1 else ""
        names.append(etree.QName(one).localname + number)
    return "/".join(reversed(names))


def each(right: Right) -> Iterator[tuple[str, etree._Element, etree._Element]]:
    """Every element but the root, each in a fresh copy of the document under an id of its own."""
    count = len(list(etree.fromstring(right.xml()).iter()))
    for number in range(1, count):
        root = etree.fromstring(right.xml())
        element = list(root.iter())[number]
        yield place_of(element), element, root


def bytes_of(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@pytest.fixture(params=EACH_KIND)
def kind(request) -> str:
    return request.param


@pytest.fixture
def right(office, kind) -> Right:
    made = KINDS[kind].right(office)
    office.helsenorge.openssl = False  # many answers, of kinds that other tests judge with it
    assert outcome(office, made, made.xml()) == OK
    return made


@pytest.mark.req("DDFL-AR-12", "DDFL-ENV-14", "DDFL-ENV-17", "DDFL-ENV-19", "NFR-3")
def test_each_element_removed_has_its_agreed_end(office, right, kind) -> None:
    found, wanted, invalid = {}, {}, set()
    for place, element, root in each(right):
        element.getparent().remove(element)
        if schema() is not None and not schema().validate(root):
            invalid.add(place)
        found[place] = outcome(office, right, bytes_of(root))
        wanted[place] = agreed(place, SPECIAL_WITHOUT.get(kind, ()), WITHOUT)
    assert found == wanted
    assert {place for place in invalid if found[place] == OK} == set()


@pytest.mark.req("DDFL-AR-13", "DDFL-AR-14", "NFR-3")
def test_each_code_unknown_has_its_agreed_end(office, right, kind) -> None:
    found, wanted = {}, {}
    for place, element, root in each(right):
        if element.get("V") and not place.endswith("Date"):
            element.set("V", "TULL")
            found[place] = outcome(office, right, bytes_of(root))
            wanted[place] = agreed(place, SPECIAL_CODES.get(kind, ()), UNKNOWN_CODE)
    assert found
    assert found == wanted


def test_every_function_that_comes_in_has_a_message_here() -> None:
    """A new function: one line in support.incoming.KINDS."""
    taken = {function for kind in TYPES for function in kind.functions}
    assert {kind.function for kind in KINDS.values()} == taken - NOT_HERE
