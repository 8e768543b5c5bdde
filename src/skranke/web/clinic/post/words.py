"""What things of a dialog are called on the screen."""

import math
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from skranke.dialog.kinds import word
from skranke.dialog.models import Channel, DeliveryState, DialogKind
from skranke.dialog.outcomes import AnswerOutcome
from skranke.dialog.values import EventKind, EventView, Mailbox, MessageView, PrescriptionView, ThreadRow, ThreadView
from skranke.kernel.errors import SkrankeError
from skranke.scheduling.models import WishKind
from skranke.standards.codes import Delivery as DeliveryWay
from skranke.ui import prescriptions
from skranke.ui.dates import format_date, format_relative, format_time
from skranke.ui.filters import number
from skranke.web.clinic.schedule.grid import state_text
from skranke.web.own_types import own_type_text

_WARN_FROM = 2
_MEBIBYTE = 1024 * 1024
# What a row of a list or of a log says is looked up here first and translated then: one text each, not all of them.
_UNKNOWN_KIND = gettext_noop("Ukjent type")
_KINDS = {
    DialogKind.E_CONTACT: gettext_noop("e-Kontakt"),
    DialogKind.E_CONSULTATION: gettext_noop("eKonsultasjon"),
    DialogKind.PRESCRIPTION_RENEWAL: gettext_noop("Reseptforespørsel"),
    DialogKind.APPOINTMENT_WISH: gettext_noop("Timeønske"),
    DialogKind.E_DIALOG: gettext_noop("E-dialog"),
    DialogKind.INTERNAL: gettext_noop("Intern dialog"),
}
_DELIVERIES = {
    DeliveryState.QUEUED: gettext_noop("Lagt i kø"),
    DeliveryState.SENT: gettext_noop("Sendt %(when)s, venter på kvittering"),
    DeliveryState.RECEIVED: gettext_noop("Mottatt av HelseNorge %(when)s"),
    DeliveryState.REJECTED: gettext_noop("Avvist: %(error)s"),
    DeliveryState.FAILED: gettext_noop("Ikke levert: %(error)s"),
    DeliveryState.EXPIRED: gettext_noop("Ingen kvittering fra HelseNorge. Pasienten har kanskje ikke fått meldingen."),
    DeliveryState.READY: gettext_noop("Ligger i pasientportalen, ikke lest ennå"),
    DeliveryState.READ: gettext_noop("Lest %(when)s"),
}
_FORWARDED_TO_ALL = gettext_noop("%(name)s videresendte til hele klinikken")
_EVENTS = {
    EventKind.RECEIVED: gettext_noop("Melding fra %(name)s"),
    EventKind.STARTED: gettext_noop("%(name)s startet samtalen"),
    EventKind.TURNED: gettext_noop("%(name)s gjorde samtalen om til %(note)s"),
    EventKind.OPENED: gettext_noop("Lest av %(name)s"),
    EventKind.ANSWERED: gettext_noop("%(name)s svarte"),
    EventKind.TAKEN: gettext_noop("%(name)s tok ansvar"),
    EventKind.FORWARDED: gettext_noop("%(name)s videresendte til %(note)s"),
    EventKind.CLOSED: gettext_noop("%(name)s avsluttet samtalen"),
    EventKind.PARTICIPANT_ADDED: gettext_noop("%(name)s la til %(note)s"),
    EventKind.PARTICIPANT_REMOVED: gettext_noop("%(name)s tok ut %(note)s"),
    EventKind.HANDLING_CHANGED: gettext_noop("%(name)s endret innstillinger eller oppgave"),
    EventKind.NOTHING_ISSUED: gettext_noop(
        "%(name)s svarte at resepten er fornyet, uten at noen utstedt resept var kjent"
    ),
    EventKind.ITEMS_CHANGED: gettext_noop("%(name)s endret listen over resepter til: %(note)s"),
    EventKind.UNDONE: gettext_noop("%(name)s angret det siste som ble gjort"),
    EventKind.COMPLETED: gettext_noop("%(name)s fullførte oppgaven"),
    EventKind.REOPENED: gettext_noop("Samtalen ble åpnet igjen"),
    EventKind.DELIVERED: gettext_noop("Mottatt av HelseNorge"),
    EventKind.REJECTED: gettext_noop("Avvist av HelseNorge: %(note)s"),
    EventKind.FAILED: gettext_noop("Ikke levert: %(note)s"),
    EventKind.EXPIRED: gettext_noop("Ingen kvittering fra HelseNorge innen fristen"),
    EventKind.RESENT: gettext_noop("%(name)s sendte meldingen på nytt"),
    EventKind.RESENT_BY_ITSELF: gettext_noop("Sendt på nytt én gang, fordi kvitteringen mangler"),
    EventKind.JOURNALED: gettext_noop("Ført i journalen"),
    EventKind.JOURNAL_DECLINED: gettext_noop("%(name)s valgte å ikke føre svaret i journalen"),
    EventKind.REMOVED_FROM_INBOX: gettext_noop("%(name)s fjernet samtalen fra innboksen sin"),
    EventKind.NOT_READ_BY_PATIENT: gettext_noop("HelseNorge melder at pasienten ikke har lest meldingen"),
    EventKind.READ_BY_PATIENT: gettext_noop("Lest av %(name)s i pasientportalen"),
    EventKind.HANDED_OVER: gettext_noop("%(note)s har sluttet: klinikken har fått samtalen"),
    EventKind.LIST_UNCONFIRMED: gettext_noop("Fastlegeregisteret svarte ikke: listetilhørighet ikke bekreftet"),
    EventKind.LIST_CONFIRMED: gettext_noop("Listetilhørighet bekreftet"),
    EventKind.WISH_NOT_MET: gettext_noop("Pasienten ba om en behandler (HPR %(note)s) som ikke er aktiv her"),
}


