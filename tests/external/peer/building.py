"""Messages from HelseNorge, built element by element from the tables of HITS 1217 and MsgHead 1.2."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import uuid4

from lxml import etree

from peer.demo import Citizen, Demo, Gp
from peer.words import (
    ANSWERS,
    BOOKING,
    CODE_TEXTS,
    FUNCTION_TEXTS,
    QUESTIONS,
    TEST,
    TEST_CODES,
    B,
    C,
    D,
    H,
    oid,
)

_SYNCHRONOUS = ("HLT", "KT")


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; `name` goes on the wire as its description."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A time as xCal has it: local wall time without zone; `appointment` is related-to."""

    start: str
    end: str
    uid: str
    contact: str
    appointment: str = ""
    categories: tuple[str, ...] = ()
    status: str = ""
    location: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a follow-up belongs: MsgIds of the message before it and of the first."""

    parent: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a citizen sends. `code` decides between question and answer; what is None or empty is left out."""

    function: str
    code: str
    gp: Gp
    citizen: Citizen | None
    subject: str = ""
    text: str = ""
    thread: Thread | None = None
    files: Sequence[File] = ()
    event: Event | None = None
    days: tuple[date, date] | None = None
    takes_another: bool | None = None
    msg_id: str = field(default_factory=lambda: str(uuid4()))
    generated_at: str = field(default_factory=lambda: stamp(datetime.now(UTC)))


def stamp(instant: datetime) -> str:
    """UTC with milliseconds and Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def message(letter: Letter, demo: Demo) -> etree._Element:
    """The whole MsgHead."""
    documents = [H.Document(_part("XML", "XML-instans", _dialog(letter)))]
    if letter.event is not None:
        documents.append(H.Document(_part("XML", "XML-instans", calendar(letter.event))))
    documents += [_attachment(file, letter.generated_at) for file in letter.files]
    return H.MsgHead(_info(letter, demo), *documents)


def serialised(document: etree._Element) -> bytes:
    """As it is signed."""
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def _info(letter: Letter, demo: Demo) -> etree._Element:
    synchronous = letter.code in _SYNCHRONOUS
    info = H.MsgInfo(
        H.Type(V=letter.function, DN=FUNCTION_TEXTS.get(letter.function, letter.function)),
        H.MIGversion("v1.2 2006-05-24"),
        H.GenDate(letter.generated_at),
        H.MsgId(letter.msg_id),
        H.Ack(V="N", DN="Nei") if synchronous else H.Ack(V="J", DN="Ja"),
    )
    if letter.thread is not None:
        info.append(
            H.ConversationRef(H.RefToParent(letter.thread.parent), H.RefToConversation(letter.thread.conversation))
        )
    info.append(_sender(demo))
    info.append(_receiver(letter.gp, demo))
    if letter.citizen is not None:
        info.append(_patient(letter.citizen))
    return info


def _ident(value: str, kind: str, code_list: str, text: str) -> etree._Element:
    return H.Ident(H.Id(value), H.TypeId(V=kind, S=oid(code_list), DN=text))


def _sender(demo: Demo) -> etree._Element:
    own = demo.own
    service = H.Organisation(H.OrganisationName(own.name), _ident(own.her_id, "HER", "9051", "HER-id"))
    return H.Sender(
        H.Organisation(H.OrganisationName(own.name_level1), _ident(own.her_id_level1, "HER", "9051", "HER-id"), service)
    )


def _receiver(gp: Gp, demo: Demo) -> etree._Element:
    person = H.HealthcareProfessional(
        H.RoleToPatient(V="6", S=oid("9034"), DN="Fastlege"),
        H.FamilyName(gp.family_name),
        H.GivenName(gp.given_name),
        _ident(gp.her_id, "HER", "8116", "HER-id"),
    )
    return H.Receiver(
        H.Organisation(
            H.OrganisationName(demo.clinic_name), _ident(demo.clinic_her_id, "HER", "9051", "HER-id"), person
        )
    )


def _patient(citizen: Citizen) -> etree._Element:
    text = "D-nummer" if citizen.id_kind == "DNR" else "Fødselsnummer"
    return H.Patient(
        H.FamilyName(citizen.family_name),
        H.GivenName(citizen.given_name),
        _ident(citizen.national_id, citizen.id_kind, "8116", text),
    )


def _part(kind: str, text: str, content: etree._Element) -> etree._Element:
    return H.RefDoc(H.MsgType(V=kind, DN=text), H.Content(content))


def _attachment(file: File, issued: str) -> etree._Element:
    return H.Document(
        H.RefDoc(
            H.IssueDate(V=issued),
            H.MsgType(V="A", DN="Vedlegg"),
            H.MimeType(file.media_type),
            H.Description(file.name),
            H.Content(B.Base64Container(b64encode(file.content).decode("ascii"))),
        )
    )


def _dialog(letter: Letter) -> etree._Element:
    return D.Dialogmelding(note(letter) if letter.code == "22" else question(letter))


def question(letter: Letter) -> etree._Element:
    """Foresporsel, its children in the order of the schema."""
    code_list = TEST_CODES if letter.function == TEST else QUESTIONS
    made = D.Foresporsel(D.TypeForesp(V=letter.code, S=oid(code_list), DN=CODE_TEXTS.get(letter.code, letter.code)))
    if letter.subject:
        made.append(D.EmneSporsmal(letter.subject))
    if letter.text:
        made.append(D.Sporsmal(letter.text))
    if letter.days is not None:
        made.extend([D.FraDato(letter.days[0].isoformat()), D.TilDato(letter.days[1].isoformat())])
    if letter.takes_another is not None:
        code, text = ("1", "Ja") if letter.takes_another else ("2", "Nei")
        made.append(D.KodetOpplysning(V=code, S=oid("1101"), DN=text))
    return made


def note(letter: Letter) -> etree._Element:
    """Notat, its children in the order of the schema."""
    made = D.Notat(D.TemaKodet(V=letter.code, S=oid(ANSWERS), DN=CODE_TEXTS.get(letter.code, letter.code)))
    if letter.subject:
        made.append(D.Tema(letter.subject))
    if letter.text:
        made.append(D.TekstNotatInnhold(letter.text))
    return made


def calendar(event: Event) -> etree._Element:
    """An icalendar of one time."""
    properties = C.properties(
        C.dtstart(C("date-time", event.start)),
        C.dtend(C("date-time", event.end)),
        C.uid(C.text(event.uid)),
        C.contact(C.text(event.contact)),
    )
    if event.appointment:
        properties.append(C("related-to", C.uri(event.appointment)))
    head = C.properties(C.prodid(C.text("HelseNorge")), C.version(C.text("2.0")))
    return C.icalendar(C.vcalendar(head, C.components(C.vevent(properties, C.components()))))


def reservation(gp: Gp, citizen: Citizen, slot: Event, text: str = "") -> Letter:
    """RT for a slot of a 03 answer: its start, end, uid and contact as they were told."""
    chosen = Event(slot.start, slot.end, slot.uid, slot.contact)
    return Letter(function=BOOKING, code="RT", gp=gp, citizen=citizen, text=text, event=chosen, takes_another=False)
