"""Put the world into the database. Idempotent: what is new is added, what has changed is updated, nothing is lost."""

import json
from pathlib import Path

from django.db import transaction

from skranke.kernel.log import get_logger
from skranke.sandbox import world
from skranke.sandbox.models import Citizen, LogInClient, LogInPerson, Party
from skranke.sandbox.oidc.keys import make_keys
from skranke.sandbox.oidc.world import LogIn

log = get_logger(__name__)

# What a visitor has changed on the page of the registers stays: a party's services, whose list a citizen is on, where
# the citizen lives and whether that is secret.
_KEPT = {"services"}
_PARTY_FIELDS = [one.name for one in Party._meta.concrete_fields if not one.primary_key and one.name not in _KEPT]  # noqa: SLF001 - Django's public API in spite of its name
_CITIZEN_FIELDS = [
    "given_name",
    "family_name",
    "born",
    "digitally_active",
    "consent",
]


def load_world(path: Path) -> None:
    """Load the parties and citizens of a world file. Raises WorldError."""
    read = world.load(path)
    with transaction.atomic():
        Party.objects.bulk_create(
            [_party(one) for one in read.parties],
            update_conflicts=True,
            unique_fields=["her_id"],
            update_fields=_PARTY_FIELDS,
        )
        Citizen.objects.bulk_create(
            [_citizen(one) for one in read.citizens],
            update_conflicts=True,
            unique_fields=["national_id"],
            update_fields=_CITIZEN_FIELDS,
        )
        _relate(read.citizens)
        _register(read.log_in)
    log.info("world_loaded", parties=len(read.parties), citizens=len(read.citizens))


def _register(log_in: LogIn) -> None:
    """Register the programs with the log-in providers, and make known who may be chosen."""
    LogInClient.objects.bulk_create(
        [
            LogInClient(
                provider=one.provider,
                client_id=one.client_id,
                redirect_uris=list(one.redirect_uris),
                log_out_uris=list(one.log_out_uris),
                public_key=json.loads(one.public_key.read_text(encoding="ascii")),
            )
            for one in log_in.clients
        ],
        update_conflicts=True,
        unique_fields=["provider", "client_id"],
        update_fields=["redirect_uris", "log_out_uris", "public_key"],
    )
    LogInPerson.objects.bulk_create(
        [
            LogInPerson(national_id=str(one.national_id), name=one.name, hpr_number=one.hpr_number)
            for one in log_in.people
        ],
        update_conflicts=True,
        unique_fields=["national_id"],
        update_fields=["name", "hpr_number"],
    )
    make_keys()


def _party(one: world.Party) -> Party:
    return Party(
        her_id=str(one.her_id),
        clinic_her_id=str(one.clinic_her_id),
        clinic_name=one.clinic_name,
        clinic_organisation_number=one.organisation_number,
        name=one.name,
        given_name=one.given_name,
        family_name=one.family_name,
        hpr_number=str(one.hpr_number or ""),
        kind=one.kind.value,
        service_kind=one.service_kind.value if one.service_kind else "",
        services=[service.value for service in one.services],
        async_queue=one.queues.async_,
        sync_queue=one.queues.sync,
        error_queue=one.queues.error,
        encryption_certificate=str(one.encryption_certificate),
        signing_certificate=str(one.signing_certificate),
    )


def _citizen(one: world.Citizen) -> Citizen:
    return Citizen(
        national_id=str(one.national_id),
        given_name=one.given_name,
        family_name=one.family_name,
        born=one.national_id.birth_date,
        gp_id=str(one.gp_her_id) if one.gp_her_id else None,
        digitally_active=one.digitally_active,
        consent=one.consent.value,
        confidential_address=one.confidential_address,
        address_line=one.address_line,
        postal_code=one.postal_code,
        city=one.city,
    )


def _relate(citizens: tuple[world.Citizen, ...]) -> None:
    parents = {str(one.national_id): [str(child) for child in one.children] for one in citizens if one.children}
    wanted = {*parents, *(child for children in parents.values() for child in children)}
    rows = {row.national_id: row for row in Citizen.objects.filter(national_id__in=wanted)}
    for parent, children in parents.items():
        rows[parent].children.set([rows[child] for child in children if child in rows])
