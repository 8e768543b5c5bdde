"""Making, changing and finishing drafts of invoice cards."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.billing import rules
from skranke.billing.errors import CardChangedError, CardClosedError, DraftExistsError
from skranke.billing.models import CardSource, CardState, InvoiceCard, InvoiceLine, NoUserFee, PriceCode
from skranke.billing.queries import drafts_of, price_codes
from skranke.billing.tariff import Tariff, tariff_on
from skranke.clinics.access import require
from skranke.clinics.permissions import Permission
from skranke.dialog.models import DialogKind, Direction, Message, Thread
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.models import Patient
from skranke.scheduling.models import STANDING, Appointment, AppointmentType, Schedule
from skranke.scheduling.services import follow_up
from skranke.tenancy import live
from skranke.tenancy.rows import insert_once
from skranke.tenancy.work import current_actor

_SHORT = timedelta(minutes=10)


def open_card(patient: Patient, *, new: bool = False) -> InvoiceCard:
    """Begin a card of a patient; within 24 hours of an appointment it is that one's (BIL-1, BIL-2).

    new: although there is a draft. Raises DraftExistsError (BIL-3).
    """
    now = clock.now()
    tied = _latest(patient, now)
    if tied is not None:
        return open_for_appointment(tied, new=new)
    _refuse_second(patient, new=new)
    return _make(patient, CardSource.PATIENT, now - _SHORT, now, ())


def open_for_appointment(appointment: Appointment, *, new: bool = False) -> InvoiceCard:
    """Begin the card of an appointment, with the codes of its type in its timebok (BIL-4), or of one who did not come
    or cancelled late (BIL-8). Raises DraftExistsError, CardClosedError, InvalidError.
    """
    source = source_of(appointment)
    if source is None:
        raise InvalidError(_("Timen er avlyst uten at noe skal betales."), field="appointment")
    _refuse_second(appointment.patient, new=new)
    codes = price_codes(appointment.schedule, appointment.type) if source == CardSource.APPOINTMENT else ()
    return _make(
        appointment.patient, source, appointment.starts, appointment.ends, codes, appointment=appointment
    )  # fmt: skip


def open_for_consultation(thread: Thread, *, new: bool = False) -> InvoiceCard:
    """Begin the card of an e-consultation that was answered, with the time of the answer (BIL-6).

    Raises DraftExistsError, InvalidError.
    """
    answered_at = answer_time(thread)
    if answered_at is None or thread.patient is None:
        raise InvalidError(_("Bare en besvart eKonsultasjon gir regningskort."), field="thread")
    _refuse_second(thread.patient, new=new)
    return _make(
        thread.patient, CardSource.E_CONSULTATION, answered_at, answered_at + _SHORT, (), thread=thread
    )  # fmt: skip


def answer_time(thread: Thread) -> datetime | None:
    """When the clinic last answered an e-consultation; None for other threads, and before it did."""
    if thread.kind != DialogKind.E_CONSULTATION:
        return None
    answers = Message.objects.filter(thread=thread, direction=Direction.OUT, points_on=False)
    return answers.order_by("-generated_at").values_list("generated_at", flat=True).first()


def source_of(appointment: Appointment) -> CardSource | None:
    """What a card of an appointment would be for; None where nobody is billed."""
    cancelled = (
        appointment.log.filter(kind__startswith="cancelled").order_by("-at").values_list("at", flat=True).first()
    )
    return rules.source_of(appointment, cancelled, _tariff(appointment.starts))


def change_card(
    card: InvoiceCard, *, starts: datetime, ends: datetime, codes: Iterable[str], expected_version: int
) -> InvoiceCard:
    """Write the time and the codes anew, priced by the tariff of that day. Raises CardChangedError, CardClosedError,
    InvalidError.
    """
    card = _locked(card, expected_version)
    if ends <= starts:
        raise InvalidError(_("Slutten må være etter begynnelsen."), field="ends")
    tariff = _tariff(starts)
    card.starts, card.ends, card.tariff = starts, ends, tariff.valid_from
    card.free = rules.why_free(card.patient, starts, tariff)
    card.version += 1
    card.save(update_fields=["starts", "ends", "tariff", "free", "version"])
    _price(card, list(codes), tariff)
    _note(card, Action.INVOICE_CHANGED)
    return card


def close_card(card: InvoiceCard, state: CardState, *, expected_version: int) -> InvoiceCard:
    """Make a draft ready for the accounts, or discard it. Raises CardChangedError, CardClosedError, InvalidError."""
    card = _locked(card, expected_version)
    if state == CardState.READY and not card.lines.exists():
        raise InvalidError(_("Velg minst én takst."), field="codes")
    card.state = state
    card.version += 1
    card.save(update_fields=["state", "version"])
    _note(card, Action.INVOICE_CHANGED)
    return card


def set_price_codes(schedule: Schedule, kind: AppointmentType, codes: Iterable[str]) -> None:
    """Choose the codes that come by themselves for a type in a timebok (TYP-9). For administrators.

    Raises NotAllowedError, InvalidError.
    """
    require(current_actor(), Permission.CREATE_TARIFF)
    wanted = _known(list(codes), _tariff(clock.now()))
    PriceCode.objects.filter(schedule=schedule, type=kind).delete()
    PriceCode.objects.bulk_create(
        PriceCode(clinic_id=schedule.clinic_id, schedule=schedule, type=kind, code=one) for one in wanted
    )
    record(
        Action.PRICE_CODES_CHANGED,
        subject_kind="appointment_type",
        subject_id=kind.id,
        detail={"schedule": str(schedule.id), "codes": wanted},
    )


def _make(
    patient: Patient,
    source: CardSource,
    starts: datetime,
    ends: datetime,
    codes: Iterable[str],
    *,
    appointment: Appointment | None = None,
    thread: Thread | None = None,
) -> InvoiceCard:
    tariff = _tariff(starts)
    card = InvoiceCard(
        clinic_id=patient.clinic_id,
        patient=patient,
        source=source,
        appointment=appointment,
        thread=thread,
        starts=starts,
        ends=ends,
        free=rules.why_free(patient, starts, tariff),
        tariff=tariff.valid_from,
        created_by_name=current_actor().name,
    )
    if not insert_once(card):
        raise CardClosedError(_("Timen har allerede et regningskort."))
    known = [one for one in (*rules.proposed(source, starts, tariff), *codes) if one in tariff.codes]
    _price(card, known, tariff)
    _note(card, Action.INVOICE_OPENED)
    if appointment is not None:
        follow_up(appointment, handled=True, by_card=True)
    return card


def _price(card: InvoiceCard, codes: list[str], tariff: Tariff) -> None:
    wanted = _known(codes, tariff)
    card.lines.all().delete()
    lines = []
    for one in (tariff.codes[code] for code in wanted):
        pays = card.free == NoUserFee.PAYS or one.always_paid
        lines.append(
            InvoiceLine(
                clinic_id=card.clinic_id,
                card=card,
                code=one.code,
                text=one.text,
                fee=one.fee,
                user_fee=one.user_fee if pays else 0,
            )
        )
    InvoiceLine.objects.bulk_create(lines)


def _known(codes: list[str], tariff: Tariff) -> list[str]:
    if unknown := [one for one in codes if one not in tariff.codes]:
        raise InvalidError(_("Taksten finnes ikke: %(codes)s") % {"codes": ", ".join(unknown)}, field="codes")
    return list(dict.fromkeys(codes))


def _latest(patient: Patient, now: datetime) -> Appointment | None:
    """The appointment that a card made now is tied to (BIL-2)."""
    rows = Appointment.objects.filter(patient=patient, state__in=STANDING, starts__lte=now)
    recent = rows.filter(ends__gte=now - rules.TIED_WITHIN).exclude(invoice_cards__state__in=["draft", "ready"])
    return recent.select_related("schedule", "type", "patient").order_by("-starts").first()


def _refuse_second(patient: Patient, *, new: bool) -> None:
    if not new and (drafts := drafts_of(patient)):
        raise DraftExistsError(_("Pasienten har et påbegynt regningskort."), drafts[0])


def _locked(card: InvoiceCard, expected_version: int) -> InvoiceCard:
    rows = InvoiceCard.objects.select_for_update(of=("self",)).select_related("patient")
    found = rows.get(id=card.id)
    if found.version != expected_version:
        raise CardChangedError(_("Noen andre har endret regningskortet. Ingenting er lagret."))
    if found.state != CardState.DRAFT:
        raise CardClosedError(_("Regningskortet er ikke lenger et utkast."))
    return found


def _tariff(at: datetime) -> Tariff:
    return tariff_on(clock.oslo(at).date())


def _note(card: InvoiceCard, action: Action) -> None:
    record(action, subject_kind="invoice_card", subject_id=card.id, patient_id=card.patient_id)
    live.announce("patient", card.patient_id)
