"""Why a message was not delivered, in plain words for whoever wrote it (MSG-22, PAT-12; protocol.md 9)."""

from django.utils.translation import gettext as _

TRANSPORT = "transport:"
NOT_ACTIVE = "E35"
EXPIRED = "receipt_expired"

_CERTIFICATE = frozenset(
    {
        "invalid-certificate",
        "expired-certificate",
        "revoked-certificate",
        "revoked-certificate-offline",
        "unverified-certificate",
        "missing-certificate",
    }
)
_PROTECTION = frozenset({"invalid-cms-pkcs", "decryption-failed", "invalid-signature"})
_FORM = frozenset(
    {
        "required-field-missing",
        "invalid-field-value",
        "invalid-encoding",
        "xml-not-interpretable",
        "not-well-formed-xml",
    }
)
_UNREADABLE = frozenset({"T01", "T02", "T10"})
_ATTACHMENT = "T99"
_UNKNOWN_RECEIVER = frozenset({"E10", "E20", "E21"})


def explain(code: str, said: str) -> str:
    """One or two sentences for a `delivery_code`: what happened and what to do. said: the other side's own words.

    An AppRec's words are for the writer and are repeated (DDFL-AR-20); those of the error queue are for technicians.
    """
    if not code:
        return said
    if code == EXPIRED:
        return _("HelseNorge har ikke kvittert. Pasienten har kanskje ikke fått meldingen.")
    if ":" in code:
        return _of_the_transport(code.removeprefix(TRANSPORT))
    told = _of_a_receipt(code.split())
    if told is None:
        return _("Meldingen kunne ikke lages eller leveres videre. Den som har ansvar for driften, er varslet.")
    return _("%(told)s HelseNorge skriver: %(said)s") % {"told": told, "said": said} if said else told


def _of_the_transport(condition: str) -> str:
    if condition in _CERTIFICATE:
        return _("HelseNorge godtok ikke klinikkens sertifikat. Driftsansvarlig må rette det før du sender på nytt.")
    if condition in _PROTECTION:
        return _("HelseNorge fikk ikke åpnet meldingen. Driftsansvarlig må se på krypteringen før du sender på nytt.")
    if condition in _FORM:
        return _("HelseNorge fikk ikke lest meldingen. Driftsansvarlig må se på den før du sender på nytt.")
    if condition == "unsupported-message":
        return _("HelseNorge tar ikke imot denne typen melding fra klinikken. Driftsansvarlig må se på avtalen.")
    if condition == "abuse:spoofing-attack":
        return _("HelseNorge kjente ikke igjen klinikken som avsender. Driftsansvarlig må se på oppsettet.")
    return _("Det oppsto en feil på veien til HelseNorge. Prøv å sende på nytt.")


def _of_a_receipt(codes: list[str]) -> str | None:
    """What the codes of a negative receipt (8221) or of a refusing answer (7602) mean; None for none of those."""
    if NOT_ACTIVE in codes:
        return _("Pasienten er ikke aktiv på HelseNorge og får ikke meldinger der. Ta kontakt på en annen måte.")
    if _UNREADABLE.intersection(codes):
        return _("HelseNorge fikk ikke lest meldingen.")
    if _ATTACHMENT in codes:
        return _("HelseNorge godtok ikke innholdet eller et vedlegg.")
    if _UNKNOWN_RECEIVER.intersection(codes):
        return _("HelseNorge fant ikke mottakeren eller avsenderen.")
    if any((code[:1] in "ETSX" and code[1:].isdigit()) or code.isdigit() for code in codes):
        return _("HelseNorge tok ikke imot meldingen.")
    return None
