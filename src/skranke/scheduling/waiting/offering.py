"""Free times are held for those who wait, in order, and told of in the portal: the worker's part (REQ-6).

One step is one unit of work: the hold, the offer and the message stand together, or none of them does.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.queries import this_clinic
from skranke.dialog import rules as dialog_rules
from skranke.dialog.services.automatic import tell_by_itself
from skranke.kernel import clock
from skranke.scheduling import rules as booking
from skranke.scheduling.facts import clinic_limits, patient_facts, schedule_facts, time_in_use, type_facts
from skranke.scheduling.models import Occupancy, OccupancyKind, Slot, SlotState, Visibility
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.services.booking import clear_expired
from skranke.scheduling.services.locks import Stretch, lock_for_booking
from skranke.scheduling.values import OfferAudience, OfferedSlot, Refusal, SlotFacts
from skranke.scheduling.waiting import rules
from skranke.scheduling.waiting.models import EntryState, OfferedBy, OfferState, SlotOffer, WaitingEntry
from skranke.scheduling.waiting.queries import wanted_of
from skranke.scheduling.waiting.services import end_offer, free_hold, note
from skranke.tenancy.live import announce
from skranke.tenancy.rows import insert, insert_once
from skranke.ui.dates import format_moment


def clinics_with_waiting_list() -> list[UUID]:
    """The clinics where somebody waits; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_with_waiting_list()")
        return [row[0] for row in cursor.fetchall()]


def tend_waiting_list() -> bool:
    """One step of the present clinic: end what nobody has answered, or offer one time; whether there was anything."""
    now = clock.now()
    return _end_one(now) or _offer_one(now)


def _end_one(now: datetime) -> bool:
    """An offer whose time to answer is over, or whose time the clinic has taken away."""
    rows = SlotOffer.objects.select_for_update(of=("self",), skip_locked=True).filter(state=OfferState.OPEN)
    offer = rows.filter(expires_at__lte=now).first() or rows.exclude(slot__state=SlotState.OPEN).first()
    if offer is None:
        return False
    free_hold(offer)
    end_offer(offer, OfferState.EXPIRED if offer.expires_at <= now else OfferState.WITHDRAWN)
    return True


def _offer_one(now: datetime) -> bool:
    waiting = WaitingEntry.objects.filter(state=EntryState.WAITING).exclude(offers__state=OfferState.OPEN)
    rows = waiting.select_related("patient", "type", "schedule").order_by("created_at", "id")
    wanting = [(entry, wanted_of(entry)) for entry in rows]
    free = _free(now, [wanted for _entry, wanted in wanting])
    if not free:
        return False
    before = _offered_before()
    for entry, wanted in wanting:
        for one in free:
            if (entry.id, one.id) not in before and rules.fits(wanted, one.slot, now) and _offer(entry, one, now):
                return True
    return False


def _free(now: datetime, wanting: Sequence[rules.Wanted]) -> list[OfferedSlot]:
    """What staff could give away now of what somebody waits for, the earliest first.

    Held times are not among it, nor places in a group: a hold has the whole of a time, and would keep the others of a
    group out.
    """
    if not wanting:
        return []
    types = {one.type_id for one in wanting}
    found = offered_slots(audience=OfferAudience.STAFF, start=now, end=max(now, rules.last_of(wanting, now)))
    found = [one for one in found if one.slot.type_id in types and one.type.visibility != Visibility.GROUP]
    return sorted(found, key=lambda one: (one.start, one.id))


def _offered_before() -> set[tuple[UUID, UUID]]:
    kept = SlotOffer.objects.exclude(state=OfferState.WITHDRAWN).filter(entry__state=EntryState.WAITING)
    return set(kept.values_list("entry_id", "slot_id"))


