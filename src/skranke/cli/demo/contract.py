"""`demo.json`: what other programs may rely on to find everything in a running demo (architecture.md section 9).

`demo.schema.json` beside this file describes it; a test validates a real one against it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from skranke.cli.demo import cast
from skranke.cli.demo.bus import Bus
from skranke.cli.demo.layout import Layout, keep_private
from skranke.cli.demo.offices import SECOND, WAITING, Office
from skranke.wire.demo_pki import DemoPki, PartyFiles
from skranke.wire.queues import PartyQueues

VERSION = 1
SERVICES = ("e_contact", "e_consultation", "prescription_renewal", "booking")
BESIDE_BOOKING = ("appointment_wish",)
"""What a party offers in addition, which is none of Adresseregisteret's four services (ACT-1, HNB-14)."""
CATEGORIES = ("Video",)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One member of staff as a program meets it: where to log in as them, and a token for the REST API."""

    username: str
    employee_id: str
    api_token: str
    login_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where to log in as the operator, and as each citizen (by national id)."""

    operator: str
    citizens: Mapping[str, str]


def write(
    path: Path,
    *,
    layout: Layout,
    bus: Bus,
    pki: DemoPki,
    users: Sequence[User],
    links: Links,
    grace: int,
    day: date,
) -> None:
    """Write the file in one step, so that who waits for it never reads half of it."""
    document = {
        "version": VERSION,
        "clinic_url": f"{layout.public_url}/k/{cast.CLINIC_SLUG}/",
        "portal_url": f"{layout.public_url}/min/",
        "booking_url": f"{layout.public_url}/",
        "sandbox_url": f"{layout.sandbox_url}/",
        "api_url": f"{layout.public_url}/api/v1",
        "openapi_url": f"{layout.public_url}/api/v1/openapi.json",
        "bus": bus.described_for_helsenorge(),
        "trust": {"ca_certificate": str(pki.ca_certificate)},
        "settings": {"grace_seconds": grace, "time_zone": "Europe/Oslo"},
        "helsenorge": _helsenorge(bus, pki.party("helsenorge")),
        "clinic": {
            "her_id": cast.CLINIC_HER_ID,
            "organisation_number": cast.CLINIC_ORGANISATION_NUMBER,
            "name": cast.CLINIC_NAME,
        },
        "parties": _parties(bus, pki.party("clinic")),
        "citizens": _citizens(day, links),
        "users": _users(users),
        "second_clinic": {
            "clinic_url": f"{layout.public_url}/k/{SECOND.slug}/",
            "her_id": SECOND.her_id,
            "organisation_number": SECOND.organisation_number,
            "name": SECOND.name,
        },
        "waiting_clinics": [_waiting(layout, pki, office) for office in WAITING],
        "operator": {
            "username": cast.OPERATOR_USERNAME,
            "name": cast.OPERATOR_NAME,
            "login_url": links.operator,
        },
    }
    keep_private(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _waiting(layout: Layout, pki: DemoPki, office: Office) -> dict[str, Any]:
    """A clinic that is not made yet: everything that its operator and its administrator have to write."""
    files, gp, administrator = pki.party(office.key), office.gp, office.workers[-1]
    return {
        "name": office.name,
        "slug": office.slug,
        "her_id": office.her_id,
        "organisation_number": office.organisation_number,
        "gp": _person(gp) | {"her_id": gp.her_id, "hpr_number": gp.hpr_number},
        "administrator": _person(administrator),
        "queues": _queues(office.queues),
        "bus_file": str(layout.bus_file(office.key)),
        "signing_certificate": str(files.signing_certificate),
        "signing_key": str(files.signing_key),
        "encryption_certificate": str(files.encryption_certificate),
        "encryption_key": str(files.encryption_key),
        "citizens": [{"national_id": one.national_id.value, "name": one.name} for one in office.citizens()],
    }


def _person(worker: cast.Worker) -> dict[str, str]:
    return {
        "given_name": worker.given_name,
        "family_name": worker.family_name,
        "national_id": worker.national_id.value,
    }


def _queues(queues: PartyQueues) -> dict[str, str]:
    return {
        "async": queues.async_,
        "sync": queues.sync,
        "syncreply": queues.syncreply,
        "error": queues.error,
    }


def _helsenorge(bus: Bus, files: PartyFiles) -> dict[str, Any]:
    return {
        "her_id_level1": cast.HELSENORGE_HER_ID_LEVEL1,
        "her_id": cast.HELSENORGE_HER_ID,
        "name": cast.HELSENORGE_NAME,
        "name_level1": cast.HELSENORGE_NAME_LEVEL1,
        "queues": _queues(bus.helsenorge_queues),
        "signing_certificate": str(files.signing_certificate),
        "signing_key": str(files.signing_key),
        "encryption_certificate": str(files.encryption_certificate),
        "encryption_key": str(files.encryption_key),
    }


def _parties(bus: Bus, files: PartyFiles) -> list[dict[str, Any]]:
    return [
        {
            "her_id": worker.her_id,
            "hpr_number": worker.hpr_number,
            "name": worker.name,
            "given_name": worker.given_name,
            "family_name": worker.family_name,
            "kind": "gp",
            "queues": _queues(bus.clinic_queues),
            "encryption_certificate": str(files.encryption_certificate),
            "signing_certificate": str(files.signing_certificate),
            "services": list(SERVICES),
            "categories": list(CATEGORIES),
            "schedules": len(worker.schedules),
        }
        for worker in cast.WORKERS
        if worker.her_id
    ]


def _citizens(day: date, links: Links) -> list[dict[str, Any]]:
    return [
        {
            "national_id": citizen.national_id.value,
            "name": citizen.name,
            "given_name": citizen.given_name,
            "family_name": citizen.family_name,
            "birth_date": citizen.national_id.birth_date.isoformat(),
            "gp_her_id": citizen.gp_her_id,
            "digitally_active": citizen.digitally_active,
            "reachable": citizen.reachable,
            "consent": citizen.consent,
            "confidential_address": citizen.confidential_address,
            "children": [child.value for child in citizen.children],
            "login_url": links.citizens[citizen.national_id.value],
        }
        for citizen in cast.citizens(day)
    ]


def _users(users: Sequence[User]) -> list[dict[str, Any]]:
    workers = {worker.username: worker for worker in cast.WORKERS}
    return [
        {
            "username": user.username,
            "name": workers[user.username].name,
            "role": workers[user.username].role,
            "employee_id": user.employee_id,
            "her_id": workers[user.username].her_id,
            "login_url": user.login_url,
            "api_token": user.api_token,
        }
        for user in users
    ]
