"""What is changed by hand in the pretend registers: a party's services, a citizen's list and address."""

from django.db import transaction

from skranke.sandbox.models import Citizen, Party
from skranke.sandbox.registers.persons import Protection
from skranke.sandbox.world import Service


def set_service(party: Party, service: Service, *, on: bool) -> None:
    """Switch a service on or off in the address register (ACT-11); record systems learn of it when they read it."""
    with transaction.atomic():
        row = Party.objects.select_for_update().get(pk=party.pk)
        row.services = sorted({*row.services, service.value} if on else {*row.services} - {service.value})
        row.save(update_fields=["services"])


def move(citizen: Citizen, party: Party | None) -> None:
    """Put a citizen on a list, or on none."""
    Citizen.objects.filter(pk=citizen.pk).update(gp=party)


def rehouse(citizen: Citizen, *, line: str, postal_code: str, city: str, protection: Protection) -> None:
    """Write where a citizen lives, and whether that is secret; record systems learn of it when they ask."""
    Citizen.objects.filter(pk=citizen.pk).update(
        address_line=line,
        postal_code=postal_code,
        city=city,
        confidential_address=protection is not Protection.NONE,
        strictly_confidential=protection is Protection.STRICT,
    )