def file_kind(media_type: str) -> str:
    """What kind of file it is: "PDF"."""
    return word(media_type) or _("Fil")


def attached_text(octets: int, most: int) -> str:
    """How much of what may be attached is used, in the megabytes of 1024 x 1024 bytes that the limit is told in."""
    used = math.ceil(octets / _MEBIBYTE * 10) / 10
    facts = {"sum": number(used, 1), "most": number(most / _MEBIBYTE)}
    return _("Vedlagt %(sum)s av %(most)s MB") % facts


def kind_text(kind: str) -> str:
    """A kind of dialog."""
    return _(_KINDS.get(DialogKind(kind), _UNKNOWN_KIND))


def type_text(thread: ThreadRow | ThreadView) -> str:
    """A thread's kind; as what the patient started it, in our own channel (RCV-20)."""
    return own_type_text(thread.own_type) if thread.own_type else kind_text(thread.kind)


def kind_symbol(kind: str) -> str:
    """The picture beside a kind's name."""
    return {
        DialogKind.E_CONTACT: "chat",
        DialogKind.E_CONSULTATION: "stetho",
        DialogKind.PRESCRIPTION_RENEWAL: "pill",
        DialogKind.APPOINTMENT_WISH: "cal",
        DialogKind.E_DIALOG: "post",
        DialogKind.INTERNAL: "people",
    }.get(DialogKind(kind), "help")


def box_text(box: str) -> str:
    """A mailbox (MSG-1)."""
    return {
        Mailbox.INBOX: _("Innboks"),
        Mailbox.ALERTS: _("Viktige varsler"),
        Mailbox.OPEN: _("Åpne"),
        Mailbox.SENT: _("Mine sendte"),
        Mailbox.ARCHIVE: _("Arkiv"),
        Mailbox.CLINIC_OPEN: _("Klinikkens åpne"),
        Mailbox.CLINIC_ARCHIVE: _("Klinikkens arkiv"),
    }[Mailbox(box)]


def empty_text(box: str) -> str:
    """What an empty mailbox teaches."""
    return {
        Mailbox.INBOX: _("Ingenting venter på deg. Nye meldinger kommer hit av seg selv."),
        Mailbox.ALERTS: _("Ingen viktige samtaler eller oppgaver venter på deg."),
        Mailbox.OPEN: _("Ingen åpne samtaler. Når du har svart, ligger samtalen her til den avsluttes."),
        Mailbox.SENT: _("Du har ikke sendt noe ennå. Velg øverst hva du vil skrive."),
        Mailbox.ARCHIVE: _("Arkivet er tomt. Samtaler du har vært med i, kommer hit når de avsluttes."),
        Mailbox.CLINIC_OPEN: _("Klinikken har ingen åpne samtaler."),
        Mailbox.CLINIC_ARCHIVE: _("Klinikken har ingen avsluttede samtaler."),
    }[Mailbox(box)]


