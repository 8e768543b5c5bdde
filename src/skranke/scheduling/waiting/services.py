"""The verbs of the waiting list: an entry is made, changed, taken off, or ends with a booked time (REQ-6)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import event, record
from skranke.clinics.access import require
from skranke.clinics.models import Clinic
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.errors import ChangedError, ConflictError, InvalidError, NotFoundError
from skranke.patients.models import Patient
from skranke.scheduling.errors import SlotTakenError
from skranke.scheduling.models import Appointment, AppointmentType, BookedThrough, Occupancy, Schedule, Slot, Visibility
from skranke.scheduling.services.booking import book
from skranke.scheduling.services.locks import Stretch, lock_for_booking
from skranke.scheduling.values import Refusal
from skranke.scheduling.waiting import rules
from skranke.scheduling.waiting.models import EntryState, OfferState, SlotOffer, WaitingEntry, WaitingEvent
from skranke.tenancy.live import announcement
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor, forget

MAX_NOTE = 1000
SUBJECT = "waiting_entry"
_ALIVE = {"state": EntryState.WAITING}


class NotWaitingError(ConflictError):
    """The entry has ended, or the offer does not stand any more."""

    code = "not_waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """What somebody waits for. schedule: None: any; earliest, latest: Oslo days, both included."""

    type: AppointmentType
    schedule: Schedule | None = None
    earliest: date | None = None
    latest: date | None = None
    short_notice: bool = False
    note: str = ""


def add_entry(patient: Patient, facts: EntryFacts) -> WaitingEntry:
    """Put a patient on the waiting list. Raises InvalidError, also where the patient waits for the type already."""
    lock_for_booking(patient.id)
    _check(patient, facts)
    actor, now = current_actor(), clock.now()
    entry = WaitingEntry(
        clinic_id=actor.clinic_id, patient=patient, created_at=now, created_by_name=actor.name, **_columns(facts)
    )
    insert(entry)
    note(entry, "added", now, Action.WAITING_LIST_CHANGED)
    return entry


def change_entry(entry: WaitingEntry, facts: EntryFacts, *, expected_version: int | None = None) -> WaitingEntry:
    """Change what one waits for; the place in the order is kept, and so is a time that is held already.

    Raises InvalidError, NotWaitingError, ChangedError.
    """
    held = _locked(entry, expected_version)
    _check(held.patient, facts, but_not=held)
    for name, value in _columns(facts).items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=[*_columns(facts), "version"])
    note(held, "changed", clock.now(), Action.WAITING_LIST_CHANGED)
    return held


def remove_entry(entry: WaitingEntry) -> WaitingEntry:
    """Take an entry off; a time that is held for it is free again. Raises NotWaitingError."""
    held = _locked(entry)
    _withdraw_open(held)
    _end(held, EntryState.REMOVED)
    note(held, "removed", clock.now(), Action.WAITING_LIST_CHANGED)
    return held


def book_entry(entry: WaitingEntry, slot: Slot) -> Appointment:
    """Staff give one who waits a time: the one that is held for the entry, or any other free one.

    Raises SlotTakenError, BookingRefusedError, NotWaitingError. Nothing has been written then.
    """
    with transaction.atomic():
        lock_for_booking(entry.patient_id, _stretch(slot))
        held = _locked(entry)
        offer = SlotOffer.objects.select_for_update(of=("self",)).filter(entry=held, state=OfferState.OPEN).first()
        if offer is not None:
            free_hold(offer)
        given = book(slot=slot, patient=held.patient, through=BookedThrough.STAFF)
        if offer is not None and offer.slot_id == slot.id:
            end_offer(offer, OfferState.ACCEPTED, given)
        elif offer is not None:
            end_offer(offer, OfferState.WITHDRAWN)
        _end(held, EntryState.BOOKED)
        note(held, "booked", clock.now(), Action.WAITING_LIST_CHANGED, slot.during.lower)
    return given


def accept(offer: SlotOffer, *, representative: str = "") -> Appointment:
    """The patient takes the time that is held: booked with every rule looked at again (BOK-12), in one commit.

    Raises NotWaitingError where the offer stands no more, SlotTakenError, BookingRefusedError. Nothing is written then.
    """
    with transaction.atomic():
        slot = Slot.objects.filter(id=offer.slot_id).first()
        if slot is None:
            raise SlotTakenError(Refusal.GONE)
        lock_for_booking(offer.patient_id, _stretch(slot))
        held = _standing(offer)
        free_hold(held)
        patient = Patient.objects.get(id=held.patient_id)
        given = book(slot=slot, patient=patient, through=BookedThrough.PORTAL, representative=representative)
        end_offer(held, OfferState.ACCEPTED, given)
        ended = {"state": EntryState.BOOKED, "ended_at": clock.now(), "version": F("version") + 1}
        WaitingEntry.objects.filter(id=held.entry_id, **_ALIVE).update(**ended)
    return given


def decline(offer: SlotOffer) -> None:
    """The patient says no: the time goes to the next one, and the patient goes on waiting. Raises NotWaitingError."""
    lock_for_booking(offer.patient_id)
    held = _standing(offer)
    free_hold(held)
    end_offer(held, OfferState.DECLINED)


def withdraw(offer: SlotOffer) -> None:
    """Staff take an offer back, or note that who was called does not want it: the next one is asked."""
    held = SlotOffer.objects.select_for_update(of=("self",)).filter(id=offer.id, state=OfferState.OPEN).first()
    if held is None:
        raise NotWaitingError(_("Tilbudet gjelder ikke lenger. Ingenting er endret."))
    free_hold(held)
    end_offer(held, OfferState.DECLINED)


def end_offer(offer: SlotOffer, state: OfferState, appointment: Appointment | None = None) -> None:
    """Store how an offer ended, with its line in the log."""
    now = clock.now()
    offer.state, offer.ended_at, offer.appointment = state, now, appointment
    offer.save(update_fields=["state", "ended_at", "appointment"])
    starts, schedule_id = Slot.objects.values_list("starts", "schedule_id").get(id=offer.slot_id)
    row = WaitingEvent(
        clinic_id=offer.clinic_id,
        entry_id=offer.entry_id,
        at=now,
        kind=state.value,
        actor_name=current_actor().name,
        slot_starts=starts,
    )
    told = event(
        Action.WAITING_OFFER_ENDED,
        subject_kind=SUBJECT,
        subject_id=offer.entry_id,
        patient_id=offer.patient_id,
        detail={"state": state.value, "slot": str(offer.slot_id)},
    )
    insert(row, told, calls=[announcement("schedule", schedule_id)])


def free_hold(offer: SlotOffer) -> None:
    """The time of an offer is held no more."""
    Occupancy.objects.filter(kind="hold", source_id=offer.id).delete()


def set_offer_hours(hours: int) -> Clinic:
    """How long a time is held for one who waits. Raises NotAllowedError, InvalidError."""
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    if not rules.is_sensible(hours):
        text = _("Skriv et helt tall fra 1 til %(most)s. Ingenting er lagret.") % {"most": rules.MOST_HOURS}
        raise InvalidError(text, field="hours")
    clinic = Clinic.objects.select_for_update(no_key=True).get(id=actor.clinic_id)
    before, clinic.waiting_offer_hours = clinic.waiting_offer_hours, hours
    clinic.save(update_fields=["waiting_offer_hours"])
    forget("clinic")
    detail = {"changes": {"waiting_offer_hours": [before, hours]}}
    record(Action.BOOKING_LIMITS_CHANGED, subject_kind="waiting_list", subject_id=clinic.id, detail=detail)
    return clinic


def note(entry: WaitingEntry, kind: str, now: datetime, action: Action, starts: datetime | None = None) -> None:
    """What happened to an entry: its own log, and the audit log."""
    row = WaitingEvent(
        clinic_id=entry.clinic_id,
        entry=entry,
        at=now,
        kind=kind,
        actor_name=current_actor().name,
        slot_starts=starts,
    )
    told = event(action, subject_kind=SUBJECT, subject_id=entry.id, patient_id=entry.patient_id, detail={"kind": kind})
    insert(row, told)


def _columns(facts: EntryFacts) -> dict[str, object]:
    return {
        "type": facts.type,
        "schedule": facts.schedule,
        "earliest": facts.earliest,
        "latest": facts.latest,
        "short_notice": facts.short_notice,
        "note": facts.note.strip(),
    }


def _check(patient: Patient, facts: EntryFacts, but_not: WaitingEntry | None = None) -> None:
    if facts.earliest and facts.latest and facts.latest < facts.earliest:
        raise InvalidError(_("Siste dag er før første dag. Ingenting er lagret."), field="latest")
    if facts.latest is not None and facts.latest < clock.today():
        raise InvalidError(_("Siste dag er passert. Ingenting er lagret."), field="latest")
    if len(facts.note.strip()) > MAX_NOTE:
        raise InvalidError(_("Notatet kan ha høyst %(limit)d tegn.") % {"limit": MAX_NOTE}, field="note")
    if facts.type.visibility == Visibility.GROUP:
        raise InvalidError(_("Ingen kan vente på en gruppetime. Velg en annen timetype."), field="type")
    others = WaitingEntry.objects.filter(patient=patient, type=facts.type, **_ALIVE)
    if any(one != but_not for one in others):
        raise InvalidError(_("Pasienten venter på denne timetypen fra før. Endre den oppføringen."), field="type")


def _locked(entry: WaitingEntry, expected_version: int | None = None) -> WaitingEntry:
    rows = WaitingEntry.objects.select_for_update(of=("self",)).select_related("patient", "type", "schedule")
    held = rows.filter(id=entry.id).first()
    if held is None:
        raise NotFoundError("There is no such thing here.")
    if held.state != EntryState.WAITING:
        raise NotWaitingError(_("Oppføringen er avsluttet fra før. Ingenting er endret."))
    if expected_version is not None and held.version != expected_version:
        raise ChangedError(_("Noen andre har endret oppføringen. Se over den, og lagre på nytt."))
    return held


def _standing(offer: SlotOffer) -> SlotOffer:
    """The offer, locked, if it can still be answered."""
    held = SlotOffer.objects.select_for_update(of=("self",)).filter(id=offer.id).first()
    if held is None or held.state != OfferState.OPEN or held.expires_at <= clock.now():
        raise _over()
    return held


def _over() -> NotWaitingError:
    return NotWaitingError(_("Tilbudet gjelder ikke lenger. Du står fortsatt på ventelisten."))


def _withdraw_open(entry: WaitingEntry) -> None:
    for offer in SlotOffer.objects.select_for_update(of=("self",)).filter(entry=entry, state=OfferState.OPEN):
        free_hold(offer)
        end_offer(offer, OfferState.WITHDRAWN)


def _end(entry: WaitingEntry, state: EntryState) -> None:
    entry.state, entry.ended_at, entry.version = state, clock.now(), entry.version + 1
    entry.save(update_fields=["state", "ended_at", "version"])


def _stretch(slot: Slot) -> Stretch:
    return Stretch(slot.schedule_id, slot.during.lower, slot.during.upper)
