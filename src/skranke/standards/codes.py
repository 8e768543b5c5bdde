"""National code lists as enums (Volven, snapshot 2020). A value outside its enum is carried as a CodedValue.

List N has the OID 2.16.578.1.12.4.1.1.N. Each member is its wire value and has a `term` (the text in @DN).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True)
class CodedValue:
    """A code as it stands on the wire: value @V, list @S, term @DN, free text @OT; the empty string is absence.

    @V decides; @S and @DN are read and kept, never trusted (protocol-messages 2.3).
    """

    v: str
    s: str = ""
    dn: str = ""
    ot: str = ""


def oid(number: int) -> str:
    """The OID of national code list `number`."""
    return f"2.16.578.1.12.4.1.1.{number}"


class Code(StrEnum):
    """Base of the code lists: a string with a Norwegian term."""

    term: str

    def __new__(cls, value: str, term: str) -> Self:
        """A member of a wire value and its term."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.term = term
        return member

    @property
    def oid(self) -> str:
        """The OID of the list this code belongs to."""
        return oid(LISTS[type(self)])

    @property
    def cv(self) -> CodedValue:
        """The code with its list, for elements of type CV."""
        return CodedValue(self.value, self.oid, self.term)

    @property
    def cs(self) -> CodedValue:
        """The code without its list, for elements of type CS, where @S is invalid."""
        return CodedValue(self.value, "", self.term)

    @classmethod
    def known(cls, coded: CodedValue | str | None) -> Self | None:
        """The member a coded value or its text names; None when it is absent or not in our snapshot."""
        value = coded.v if isinstance(coded, CodedValue) else coded
        return next((member for member in cls if member.value == value), None)


class Question(Code):
    """7601: what a Foresporsel asks for."""

    QUESTION_TO_PRACTITIONER = "SB", "Spørsmål til behandler"
    ENQUIRY = "HE", "Henvendelse"
    DIALOG = "DI", "Dialog med innbygger"
    ONE_WAY = "EKI", "Engangskontakt med innbygger"
    RENEWAL_FREE_TEXT = "RF", "Reseptfornying, fritekst"
    RENEWAL_PRESCRIPTION = "RFER", "Reseptfornying, eResept"
    FREE_SLOTS = "HLT", "Hent ledige timer"
    BOOKED_APPOINTMENTS = "HBT", "Hent bestilte timer"
    RESERVE = "RT", "Reserver time"
    CHANGE = "ERT", "Endre reservert time"
    CANCEL = "ART", "Avbestill reservert time"
    WISH_FOR_APPOINTMENT = "OT", "Ønske om time"
    WISH_FOR_CHANGE = "OET", "Ønske om endring av time"
    WISH_FOR_CANCELLATION = "OAT", "Ønske om avbestilling av time"
    APPOINTMENT_NOTICE = "MOA", "Melding om avtale"
    PRACTITIONERS = "HB", "Hent behandlere"
    DIGITAL_STATUS = "SDAB", "Status digital aktiv bruker"
    CHECK_DIGITAL_STATUS = "SIDAB", "Sjekk om innbyggere er digitalt aktive brukere"
    ORDER_CERTIFICATE = "BA", "Bestille attest"
    UNREAD_WARNING = "VUS", "Varsel om ulest svar eller henvendelse"


class Answer(Code):
    """7602: what a Notat answers; 05, 07, 08 and 11 are also pushed as TypeForesp (TR-7)."""

    BOOKED_APPOINTMENTS = "01", "Bestilte timer"
    NO_BOOKED_APPOINTMENTS = "02", "Ingen bestilte timer"
    FREE_SLOTS = "03", "Ledige timer"
    NO_FREE_SLOTS = "04", "Ingen ledige timer"
    RESERVED = "05", "Timereservasjon bekreftet"
    SLOT_TAKEN = "06", "Time ikke tilgjengelig"
    CHANGED = "07", "Endring av time bekreftet"
    CANCELLED = "08", "Avbestilling av time bekreftet"
    NOT_CANCELLED = "09", "Time kunne ikke avbestilles"
    RESERVED_WITH_OTHER = "10", "Timereservasjon hos annen behandler bekreftet"
    NO_SHOW = "11", "Pasient ikke møtt"
    PRACTITIONER_ANSWER = "12", "Svar på spørsmål, fra behandler"
    DIALOG_CLOSED = "13", "Dialog avsluttet"
    RENEWED = "14", "Resept er fornyet"
    NOT_RENEWED = "15", "Resept kan ikke fornyes"
    ENQUIRY_ANSWER = "19", "Svar på henvendelse"
    PRACTITIONERS = "20", "Behandlere"
    NO_PRACTITIONERS = "21", "Behandlere ikke funnet"
    CITIZEN_ANSWER = "22", "Svar fra innbygger"
    CITIZEN_NOT_ACTIVE = "23", "Innbygger ikke aktiv digital bruker"
    REJECTED = "26", "Forespørsel avvist"
    ACTIVE_USERS = "28", "Digitale aktive brukere"
    NO_ACTIVE_USERS = "29", "Ingen digitale brukere"
    NO_ACCESS = "30", "Ikke tilgang"
    GENERAL_FAULT = "31", "Generell feil"
    PARTLY_RENEWED = "32", "Resepter delvis fornyet"
    NOT_OFFERED = "33", "Tjeneste tilbys ikke"
    NOT_CHANGED = "34", "Time kunne ikke endres"


