"""A clinic of a test's own on an embedded bus, with HelseNorge beside it and the gateway's lanes at hand."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from skranke.clinics.models import CommunicationParty
from skranke.gateway import faults_in, inbound, outbound, replies, sync
from skranke.gateway.endpoints import Endpoints
from skranke.gateway.inbound import Disposition
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.scheduling.models import AppointmentType, Schedule, Slot
from skranke.scheduling.services import add_single_slot, create_schedule, create_type
from skranke.standards.build import parties
from skranke.standards.xcal import VEvent
from skranke.tenancy.work import acting
from skranke.wire.connect import connect, declare_module
from skranke.wire.demo_pki import DemoPki, make_pki
from skranke.wire.embedded.install import install, party_dsn, remove
from skranke.wire.queues import SYNCHRONOUS_TTL, QueueSpec
from skranke.wire.transport import RawMessage, Transport

from cast import Cast, fresh_her_id, make_clinic
from support.helsenorge import HelseNorge, Queues
from support.run import mark, spare_the_disk

QUEUES = ("async", "sync", "error", "syncreply", "hn_async", "hn_sync", "hn_syncreply", "hn_error")
PASSWORD = "only-for-tests"


@dataclass(frozen=True)
class Town:
    """The bus database and the keys that all clinics of a run share; each clinic has queues of its own."""

    admin_dsn: str
    database: str
    clinic_role: str
    helsenorge_role: str
    pki: DemoPki
    broker: str = ""
    clinic_broker: str = ""

    def url(self, role: str) -> str:
        if self.broker:
            return self.clinic_broker if role == self.clinic_role else self.broker
        return party_dsn(self.admin_dsn, role=role, password=PASSWORD, database=self.database)

    def declare(self, queues: Queues) -> None:
        if self.broker:
            names = (name for name in vars(queues).values() if isinstance(name, str))
            declare_module().declare(self.broker, [QueueSpec(name) for name in names])
            return
        rows = [
            *((name, self.clinic_role) for name in queues.of_the_clinic),
            *((name, self.helsenorge_role) for name in queues.of_helsenorge),
        ]
        timed = {queues.clinic_sync, queues.clinic_syncreply, queues.ours_sync, queues.ours_syncreply}
        insert = "INSERT INTO bus.queue (name, owner, ttl, dead_letter) VALUES (%s, %s, %s, %s)"
        with psycopg.connect(make_conninfo(self.admin_dsn, dbname=self.database)) as connection:
            connection.execute(insert, (queues.clinic_dead, self.clinic_role, None, None))
            for name, role in rows:
                dead = queues.clinic_dead if name in {queues.clinic_async, queues.clinic_error} else None
                connection.execute(insert, (name, role, SYNCHRONOUS_TTL if name in timed else None, dead))


@contextmanager
def town(admin_dsn: str) -> Iterator[Town]:
    name = mark()
    clinic, helsenorge, database = f"clinic_{name}", f"helsenorge_{name}", f"bus_{name}"
    with tempfile.TemporaryDirectory(prefix="skranke-pki-") as folder:
        names = {"clinic": "Prøvevik", "helsenorge": "Helsenorge", "stranger": "En annen"}
        pki = make_pki(Path(folder), names, now=clock.now())
        install(admin_dsn, parties={clinic: PASSWORD, helsenorge: PASSWORD}, queues={}, database=database)
        spare_the_disk(admin_dsn, database)
        try:
            yield Town(admin_dsn, database, clinic, helsenorge, pki)
        finally:
            remove(admin_dsn, parties=[clinic, helsenorge], database=database)


def town_on(broker: str, clinic_broker: str, like: Town) -> Town:
    """A town whose bus is a broker, with the keys of another; the clinic may reach it by an address of its own."""
    return replace(like, broker=broker, clinic_broker=clinic_broker)


@dataclass
class Surgery:
    """A connected clinic. `work` does what the lanes do, in this process, until nothing is left to do."""

    cast: Cast
    town: Town
    helsenorge: HelseNorge
    transport: Transport
    endpoints: Endpoints = field(default_factory=Endpoints)
    released: list[RawMessage] = field(default_factory=list)

    @property
    def endpoint(self):
        return self.endpoints.of(self.cast.clinic.id)

    def acting(self, person=None):
        return acting(self.cast.actor(person) if person else self.cast.system)

    def take_in(self) -> list[Disposition]:
        """Every asynchronous delivery, once each."""
        return self._each(
            self.helsenorge.queues.clinic_async,
            lambda raw: inbound.receive([raw], self.cast.clinic.id, self.endpoints)[0],
        )

    def take_in_at_once(self, threads: int = 10) -> None:
        """Every asynchronous delivery, by several consumers of the lane that start together; each is done with."""
        gate, raws = threading.Barrier(threads), []
        while (delivery := self.transport.receive(self.helsenorge.queues.clinic_async, timeout=0)) is not None:
            raws.append(delivery.message)
            self.transport.accept(delivery)

        def consume(number: int) -> list[Disposition]:
            try:
                gate.wait()
                mine = raws[number::threads]
                return [inbound.receive([raw], self.cast.clinic.id, self.endpoints)[0] for raw in mine]
            finally:
                connection.close()

        with ThreadPoolExecutor(threads) as pool:
            done = [one for share in pool.map(consume, range(threads)) for one in share]
        assert done == [Disposition.ACCEPT] * len(raws)

    def take_questions(self) -> list[Disposition]:
        """Every synchronous question, once each."""
        return self._each(
            self.helsenorge.queues.clinic_sync,
            lambda raw: sync.receive(raw, self.cast.clinic.id, self.endpoints, self.transport),
        )

    def take_replies(self) -> list[Disposition]:
        """Every answer to a synchronous question of the clinic's."""
        return self._each(
            self.helsenorge.queues.clinic_syncreply,
            lambda raw: replies.receive(raw, self.cast.clinic.id, self.endpoints),
        )

    def take_reports(self) -> list[Disposition]:
        """Every message of the clinic's error queue."""
        return self._each(self.helsenorge.queues.clinic_error, lambda raw: faults_in.receive(raw, self.cast.clinic.id))

    def send_out(self) -> int:
        """All that may leave now; how many rows were done with."""
        count = 0
        while outbound.run_once(self.cast.clinic.id, Endpoints(), self.transport, "test"):
            count += 1
        return count

    def work(self) -> None:
        self.take_in()
        self.send_out()

    def answers(self):
        """Do all that waits, and what HelseNorge then has got."""
        self.work()
        return self.helsenorge.letters()

    def _each(self, queue: str, receive: Callable[[RawMessage], Disposition]) -> list[Disposition]:
        done, held = [], []
        while (delivery := self.transport.receive(queue, timeout=0)) is not None:
            disposition = receive(delivery.message)
            done.append(disposition)
            if disposition is Disposition.ACCEPT:
                self.transport.accept(delivery)
            else:
                held.append(delivery)
        for delivery in held:
            self.released.append(delivery.message)
            self.transport.release(delivery)
        return done


