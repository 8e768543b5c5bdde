"""What the activation of a clinic and of its GPs is decided from, as frozen values."""

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """The lines of the checklist (ACT-8): those of the clinic, then those of each GP."""

    ORDERED = "ordered"
    AGREEMENT = "agreement"
    MEMBER = "member"
    CLINIC_HER_ID = "clinic_her_id"
    CONNECTED = "connected"
    GP = "gp"
    HER_ID = "her_id"
    SERVICES = "services"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicFacts:
    """What decides whether a clinic may go live. connected: it has an active way to the bus and a counterpart."""

    ordered: bool
    gp_agreement: bool
    nhn_member: bool
    has_her_id: bool
    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """What decides whether one who works at the clinic, or its vacant list, may go live.

    listed: it is a GP with a list, or the party of a list without a doctor. services: any found in Adresseregisteret.
    """

    listed: bool
    has_her_id: bool
    services: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a checklist: met or not, and in one sentence each what is so and what to do about it."""

    check: Check
    ok: bool
    text: str
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A clinic's way to the bus as the operator writes it; every `file:` reference stays one.

    The previous decryption identity is for the time of a certificate swap.
    """

    bus_url: str
    bus_namespace: str
    address_style: str
    queue_async: str
    queue_sync: str
    queue_syncreply: str
    queue_error: str
    signing_certificate: str
    signing_key: str
    signing_password: str
    decryption_certificate: str
    decryption_key: str
    decryption_password: str
    previous_decryption_certificate: str
    previous_decryption_key: str
    previous_decryption_password: str
    trust_anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """HelseNorge as Adresseregisteret tells of it and the operator writes it."""

    her_id: str
    name: str
    her_id_level1: str
    name_level1: str
    queue_async: str
    queue_sync: str
    queue_error: str
    signing_certificate: str
    encryption_certificate: str
