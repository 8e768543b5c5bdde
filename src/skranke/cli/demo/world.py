"""What the demo tells the sandbox of the world: the sandbox is a stranger and has nothing else to go by."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from skranke.cli.demo import cast
from skranke.cli.demo.bus import Bus
from skranke.cli.demo.contract import BESIDE_BOOKING, SERVICES
from skranke.cli.demo.offices import OFFICES
from skranke.kernel.ids import HerId, HprNumber
from skranke.sandbox import world
from skranke.sandbox.oidc.world import LogIn
from skranke.wire.demo_pki import DemoPki
from skranke.wire.queues import PartyQueues


def write(path: Path, *, bus: Bus, pki: DemoPki, day: date, log_in: LogIn) -> None:
    """Write the sandbox's world file."""
    own = pki.party("helsenorge")
    world.write(
        world.World(
            bus=world.Bus(
                url=bus.helsenorge_url, kind=bus.kind, namespace=bus.namespace, address_style=bus.address_style
            ),
            ca_certificate=pki.ca_certificate,
            own=world.OwnParty(
                her_id_level1=HerId(cast.HELSENORGE_HER_ID_LEVEL1),
                name=cast.HELSENORGE_NAME_LEVEL1,
                her_id=HerId(cast.HELSENORGE_HER_ID),
                unit_name=cast.HELSENORGE_NAME,
                queues=_queues(bus.helsenorge_queues),
                signing_certificate=own.signing_certificate,
                signing_key=own.signing_key,
                encryption_certificate=own.encryption_certificate,
                encryption_key=own.encryption_key,
            ),
            parties=(*_parties(bus, pki), _service(bus, pki)),
            citizens=_citizens(day),
            log_in=log_in,
        ),
        path,
    )


def _queues(queues: PartyQueues) -> world.Queues:
    return world.Queues(async_=queues.async_, sync=queues.sync, error=queues.error, syncreply=queues.syncreply)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clinic:
    """What is the same for every party of a clinic. key: of its files among the keys."""

    key: str
    name: str
    her_id: str
    organisation_number: str
    queues: PartyQueues


def _parties(bus: Bus, pki: DemoPki) -> tuple[world.Party, ...]:
    first = _Clinic(
        key="clinic",
        name=cast.CLINIC_NAME,
        her_id=cast.CLINIC_HER_ID,
        organisation_number=cast.CLINIC_ORGANISATION_NUMBER,
        queues=bus.clinic_queues,
    )
    found = [_party(worker, first, pki) for worker in cast.WORKERS if worker.her_id]
    for office in OFFICES:
        clinic = _Clinic(
            key=office.key,
            name=office.name,
            her_id=office.her_id,
            organisation_number=office.organisation_number,
            queues=office.queues,
        )
        found.append(_party(office.gp, clinic, pki))
    return tuple(found)


def _party(worker: cast.Worker, clinic: _Clinic, pki: DemoPki) -> world.Party:
    files = pki.party(clinic.key)
    return world.Party(
        her_id=HerId(worker.her_id),
        clinic_her_id=HerId(clinic.her_id),
        clinic_name=clinic.name,
        organisation_number=clinic.organisation_number,
        name=worker.name,
        given_name=worker.given_name,
        family_name=worker.family_name,
        hpr_number=HprNumber(worker.hpr_number),
        kind=world.PartyKind.GP,
        services=tuple(world.Service(service) for service in SERVICES + BESIDE_BOOKING),
        queues=_queues(clinic.queues),
        encryption_certificate=files.encryption_certificate,
        signing_certificate=files.signing_certificate,
    )


def _service(bus: Bus, pki: DemoPki) -> world.Party:
    """A service of the clinic that has a HER-id of its own: what is booked without a practitioner is booked with it."""
    files = pki.party("clinic")
    return world.Party(
        her_id=HerId(cast.SERVICE_HER_ID),
        clinic_her_id=HerId(cast.CLINIC_HER_ID),
        clinic_name=cast.CLINIC_NAME,
        organisation_number=cast.CLINIC_ORGANISATION_NUMBER,
        name=cast.SERVICE_NAME,
        kind=world.PartyKind.SERVICE,
        service_kind=world.ServiceKind.VACCINATION,
        services=(world.Service.BOOKING,),
        queues=_queues(bus.clinic_queues),
        encryption_certificate=files.encryption_certificate,
        signing_certificate=files.signing_certificate,
    )


def _citizens(day: date) -> tuple[world.Citizen, ...]:
    return tuple(
        world.Citizen(
            national_id=citizen.national_id,
            given_name=citizen.given_name,
            family_name=citizen.family_name,
            gp_her_id=HerId(citizen.gp_her_id),
            digitally_active=citizen.digitally_active,
            consent=world.Consent(citizen.consent),
            confidential_address=citizen.confidential_address,
            address_line=citizen.address_line,
            postal_code="0000",
            city="Eksempelvik",
            children=citizen.children,
        )
        for citizen in (*cast.citizens(day), *(one for office in OFFICES for one in office.citizens()))
    )