def due_text(days_left: int) -> str:
    """How long there is to answer."""
    if days_left < 0:
        return ngettext("%(n)d dag over frist", "%(n)d dager over frist", -days_left) % {"n": -days_left}
    if days_left == 0:
        return _("Frist i dag")
    return ngettext("%(n)d dag igjen", "%(n)d dager igjen", days_left) % {"n": days_left}


def due_until(days_left: int, due: date) -> str:
    """The same with the day itself: weekends and holidays before it do not count (JRN-10)."""
    if days_left == 0:
        return due_text(days_left)
    left = ngettext("%(n)d virkedag igjen", "%(n)d virkedager igjen", days_left) % {"n": days_left}
    return _("%(igjen)s · frist %(dag)s") % {
        "igjen": left if days_left > 0 else due_text(days_left),
        "dag": format_date(due),
    }


def due_state(days_left: int) -> str:
    """The colour of the badge: red on the last day, amber on the two before it."""
    if days_left <= 0:
        return "solid"
    return "warn" if days_left <= _WARN_FROM else ""


def delivery_text(message: MessageView) -> str:
    """What is known of an own message's way to the patient (MSG-22)."""
    if not message.delivery:
        return ""
    when = format_relative(message.delivery_at) if message.delivery_at else ""
    error = message.delivery_reason or _("ingen forklaring fulgte med")
    text = _DELIVERIES[DeliveryState(message.delivery)]
    return _(text) % {"when": when, "error": error}


def delivery_mood(message: MessageView) -> str:
    """How the delivery is going: ok, bad, or nothing yet."""
    if message.delivery in {DeliveryState.RECEIVED, DeliveryState.READ}:
        return "ok"
    waits = message.delivery in {"", DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.READY}
    return "" if waits else "bad"


def event_text(event: EventView) -> str:
    """One line of the event log (MSG-24)."""
    note = kind_text(event.note) if event.kind == EventKind.TURNED else event.note
    facts = {"name": event.actor_name, "note": note}
    if event.kind in {EventKind.PARTICIPANT_ADDED, EventKind.PARTICIPANT_REMOVED} and not event.note:
        facts["note"] = _("hele klinikken")
    if event.kind == EventKind.FORWARDED and not event.note:
        return _(_FORWARDED_TO_ALL) % facts
    return _(_EVENTS[event.kind]) % facts


def delivery_way_text(way: str) -> str:
    """How the patient wants a renewed prescription (list 8324, D-02)."""
    texts = {
        DeliveryWay.PHARMACY: _("sendes til apoteket"),
        DeliveryWay.COLLECT: _("hentes hos legen"),
        DeliveryWay.POST_RECORD_ADDRESS: _("i posten til adressen i journalen"),
        DeliveryWay.POST_STATED_ADDRESS: _("i posten til adressen i forespørselen"),
    }
    known = DeliveryWay.known(way)
    if known is not None:
        return texts[known]
    return _("ukjent ønske (%(code)s)") % {"code": way} if way else _("ikke oppgitt")


def prescription_text(one: PrescriptionView) -> str:
    """What is known of a prescription beside its name."""
    return prescriptions.prescription_text(
        use=one.use,
        purpose=one.purpose,
        amount=one.amount,
        repeats=one.repeats,
        group=one.group,
        prescribed=one.prescribed,
        expires=one.expires,
    )


def outcome_text(outcome: str) -> str:
    """What an answer decides (RX-4)."""
    return {
        AnswerOutcome.REJECTED: _("Forespørsel avvist"),
        AnswerOutcome.RENEWED: _("Resept fornyet"),
        AnswerOutcome.NOT_RENEWED: _("Resept kan ikke fornyes"),
        AnswerOutcome.PARTLY_RENEWED: _("Resepter delvis fornyet"),
        AnswerOutcome.APPOINTMENT_GIVEN: _("Time gitt"),
        AnswerOutcome.APPOINTMENT_GIVEN_WITH_OTHER: _("Time gitt hos en annen behandler"),
        AnswerOutcome.NO_APPOINTMENT: _("Ingen ledig time"),
        AnswerOutcome.APPOINTMENT_CHANGED: _("Timen er endret"),
        AnswerOutcome.APPOINTMENT_NOT_CHANGED: _("Timen kan ikke endres"),
        AnswerOutcome.APPOINTMENT_CANCELLED: _("Timen avlyses"),
        AnswerOutcome.APPOINTMENT_NOT_CANCELLED: _("Timen kan ikke avlyses"),
    }[AnswerOutcome(outcome)]


