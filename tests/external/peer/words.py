"""Namespaces, code lists and code texts of the messages (protocol-messages 1 to 4)."""

from lxml.builder import ElementMaker

MSGHEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
DIALOG = "http://www.kith.no/xmlstds/dialog/2013-01-23"
COMMON = "http://www.kith.no/xmlstds/felleskomponent1"
BASE64 = "http://www.kith.no/xmlstds/base64container"
ICALENDAR = "urn:ietf:params:xml:ns:icalendar-2.0"
APPREC = "http://www.kith.no/xmlstds/apprec/2012-02-15"

NAMES = {"m": MSGHEAD, "d": DIALOG, "f": COMMON, "b": BASE64, "c": ICALENDAR, "a": APPREC}

H = ElementMaker(namespace=MSGHEAD, nsmap={None: MSGHEAD})
D = ElementMaker(namespace=DIALOG, nsmap={None: DIALOG, "fk1": COMMON})
B = ElementMaker(namespace=BASE64, nsmap={None: BASE64})
C = ElementMaker(namespace=ICALENDAR, nsmap={None: ICALENDAR})
A = ElementMaker(namespace=APPREC, nsmap={None: APPREC})

E_CONTACT = "DIALOG_INNBYGGER_EKONTAKT"
E_CONSULTATION = "DIALOG_INNBYGGER_EKONSULTASJON"
BOOKING = "DIALOG_INNBYGGER_TIMERESERVASJON"
PUSH = "DIALOG_INNBYGGER_AVTALEUTSENDING"
TEST = "DIALOG_INNBYGGER_TEST"
RECEIPT = "APPREC"

FUNCTION_TEXTS = {
    E_CONTACT: "Dialog med innbygger - eKontakt",
    E_CONSULTATION: "Dialog med innbygger - eKonsultasjon",
    BOOKING: "Dialog med innbygger - timereservasjon",
    TEST: "Dialog med innbygger - test",
}
CODE_TEXTS = {
    "HE": "Henvendelse",
    "SB": "Spørsmål til behandler",
    "22": "Svar fra innbygger",
    "HLT": "Hent ledige timer",
    "RT": "Reserver time",
    "ART": "Avbestill reservert time",
    "KT": "Kommunikasjonstest",
}
QUESTIONS = "7601"
ANSWERS = "7602"
TEST_CODES = "7603"


def oid(number: str) -> str:
    """The OID of a national code list."""
    return f"2.16.578.1.12.4.1.1.{number}"
