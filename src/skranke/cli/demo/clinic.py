"""The demo's clinic: made once through the verbs, kept up to date at every start. Needs Django set up."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from skranke.cli.demo import cast, e_dialogs, organisation, templates, timetable
from skranke.cli.demo.bus import CLINIC_QUEUES, HELSENORGE_QUEUES
from skranke.cli.demo.contract import BESIDE_BOOKING, SERVICES
from skranke.cli.demo.layout import Layout, keep_private
from skranke.clinics import queries as clinics
from skranke.clinics import services as clinic_services
from skranke.clinics.activation import services as activation
from skranke.clinics.models import Employee, PartyKind
from skranke.identity import services as identity
from skranke.identity.models import SessionKind
from skranke.identity.queries import account_of_person, account_of_username
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.patients import services as patients
from skranke.patients.models import Confidentiality, HelseNorgeState
from skranke.tenancy.work import acting
from skranke.web.links import link_for
from skranke.wire.demo_pki import DemoPki
from skranke.wire.queues import PartyQueues

GRACE_SECONDS = 5


def fill(layout: Layout, day: date) -> None:
    """Make the clinic where it is missing, and tell it where the bus is."""
    clinic_id = clinics.clinic_id_of_slug(cast.CLINIC_SLUG)
    if clinic_id is None:
        clinic_id = _make(layout, day)
    _links(layout, day)
    with acting(system(clinic_id)):
        connect(
            DemoPki(layout.pki),
            "clinic",
            bus_file=layout.clinic_bus_file,
            queues=CLINIC_QUEUES,
            helsenorge=HELSENORGE_QUEUES,
        )
        activate(cast.CLINIC_HER_ID)
        timetable.plan_ahead()


def _make(layout: Layout, day: date) -> UUID:
    clinic = clinic_services.establish(
        slug=cast.CLINIC_SLUG,
        name=cast.CLINIC_NAME,
        her_id=cast.CLINIC_HER_ID,
        organisation_number=cast.CLINIC_ORGANISATION_NUMBER,
        address="Storgata 1, 0001 Eksempelvik",
        phone="00 00 00 00",
        is_test=True,
        grace_seconds=GRACE_SECONDS,
        has_video=True,
    )
    with acting(system(clinic.id)):
        employees = {worker.username: hire(worker) for worker in cast.WORKERS}
        organisation.make(employees)
        users = [_user(layout, worker, employees[worker.username]) for worker in cast.WORKERS]
        gps = {worker.her_id: employees[worker.username] for worker in cast.WORKERS if worker.her_id}
        registered = [
            patients.register(
                national_id=citizen.national_id,
                given_name=citizen.given_name,
                family_name=citizen.family_name,
                gp=gps[citizen.gp_her_id],
                on_gp_list=True,
                phone=citizen.phone,
                confidentiality=Confidentiality.CONFIDENTIAL if citizen.confidential_address else Confidentiality.NONE,
                # As if asked just now; who lacks consent only, HelseNorge refuses itself (PAT-12).
                helsenorge_state=_state(citizen),
                helsenorge_state_at=clock.now() if citizen.asked_about else None,
            )
            for citizen in cast.citizens(day)
        ]
        e_dialogs.write(employees, registered[0])
        with acting(clinics.actor_of(employees["anne"])):
            templates.make()
        e_dialogs.open_types(employees, gps.values())
        timetable.make({worker.username: employees[worker.username] for worker in cast.WORKERS})
        timetable.make_lab()
        # Written inside the unit of work: without the users the clinic is not made either.
        _keep(layout, users)
    return clinic.id


def _state(citizen: cast.Citizen) -> HelseNorgeState:
    if not citizen.asked_about:
        return HelseNorgeState.UNKNOWN
    return HelseNorgeState.ACTIVE if citizen.digitally_active else HelseNorgeState.INACTIVE


def hire(worker: cast.Worker) -> Employee:
    """Give one of the cast a position at the current clinic; who works elsewhere too has an account already."""
    account = account_of_person(worker.national_id.value) or identity.create_account(
        worker.username, worker.name, national_id=worker.national_id.value
    )
    employee = clinic_services.hire(
        given_name=worker.given_name,
        family_name=worker.family_name,
        role=worker.role,
        hpr_number=worker.hpr_number,
        account_id=account.id,
        is_admin=worker.is_admin,
        sees_clinic_open=worker.is_admin,
        sees_clinic_archive=worker.is_admin,
    )
    if worker.her_id:
        clinic_services.register_party(
            her_id=worker.her_id, kind="gp", name=worker.name, employee=employee, services=SERVICES + BESIDE_BOOKING
        )
    return employee


def activate(her_id: str) -> None:
    """Live, by the same verbs the operator's pages use; a later start changes nothing."""
    if clinics.this_clinic().ordered_on is not None:
        return
    activation.note_prerequisites(ordered_on=clock.today(), nhn_member=True, her_id=her_id)
    activation.go_live()
    for party in clinics.parties():
        if party.kind == PartyKind.GP or party.services:
            activation.put_party_live(party)