def wish_text(kind: str) -> str:
    """What a citizen wishes (TIMEONSKE)."""
    return {
        WishKind.TIME: _("Ønske om time"),
        WishKind.CHANGE: _("Ønske om endring av time"),
        WishKind.CANCELLATION: _("Ønske om avbestilling"),
    }[WishKind(kind)]


def appointment_state(state: str) -> str:
    """Where an appointment stands (APT-10)."""
    return state_text(state)


def saved_text(at: datetime) -> str:
    """That what is written is kept (MSG-20)."""
    return _("Lagret i Kladd kl. %(time)s") % {"time": format_time(at)}


def refusal_text(error: SkrankeError) -> str:
    """What is wrong with a field, and that nothing has left; what was written stands there still."""
    return _("%(feil)s. Ingenting er sendt.") % {"feil": str(error).rstrip(".")}


def done_word(done: str, channel: str) -> str:
    """The word that the address carries for what was done, which is told otherwise in our own channel."""
    return done + {Channel.OWN: "-i-portalen", Channel.INTERNAL: "-internt"}.get(Channel(channel), "")


def done_text(done: str) -> str:
    """What was just done, for the line on top of the thread; empty for an unknown word."""
    return {
        "svart": _("Svaret er lagt i kø. Kvitteringen fra HelseNorge vises under meldingen."),
        "avsluttet-svart": _("Svaret er lagt i kø, og samtalen ligger i arkivet."),
        "avvist": _("Avvisningen er lagt i kø, og samtalen ligger i arkivet."),
        "sendt": _("Meldingen er lagt i kø. Kvitteringen fra HelseNorge vises under den."),
        "sendt-pa-nytt": _("Meldingen er lagt i kø på nytt. Kvitteringen fra HelseNorge vises under den."),
        "svart-i-portalen": _("Svaret ligger i pasientportalen. Under meldingen ser du når det er lest."),
        "avsluttet-svart-i-portalen": _("Svaret ligger i pasientportalen, og samtalen ligger i arkivet."),
        "sendt-i-portalen": _("Meldingen ligger i pasientportalen. Under den ser du når den er lest."),
        "svart-internt": _("Svaret er sendt til dem som deltar."),
        "avsluttet-svart-internt": _("Svaret er sendt til dem som deltar. De kan ikke svare."),
        "sendt-internt": _("Meldingen er sendt til dem som deltar. Pasienten ser den ikke."),
        "avsluttet-internt": _("Samtalen er ute av innboksen din. Den går til arkivet når alle har avsluttet den."),
        "videresendt": _("Samtalen er videresendt. Du finner den under Åpne."),
        "avsluttet": _("Samtalen er avsluttet og ligger i arkivet. Pasienten har ikke fått beskjed."),
        "journalfort": _("Samtalen er ført i journalen. Det som kommer senere, føres ikke av seg selv."),
        "journalfort-med-notat": _("Samtalen og notatet ditt er ført i journalen."),
        "ikke-journalfort": _("Svaret er ikke ført i journalen. Valget står under Hendelser."),
        "gjort-om": _("Samtalen er en eKonsultasjon og er ført i journalen. Pasienten får vite det når du svarer."),
        "tatt": _("Du har ansvaret. Samtalen ligger bare i din innboks."),
        "lagt-til": _("Deltakeren er lagt til og har samtalen i innboksen."),
        "tatt-ut": _("Deltakeren er tatt ut av samtalen."),
        "behandling": _("Endringen er lagret."),
        "listen-endret": _("Listen er endret. Det pasienten skrev, står som det kom."),
        "fullfort": _("Oppgaven er fullført, og samtalen ligger i arkivet. Ingenting er sendt."),
        "angret-sendt": _("Meldingen er ikke sendt. Den står som kladd i skrivefeltet."),
        "angret": _("Angret. Samtalen er der den var."),
        "fjernet": _("Samtalen er fjernet fra innboksen din. Andre som har den, beholder den."),
    }.get(done, "")
