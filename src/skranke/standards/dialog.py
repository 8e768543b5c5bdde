"""Dialogmelding 1.1: one question (Foresporsel) or one answer (Notat)."""

from dataclasses import dataclass
from datetime import date

from skranke.kernel.ids import HprNumber
from skranke.standards import namespaces as ns
from skranke.standards.codec import CODED, DATE, RAW, TEXT, Element, Field, Record, fault
from skranke.standards.codes import CodedValue, NoteRole, PatientRole
from skranke.standards.people import HealthPerson, Person, health_person, person
from skranke.standards.richtext import RichText, RichTextCodec


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRole:
    """RollerRelatertNotat: who is wanted, who wrote, or whom the appointment is with (protocol-messages 2.4)."""

    note_role: CodedValue | None = None
    role: CodedValue | None = None
    unit: bytes | None = None
    practitioner: HealthPerson | None = None
    person: Person | None = None


def _wanted(roles: tuple[RelatedRole, ...]) -> HprNumber | None:
    wanted = (role.practitioner for role in roles if PatientRole.known(role.role) is PatientRole.WANTED_PRACTITIONER)
    return next((practitioner.hpr_number for practitioner in wanted if practitioner), None)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Foresporsel:
    """A question, or a pushed fact (then `code` is one of list 7602)."""

    code: CodedValue
    subject: str = ""
    text: RichText | None = None
    purpose: CodedValue | None = None
    reason: str = ""
    urgency: CodedValue | None = None
    from_date: date | None = None
    to_date: date | None = None
    record_info: tuple[CodedValue, ...] = ()
    coded_information: CodedValue | None = None
    document_id: str = ""
    roles: tuple[RelatedRole, ...] = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(code={self.code.v!r})"

    @property
    def wanted_practitioner(self) -> HprNumber | None:
        """The HPR number of role 23 Ønsket behandler."""
        return _wanted(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Notat:
    """An answer. `question` is read where a sender repeats it, and never sent (D-34)."""

    code: CodedValue
    subject: str = ""
    text: RichText | None = None
    remark: str = ""
    document_id: str = ""
    written: date | None = None
    question: Foresporsel | None = None
    roles: tuple[RelatedRole, ...] = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(code={self.code.v!r})"

    @property
    def wanted_practitioner(self) -> HprNumber | None:
        """The HPR number of role 23 Ønsket behandler."""
        return _wanted(self.roles)

    @property
    def author_name(self) -> str:
        """The name of who wrote, however it is told; the empty string when it is not."""
        for role in self.roles:
            if role.practitioner:
                return role.practitioner.full_name
            if role.person and NoteRole.known(role.note_role) in {NoteRole.AUTHOR, None}:
                return role.person.full_name
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogmelding:
    """Exactly one question or one answer.

    case_type: id of a 'helsekontakt' (Sakstype), echoed in answers. case_type_coded is not used by GPs.
    """

    question: Foresporsel | None = None
    note: Notat | None = None
    case_type: str = ""
    case_type_coded: CodedValue | None = None

    @property
    def body(self) -> Foresporsel | Notat:
        """The question or the answer, whichever it is."""
        body = self.question or self.note
        if body is None:
            raise ValueError("A dialogmelding has a question or an answer.")
        return body

    @property
    def code(self) -> CodedValue:
        """TypeForesp of a question, TemaKodet of an answer."""
        return self.body.code


def _tag(name: str) -> str:
    return ns.tag(ns.DIALOG, name)


_ROLE = Record(
    RelatedRole,
    Field("note_role", _tag("RolleNotat"), CODED),
    Field("role", _tag("RoleToPatient"), CODED),
    Field("unit", _tag("TilknyttetEnhet"), RAW),
    Field("practitioner", _tag("HealthcareProfessional"), health_person(ns.DIALOG, ns.COMMON)),
    # The schema puts the given name first here and only here; HITS 1217's printed example does not validate (D-35).
    Field("person", _tag("Person"), person(ns.DIALOG, ns.COMMON, given_first=True)),
)

_QUESTION = Record(
    Foresporsel,
    Field("code", _tag("TypeForesp"), CODED, required=True),
    Field("subject", _tag("EmneSporsmal"), TEXT),
    Field("text", _tag("Sporsmal"), RichTextCodec()),
    Field("purpose", _tag("Formål"), CODED),
    Field("reason", _tag("Begrunnelse"), TEXT),
    Field("urgency", _tag("Hastegrad"), CODED),
    Field("from_date", _tag("FraDato"), DATE),
    Field("to_date", _tag("TilDato"), DATE),
    Field("record_info", _tag("TypeJournalinfo"), CODED, many=True),
    Field("coded_information", _tag("KodetOpplysning"), CODED),
    Field("document_id", _tag("DokIdForesp"), TEXT),
    Field("roles", _tag("RollerRelatertNotat"), _ROLE, many=True),
)

_NOTE = Record(
    Notat,
    Field("code", _tag("TemaKodet"), CODED, required=True),
    Field("subject", _tag("Tema"), TEXT),
    Field("text", _tag("TekstNotatInnhold"), RichTextCodec()),
    Field("remark", _tag("Merknad"), TEXT),
    Field("document_id", _tag("DokIdNotat"), TEXT),
    Field("written", _tag("DatoNotat"), DATE),
    Field("question", _tag("Foresporsel"), _QUESTION),
    Field("roles", _tag("RollerRelatertNotat"), _ROLE, many=True),
)

_DIALOG = Record(
    Dialogmelding,
    Field("case_type_coded", _tag("SakstypeKodet"), CODED),
    Field("case_type", _tag("Sakstype"), TEXT),
    Field("question", _tag("Foresporsel"), _QUESTION),
    Field("note", _tag("Notat"), _NOTE),
)


class DialogCodec:
    """Reads and writes the Dialogmelding element."""

    def read(self, element: Element) -> Dialogmelding:
        """The message; several, none or both kinds cannot be acted on (DDFL-ENV-19)."""
        read: Dialogmelding = _DIALOG.read(element)
        if (read.question is None) == (read.note is None):
            raise fault(element, "must hold exactly one Foresporsel or one Notat")
        if not read.code.v:
            raise fault(element, "has no code value")
        return read

    def write(self, element: Element, value: Dialogmelding) -> None:
        """The children in schema order."""
        _DIALOG.write(element, value)
