"""The clinic that is measured: GPs, each with patients and a full appointment book. All synthetic."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from skranke.clinics.activation.services import go_live, note_prerequisites, put_party_live
from skranke.clinics.models import Clinic, CommunicationParty, Employee, EmployeeRole, PartyKind, Service
from skranke.clinics.services import establish, hire, register_party, set_counterpart, set_profile
from skranke.identity.services import create_account
from skranke.kernel import clock
from skranke.kernel.actor import Actor, system
from skranke.kernel.ids import new_id, synthetic_national_id
from skranke.patients.models import Patient
from skranke.patients.services import register
from skranke.scheduling.models import (
    Appointment,
    AppointmentType,
    Audience,
    BookedThrough,
    Occupancy,
    OccupancyKind,
    Schedule,
    Slot,
)
from skranke.scheduling.services import planning, setup
from skranke.scheduling.values import IsoWeek, TemplateEntry, weeks_from
from skranke.tenancy.work import acting

CLINIC_HER_ID = "91000001"
HELSENORGE_HER_ID_LEVEL1, HELSENORGE_HER_ID = "91000011", "91000012"
_FIRST_GP_HER_ID = 91000100
_WORKING_WEEK = 5
_MINUTES = 15
_BORN = date(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class World:
    """One clinic, its GPs in order, their schedules and their patients (patients[n] stand on gps[n]'s list)."""

    clinic: Clinic
    gps: list[Employee]
    parties: list[CommunicationParty]
    schedules: list[Schedule]
    types: list[AppointmentType]
    patients: list[list[Patient]]
    slots: int

    @property
    def actor(self) -> Actor:
        """The program at work for the clinic."""
        return system(self.clinic.id)


def build(
    *, gps: int, weeks: int, slots_a_day: int, patients: int, booked: float = 0.0, audience: Audience = Audience.ALL
) -> World:
    """Make the clinic through the verbs. booked: the share of all slots that is already taken, chosen by a fixed seed.

    patients: on each GP's list.
    """
    clinic = establish(
        slug="maaling",
        name="Målevik legesenter",
        her_id=CLINIC_HER_ID,
        organisation_number="999999999",
        is_test=True,
        booking_deadline_hours=2,
        max_self_booked=1000,
    )
    with acting(system(clinic.id)):
        doctors = [_gp(number) for number in range(gps)]
        parties = [_party(number, gp) for number, gp in enumerate(doctors)]
        _activate(parties)
        lists = [
            [_patient(gp, 1000 * place + number) for number in range(patients)] for place, gp in enumerate(doctors)
        ]
        types = [
            setup.create_type(name="Konsultasjon", minutes=_MINUTES),
            setup.create_type(name="Bare i skranken", minutes=_MINUTES, bookable_online=False),
        ]
        template = setup.create_template(name="Uke", entries=_entries(types, slots_a_day))
        planned = weeks_from(IsoWeek.of(clock.today()).next(), weeks)
        schedules = []
        for gp in doctors:
            schedule = setup.create_schedule(owner=gp, public_name=gp.name, audience=audience)
            planning.plan_weeks(schedule, template, planned)
            planning.apply_plan(schedule, planned)
            schedules.append(schedule)
        count = _book(schedules, lists, booked)
    return World(clinic, doctors, parties, schedules, types, lists, count)


def _activate(parties: list[CommunicationParty]) -> None:
    """Live, and connected in name only: who measures messages says anew where bus and keys are."""
    queues: dict[str, Any] = {f"queue_{lane}": f"none_{lane}" for lane in ("async", "sync", "error")}
    names = ("signing_certificate", "signing_key", "decryption_certificate", "decryption_key", "trust_anchor")
    keys: dict[str, Any] = dict.fromkeys(names, "file:none.pem")
    set_profile(bus_url="embedded:", queue_syncreply="none_syncreply", **queues, **keys)
    set_counterpart(
        her_id=HELSENORGE_HER_ID,
        name="Digital dialog",
        her_id_level1=HELSENORGE_HER_ID_LEVEL1,
        name_level1="Helsenorge",
        signing_certificate="file:none.pem",
        encryption_certificate="file:none.pem",
        **queues,
    )
    note_prerequisites(ordered_on=clock.today(), nhn_member=True, her_id=CLINIC_HER_ID)
    go_live()
    for party in parties:
        put_party_live(party)


def _gp(number: int) -> Employee:
    account = create_account(f"lege{number}", f"Lege Nummer{number}")
    return hire(
        given_name="Lege",
        family_name=f"Nummer{number}",
        role=EmployeeRole.GP,
        hpr_number=str(900_000_000 + number),
        account_id=account.id,
        is_admin=True,
        sees_clinic_open=True,
        sees_clinic_archive=True,
    )


def _party(number: int, gp: Employee) -> CommunicationParty:
    return register_party(
        her_id=str(_FIRST_GP_HER_ID + number),
        kind=PartyKind.GP,
        name=gp.name,
        employee=gp,
        services=(Service.E_CONTACT, Service.E_CONSULTATION, Service.PRESCRIPTION_RENEWAL, Service.BOOKING),
    )


def _patient(gp: Employee, number: int) -> Patient:
    day = _BORN + timedelta(days=number // 100)
    return register(
        national_id=synthetic_national_id(day, number % 100),
        given_name="Pasient",
        family_name=f"Nummer{number}",
        gp=gp,
        on_gp_list=True,
    )


def _entries(types: list[AppointmentType], slots_a_day: int) -> list[TemplateEntry]:
    """Every tenth time is given at the desk only."""
    entries = []
    for weekday in range(1, _WORKING_WEEK + 1):
        for number in range(slots_a_day):
            start = (datetime.combine(_BORN, time(8)) + timedelta(minutes=_MINUTES * number)).time()
            kind = types[1] if number % 10 == 9 else types[0]  # noqa: PLR2004 - the tenth
            entries.append(TemplateEntry(weekday=weekday, start=start, minutes=_MINUTES, type_id=kind.id))
    return entries


def _book(schedules: list[Schedule], patients: list[list[Patient]], share: float) -> int:
    """Take a share of the slots, written in bulk; how many slots there are in all."""
    chance = random.Random(20261123)  # noqa: S311 - the same bookings in every run
    total = 0
    for schedule, own in zip(schedules, patients, strict=True):
        slots = list(schedule.slots.order_by("starts"))
        total += len(slots)
        taken = [slot for slot in slots if chance.random() < share]
        rows = [_appointment(slot, chance.choice(own)) for slot in taken]
        Appointment.objects.bulk_create(rows)
        Occupancy.objects.bulk_create([_occupancy(row) for row in rows])
    return total


def _appointment(slot: Slot, patient: Patient) -> Appointment:
    return Appointment(
        id=new_id(),
        clinic_id=slot.clinic_id,
        schedule_id=slot.schedule_id,
        patient=patient,
        type_id=slot.type_id,
        slot=slot,
        slot_uid=slot.uid,
        during=DateTimeTZRange(slot.during.lower, slot.during.upper),
        booked_through=BookedThrough.STAFF,
        created_by_name="Måling",
    )


def _occupancy(row: Appointment) -> Occupancy:
    return Occupancy(
        clinic_id=row.clinic_id,
        schedule_id=row.schedule_id,
        during=row.during,
        kind=OccupancyKind.APPOINTMENT,
        source_id=row.id,
    )


def ids(schedules: list[Schedule]) -> list[UUID]:
    """The schedules' ids."""
    return [one.id for one in schedules]
