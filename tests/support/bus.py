"""A message bus of a test's own: embedded in the run's PostgreSQL, or a virtual host of the RabbitMQ that runs here.

`SKRANKE_TEST_AMQP` names the broker (default amqp://guest:guest@127.0.0.1:5672/TESTServiceBus).
"""

import os
import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from skranke.kernel.ids import HerId
from skranke.wire import connect as bus
from skranke.wire.embedded.install import install, party_dsn, remove
from skranke.wire.errors import ConfigurationError
from skranke.wire.queues import PartyQueues, QueueKind, queues_of
from skranke.wire.transport import Transport

from support.ports import free_ports
from support.run import mark, spare_the_disk

BROKER = "SKRANKE_TEST_AMQP"
CLINIC, HELSENORGE = HerId("91095"), HerId("8093240")


@dataclass(frozen=True)
class Bus:
    """Two parties on a bus. The addresses are what `wire.connect.connect` takes."""

    clinic_url: str
    helsenorge_url: str
    clinic: PartyQueues
    helsenorge: PartyQueues

    def clinic_transport(self) -> Transport:
        return bus.connect(self.clinic_url)

    def helsenorge_transport(self) -> Transport:
        return bus.connect(self.helsenorge_url)


@contextmanager
def embedded_bus(admin_dsn: str) -> Iterator[Bus]:
    name = mark()
    database, clinic, helsenorge = f"bus_{name}", f"clinic_{name}", f"helsenorge_{name}"
    queues = {clinic: queues_of(CLINIC).specs(), helsenorge: queues_of(HELSENORGE).specs()}
    install(admin_dsn, parties=dict.fromkeys(queues, "only-for-tests"), queues=queues, database=database)
    spare_the_disk(admin_dsn, database)
    try:
        urls = [party_dsn(admin_dsn, role=role, password="only-for-tests", database=database) for role in queues]
        yield Bus(*urls, queues_of(CLINIC), queues_of(HELSENORGE))
    finally:
        remove(admin_dsn, parties=list(queues), database=database)


def broker_url() -> str:
    return os.environ.get(BROKER, "amqp://guest:guest@127.0.0.1:5672/TESTServiceBus")


def why_no_amqp() -> str | None:
    """Why nobody here speaks AMQP; None when the extra is installed."""
    try:
        bus.amqp_module()
        bus.declare_module()
    except ConfigurationError as error:
        return str(error)
    return None


def why_no_broker() -> str | None:
    """Why tests with RabbitMQ cannot run here; None when they can."""
    if reason := why_no_amqp():
        return reason
    parts = urlsplit(broker_url())
    try:
        socket.create_connection((parts.hostname or "", parts.port or 5672), timeout=2).close()
    except OSError:
        return f"no broker at {parts.hostname}:{parts.port}"
    return None


@contextmanager
def amqp_bus(kind: QueueKind = QueueKind.CLASSIC) -> Iterator[Bus]:
    with virtual_host() as url:
        bus.declare_module().declare(url, [*queues_of(CLINIC).specs(), *queues_of(HELSENORGE).specs()], kind)
        yield Bus(url, url, queues_of(CLINIC), queues_of(HELSENORGE))


@contextmanager
def virtual_host() -> Iterator[str]:
    """A virtual host of a test's own, empty; the address to reach it."""
    base, name = broker_url(), f"skranke-{mark()}"
    note = _virtual_hosts() / name
    note.parent.mkdir(exist_ok=True)
    note.touch()
    assert bus.declare_module().make_vhost(base, name), "the broker's user may not make a virtual host"
    try:
        yield f"{base}?vhost={name}"
    finally:
        bus.declare_module().delete_vhost(base, name)
        note.unlink()


def delete_virtual_hosts() -> None:
    """Delete those that a worker which crashed left behind."""
    for note in _virtual_hosts().glob("*"):
        bus.declare_module().delete_vhost(broker_url(), note.name)


def _virtual_hosts() -> Path:
    return Path(tempfile.gettempdir()) / "virtual-hosts"


def through(url: str, port: int) -> str:
    """The bus address with its port replaced by that of a Gate."""
    if bus.is_amqp(url):
        parts = urlsplit(url)
        return parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}").geturl()
    return make_conninfo(url, host="127.0.0.1", port=port)


class Gate:
    """A door before a server that a test can shut: shut, every connection is cut and none is let in.

    `cut` lets new ones in at once; stalled, nothing passes and nobody is told. calls: how many came, let in or not.
    cut_after: so many bytes later, counted both ways, all is cut once; 0: never.
    """

    def __init__(self, url: str) -> None:
        self._server = _server_of(url)
        self._flowing = threading.Event()
        self._flowing.set()
        self.calls = 0
        self.hangs_up = False
        self.cut_after = 0
        # Not one of those that the machine gives to outgoing lines: shut, it must stay ours.
        self.port = free_ports(1)
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        assert self._listener is not None
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self.calls += 1
            if self.hangs_up:
                near.close()
            else:
                threading.Thread(target=self._pipe, args=(near,), daemon=True).start()

    def _pipe(self, near: socket.socket) -> None:
        with near, _dial(self._server) as far:
            with self._lock:
                self._open |= {near, far}
            other = {near: far, far: near}
            with suppress(OSError):
                while True:
                    for end in select.select([near, far], [], [])[0]:
                        data = end.recv(1 << 16)
                        if not data:
                            return
                        self._flowing.wait()
                        other[end].sendall(data)
                        self._count(len(data))
            with self._lock:
                self._open -= {near, far}

    def _count(self, passed: int) -> None:
        if self.cut_after:
            self.cut_after = max(self.cut_after - passed, 0)
            if not self.cut_after:
                self.cut()


def _server_of(url: str) -> str | tuple[str, int]:
    if bus.is_amqp(url):
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or 5672
    facts = conninfo_to_dict(url)
    host, port = str(facts["host"]), int(str(facts.get("port") or 5432))
    return str(Path(host) / f".s.PGSQL.{port}") if host.startswith("/") else (host, port)


def _dial(server: str | tuple[str, int]) -> socket.socket:
    if isinstance(server, tuple):
        return socket.create_connection(server)
    end = socket.socket(socket.AF_UNIX)
    end.connect(server)
    return end


def count_rows(admin_dsn: str, bus_url: str) -> int:
    """Messages in the embedded bus's table, whoever owns them."""
    database = str(conninfo_to_dict(bus_url)["dbname"])
    with psycopg.connect(make_conninfo(admin_dsn, dbname=database)) as connection:
        row = connection.execute("SELECT count(*) FROM bus.message").fetchone()
        assert row is not None
        return int(row[0])
