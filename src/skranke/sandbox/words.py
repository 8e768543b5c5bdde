"""The words on the screen for states, functions and codes. Keys are the wire's and the rules', texts are ours."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from skranke.sandbox.models import Appointment, Direction, Message, Mode
from skranke.sandbox.registers.outages import Register
from skranke.sandbox.registers.persons import Protection
from skranke.sandbox.rules import AppointmentState, Delivery
from skranke.sandbox.troubles import TroubleKind
from skranke.sandbox.world import Service
from skranke.standards.codes import Answer, CommunicationTest, MessageFunction, Question
from skranke.standards.codes import Delivery as DeliveryWay
from skranke.standards.m1 import Resept
from skranke.ui import dates, filters, prescriptions

STANDING = {
    "full": ("ok", gettext_lazy("Full tilgang")),
    "read": ("warn", gettext_lazy("13–16, begrenset")),
    "none": ("bad", gettext_lazy("ikke samtykket")),
    "basis": ("warn", gettext_lazy("Basis")),
    "basis_plus": ("warn", gettext_lazy("Basis pluss")),
    "via_parent": ("info", gettext_lazy("via forelder")),
    "inactive": ("bad", gettext_lazy("ikke aktiv")),
    "confidential": ("bad", gettext_lazy("sperret adresse")),
}
"""Chip state and text of a citizen's standing."""

_DELIVERY = {
    Delivery.QUEUED: ("info", gettext_lazy("Venter på å bli sendt")),
    Delivery.SENT: ("info", gettext_lazy("Sendt, venter på kvittering")),
    Delivery.DELIVERED: ("ok", gettext_lazy("Levert")),
    Delivery.REJECTED: ("bad", gettext_lazy("Avvist")),
    Delivery.FAULT: ("bad", gettext_lazy("Kunne ikke leveres")),
    Delivery.EXPIRED: ("warn", gettext_lazy("Ikke besvart i tide")),
    Delivery.RECEIVED: ("ok", gettext_lazy("Tatt imot")),
    Delivery.REFUSED: ("bad", gettext_lazy("Avvist av oss")),
}

_APPOINTMENT = {
    AppointmentState.REQUESTED: ("info", gettext_lazy("Venter på bekreftelse")),
    AppointmentState.CONFIRMED: ("ok", gettext_lazy("Bekreftet")),
    AppointmentState.CANCEL_REQUESTED: ("info", gettext_lazy("Avbestilling sendt, venter på svar")),
    AppointmentState.REFUSED: ("bad", gettext_lazy("Ikke bekreftet")),
    AppointmentState.FAILED: ("bad", gettext_lazy("Kunne ikke sendes. Kontakt legekontoret.")),
    AppointmentState.CANCELLED: ("warn", gettext_lazy("Avbestilt")),
    AppointmentState.NO_SHOW: ("warn", gettext_lazy("Ikke møtt")),
    AppointmentState.COMPLETED: ("ok", gettext_lazy("Gjennomført")),
}

