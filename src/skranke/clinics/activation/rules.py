"""Who may go live in HelseNorge, who may decide it, and what a patient is offered then."""

from collections.abc import Collection

from skranke.clinics.activation.values import Check, ClinicFacts, PartyFacts
from skranke.clinics.models import CHOOSABLE, Service

ONBOARDING_CHARACTERS = 1000
"""As much as a clinic may write about one question of the start (ACT-17)."""

NO_SMS_MINUTES = 24 * 60
"""As long ahead as the clinic may ask that no text message confirms an appointment (NOT-20)."""

_FOUR = frozenset({Service.BOOKING, Service.E_CONSULTATION, Service.E_CONTACT, Service.PRESCRIPTION_RENEWAL})


def missing_of_clinic(facts: ClinicFacts) -> list[Check]:
    """What keeps a clinic from going live, in the order of the checklist (ACT-5, ACT-7, ACT-8)."""
    met = {
        Check.ORDERED: facts.ordered,
        Check.AGREEMENT: facts.gp_agreement,
        Check.MEMBER: facts.nhn_member,
        Check.CLINIC_HER_ID: facts.has_her_id,
        Check.CONNECTED: facts.connected,
    }
    return [check for check, ok in met.items() if not ok]


def missing_of_party(facts: PartyFacts) -> list[Check]:
    """What keeps a GP from going live (ACT-4, ACT-8): nobody but a fastlege with a list, a HER-id, services in AR."""
    met = {Check.GP: facts.listed, Check.HER_ID: facts.has_her_id, Check.SERVICES: facts.services}
    return [check for check, ok in met.items() if not ok]


def offered(
    services: Collection[str], offers: Collection[str], *, clinic_live: bool, party_live: bool
) -> frozenset[str]:
    """What the patients of a party are offered (ACT-11, ACT-14).

    What is on for it in Adresseregisteret and chosen by the clinic, while both are live. Cancelling what the clinic
    has told of is no choice of its own.
    """
    if not (clinic_live and party_live):
        return frozenset()
    return frozenset(services) & (frozenset(offers) | {Service.APPOINTMENT_CANCELLATION.value})


def is_gone_for_patients(services: Collection[str], *, read: bool) -> bool:
    """ABS-20, ABS-23: all four are off in the register, so HelseNorge shows the patients no panel of their GP at all.

    read: whether the register has been asked; before that nothing is known.
    """
    return read and not _FOUR & frozenset(services)


def is_choosable(service: str) -> bool:
    """What the clinic may choose to offer or not (ACT-14)."""
    return service in CHOOSABLE