def _user(layout: Layout, worker: cast.Worker, employee: Employee) -> dict[str, Any]:
    if employee.account_id is None:
        raise RuntimeError("Every worker of the demo has an account.")
    return {
        "username": worker.username,
        "employee_id": str(employee.id),
        "api_token": identity.issue_token(f"demo.json, {employee.name}", employee.clinic_id, employee.id),
        "login_url": f"{layout.public_url}{link_for(SessionKind.STAFF, str(employee.account_id))}",
    }


def _links(layout: Layout, day: date) -> None:
    """Who else logs in: the operator, and the citizens as patients. A later start keeps what programs hold."""
    if (layout.folder / "links.json").exists():
        return
    operator = account_of_username(cast.OPERATOR_USERNAME) or identity.create_account(
        cast.OPERATOR_USERNAME,
        cast.OPERATOR_NAME,
        national_id=cast.OPERATOR_NATIONAL_ID.value,
        is_operator=True,
    )
    links = {
        "operator": f"{layout.public_url}{link_for(SessionKind.OPERATOR, str(operator.id))}",
        "citizens": {
            citizen.national_id.value: f"{layout.public_url}{link_for(SessionKind.PATIENT, citizen.national_id.value)}"
            for citizen in cast.citizens(day)
        },
    }
    keep_private(layout.folder / "links.json", json.dumps(links, indent=2))


def _keep(layout: Layout, users: list[dict[str, Any]]) -> None:
    keep_private(layout.folder / "users.json", json.dumps(users, indent=2))


def connect(pki: DemoPki, name: str, *, bus_file: Path, queues: PartyQueues, helsenorge: PartyQueues) -> None:
    """Tell the current clinic where the bus and HelseNorge are. name: of the clinic's files among the keys."""
    ours, theirs = pki.party(name), pki.party("helsenorge")
    clinic_services.set_profile(
        bus_url=f"file:{bus_file}",
        queue_async=queues.async_,
        queue_sync=queues.sync,
        queue_syncreply=queues.syncreply,
        queue_error=queues.error,
        signing_certificate=f"file:{ours.signing_certificate}",
        signing_key=f"file:{ours.signing_key}",
        decryption_certificate=f"file:{ours.encryption_certificate}",
        decryption_key=f"file:{ours.encryption_key}",
        trust_anchor=f"file:{pki.ca_certificate}",
    )
    clinic_services.set_counterpart(
        her_id=cast.HELSENORGE_HER_ID,
        name=cast.HELSENORGE_NAME,
        her_id_level1=cast.HELSENORGE_HER_ID_LEVEL1,
        name_level1=cast.HELSENORGE_NAME_LEVEL1,
        queue_async=helsenorge.async_,
        queue_sync=helsenorge.sync,
        queue_error=helsenorge.error,
        signing_certificate=f"file:{theirs.signing_certificate}",
        encryption_certificate=f"file:{theirs.encryption_certificate}",
    )