KINDS = {
    MessageFunction.E_CONSULTATION: gettext_lazy("eKonsultasjon"),
    MessageFunction.E_CONTACT: gettext_lazy("e-Kontakt"),
    MessageFunction.PRESCRIPTION_RENEWAL: gettext_lazy("Resept"),
    MessageFunction.APPOINTMENT_WISH: gettext_lazy("Timeønske"),
    MessageFunction.TEST: gettext_lazy("Kommunikasjonstest"),
    MessageFunction.APPREC: gettext_lazy("Kvittering"),
}
_SERVICES = {
    Service.E_CONTACT: gettext_lazy("e-Kontakt"),
    Service.E_CONSULTATION: gettext_lazy("eKonsultasjon"),
    Service.PRESCRIPTION_RENEWAL: gettext_lazy("Reseptfornyelse"),
    Service.BOOKING: gettext_lazy("Timebestilling"),
    Service.APPOINTMENT_WISH: gettext_lazy("Timeønske"),
    Service.APPOINTMENT_CANCELLATION: gettext_lazy("Avbestilling"),
}
_REGISTERS = {
    Register.ADDRESSES: gettext_lazy("Adresseregisteret"),
    Register.PROFILES: gettext_lazy("Samarbeidsprofilene (CPPA)"),
    Register.GPS: gettext_lazy("Fastlegeregisteret"),
    Register.PERSONS: gettext_lazy("Folkeregisteret (Persontjenesten)"),
}
DELIVERIES = {
    DeliveryWay.PHARMACY: gettext_lazy("Sendes til apoteket"),
    DeliveryWay.COLLECT: gettext_lazy("Hentes hos legen"),
    DeliveryWay.POST_RECORD_ADDRESS: gettext_lazy("Sendes i posten til adressen i journalen"),
    DeliveryWay.POST_STATED_ADDRESS: gettext_lazy("Sendes i posten til adressen i forespørselen"),
}
"""How a citizen may want a renewed prescription (list 8324)."""

_TIME = pgettext_lazy("avtale", "Time")  # without a context, Django's own catalogue would translate it from English

_CODES = {
    Question.QUESTION_TO_PRACTITIONER: gettext_lazy("eKonsultasjon"),
    Question.ENQUIRY: gettext_lazy("Kontakt legekontoret"),
    Question.DIALOG: gettext_lazy("Melding fra legekontoret"),
    Question.ONE_WAY: gettext_lazy("Beskjed fra legekontoret"),
    Question.RENEWAL_FREE_TEXT: gettext_lazy("Forny resept"),
    Question.FREE_SLOTS: gettext_lazy("Hent ledige timer"),
    Question.RESERVE: gettext_lazy("Reserver time"),
    Question.CANCEL: gettext_lazy("Avbestill time"),
    Question.WISH_FOR_APPOINTMENT: gettext_lazy("Ønske om time"),
    Question.WISH_FOR_CHANGE: gettext_lazy("Ønske om endring av time"),
    Question.WISH_FOR_CANCELLATION: gettext_lazy("Ønske om avbestilling"),
    Question.APPOINTMENT_NOTICE: gettext_lazy("Melding om avtale"),
    Answer.FREE_SLOTS: gettext_lazy("Ledige timer"),
    Answer.NO_FREE_SLOTS: gettext_lazy("Ingen ledige timer"),
    Answer.RESERVED: gettext_lazy("Timen er bekreftet"),
    Answer.SLOT_TAKEN: gettext_lazy("Timen er ikke ledig"),
    Answer.CHANGED: gettext_lazy("Timen er endret"),
    Answer.NOT_CHANGED: gettext_lazy("Timen kunne ikke endres"),
    Answer.CANCELLED: gettext_lazy("Timen er avbestilt"),
    Answer.NOT_CANCELLED: gettext_lazy("Timen kunne ikke avbestilles"),
    Answer.RESERVED_WITH_OTHER: gettext_lazy("Timen er bekreftet hos en annen"),
    Answer.NO_SHOW: gettext_lazy("Ikke møtt"),
    Answer.PRACTITIONER_ANSWER: gettext_lazy("Svar fra behandler"),
    Answer.DIALOG_CLOSED: gettext_lazy("Svar, dialogen avsluttet"),
    Answer.RENEWED: gettext_lazy("Resept fornyet"),
    Answer.NOT_RENEWED: gettext_lazy("Resept ikke fornyet"),
    Answer.PARTLY_RENEWED: gettext_lazy("Resepter delvis fornyet"),
    Answer.ENQUIRY_ANSWER: gettext_lazy("Svar på henvendelse"),
    Answer.CITIZEN_ANSWER: gettext_lazy("Svar fra innbygger"),
    Answer.REJECTED: gettext_lazy("Forespørselen er avvist"),
    Answer.NO_ACCESS: gettext_lazy("Ikke tilgang"),
    Answer.GENERAL_FAULT: gettext_lazy("Generell feil"),
    CommunicationTest.REQUEST: gettext_lazy("Kommunikasjonstest"),
    CommunicationTest.RESPONSE: gettext_lazy("Svar på kommunikasjonstest"),
}
_RECEIPTS = {"1": gettext_lazy("OK"), "2": gettext_lazy("Avvist")}