class CommunicationTest(Code):
    """7603: the communication test and its response."""

    REQUEST = "KT", "Kommunikasjonstest"
    RESPONSE = "RKT", "Respons kommunikasjonstest"


class YesNo(Code):
    """1101."""

    YES = "1", "Ja"
    NO = "2", "Nei"


class Acknowledgement(Code):
    """7304: whether a receipt is wanted (I/Ack)."""

    YES = "J", "Ja"
    NO = "N", "Nei"


class Relation(Code):
    """7611: in which role somebody acts for the patient."""

    PARENT = "FO", "Foreldreansvar"
    GUARDIAN = "VE", "Vergemål"
    POWER_OF_ATTORNEY = "FU", "Fullmakt"


class SlotCategory(Code):
    """7617: what a vevent's categories tell of a time. Vaksine and Lab stand only in newer guides than our snapshot."""

    URGENT = "Hastetime", "Hastetime"
    VIDEO = "Video", "Video"
    MUST_CALL = "MustCall", "MustCall"
    VACCINE = "Vaksine", "Vaksine"
    LAB = "Lab", "Lab"
    TIME_WINDOW = "Tidsvindu", "Tidsvindu"


class DocumentType(Code):
    """8114: the kind of a Document."""

    XML = "XML", "XML-instans"
    ATTACHMENT = "A", "Vedlegg"


class PersonIdType(Code):
    """8116: kinds of ids of persons (HER included: a GP's own HER-id is a person's)."""

    FNR = "FNR", "Fødselsnummer"
    DNR = "DNR", "D-nummer"
    HPR = "HPR", "HPR-nummer"
    HER = "HER", "HER-id"


class OrganisationIdType(Code):
    """9051: kinds of ids of organisations."""

    HER = "HER", "HER-id"
    ENH = "ENH", "Organisasjonsnummeret i Enhetsregister"


class AppRecError(Code):
    """8221: why a message was refused."""

    INVALID_MESSAGE_ID = "E10", "Ugyldig meldingsidentifikator"
    UNKNOWN_DOCTOR = "E20", "Lege finnes ikke"
    UNKNOWN_RECEIVER = "E21", "Mottaker finnes ikke"
    NATIONAL_ID_MISSING = "E30", "Pasientens fødselsnummer mangler"
    NATIONAL_ID_WRONG = "E31", "Pasientens fødselsnummer er feil"
    NAME_MISSING = "E32", "Pasientens navn mangler"
    FAMILY_NAME_MISSING = "E33", "Pasientens etternavn mangler"
    GIVEN_NAME_MISSING = "E34", "Pasientens fornavn mangler"
    UNKNOWN_PATIENT = "E35", "Pasienten finnes ikke i mottakersystemet"
    INSUFFICIENT_PATIENT = "E36", "Pasientopplysninger er utilstrekkelige"
    NOT_IN_POPULATION_REGISTER = (
        "E53",
        "Pasientens fødselsnummer eller D-nummer finnes ikke registrert i Folkeregisteret.",
    )
    NATIONAL_ID_UNKNOWN = "E54", "Pasientens fødselsnummer er ikke registrert i mottagersystemet"
    SIGNATURE = "S01", "Feil på signatur"
    CERTIFICATE = "S02", "Ugyldig sertifikat"
    CERTIFICATE_REVOKED = "S03", "Tilbaketrukket sertifikat"
    OTHER_SECURITY_FAULT = "S99", "Annen feil på signatur eller sertifikat"
    NOT_XML = "T01", "Ikke XML / ikke 'well formed' / uleselig"
    INVALID_XML = "T02", "XML validerer ikke"
    UNSUPPORTED_FORMAT = "T10", "Støtter ikke meldingsformatet"
    OTHER_FORMAT_FAULT = "T99", "Annen feil på format"
    OTHER = "X99", "Annen feil"


class AppRecStatus(Code):
    """8258: the outcome an AppRec tells."""

    OK = "1", "OK"
    REJECTED = "2", "Avvist"
    PARTLY = "3", "OK, feil i delmelding"


class AppRecRole(Code):
    """8112: the party's role toward the original message."""

    SENDER = "AVS", "Avsender"
    PRIMARY_RECEIVER = "PRIM", "Primærmottaker"
    COPY_RECEIVER = "COP", "Kopimottaker"


