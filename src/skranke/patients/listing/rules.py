"""What the register's answer about a list means here, and when the lists are to be read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.patients.models import GPList, ListState, Patient
from skranke.registers.values import DoctorCycle, Listing

ABANDONED_AFTER = timedelta(minutes=10)
"""A reading that has not moved for so long has lost its program; another takes it over."""
AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Who the clinic is, as the register knows it. gps: by HPR number; parties: whose HER-id, None for a service."""

    organisation_number: str
    gps: Mapping[str, Employee]
    parties: Mapping[str, Employee | None]


def gp_of(doctors: Collection[DoctorCycle], her_id: str, here: Here, now: datetime) -> Employee | None:
    """The GP here whose list it is (ACT-6): by HPR number, before a substitute's; else by the HER-id to address."""
    working = [one for one in doctors if one.valid.holds_at(now) and one.hpr_number is not None]
    for one in sorted(working, key=lambda one: one.substitute_for is not None):
        if str(one.hpr_number) in here.gps:
            return here.gps[str(one.hpr_number)]
        if str(one.substitute_for or "-") in here.gps:
            return here.gps[str(one.substitute_for)]
    employee = here.parties.get(her_id)
    return employee if employee is not None and employee.is_gp else None


def is_ours(listing: Listing, here: Here, now: datetime) -> bool:
    """ACT-6: the list is one of this clinic's: its office's, one of its parties', or one of its GPs'."""
    if listing.organisation_number:
        return listing.organisation_number == here.organisation_number
    her_id = str(listing.gp_her_id or "")
    return her_id in here.parties or gp_of(listing.doctors, her_id, here, now) is not None


def is_newer(patient: Patient, read_at: datetime) -> bool:
    """What the register told later than what is known of the patient counts (ACT-6)."""
    return patient.list_read_at is None or patient.list_read_at <= read_at


def is_elsewhere(patient: Patient, *, gp_id: UUID | None, gp_list_id: UUID | None) -> bool:
    """PAT-16: the place is another than before. To learn the number of the same GP's list is no news."""
    if patient.gp_id != gp_id or patient.on_gp_list != (gp_id is not None):
        return True
    return patient.gp_list_id != gp_list_id and not (gp_id is not None and patient.gp_list_id is None)


def is_active(gp_list: GPList) -> bool:
    """PAT-19: the register has the list, and the GP whose it is still works here."""
    return gp_list.state == ListState.ACTIVE and (gp_list.gp is None or gp_list.gp.active)


def has_inactive_gp(patient: Patient) -> bool:
    """PAT-19: shown as "Inaktiv fastlege" until the lists are read anew."""
    return patient.gp is not None and not patient.gp.active


def may_take_over(stepped_at: datetime | None, now: datetime) -> bool:
    """PAT-16: a reading whose program is gone is taken over by another, which begins it anew."""
    return stepped_at is None or stepped_at <= now - ABANDONED_AFTER


def is_due(
    day_of_month: int, now: datetime, last_asked_at: datetime | None, last_failed_at: datetime | None = None
) -> bool:
    """Once a month, from its day on (PAT-16); 0 is never. Somebody's own reading since that day counts.

    last_asked_at: of those that have not failed. One that failed is asked for again the day after.
    """
    today = clock.oslo(now).date()
    if day_of_month <= 0 or today.day < day_of_month:
        return False
    if last_failed_at is not None and now < last_failed_at + AGAIN_AFTER:
        return False
    return last_asked_at is None or clock.oslo(last_asked_at).date() < today.replace(day=day_of_month)
