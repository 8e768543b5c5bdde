"""Which schedule HelseNorge may see for a GP or a service party, and why none (HNB-1..7)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.clinics.activation.queries import offered_by, offering
from skranke.clinics.models import CommunicationParty, Employee, PartyKind, Service
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.facts import all_types, schedule_facts, type_facts
from skranke.scheduling.models import OwnerKind, Schedule, Slot, SlotState
from skranke.scheduling.places import is_free
from skranke.scheduling.resources import common_schedules
from skranke.scheduling.values import Finding, OfferAudience, Refusal, ScheduleFacts, SlotFacts, TypeFacts


def offers_booking(gp_id: UUID) -> bool:
    """HNB-1: booking is on for the GP in Adresseregisteret, chosen by the clinic, and both are live (ACT-14)."""
    return offering(Service.BOOKING).filter(employee_id=gp_id).exists()


def owned_schedules(gp_id: UUID) -> list[ScheduleFacts]:
    """The schedules the GP owns alone, online or not (HNB-3, HNB-5); archived ones do not count."""
    rows = Schedule.objects.filter(owner_kind=OwnerKind.EMPLOYEE, owner_id=gp_id, archived=False)
    return [schedule_facts(row) for row in rows.order_by("internal_name", "id")]


def only_schedule(gp_id: UUID) -> ScheduleFacts:
    """The one schedule HelseNorge may see (HNB-1, HNB-3, HNB-4).

    Raises BookingRefusedError (26): service off, no schedule, or several; the last two tell the patient to phone.
    """
    return schedule_of(gp_id, None)


def schedule_of(gp_id: UUID, wanted: Employee | None) -> ScheduleFacts:
    """As `only_schedule`; where the patient asks for a practitioner at the GP's party, that one's (DDFL-HT-07).

    A stand-in's is shown to the GP's list; any other practitioner's stays as it is, and shows the list nothing.
    """
    if not offers_booking(gp_id):
        raise BookingRefusedError(Refusal.SERVICE_OFF)
    owned = owned_schedules(wanted.id if wanted else gp_id)
    refusal = rules.wrong_number_of_schedules(len(owned))
    if refusal is not None:
        raise BookingRefusedError(refusal)
    stands_in = wanted is not None and rules.stands_in(wanted.role)
    return replace(owned[0], list_of=gp_id) if stands_in else owned[0]


def resource_schedules(party: CommunicationParty) -> list[ScheduleFacts]:
    """The calendars of a service party (HNB-2): its employee's, else every one that no GP owns (RES-2, RES-9).

    Raises BookingRefusedError (26) when the party does not offer booking, or there is none.
    """
    if Service.BOOKING.value not in offered_by(party):
        raise BookingRefusedError(Refusal.SERVICE_OFF)
    common = party.employee_id is None
    rows = common_schedules() if common else Schedule.objects.filter(archived=False, owner_id=party.employee_id)
    found = [replace(schedule_facts(row), resource=True, flagged_only=common) for row in rows]
    if not found:
        raise BookingRefusedError(Refusal.NO_SCHEDULE)
    return found


def check_request(
    calendar: "Calendar", patient: Patient, comment: str, *, require_comment: bool
) -> list[ScheduleFacts]:
    """What can be said of a reservation before its slot is looked at; gives the schedules it may be in.

    Raises BookingRefusedError: 30 for a blocked patient or another GP's, 26 for HNB-1, HNB-4 and a blank comment.
    """
    if patient.blocked:
        raise BookingRefusedError(Refusal.BLOCKED)
    allowed = calendar.schedules()
    if not (patient.on_gp_list and calendar.gp_id in (None, patient.gp_id)):
        raise BookingRefusedError(Refusal.NOT_ENTITLED)
    if require_comment and rules.is_blank(comment):
        raise BookingRefusedError(Refusal.NO_COMMENT)
    return allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a message addresses: a GP's calendar, perhaps that of a wanted practitioner there, or a service party's."""

    gp_id: UUID | None = None
    wanted: Employee | None = None
    resource: CommunicationParty | None = None

    @property
    def is_common(self) -> bool:
        """It is that of the clinic's common services, and of no practitioner (RES-2)."""
        return self.resource is not None and self.resource.employee_id is None

    def schedules(self) -> list[ScheduleFacts]:
        """Those HelseNorge may see of it. Raises BookingRefusedError (26)."""
        if self.resource is not None:
            return resource_schedules(self.resource)
        if self.gp_id is None:
            raise BookingRefusedError(Refusal.NO_SCHEDULE)
        return [schedule_of(self.gp_id, self.wanted)]