class MessageFunction(Code):
    """8279: the function of a message (I/Type and the AMQP subject).

    The names of AVTALEAVBESTILLING and BEHANDLEROVERSIKT are not in the list of 2020 (D-28, D-29).
    """

    E_CONTACT = "DIALOG_INNBYGGER_EKONTAKT", "Dialog med innbygger – eKontakt"
    E_CONSULTATION = "DIALOG_INNBYGGER_EKONSULTASJON", "Dialog med innbygger – eKonsultasjon"
    PRESCRIPTION_RENEWAL = "DIALOG_INNBYGGER_RESEPTFORNYELSE", "Dialog med innbygger – reseptfornyelse"
    BOOKING = "DIALOG_INNBYGGER_TIMERESERVASJON", "Dialog med innbygger – timereservasjon"
    APPOINTMENT_WISH = "DIALOG_INNBYGGER_TIMEONSKE", "Dialog med innbygger – timeønske"
    APPOINTMENT_PUSH = "DIALOG_INNBYGGER_AVTALEUTSENDING", "Dialog med innbygger – avtaleutsending"
    APPOINTMENT_CANCELLATION = "DIALOG_INNBYGGER_AVTALEAVBESTILLING", "Dialog med innbygger – avtaleavbestilling"
    APPOINTMENT_CANCELLATION_OLD = "DIALOG_INNBYGGER_AVTALEBESTILLING", "Dialog med innbygger – avtalebestilling"
    DIGITAL_USER = "DIALOG_INNBYGGER_DIGITALBRUKER", "Dialog med innbygger – digital bruker"
    PRACTITIONERS = "DIALOG_INNBYGGER_BEHANDLEROVERSIKT", "Dialog med innbygger – behandleroversikt"
    PRACTITIONERS_OLD = "DIALOG_INNBYGGER_HENT_BEHANDLER", "Dialog med innbygger – hent behandler"
    TEST = "DIALOG_INNBYGGER_TEST", "Dialog med innbygger – test"
    APPREC = "APPREC", "Applikasjonskvittering"


class Delivery(Code):
    """8324: how a renewed prescription reaches the patient."""

    PHARMACY = "AP", "Sendes til apoteket"
    COLLECT = "HE", "Hentes hos legen"
    POST_RECORD_ADDRESS = "JA", "Sendes med vanlig post til adresse angitt i pasientens journal"
    POST_STATED_ADDRESS = "AA", "Sendes med vanlig post til adresse angitt i forespørselen"


class PrescriptionGroup(Code):
    """7421: under which rules a medicine is prescribed."""

    A = "A", "Reseptgruppe A"
    B = "B", "Reseptgruppe B"
    C = "C", "Reseptgruppe C"
    C_AND_F = "CF", "Reseptgruppe CF"
    F = "F", "Reseptgruppe F"
    SUPPLEMENT = "K", "Kosttilskudd"


MEDICINE = CodedValue("L", "", "Legemiddel")
"""7402: the kind of goods that a medicine is."""


class PatientRole(Code):
    """9034: a practitioner's role toward the patient."""

    GP = "6", "Fastlege"
    GP_SUBSTITUTE = "15", "Vikar for fastlege"
    INTERN = "16", "Turnuslege"
    TEAM_CONTACT = "22", "Kontakt i primærhelseteam"
    WANTED_PRACTITIONER = "23", "Ønsket behandler"


class NoteRole(Code):
    """9057: a person's role toward a note."""

    AUTHOR = "1", "Forfatter"
    CO_AUTHOR = "2", "Medforfatter"
    APPROVED_BY = "3", "Godkjent av"
    SUBMITTED_TO = "4", "Forelagt"


class Profession(Code):
    """9060: categories of health personnel a GP clinic has."""

    PHYSICIAN = "LE", "Lege"
    NURSE = "SP", "Sykepleier"
    SECRETARY = "HE", "Helsesekretær"
    HEALTH_WORKER = "HF", "Helsefagarbeider"
    BIOENGINEER = "BI", "Bioingeniør"
    MIDWIFE = "JO", "Jordmor"
    PSYCHOLOGIST = "PS", "Psykolog"
    PHYSIOTHERAPIST = "FT", "Fysioterapeut"
    UNKNOWN = "XX", "Ukjent/uspesifisert"


LISTS: dict[type[Code], int] = {
    Question: 7601,
    Answer: 7602,
    CommunicationTest: 7603,
    YesNo: 1101,
    Acknowledgement: 7304,
    Relation: 7611,
    SlotCategory: 7617,
    DocumentType: 8114,
    PersonIdType: 8116,
    OrganisationIdType: 9051,
    AppRecError: 8221,
    AppRecStatus: 8258,
    AppRecRole: 8112,
    MessageFunction: 8279,
    Delivery: 8324,
    PrescriptionGroup: 7421,
    PatientRole: 9034,
    NoteRole: 9057,
    Profession: 9060,
}
"""The list number of each enum."""
