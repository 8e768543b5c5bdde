"""The shapes of what is told about a patient's person: where the patient lives."""

from datetime import datetime
from typing import Literal

from ninja import Schema

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
