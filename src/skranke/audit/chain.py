"""The chain's arithmetic: a row's canonical form, and the hash that ties it to all rows before it (NFR-1).

Each form is kept for ever, with the columns it covers: rows that were sealed by it are checked by it. A new column of
the audit log makes a new form (a test compares the newest with the table).
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = bytes(32)
_FIRST_FORM = (
    "id",
    "clinic_id",
    "at",
    "action",
    "actor_kind",
    "actor_id",
    "actor_name",
    "actor_role",
    "patient_id",
    "subject_kind",
    "subject_id",
    "purpose",
    "detail",
    "request_id",
)
FORMS: Mapping[int, tuple[str, ...]] = {1: _FIRST_FORM}
NEWEST = max(FORMS)
COLUMNS = FORMS[NEWEST]
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a clinic's chain: what to keep somewhere else, to find a tail that was cut or a chain made anew."""

    position: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.hash.hex()}"


def head_of(text: str) -> Head:
    """A head as it stands in the log stream, POSITION:HASH. Raises ValueError."""
    found = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-fA-F]{64})", text.strip())
    if found is None:
        raise ValueError("A head is written POSITION:HASH, such as 1203:9f2c..., with 64 hexadecimal digits.")
    return Head(int(found[1]), bytes.fromhex(found[2]))


def link(previous: bytes, position: int, sealed_at: datetime, row: Sequence[Any], form: int = NEWEST) -> bytes:
    """The hash of the row at a position. row: the values of COLUMNS as a cursor gives them."""
    digest = hashlib.sha256(previous)
    digest.update(position.to_bytes(8))
    digest.update(canonical(sealed_at, row, form))
    return digest.digest()


def canonical(sealed_at: datetime, row: Sequence[Any], form: int = NEWEST) -> bytes:
    """The one way to write a row: a JSON list of form, time of sealing and the form's columns in their order.

    Raises KeyError for a form that does not exist.
    """
    values = dict(zip(COLUMNS, row, strict=True))
    # As text its spelling would be PostgreSQL's.
    values["detail"] = json.loads(values["detail"])
    told = [form, _plain(sealed_at), *(_plain(values[name]) for name in FORMS[form])]
    return _WRITER.encode(told).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
