"""Reads of the waiting list: for staff, and what a patient who acts is offered (REQ-6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog import rules as dialog_rules
from skranke.dialog.access import patient_of
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.scheduling.facts import schedule_facts, type_facts
from skranke.scheduling.models import Schedule
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.rules import offline, offline_everywhere
from skranke.scheduling.values import OfferAudience, OfferedSlot
from skranke.scheduling.waiting import rules
from skranke.scheduling.waiting.models import EntryState, OfferedBy, OfferState, SlotOffer, WaitingEntry

_AHEAD = timedelta(days=366)
_MOST_FITTING = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the list. offer: what is held for it now. why_call: the code of why no message can be sent; ""."""

    entry: WaitingEntry
    offer: SlotOffer | None
    why_call: str
    blocked: bool


def waiting_list(q: str = "", *, to_call: bool = False) -> list[Waiting]:
    """Those who wait, the longest first; q: words of name, type, timebok or note. The reading is audited (NFR-1).

    to_call: those only for whom a time is held that somebody must call about.
    """
    rows = WaitingEntry.objects.filter(state=EntryState.WAITING).select_related("patient", "type", "schedule")
    words = q.casefold().split()
    found = [row for row in rows.order_by("created_at", "id") if all(word in _text(row) for word in words)]
    offers = _open_offers(found)
    lines = [_line(row, offers.get(row.id)) for row in found]
    if to_call:
        lines = [one for one in lines if one.offer is not None and one.offer.by == OfferedBy.CALL]
    record(Action.WAITING_LIST_READ, subject_kind="clinic", subject_id=None, detail={"entries": len(lines)})
    return lines


def entry_for(actor: Actor, entry_id: UUID) -> Waiting:
    """One entry, also one that has ended. The reading is audited (NFR-1). Raises NotFoundError."""
    if actor.kind == ActorKind.PATIENT:
        raise NotFoundError("There is no such thing here.")
    rows = WaitingEntry.objects.select_related("patient", "type", "schedule")
    entry = rows.filter(clinic_id=actor.clinic_id, id=entry_id).first()
    if entry is None:
        raise NotFoundError("There is no such thing here.")
    record(Action.WAITING_LIST_READ, subject_kind="waiting_entry", subject_id=entry.id, patient_id=entry.patient_id)
    return _line(entry, _open_offers([entry]).get(entry.id))


def fitting_times(entry: WaitingEntry) -> list[OfferedSlot]:
    """The free times that staff could give the entry now, the first ones."""
    now = clock.now()
    found = offered_slots(audience=OfferAudience.STAFF, start=now, end=now + _AHEAD, schedule=entry.schedule)
    wanted = wanted_of(entry)._replace(short_notice=True)
    fits = [one for one in found if rules.fits(wanted, one.slot, now)]
    return sorted(fits, key=lambda one: (one.start, one.id))[:_MOST_FITTING]


def wanted_of(entry: WaitingEntry) -> rules.Wanted:
    """What the rules ask of an entry."""
    return rules.Wanted(entry.type_id, entry.schedule_id, entry.earliest, entry.latest, entry.short_notice)


def offers_in(schedules: Iterable[Schedule]) -> Mapping[UUID, SlotOffer]:
    """The offers that stand in some schedules, by slot, for the calendar."""
    rows = SlotOffer.objects.filter(
        slot__schedule_id__in=[one.id for one in schedules], state=OfferState.OPEN, expires_at__gt=clock.now()
    )
    return {row.slot_id: row for row in rows.select_related("patient")}


def own_offers(actor: Actor) -> list[SlotOffer]:
    """What is held for the patient who acts, and may be answered now."""
    rows = SlotOffer.objects.filter(
        patient=patient_of(actor), by=OfferedBy.PORTAL, state=OfferState.OPEN, expires_at__gt=clock.now()
    )
    return list(_with_slot(rows).order_by("slot__starts", "id"))


def own_offer_for(actor: Actor, offer_id: UUID) -> SlotOffer:
    """An offer to the patient who acts, however it stands. Raises NotFoundError."""
    found = _with_slot(SlotOffer.objects.filter(patient=patient_of(actor), by=OfferedBy.PORTAL, id=offer_id)).first()
    if found is None:
        raise NotFoundError("There is no such thing here.")
    record(
        Action.WAITING_OFFER_READ, subject_kind="waiting_entry", subject_id=found.entry_id, patient_id=found.patient_id
    )
    return found


def _with_slot(rows: "QuerySet[SlotOffer]") -> "QuerySet[SlotOffer]":
    return rows.select_related("slot__schedule", "slot__type")


def _open_offers(entries: Iterable[WaitingEntry]) -> dict[UUID, SlotOffer]:
    rows = SlotOffer.objects.filter(
        entry_id__in=[one.id for one in entries], state=OfferState.OPEN, expires_at__gt=clock.now()
    )
    return {row.entry_id: row for row in rows.select_related("slot__schedule")}


def _line(entry: WaitingEntry, offer: SlotOffer | None) -> Waiting:
    kind = type_facts(entry.type)
    shut = offline(schedule_facts(entry.schedule), kind) if entry.schedule is not None else offline_everywhere(kind)
    reachable = dialog_rules.reachability_in_portal(entry.patient).ok
    why = rules.must_call(shut, by_telephone=kind.must_call, reachable=reachable)
    return Waiting(entry=entry, offer=offer, why_call=why, blocked=entry.patient.blocked)


def _text(entry: WaitingEntry) -> str:
    book = entry.schedule.internal_name if entry.schedule is not None else ""
    return f"{entry.patient.name} {entry.type.name} {book} {entry.note}".casefold()
