"""What befalls a broker and the line to it: nothing the bus took is lost, and the error says what is wrong."""

import os
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from skranke.kernel import clock
from skranke.wire import connect, demo_pki
from skranke.wire.errors import (
    ConfigurationError,
    DeliveryLostError,
    QueueUnavailableError,
    TransportDownError,
    WireError,
)
from skranke.wire.queues import QueueKind, QueueSpec
from skranke.wire.transport import CREDIT, OutgoingMessage

from support.broker import NAMESPACE, Node, node, why_no_node
from support.bus import Gate, through, why_no_amqp
from support.ports import free_ports

pytestmark = pytest.mark.amqp

SOON = 60.0  # a node needs half of it to start on a busy machine
AHEAD = 10  # messages; fewer than come after the last fault of a test


@pytest.fixture(scope="module")
def tls() -> Iterator[Path]:
    """The broker's certificate for `localhost` and its key, its authority's, and that of another authority."""
    with tempfile.TemporaryDirectory(prefix="tls-") as name:
        folder, now = Path(name), clock.now()
        pki = demo_pki.make_pki(folder / "pki", {}, now=now)
        demo_pki.make_pki(folder / "other", {}, now=now)
        root = demo_pki.load_certificate(pki.ca_certificate)
        key = demo_pki.new_key()
        made = (
            x509.CertificateBuilder()
            .subject_name(demo_pki.subject("Broker"))
            .issuer_name(root.subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(root.not_valid_before_utc)
            .not_valid_after(root.not_valid_after_utc)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            # Newer Pythons ask that a certificate names its authority's key.
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
            .sign(demo_pki.load_key(pki.folder / "ca.key"), hashes.SHA256())
        )
        (folder / "broker.pem").write_bytes(made.public_bytes(Encoding.PEM))
        (folder / "broker.key").write_bytes(demo_pki._private(key))
        yield folder


@pytest.fixture(scope="module")
def tls_port() -> int:
    return free_ports(1)


@pytest.fixture(scope="module")
def broker(tls: Path, tls_port: int) -> Iterator[Node]:
    if reason := why_no_amqp() or why_no_node():
        pytest.skip(reason)
    settings = (
        f"listeners.ssl.local = 127.0.0.1:{tls_port}\nssl_options.cacertfile = {tls}/pki/ca.pem\n"
        f"ssl_options.certfile = {tls}/broker.pem\nssl_options.keyfile = {tls}/broker.key\n"
        "ssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false\n"
    )
    with node(settings) as made:
        yield made


@pytest.fixture(params=QueueKind)
def queue(broker: Node, request: pytest.FixtureRequest) -> str:
    name = f"{request.param}_{uuid4().hex[:6]}"
    connect.declare_module().declare(broker.url, [QueueSpec(name)], request.param)
    return name


@pytest.fixture
def gate(broker: Node) -> Iterator[Gate]:
    made = Gate(broker.url)
    yield made
    made.flow()
    made.shut()


class Traffic:
    """A sender that sends each body until the bus has taken it, and a reader that settles what it has noted.

    The sender is never far ahead, so that every fault finds both at work.
    """

    def __init__(self, sender: str, reader: str, queue: str, count: int) -> None:
        self._urls, self._queue = (sender, reader), queue
        self.bodies = [b"%d" % number for number in range(count)]
        self.sent = 0
        self.seen: Counter[bytes] = Counter()
        self._end = time.monotonic() + 3 * SOON

    def run(self, *faults: Callable[[], None]) -> None:
        """The faults come one after the other, evenly among the messages."""
        with ThreadPoolExecutor(2) as threads:
            both = [threads.submit(self._send), threads.submit(self._read)]
            for number, fault in enumerate(faults, start=1):
                share = number * len(self.bodies) // (len(faults) + 1)
                while min(self.sent, len(self.seen)) < share and time.monotonic() < self._end:
                    time.sleep(0.005)
                fault()
            for one in both:
                one.result()

    def _send(self) -> None:
        with connect.connect(self._urls[0]) as transport:
            for body in self.bodies:
                while self.sent > len(self.seen) + AHEAD and time.monotonic() < self._end:
                    time.sleep(0.001)
                message = OutgoingMessage(queue=self._queue, body=body, message_id=body.decode())
                while not self._tried(lambda message=message: transport.send(message) or True):
                    pass
                self.sent += 1

    def _read(self) -> None:
        with connect.connect(self._urls[1]) as transport:
            while len(self.seen) < len(self.bodies):
                if delivery := self._tried(lambda: transport.receive(self._queue, timeout=0.2)):
                    self.seen[delivery.message.body] += 1
                    self._tried(lambda delivery=delivery: transport.accept(delivery))

    def _tried(self, action):
        assert time.monotonic() < self._end, f"{self.sent} sent, {len(self.seen)} came"
        try:
            return action()
        except (TransportDownError, QueueUnavailableError, DeliveryLostError):
            time.sleep(0.05)
            return None


@pytest.mark.req("NFR-4", "DDFL-AR-18")
@pytest.mark.parametrize(
    ("queue", "how"),
    # Not a killed quorum queue: alone on its node, RabbitMQ 3.10 may leave whoever asks for it waiting for minutes.
    [(QueueKind.CLASSIC, signal.SIGTERM), (QueueKind.CLASSIC, signal.SIGKILL), (QueueKind.QUORUM, signal.SIGTERM)],
    ids=["classic-stopped", "classic-killed", "quorum-stopped"],
    indirect=["queue"],
)
def test_a_broker_that_is_started_again_amid_the_traffic_has_lost_nothing(broker, queue, how):
    traffic = Traffic(broker.url, broker.url, queue, 200)

    def restart() -> None:
        broker.stop(how)
        broker.start()

    traffic.run(restart)
    assert set(traffic.seen) == set(traffic.bodies)


@pytest.mark.req("NFR-4", "DDFL-AR-18")
def test_a_line_that_is_cut_again_and_again_loses_nothing(broker, queue, gate):
    url = through(broker.url, gate.port)
    traffic = Traffic(url, url, queue, 200)
    traffic.run(*[gate.cut] * 8)
    assert set(traffic.seen) == set(traffic.bodies)
    assert gate.calls > 2 + 8, "both had to connect anew"


def test_a_large_message_that_is_cut_in_the_middle_comes_whole(broker, queue, gate):
    url, body = through(broker.url, gate.port), os.urandom(16 * 1024 * 1024)
    message = OutgoingMessage(queue=queue, body=body)
    gate.cut_after = 5 * 1024 * 1024
    with connect.connect(url) as transport:
        with pytest.raises(TransportDownError):
            transport.send(message)
        persistently(lambda: transport.send(message) or True)
    gate.cut_after = 5 * 1024 * 1024
    with connect.connect(url) as transport:
        with pytest.raises(TransportDownError):
            transport.receive(queue, timeout=SOON)
        delivery = persistently(lambda: transport.receive(queue, timeout=5))
        assert delivery.message.body == body
        transport.accept(delivery)
        assert transport.receive(queue, timeout=0.5) is None


def test_a_line_gone_silent_is_noticed_by_the_heartbeat(broker, queue, gate):
    with connect.connect(f"{through(broker.url, gate.port)}?heartbeat=5") as transport:
        assert transport.receive(queue, timeout=12) is None, "heartbeats keep a quiet line alive"
        assert gate.calls == 1
        gate.stall()
        with pytest.raises(TransportDownError):
            until_it_fails(lambda: transport.receive(queue, timeout=0.2))
        gate.cut()
        gate.flow()
        assert persistently(lambda: (transport.receive(queue, timeout=0.1), True))


def test_a_broker_that_hangs_up_on_everybody_is_called_ever_more_seldom(broker, queue, gate):
    gate.hangs_up = True
    with connect.connect(through(broker.url, gate.port)) as transport:
        end, tries = time.monotonic() + 3, 0
        while time.monotonic() < end or tries <= 50:
            with pytest.raises(TransportDownError):
                transport.receive(queue, timeout=0)
            tries += 1
            time.sleep(0.005)
        assert 2 <= gate.calls <= 10
        gate.hangs_up = False
        assert persistently(lambda: (transport.receive(queue, timeout=0.1), True))


def test_a_queue_that_is_deleted_while_it_is_read_is_told_and_read_again_once_it_is_back(broker, queue):
    kind = QueueKind(queue.partition("_")[0])
    with connect.connect(broker.url) as transport:
        assert transport.receive(queue, timeout=0.2) is None
        broker.control("delete_queue", queue)
        # First that the line is lost, unless it was lost between two calls: then the new line is refused at once.
        with pytest.raises(QueueUnavailableError):
            persistently(lambda: transport.receive(queue, timeout=0.2))
        connect.declare_module().declare(broker.url, [QueueSpec(queue)], kind)
        with connect.connect(broker.url) as other:
            other.send(OutgoingMessage(queue=queue, body=b"back"))
        delivery = persistently(lambda: transport.receive(queue, timeout=0.2))
        assert delivery.message.body == b"back"


def test_never_more_than_the_credit_is_on_its_way(broker, queue):
    many = 2 * CREDIT + 10
    with connect.connect(broker.url) as transport:
        for _ in range(many):
            transport.send(OutgoingMessage(queue=queue))
        most = CREDIT
        for left in range(many, 0, -1):
            delivery = persistently(lambda: transport.receive(queue, timeout=1))
            assert 1 <= left - connect.declare_module().depths(broker.url, [queue])[queue] <= most
            transport.accept(delivery)
            if queue.startswith(QueueKind.QUORUM):
                # RabbitMQ 3 counts a credit given anew from what its session has written by then. What a quorum queue
                # has handed to the session meanwhile comes on top, once: no more than it had credit for.
                most = 2 * CREDIT


def until_it_fails(action: Callable[[], object]) -> None:
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        action()


def persistently(action):
    """What it gives once it gives something; the line may be away until then."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        try:
            if found := action():
                return found
        except TransportDownError:
            time.sleep(0.05)
    pytest.fail("it did not come back")


@pytest.mark.req("DDFL-AR-01")
def test_tls_carries_large_messages_both_ways(broker, tls, tls_port, queue):
    body = os.urandom(16 * 1024 * 1024)
    with connect.connect(secure(tls_port, tls / "pki")) as transport:
        transport.send(OutgoingMessage(queue=queue, body=body))
        delivery = persistently(lambda: transport.receive(queue, timeout=5))
        assert delivery.message.body == body
        transport.accept(delivery)
    with connect.connect(secure(tls_port, tls / "pki")) as transport:
        transport.send(OutgoingMessage(queue=queue, body=b"x"))
    assert connect.depth(secure(tls_port, tls / "pki"), queue) == 1


def secure(port: int, authority: Path, host: str = "localhost", login: str = "guest:guest") -> str:
    return f"amqps://{login}@{host}:{port}/{NAMESPACE}?ca={authority}/ca.pem"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("authority", "TLS with the broker fails"),
        ("name", "show a certificate for this name"),
        ("password", "refuses the user or the password"),
        ("no TLS", "must speak it"),
    ],
)
def test_what_is_wrong_with_a_secure_line_is_told(broker, tls, tls_port, fault, told):
    url = {
        "authority": secure(tls_port, tls / "other"),
        "name": secure(tls_port, tls / "pki", host="127.0.0.1"),
        "password": secure(tls_port, tls / "pki", login="guest:secret-word"),
        "no TLS": secure(broker.port, tls / "pki"),
    }[fault]
    with connect.connect(url) as transport, pytest.raises(TransportDownError, match=told) as caught:
        transport.send(OutgoingMessage(queue="any"))
    assert "secret-word" not in str(caught.value)


def test_a_missing_file_of_authorities_is_told(tmp_path):
    if reason := why_no_amqp():
        pytest.skip(reason)
    with (
        connect.connect(secure(1, tmp_path)) as transport,
        pytest.raises(ConfigurationError, match=r"trusted authorities is not there: .*ca\.pem"),
    ):
        transport.send(OutgoingMessage(queue="any"))


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        ("password", TransportDownError, "refuses the user or the password"),
        ("virtual host", QueueUnavailableError, "no virtual host missing"),
        ("nobody", TransportDownError, r"No broker answers at 127\.0\.0\.1:"),
        ("namespace", QueueUnavailableError, "refuses the queue or exchange"),
    ],
)
def test_what_is_wrong_with_a_plain_line_is_told(broker, fault, kind, told):
    url = {
        "password": broker.url.replace("guest:guest", "guest:secret-word"),
        "virtual host": f"{broker.url}?vhost=missing",
        "nobody": through(broker.url, free_ports(1)),
        "namespace": broker.url.replace(NAMESPACE, NAMESPACE.lower()),
    }[fault]
    connect.declare_module().declare(broker.url, [])
    with connect.connect(url) as transport, pytest.raises(kind, match=told) as caught:
        transport.send(OutgoingMessage(queue="any"))
    assert "secret-word" not in str(caught.value)


def test_threads_of_a_lane_have_connections_that_do_not_disturb_each_other(broker, queue, gate):
    """One connection is cut while another, in the same process, goes on."""
    stop, errors = threading.Event(), []

    def steady() -> None:
        with connect.connect(broker.url) as transport:
            while not stop.is_set():
                try:
                    transport.send(OutgoingMessage(queue=queue))
                except WireError as error:
                    errors.append(error)

    thread = threading.Thread(target=steady)
    thread.start()
    try:
        with connect.connect(through(broker.url, gate.port)) as transport:
            for _ in range(5):
                persistently(lambda: transport.receive(queue, timeout=1))
                gate.cut()
    finally:
        stop.set()
        thread.join()
    assert errors == []