def calendar_of(patient: Patient, slot: Slot | None, contact_her_id: str) -> Calendar:
    """The calendar that a reservation names by its slot, else by its contact, else the patient's GP's."""
    owner = slot.schedule.owner if slot is not None else None
    if owner is not None and owner.is_gp:
        return Calendar(gp_id=owner.id)
    party = CommunicationParty.objects.filter(her_id=contact_her_id.strip()).first() if contact_her_id else None
    if party is not None and party.kind == PartyKind.SERVICE:
        return Calendar(resource=party)
    gp_id = party.employee_id if party is not None else patient.gp_id
    if owner is not None:
        return Calendar(gp_id=gp_id, wanted=owner)
    return Calendar() if slot is not None else Calendar(gp_id=gp_id)


def another_slot(
    gp_id: UUID | None, start: datetime, end: datetime, *, but_not: UUID | None, now: datetime
) -> Slot | None:
    """A time of exactly these bounds, free and bookable, with the GP or a stand-in of the same party (DDFL-RT-08)."""
    if gp_id is None:
        return None
    mates = Q(schedule__owner__role__in=rules.STAND_INS, schedule__owner__active=True) | Q(schedule__owner_id=gp_id)
    rows = Slot.objects.filter(mates, state=SlotState.OPEN, starts=start, ends=end)
    rows = rows.select_related("schedule__owner", "type").order_by("schedule__internal_name", "id")
    return next((row for row in rows if row.schedule_id != but_not and _is_free(gp_id, row, now)), None)


def _is_free(gp_id: UUID, slot: Slot, now: datetime) -> bool:
    assert slot.schedule.owner is not None
    try:
        schedule = schedule_of(gp_id, slot.schedule.owner)
    except BookingRefusedError:
        return False
    kind = type_facts(slot.type)
    opens = None if slot.available_from is None else int(slot.available_from.timestamp())
    start, end = slot.during.lower, slot.during.upper
    fact = SlotFacts(schedule.id, int(start.timestamp()), int(end.timestamp()), kind.id, slot.id, slot.uid, opens)
    if rules.offline(schedule, kind) or rules.not_takeable(fact, kind, OfferAudience.HELSENORGE, now):
        return False
    return is_free(slot, now)


def why_no_slots(gp: Employee) -> list[Finding]:
    """Each rule HNB-1..7 for one GP: met or not, with a sentence that names what to mend (HNB-15)."""
    findings = [_service_finding(offers=offers_booking(gp.id))]
    owned = owned_schedules(gp.id)
    findings.append(_number_finding(owned))
    if len(owned) != 1:
        return findings
    types = all_types()
    used = Schedule.objects.get(id=owned[0].id).slots.filter(state="open").values_list("type_id", flat=True).distinct()
    return [*findings, _online_finding(owned[0]), _types_finding([types[one] for one in used])]


def _service_finding(*, offers: bool) -> Finding:
    text = (
        _("Timebestilling er slått på for legen i Adresseregisteret.")
        if offers
        else _("Timebestilling er ikke slått på for legen i Adresseregisteret.")
    )
    return Finding(requirement="HNB-1", ok=offers, text=text, reason=Refusal.SERVICE_OFF)


def _number_finding(owned: list[ScheduleFacts]) -> Finding:
    names = ", ".join(f"«{one.internal_name}»" for one in owned)
    text = _("Legen eier nøyaktig én timebok: {names}.").format(names=names)
    if not owned:
        text = _("Legen eier ingen timebok. Lag en timebok og sett legen som eier.")
    elif len(owned) > 1:
        text = _(
            "Legen eier flere timebøker: {names}. HelseNorge viser ingen timer før legen eier nøyaktig én. "
            "Bytt eier på de andre, eller arkiver dem."
        ).format(names=names)
    return Finding(
        requirement="HNB-4", ok=len(owned) == 1, text=text, reason=rules.wrong_number_of_schedules(len(owned))
    )


def _online_finding(schedule: ScheduleFacts) -> Finding:
    text = (
        _("Timeboken «{name}» er tilgjengelig på nett.")
        if schedule.online
        else _("Timeboken «{name}» er ikke tilgjengelig på nett. Slå på «Tilgjengelig på nett».")
    )
    return Finding(
        requirement="HNB-6",
        ok=schedule.online,
        text=text.format(name=schedule.internal_name),
        reason=Refusal.SCHEDULE_OFFLINE,
    )


def _types_finding(types: list[TypeFacts]) -> Finding:
    shown = [one for one in types if one.active and one.bookable_online and not rules.is_hidden(one)]
    if shown:
        text = _("Timetyper som kan bestilles: {names}.").format(names=", ".join(sorted(one.name for one in shown)))
    elif types:
        text = _("Ingen av timetypene i timeboken kan bestilles på nett: {names}.").format(
            names=", ".join(sorted(one.name for one in types))
        )
    else:
        text = _("Timeboken har ingen ledige timer. Legg timetyper i ukemalen og oppdater arbeidsplanen.")
    return Finding(requirement="HNB-7", ok=bool(shown), text=text, reason=Refusal.TYPE_OFFLINE)
