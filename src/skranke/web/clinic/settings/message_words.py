"""What the lines of the message log are called on the screen."""

from django.utils.translation import gettext as _

from skranke.gateway.log_values import LogKind, LogState

_WRONG = {
    LogState.REFUSED,
    LogState.FAULT,
    LogState.CONFLICT,
    LogState.SET_ASIDE,
    LogState.REJECTED,
    LogState.FAILED,
}
_DONE = {LogState.ACTED, LogState.ANSWERED, LogState.ACKNOWLEDGED, LogState.READ}


def kind_text(kind: LogKind) -> str:
    """What a message is about."""
    return {
        LogKind.E_CONTACT: _("e-Kontakt"),
        LogKind.E_CONSULTATION: _("eKonsultasjon"),
        LogKind.PRESCRIPTION_RENEWAL: _("Reseptforespørsel"),
        LogKind.APPOINTMENT_WISH: _("Timeønske"),
        LogKind.E_DIALOG: _("E-dialog"),
        LogKind.BOOKING: _("Timebestilling"),
        LogKind.APPOINTMENT: _("Time"),
        LogKind.CANCELLATION: _("Avbestilling"),
        LogKind.STATUS: _("Digital bruker"),
        LogKind.PRACTITIONERS: _("Behandleroversikt"),
        LogKind.RECEIPT: _("Kvittering"),
        LogKind.REFUSAL: _("Avvisning"),
        LogKind.FAULT: _("Feilmelding"),
        LogKind.OTHER: _("Annet"),
    }[kind]


def state_text(state: LogState) -> str:
    """Where a message stands."""
    return {
        LogState.ACTED: _("Mottatt"),
        LogState.ANSWERED: _("Besvart"),
        LogState.REFUSED: _("Avvist av klinikken"),
        LogState.FAULT: _("Kunne ikke leses"),
        LogState.CONFLICT: _("Samme id med annet innhold"),
        LogState.SET_ASIDE: _("Lagt til side"),
        LogState.PENDING: _("I kø"),
        LogState.SENT: _("Sendt"),
        LogState.ACKNOWLEDGED: _("Mottatt av HelseNorge"),
        LogState.REJECTED: _("Avvist av HelseNorge"),
        LogState.FAILED: _("Ikke levert"),
        LogState.READY: _("Ligger i pasientportalen"),
        LogState.READ: _("Lest i pasientportalen"),
    }[state]


def mood(state: LogState) -> str:
    """The colour of a state: ok, bad, or none for what is on its way."""
    if state in _WRONG:
        return "bad"
    return "ok" if state in _DONE else ""
