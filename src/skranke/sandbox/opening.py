"""From a message on the bus to a payload that a known clinic has signed."""

import time
from dataclasses import dataclass, field
from functools import lru_cache

from skranke.kernel import clock
from skranke.sandbox.keys import Keys, signing_certificate
from skranke.sandbox.models import Party
from skranke.wire.errors import InvalidFieldValueError, TransportFaultError
from skranke.wire.faults import is_reportable, report
from skranke.wire.headers import CheckedHeader, check
from skranke.wire.protection import unprotect
from skranke.wire.transport import OutgoingMessage, RawMessage

_REMEMBERED = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A message whose protection holds."""

    raw: RawMessage
    header: CheckedHeader
    party: Party
    payload: bytes = field(repr=False)


def open_message(raw: RawMessage, keys: Keys) -> Opened:
    """Check the header, find the sender, decrypt and verify. Raises a TransportFaultError."""
    header = check(raw)
    party = _party(str(header.sender), int(time.monotonic() // _REMEMBERED))
    if party is None:
        raise InvalidFieldValueError("The sender is not in the address register.", fields=("fromHerId",))
    if not header.is_protected:
        raise InvalidFieldValueError("A dialog message must be protected.", fields=("content-type",))
    opened = unprotect(
        raw.body,
        decryption=(keys.decryption,),
        sender_certificate=signing_certificate(party),
        trust=keys.trust,
        now=clock.now(),
    )
    return Opened(raw=raw, header=header, party=party, payload=opened.payload)


@lru_cache(maxsize=1000)
def _party(her_id: str, _period: int) -> Party | None:
    """From the address register, asked anew every few seconds."""
    return Party.objects.filter(her_id=her_id).first()


def report_of(raw: RawMessage, error: TransportFaultError) -> OutgoingMessage | None:
    """What the sender is told of a fault on its error queue; None when there is nobody to tell.

    Raises the fault itself when it is a passing one, which the sender must not hear of.
    """
    if not is_reportable(error):
        raise error
    party = Party.objects.filter(her_id=raw.headers.from_her_id or "").first()
    if party is None:
        return None
    return report(raw, error, error_queue=party.error_queue, now=clock.now())