def _offer(entry: WaitingEntry, one: OfferedSlot, now: datetime) -> bool:
    """Hold the time for this one, if the patient may have it (BOK-1..9), and say so; whether it was done."""
    slot = Slot.objects.select_related("schedule", "type").get(id=one.id)
    why, until = _terms(entry, slot, now)
    if until is None:
        return False
    during = slot.during
    lock_for_booking(entry.patient_id, Stretch(slot.schedule_id, during.lower, during.upper))
    locked = WaitingEntry.objects.select_for_update(of=("self",)).filter(id=entry.id, state=EntryState.WAITING)
    if not locked.exists() or time_in_use(slot.schedule_id, during.lower, during.upper, now)[0]:
        return False
    clear_expired(slot.schedule_id, now, during)
    offer = SlotOffer(
        clinic_id=entry.clinic_id,
        entry=entry,
        patient=entry.patient,
        slot=slot,
        by=OfferedBy.CALL if why else OfferedBy.PORTAL,
        why_call=why,
        created_at=now,
        expires_at=until,
    )
    held = Occupancy(
        clinic_id=entry.clinic_id,
        schedule=slot.schedule,
        during=during,
        kind=OccupancyKind.HOLD,
        expires_at=until,
        source_id=offer.id,
    )
    with transaction.atomic():
        if not insert_once(held):
            return False
        insert(offer)
        if not why:
            _tell(offer, slot)
    note(entry, "to_call" if why else "offered", now, Action.WAITING_OFFER_MADE, during.lower)
    announce("schedule", slot.schedule_id)
    return True


def _terms(entry: WaitingEntry, slot: Slot, now: datetime) -> tuple[str, datetime | None]:
    """Why somebody must call, "" where nobody must; and until when it is held, None where it cannot be offered."""
    schedule, kind, clinic = schedule_facts(slot.schedule), type_facts(slot.type), this_clinic()
    limits, start = clinic_limits(clinic), slot.during.lower
    shut = booking.offline(schedule, kind)
    reachable = dialog_rules.reachability_in_portal(entry.patient).ok
    why = rules.must_call(shut, by_telephone=kind.must_call, reachable=reachable)
    if entry.patient.blocked:
        return why, None
    if shut is None:
        patient = patient_facts(entry.patient, now, lists=booking.lists_asked([schedule]))
        fact, audience = _fact(slot), OfferAudience.PORTAL
        window = booking.window(schedule, kind, clinic=limits, patient=patient, audience=audience, now=now)
        refusal = booking.outside(fact, window, now)
        refusal = refusal or booking.not_takeable(fact, kind, audience, now)
        if refusal not in (None, Refusal.MUST_CALL):
            return why, None
    deadline = booking.in_force("booking_deadline_hours", schedule, kind, limits)
    return why, rules.answer_by(start, hours=clinic.waiting_offer_hours, deadline_hours=deadline, now=now)


def _fact(slot: Slot) -> SlotFacts:
    opens = None if slot.available_from is None else int(slot.available_from.timestamp())
    starts, ends = (int(one.timestamp()) for one in (slot.during.lower, slot.during.upper))
    return SlotFacts(slot.schedule_id, starts, ends, slot.type_id, slot.id, slot.uid, opens)


def _tell(offer: SlotOffer, slot: Slot) -> None:
    """A message in the portal, in the patient's language, that leads to where it is answered."""
    with translation.override(offer.patient.language):
        subject = _("Du er tilbudt en time fra ventelisten")
        text = _(
            "Hei %(fornavn)s!\n\nVi har holdt av en time til deg %(tid)s. Svar ja eller nei under «Timer» her i "
            "pasientportalen innen %(frist)s. Etter det går timen til den neste på ventelisten.\n\n"
            "Timen blir ikke bestilt om du svarer på denne meldingen."
        ) % {
            "fornavn": offer.patient.given_name,
            "tid": format_moment(slot.during.lower, "lang"),
            "frist": format_moment(offer.expires_at, "lang"),
        }
    owner = Recipient(employee_id=slot.schedule.owner_id, group_id=slot.schedule.group_id)
    offer.thread = tell_by_itself(offer.patient, subject=subject, text=text, owners=[owner])
    offer.save(update_fields=["thread"])
