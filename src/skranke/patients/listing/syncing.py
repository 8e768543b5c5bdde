"""Reading all lists of a clinic from Fastlegeregisteret, with progress and a run that is kept (PAT-16, PAT-17).

Somebody, or the clock, asks for a reading: a row. The worker does it: it asks the register outside any unit of work,
then writes in units of a few hundred patients, so that nobody waits for its locks. A reading that is begun anew after a
crash does nothing twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import Actor, system
from skranke.kernel.errors import SkrankeError
from skranke.kernel.ids import NationalId
from skranke.kernel.log import get_logger
from skranke.patients.listing import rules
from skranke.patients.listing.errors import ListSyncOpenError
from skranke.patients.listing.placing import Place, here, keep_list, place
from skranke.patients.models import (
    GPList,
    GPListChange,
    GPListSync,
    ListChangeKind,
    ListState,
    ListSyncState,
    Patient,
    PatientNumber,
)
from skranke.patients.services import register
from skranke.registers.asking import outside_a_unit_of_work
from skranke.registers.clients import gp_register
from skranke.registers.errors import RegisterNotSetUpError
from skranke.registers.soap import IN_A_JOB, Patience
from skranke.registers.values import GPContract, Listing
from skranke.tenancy.rows import insert_once
from skranke.tenancy.work import acting, current_actor

log = get_logger(__name__)

Some = TypeVar("Some")
AT_ONCE = 300
"""Patients in one unit of work."""


def ask_for_sync() -> GPListSync:
    """Ask for a reading of the clinic's lists; the worker does it within seconds.

    Raises RegisterNotSetUpError without the clinic's HER-id or our access to the register (PAT-17), ListSyncOpenError
    while one is under way.
    """
    if this_clinic().her_id is None or not settings.OURS.gp_register_url or not settings.OURS.registers_user:
        raise RegisterNotSetUpError(
            "Reading the lists needs the clinic's HER-id, and our address and user name at Fastlegeregisteret."
        )
    actor = current_actor()
    run = GPListSync(clinic_id=actor.clinic_id, asked_by=actor.person_id, asked_by_name=actor.name)
    if not insert_once(run):
        raise ListSyncOpenError("The lists are being read already. Wait until that is done.")
    record(Action.LIST_SYNC_ASKED, subject_kind="gp_list_sync", subject_id=run.id)
    return run


def ask_monthly() -> None:
    """Ask for the month's reading, where it is due (PAT-16). Done for each clinic by the worker."""
    runs = GPListSync.objects.order_by("-asked_at").values_list("asked_at", flat=True)
    last, failed = runs.exclude(state=ListSyncState.FAILED).first(), runs.filter(state=ListSyncState.FAILED).first()
    if rules.is_due(settings.OURS.list_sync_day, clock.now(), last, failed):
        try:
            ask_for_sync()
        except (RegisterNotSetUpError, ListSyncOpenError) as error:
            log.info("list_sync_not_asked", reason=error.code)