def prescription_text(one: Resept) -> str:
    """What a prescription says beside its name."""
    told = one.medicine.prescribing if one.medicine else None
    stated = one.medicine or one.goods
    return prescriptions.prescription_text(
        use=told.use if told else one.goods.use if one.goods else "",
        purpose=told.purpose if told else "",
        amount=stated.amount if stated else None,
        repeats=one.medicine.repeats if one.medicine else None,
        group=told.medicine.group.v if told and told.medicine else "",
        prescribed=one.prescribed,
        expires=one.expires,
    )


def standing(state: str) -> tuple[str, str]:
    """Chip state and text of a row in the list of citizens."""
    chip, text = STANDING[state]
    return chip, str(text)


def delivery(message: Message) -> tuple[str, str]:
    """Chip state and text of where a message stands."""
    if message.state == Delivery.SENT and message.mode != Mode.ASYNC:
        return "ok", _("Sendt")
    chip, text = _DELIVERY[Delivery(message.state)]
    return chip, str(text)


def appointment_state(appointment: Appointment) -> tuple[str, str]:
    """Chip state and text of where an appointment stands."""
    chip, text = _APPOINTMENT[AppointmentState(appointment.state)]
    return chip, str(text)


def kind(function: str) -> str:
    """The type of an inbox line."""
    return str(next((text for known, text in KINDS.items() if known.value == function), _TIME))


def code_text(message: Message) -> str:
    """A message in a few words; of what was refused nothing but that is known, and `state_text` says why."""
    if message.mode == Mode.RECEIPT:
        return str(_RECEIPTS.get(message.code, message.code))
    if message.mode == Mode.FAULT and message.state != Delivery.REFUSED:
        return _("Feilmelding")
    if message.state == Delivery.REFUSED:
        return _("Avvist melding")
    known = next((text for code, text in _CODES.items() if code.value == message.code), None)
    return str(known or message.code or _("Ukjent innhold"))


def code_label(message: Message) -> str:
    """The code as it is written in the log."""
    return {Mode.RECEIPT.value: "AppRec", Mode.FAULT.value: "error"}.get(message.mode, message.code or message.function)


def direction(message: Message) -> str:
    """Read out beside the arrow."""
    return _("fra klinikken") if message.direction == Direction.IN else _("til klinikken")


def slot_name(start: datetime) -> str:
    """A time as it is read out: "onsdag 3. mars klokken 13.20"."""
    return _("%(day)s klokken %(time)s") % {"day": dates.format_date(start, "lang"), "time": dates.format_time(start)}


def account_of(seconds: float) -> str:
    """A duration of the wire: "0,08 s"."""
    return f"{filters.number(seconds, 2)} s"


def trouble_text(kind: str) -> str:
    """What the operator has ordered to go wrong."""
    return {
        TroubleKind.REFUSE: _("avvises"),
        TroubleKind.REPORT: _("meldes på feilkøen"),
        TroubleKind.SILENCE: _("kvitteres ikke"),
    }[TroubleKind(kind)]


def service_text(service: Service) -> str:
    """A service of a party."""
    return str(_SERVICES[service])


def register_text(register: Register) -> str:
    """A register's name."""
    return str(_REGISTERS[register])


def protection_text(protection: Protection) -> str:
    """How secret an address is."""
    return {
        Protection.NONE: _("Ikke sperret"),
        Protection.CONFIDENTIAL: _("Fortrolig (kode 7)"),
        Protection.STRICT: _("Strengt fortrolig (kode 6)"),
    }[protection]
