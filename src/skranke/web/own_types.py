"""What the types that patients start in our own channel are called, for staff and patients alike (RCV-20)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from skranke.dialog.communication.models import OwnType

_TEXTS = {
    OwnType.E_DIALOG: gettext_noop("E-dialog"),
    OwnType.E_CONSULTATION: gettext_noop("E-konsultasjon"),
    OwnType.PRESCRIPTION_REQUEST: gettext_noop("Reseptforespørsel"),
    OwnType.INVOICE_QUESTION: gettext_noop("Fakturaspørsmål"),
}


def own_type_text(kind: str) -> str:
    """A communication type."""
    return _(_TEXTS[OwnType(kind)])


def own_type_help(kind: str) -> str:
    """What a patient uses it for."""
    return {
        OwnType.E_DIALOG: _("Spørsmål til legekontoret som ikke haster"),
        OwnType.E_CONSULTATION: _("Medisinske spørsmål til legen, i stedet for en time"),
        OwnType.PRESCRIPTION_REQUEST: _("Be om å få fornyet en resept"),
        OwnType.INVOICE_QUESTION: _("Spørsmål om en regning"),
    }[OwnType(kind)]
