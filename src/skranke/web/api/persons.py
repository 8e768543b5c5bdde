"""The shapes of what is told about a patient's person: where the patient lives, and the exemption card."""

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import AwareDatetime

RegisterState = Literal["not_asked", "asking", "away", "failed", "address", "no_address", "secret", "not_found"]


class AddressOut(Schema):
    """Where a patient lives, as the clinic has it; empty while the address is confidential (PAT-8).

    source: register (Folkeregisteret), patient, relative, document, or empty; as_of: when it was told.
    register_state: asking while Folkeregisteret is being asked, away while it does not answer and is asked again,
    failed, or what it told last.
    """

    line: str
    postal_code: str
    city: str
    source: str
    as_of: datetime | None
    confidential: bool
    register_state: RegisterState
    register_read_at: datetime | None


class ExemptionIn(Schema):
    """What the record system knows of an exemption card (frikort).

    valid_until: the last day, needed with `yes`. as_of: when the record system learned it, now where it is left out;
    what was known earlier than what stands here changes nothing.
    """

    state: Literal["yes", "no", ""]
    valid_until: date | None = None
    as_of: AwareDatetime | None = None


class ExemptionOut(Schema):
    """A patient's exemption card. state: yes, no, or empty while nobody knows. holds: whether it counts today."""

    state: str
    valid_until: date | None
    holds: bool
    source: str
    told_by: str
    as_of: datetime | None
