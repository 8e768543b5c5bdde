"""The namespaces of the payloads, each in one place."""

MSGHEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
DIALOG = "http://www.kith.no/xmlstds/dialog/2013-01-23"
DIALOG_1_0 = "http://www.kith.no/xmlstds/dialog/2006-10-11"
APPREC = "http://www.kith.no/xmlstds/apprec/2012-02-15"
APPREC_1_0 = "http://www.kith.no/xmlstds/apprec/2004-11-21"
COMMON = "http://www.kith.no/xmlstds/felleskomponent1"
XCAL = "urn:ietf:params:xml:ns:icalendar-2.0"
RELATION = "http://www.kith.no/xmlstds/pasientrelasjon/2014-03-28"
PRACTITIONERS = "http://www.kith.no/xmlstds/helsepersonell/2015-05-04"
PRACTITIONERS_2014 = "http://www.kith.no/xmlstds/helsepersonell/2014-03-28"
PERSONS = "http://www.kith.no/xmlstds/person/2014-03-28"
BASE64 = "http://www.kith.no/xmlstds/base64container"
M1_2_5 = "http://www.kith.no/xmlstds/eresept/m1/2013-10-08"
M1_2_4 = "http://www.kith.no/xmlstds/eresept/m1/2010-05-01"
FORSKRIVNING_2_5 = "http://www.kith.no/xmlstds/eresept/forskrivning/2013-10-08"
FORSKRIVNING_2_4 = "http://www.kith.no/xmlstds/eresept/forskrivning/2010-04-01"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"

CARRIED = frozenset({DIALOG_1_0})
"""Namespaces a Document may hold that no reader of ours opens: kept as they are."""


def tag(namespace: str, name: str) -> str:
    """The Clark name of an element."""
    return f"{{{namespace}}}{name}"