def do_what_is_asked() -> None:
    """Do every reading that waits. Done by the worker, for the installation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_with_list_sync()")
        clinics = [row[0] for row in cursor.fetchall()]
    for clinic_id in clinics:
        if (run_id := _claim(clinic_id)) is not None:
            synchronise(system(clinic_id), run_id, IN_A_JOB)


def synchronise(actor: Actor, run_id: UUID, patience: Patience) -> None:
    """Do one reading; what it ends with stands in its row. To be called outside a unit of work."""
    try:
        asked = _ask(actor, run_id, patience)
        _apply(actor, run_id, asked)
    except SkrankeError as error:
        log.warning("list_sync_failed", clinic_id=str(actor.clinic_id), reason=error.code)
        _step(actor, run_id, state=ListSyncState.FAILED, finished_at=clock.now(), reason=error.code)


def _claim(clinic_id: UUID) -> UUID | None:
    """Take the clinic's open reading, unless another worker is at it."""
    with acting(system(clinic_id)):
        open_ones = GPListSync.objects.filter(state__in=[ListSyncState.WAITING, ListSyncState.RUNNING])
        run = open_ones.select_for_update(skip_locked=True).first()
        if run is None:
            return None
        if run.state == ListSyncState.RUNNING and not rules.may_take_over(run.stepped_at, clock.now()):
            return None
        run.state, run.stepped_at = ListSyncState.RUNNING, clock.now()
        run.save(update_fields=["state", "stepped_at"])
        return run.id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the register told, and when the asking began. contracts: with everybody on them."""

    contracts: Sequence[tuple[GPContract, Sequence[Listing]]]
    read_at: datetime


def _ask(actor: Actor, run_id: UUID, patience: Patience) -> _Asked:
    """Ask for the office's lists, then for each of them."""
    outside_a_unit_of_work()
    read_at, register_of_gps = clock.now(), gp_register()
    with acting(actor):
        office = this_clinic().organisation_number
    contracts = register_of_gps.contracts_of(office, read_at, patience)
    _step(actor, run_id, lists_total=len(contracts), lists_read=0)
    found = []
    for number, contract in enumerate(contracts, start=1):
        found.append((contract, register_of_gps.patients_of(contract.id, patience)))
        _step(actor, run_id, lists_read=number, patients_total=sum(len(listed) for _, listed in found))
    return _Asked(contracts=found, read_at=read_at)


def _apply(actor: Actor, run_id: UUID, asked: _Asked) -> None:
    rows = _keep_lists(actor, asked)
    seen: set[str] = set()
    _step(actor, run_id, patients_done=0)
    for contract, listed in asked.contracts:
        for some in _parts(listed):
            with acting(actor):
                _Writer(run_id, asked.read_at).put_on(rows[contract.id], some)
            seen.update(one.national_id for one in some)
    for ids in _parts(_no_longer_listed(actor, seen)):
        with acting(actor):
            _Writer(run_id, asked.read_at).take_off(ids)
    _finish(actor, run_id)


def _parts(whole: Sequence[Some]) -> Iterator[Sequence[Some]]:
    """A long row in parts of one unit of work each."""
    return (whole[start : start + AT_ONCE] for start in range(0, len(whole), AT_ONCE))


def _keep_lists(actor: Actor, asked: _Asked) -> dict[int, GPList]:
    """The rows of the lists by contract; those that the register no longer has become inactive (PAT-19)."""
    with acting(actor):
        at = here()
        rows = {}
        for contract, listed in asked.contracts:
            row = keep_list(contract, at, asked.read_at)
            addressed = next((str(one.gp_her_id) for one in listed if one.gp_her_id), "")
            if addressed and addressed != row.her_id:
                row.her_id = addressed
                row.save(update_fields=["her_id"])
            rows[contract.id] = row
        gone = GPList.objects.exclude(contract_id__in=rows).filter(read_at__lte=asked.read_at)
        gone.update(state=ListState.INACTIVE, read_at=asked.read_at)
        return rows


def _no_longer_listed(actor: Actor, seen: set[str]) -> list[UUID]:
    """Patients who stand on a list here and on none in the register."""
    with acting(actor):
        listed = Patient.objects.filter(on_gp_list=True) | Patient.objects.filter(gp_list__isnull=False)
        return [identity for identity, number in listed.values_list("id", "national_id") if number not in seen]


