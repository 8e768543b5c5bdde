"""What may change when Norsk Helsenett changes its broker or its guide, in one place (protocol.md 14.5)."""

from dataclasses import dataclass
from enum import StrEnum

SIGNED_AND_ENVELOPED = "application/pkcs7-mime; smime-type=signed-and-enveloped-data"
"""The only content type of a protected message; a change to the guide after 2018 makes it the only one at all."""

PLAIN_TEXT = "text/plain"
"""Unprotected. Seen on error messages that answer a message without a content type; never on a dialog message."""

SOAP_FAULT_TYPE = "application/soap+xml"
"""Unprotected: the old form of an error report (protocol.md 9)."""

CONTENT_TYPES = frozenset({SIGNED_AND_ENVELOPED, PLAIN_TEXT, SOAP_FAULT_TYPE})


class AddressStyle(StrEnum):
    """How RabbitMQ names exchanges and queues in AMQP 1.0 link addresses.

    v1: RabbitMQ 3 and, when it is allowed to, 4; what Norsk Helsenett's own library uses (protocol.md 2.1).
    v2: RabbitMQ 4's own form. Not run against a broker by this project: RabbitMQ 3 does not know it.
    """

    V1 = "v1"
    V2 = "v2"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Builds link addresses. `namespace` is the exchange, case-sensitive, as `NHNTESTServiceBus`."""

    namespace: str
    style: AddressStyle = AddressStyle.V1

    def target(self, queue: str) -> str:
        """Where to send for a queue: the namespace's exchange with the queue's name as routing key."""
        if self.style is AddressStyle.V1:
            return f"/exchange/{self.namespace}/{queue}"
        return f"/exchanges/{_escaped(self.namespace)}/{_escaped(queue)}"

    def source(self, queue: str) -> str:
        """Where to read a queue."""
        return f"/amq/queue/{queue}" if self.style is AddressStyle.V1 else f"/queues/{_escaped(queue)}"


_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def _escaped(name: str) -> str:
    """Percent-encoded, as the v2 form demands of every name."""
    return "".join(one if one in _UNRESERVED else "".join(f"%{byte:02X}" for byte in one.encode()) for one in name)
