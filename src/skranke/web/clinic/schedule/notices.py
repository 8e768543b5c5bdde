"""An appointment's notices in words (NOT-12, NOT-21)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from skranke.notifications.models import NoticeSending, SendingState
from skranke.notifications.rules import Decision, NoticeEvent, NoticeRoute
from skranke.patients.models import NotifyBy
from skranke.scheduling.noticed import Noticed, NoticeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWords:
    """One line of the panel. at: when it was told, or will be; None of what HelseNorge tells. state: of a chip."""

    what: str
    how: str
    at: datetime | None
    state: str = ""


def notice_words(told: Noticed) -> list[NoticeWords]:
    """A line for each notice, and for each way it went."""
    return [words for line in told.lines for words in _words(line)]


def to_call_about(told: Noticed) -> list[str]:
    """What somebody must tell by telephone, as no route carries it (NOT-4)."""
    return [_event(line.event) for line in told.lines if line.must_call]


def cancelling_words(decision: Decision | None) -> str:
    """How the patient would hear of a cancellation by the clinic's own channel; "" where not by it."""
    if decision is None or decision.route != NoticeRoute.OWN:
        return ""
    return _("Pasienten får beskjed på %(vei)s med en gang.") % {"vei": _ways(decision.ways)}


def _words(line: NoticeLine) -> list[NoticeWords]:
    what = _event(line.event)
    if line.sendings:
        return [_sent(what, one, line.at) for one in line.sendings]
    how = {
        NoticeRoute.HELSENORGE: _("på helsenorge.no"),
        NoticeRoute.OWN: _("på %(vei)s") % {"vei": _ways(line.ways)},
        NoticeRoute.NONE: _("blir ikke sendt") if line.waits else _("ikke sendt"),
    }[line.route]
    # HelseNorge tells when it has the appointment, and reminds when it likes: the hour of the decision is not that.
    return [NoticeWords(what=what, how=how, at=None if line.route == NoticeRoute.HELSENORGE else line.at)]


def _sent(what: str, sending: NoticeSending, decided_at: datetime) -> NoticeWords:
    way = _("på %(vei)s") % {"vei": _ways((NotifyBy(sending.way),))}
    to = _("%(way)s til %(address)s") % {"way": way, "address": sending.address} if sending.address else way
    said, state = {
        SendingState.SENT: (_("sendt"), "ok"),
        SendingState.WAITING: (_waiting(sending), "info"),
        SendingState.SENDING: (_("sendes nå"), "info"),
        SendingState.FAILED: (_("kom ikke fram: %(why)s") % {"why": _why(sending.error)}, "bad"),
        SendingState.DROPPED: (_("ikke sendt: en senere beskjed eller selve timen kom først"), "warn"),
        SendingState.UNCERTAIN: (_("usikkert om den ble sendt"), "warn"),
    }[SendingState(sending.state)]
    at = sending.sent_at or sending.tried_at or decided_at
    return NoticeWords(what=what, how=f"{to}: {said}", at=at, state=state)


def _waiting(sending: NoticeSending) -> str:
    if not sending.tries:
        return _("sendes straks")
    return _("ikke kommet fram ennå, prøves igjen (forsøk %(count)d)") % {"count": sending.tries}


def _why(error: str) -> str:
    """What to do about it; what the service answered is for the operator."""
    code, _colon, said = error.partition(": ")
    words = {
        "letter_refused": _("adressen ble ikke godtatt. Rett den på pasientkortet"),
        "no_address": _("adressen er fjernet fra pasientkortet"),
    }.get(code, _("tjenesten som sender, svarer ikke. Si fra til driftsoperatøren"))
    return f"{words} ({said})" if said else words


def _event(event: NoticeEvent) -> str:
    return {
        NoticeEvent.BOOKED: _("Bekreftelse"),
        NoticeEvent.CHANGED: _("Beskjed om endringen"),
        NoticeEvent.CANCELLED: _("Beskjed om avlysningen"),
        NoticeEvent.REMINDER: _("Påminnelse"),
    }[event]


def _ways(ways: tuple[NotifyBy, ...]) -> str:
    if len(ways) > 1:
        return _("e-post og SMS")
    return _("e-post") if NotifyBy.EMAIL in ways else _("SMS")