class _Writer:
    """Writes a part of a reading, in the present unit of work."""

    def __init__(self, run_id: UUID, read_at: datetime) -> None:
        self._run_id, self._read_at = run_id, read_at

    def put_on(self, gp_list: GPList, some: Iterable[Listing]) -> None:
        """Put those the register has on a list there; who is no patient yet becomes one."""
        wanted = {one.national_id: one for one in some}
        known = {row.national_id: row for row in self._locked(national_id__in=list(wanted))}
        known |= self._under_newer_numbers(wanted.keys() - known.keys())
        skipped = 0
        for national_id, listing in wanted.items():
            if national_id not in known:
                made = _make(listing)
                skipped += made is None
                known |= {national_id: made} if made is not None else {}
        self._place(list(known.values()), Place(gp_list.gp, gp_list), done=len(wanted), skipped=skipped)

    def _under_newer_numbers(self, national_ids: Iterable[str]) -> dict[str, Patient]:
        """Patients whom the register still names by a number they had before."""
        before = PatientNumber.objects.filter(national_id__in=list(national_ids))
        of = dict(before.values_list("patient_id", "national_id"))
        return {of[row.id]: row for row in self._locked(id__in=list(of))}

    def take_off(self, ids: Iterable[UUID]) -> None:
        """Take patients off the lists they stand on here."""
        self._place(self._locked(id__in=list(ids)), Place(), done=0, skipped=0)

    def _locked(self, **which: Any) -> list[Patient]:
        """In one order, so that two units never wait for each other in a circle."""
        rows = Patient.objects.filter(**which).select_for_update(of=("self",)).order_by("id")
        return list(rows.select_related("gp", "gp_list"))

    def _place(self, patients: Iterable[Patient], wanted: Place, *, done: int, skipped: int) -> None:
        rows = [patient for patient in patients if rules.is_newer(patient, self._read_at)]
        before = self._lists_of(rows)
        moved = place([(patient, wanted) for patient in rows], read_at=self._read_at)
        after: dict[UUID, GPList | None] = dict.fromkeys(before, wanted.gp_list)
        changes = [*self._changes(moved, before), *self._changes(moved, after, new=True)]
        made = GPListChange.objects.bulk_create(changes, ignore_conflicts=True)
        added = sum(one.kind == ListChangeKind.ADDED for one in made)
        GPListSync.objects.filter(id=self._run_id).update(
            stepped_at=clock.now(),
            patients_done=F("patients_done") + done,
            added=F("added") + added,
            removed=F("removed") + len(made) - added,
            skipped=F("skipped") + skipped,
        )

    def _lists_of(self, patients: Sequence[Patient]) -> dict[UUID, GPList | None]:
        """The list each stands on; of one who was put there by hand, the GP's."""
        of_gps = {row.gp_id: row for row in GPList.objects.filter(gp__in=[one.gp for one in patients if one.gp])}
        return {one.id: one.gp_list or (of_gps.get(one.gp_id) if one.gp_id else None) for one in patients}

    def _changes(
        self, moved: Iterable[Patient], lists: dict[UUID, GPList | None], *, new: bool = False
    ) -> Iterator[GPListChange]:
        kind = ListChangeKind.ADDED if new else ListChangeKind.REMOVED
        for patient in moved:
            if (gp_list := lists[patient.id]) is not None:
                yield GPListChange(
                    clinic_id=patient.clinic_id, sync_id=self._run_id, gp_list=gp_list, patient=patient, kind=kind
                )


def _make(listing: Listing) -> Patient | None:
    """A patient of somebody on a list; None where the register's number or name cannot be used."""
    try:
        national_id = NationalId(listing.national_id)
    except ValueError:
        return None
    if not listing.family_name:
        return None
    return register(national_id=national_id, given_name=listing.given_name, family_name=listing.family_name)


def _step(actor: Actor, run_id: UUID, **progress: Any) -> None:
    with acting(actor):
        GPListSync.objects.filter(id=run_id).update(stepped_at=clock.now(), **progress)


def _finish(actor: Actor, run_id: UUID) -> None:
    with acting(actor):
        run = GPListSync.objects.select_for_update().get(id=run_id)
        run.state, run.finished_at, run.stepped_at = ListSyncState.DONE, clock.now(), clock.now()
        run.save(update_fields=["state", "finished_at", "stepped_at"])
        facts = {"lists": run.lists_read, "added": run.added, "removed": run.removed, "skipped": run.skipped}
        record(Action.LISTS_READ, subject_kind="gp_list_sync", subject_id=run.id, detail=facts)
