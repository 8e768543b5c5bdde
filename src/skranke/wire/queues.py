"""The queues of a party (protocol.md 2.2), the same on every bus."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from skranke.kernel.ids import HerId

SYNCHRONOUS_TTL = timedelta(seconds=15)


class QueueKind(StrEnum):
    """How RabbitMQ keeps a queue. A reader cannot tell one from the other; the owner of the broker chooses."""

    CLASSIC = "classic"
    QUORUM = "quorum"


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A queue to declare. `dead_letter`: the queue that takes rejected messages; None drops them."""

    name: str
    ttl: timedelta | None = None
    dead_letter: str | None = None


@dataclass(frozen=True, slots=True)
class PartyQueues:
    """The names of one HER-id's queues. A party may instead use its parent's: AR says (protocol.md 2.2)."""

    async_: str
    sync: str
    syncreply: str
    error: str
    dead: str

    def specs(self) -> tuple[QueueSpec, ...]:
        """As to be declared. Synchronous queues have no dead letter: who waited is gone after 15 s anyway."""
        return (
            QueueSpec(self.async_, dead_letter=self.dead),
            QueueSpec(self.sync, ttl=SYNCHRONOUS_TTL),
            QueueSpec(self.syncreply, ttl=SYNCHRONOUS_TTL),
            QueueSpec(self.error, dead_letter=self.dead),
            QueueSpec(self.dead),
        )


def queues_of(her_id: HerId) -> PartyQueues:
    """The conventional names, for demo and tests; in production the names come from AR."""
    return PartyQueues(*(f"{her_id}_{suffix}" for suffix in ("async", "sync", "syncreply", "error", "dead")))


def short_name(address: str) -> str:
    """The queue name in an address as AR gives it: the part after the last slash."""
    return address.rsplit("/", 1)[-1]