@contextmanager
def surgery(of: Town, **clinic) -> Iterator[Surgery]:
    """A new clinic, connected; clinic: fields of the clinic."""
    level1, level2, own = fresh_her_id(), fresh_her_id(), uuid4().hex[:10]
    queues = Queues(*(f"{own}_{name}" for name in QUEUES))
    of.declare(queues)
    ours, theirs = of.pki.party("clinic"), of.pki.party("helsenorge")
    cast = make_clinic(
        profile={
            "bus_url": of.url(of.clinic_role),
            "queue_async": queues.clinic_async,
            "queue_sync": queues.clinic_sync,
            "queue_error": queues.clinic_error,
            "queue_syncreply": queues.clinic_syncreply,
            "signing_certificate": f"file:{ours.signing_certificate}",
            "signing_key": f"file:{ours.signing_key}",
            "decryption_certificate": f"file:{ours.encryption_certificate}",
            "decryption_key": f"file:{ours.encryption_key}",
            "trust_anchor": f"file:{of.pki.ca_certificate}",
        },
        counterpart={
            "her_id": level2,
            "her_id_level1": level1,
            "queue_async": queues.ours_async,
            "queue_sync": queues.ours_sync,
            "queue_error": queues.ours_error,
            "signing_certificate": f"file:{theirs.signing_certificate}",
            "encryption_certificate": f"file:{theirs.encryption_certificate}",
        },
        **clinic,
    )
    organisation = parties.organisation("Helsenorge", HerId(level1))
    with connect(of.url(of.clinic_role)) as transport, connect(of.url(of.helsenorge_role)) as other:
        helsenorge = HelseNorge(
            transport=other,
            pki=of.pki,
            files=theirs,
            clinic_files=ours,
            queues=queues,
            party=parties.service_party(organisation, her_id=HerId(level2), name="Digital dialog"),
            gp=gp_of(cast, cast.kari_party),
        )
        yield Surgery(cast, of, helsenorge, transport)


def gp_of(cast: Cast, party: CommunicationParty):
    """A GP of the clinic, as HelseNorge addresses one."""
    clinic = parties.organisation(cast.clinic.name, HerId(cast.clinic.her_id), cast.clinic.organisation_number)
    assert party.employee is not None
    return parties.gp_party(
        clinic,
        her_id=HerId(party.her_id),
        given_name=party.employee.given_name,
        family_name=party.employee.family_name,
    )


@dataclass(frozen=True)
class Book:
    """A GP's schedule with some free times from tomorrow noon on."""

    schedule: Schedule
    type: AppointmentType
    slots: list[Slot]


def open_book(at: Surgery, *, times: int = 3, owner=None, start: datetime | None = None, **kind) -> Book:
    """Kari's schedule (or another's) with free times of twenty minutes."""
    start = start or clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with at.acting():
        schedule = create_schedule(owner=owner or at.cast.kari, public_name="Kari Lunde", internal_name="Kari")
        visit = create_type(**{"name": "Konsultasjon", "minutes": 20, **kind})
        slots = [
            add_single_slot(schedule, start=start + timedelta(minutes=20 * number), type=visit)
            for number in range(times)
        ]
    return Book(schedule, visit, slots)


def time_of(slot: Slot, contact: str, related_to: str = "") -> VEvent:
    """A slot as a message names it."""
    return VEvent(
        start=slot.during.lower, end=slot.during.upper, uid=str(slot.uid), contact=contact, related_to=related_to
    )
