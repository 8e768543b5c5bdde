"""How RabbitMQ differs from what AMQP 1.0 lets one hope; each trap of the architecture's section 5 by name.

Read by a stranger's eye, Proton alone, so that our own transport hides nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from skranke.wire import connect
from skranke.wire.errors import QueueUnavailableError
from skranke.wire.profile import Addresses, AddressStyle
from skranke.wire.queues import QueueKind, QueueSpec
from skranke.wire.transport import OutgoingMessage

from support.bus import amqp_bus, virtual_host, why_no_broker

pytestmark = pytest.mark.amqp
SOON = 30
QUIET = 1


@pytest.fixture(scope="module", params=QueueKind)
def bus(request):
    if reason := why_no_broker():
        pytest.skip(reason)
    with amqp_bus(request.param) as made:
        yield made


@contextmanager
def stranger(url: str, queue: str) -> Iterator:
    """A Proton receiver of the queue with a credit of one at a time."""
    utils = pytest.importorskip("proton.utils")
    parts = urlsplit(url)
    connection = utils.BlockingConnection(
        f"amqp://{parts.hostname}:{parts.port}",
        virtual_host=f"vhost:{parts.query.removeprefix('vhost=')}",
        user="guest",
        password="guest",
        timeout=SOON,
    )
    try:
        yield connection.create_receiver(f"/amq/queue/{queue}", credit=1)
    finally:
        connection.close()


@pytest.mark.req("DDFL-AR-18")
def test_delivery_count_is_always_zero_so_our_own_count_is_needed(bus):
    proton = pytest.importorskip("proton")
    queue = bus.clinic.async_
    with bus.helsenorge_transport() as transport:
        transport.send(OutgoingMessage(queue=queue, body=b"tried"))
    counts = []
    for _ in range(3):
        with stranger(bus.clinic_url, queue) as receiver:
            counts.append(receiver.receive().delivery_count)
            receiver.release(delivered=False)
    with stranger(bus.clinic_url, queue) as receiver:
        counts.append(receiver.receive().delivery_count)
        receiver.settle(proton.Delivery.ACCEPTED)
    assert counts == [0, 0, 0, 0]


@pytest.mark.parametrize("delivered", [True, False], ids=["modified", "released"])
def test_modified_is_not_given_back_to_the_same_reader_but_released_is(bus, delivered):
    """Why `release` says *released* (Proton's word for *modified* is a release of what was delivered)."""
    proton = pytest.importorskip("proton")
    queue = bus.clinic.error
    with bus.helsenorge_transport() as transport:
        transport.send(OutgoingMessage(queue=queue, body=b"again"))
    with stranger(bus.clinic_url, queue) as receiver:
        receiver.receive()
        receiver.release(delivered=delivered)
        if delivered:
            with pytest.raises(proton.Timeout):
                receiver.receive(timeout=QUIET)
        else:
            assert bytes(receiver.receive(timeout=SOON).body) == b"again"
            receiver.accept()
    connect.declare_module().purge(bus.clinic_url, [queue, bus.clinic.dead])


def test_a_message_to_a_missing_queue_is_accepted_and_lost(bus):
    """The broker's own word is *accepted*: nothing but a missing receipt can tell (gateway/overdue.py)."""
    with bus.helsenorge_transport() as transport:
        transport.send(OutgoingMessage(queue="no_such_queue", body=b"lost"))
    connect.declare_module().declare(bus.clinic_url, [QueueSpec("no_such_queue")])
    with bus.clinic_transport() as transport:
        assert transport.receive("no_such_queue", timeout=QUIET) is None


def test_rabbitmq_3_refuses_addresses_of_style_v2_and_we_say_so(bus):
    with connect.connect(f"{bus.clinic_url}&style=v2") as transport:
        with pytest.raises(QueueUnavailableError, match="does not know link addresses of the style v2"):
            transport.receive(bus.clinic.async_, timeout=QUIET)
        with pytest.raises(QueueUnavailableError, match="RabbitMQ 3 knows only v1"):
            transport.send(OutgoingMessage(queue=bus.clinic.async_))


def test_addresses_of_style_v2_are_written_as_rabbitmq_4_documents_them():
    """Not run against a broker: RabbitMQ 4 is not to be had here."""
    addresses = Addresses("NHN Bus", AddressStyle.V2)
    assert addresses.target("1234_async") == "/exchanges/NHN%20Bus/1234_async"
    assert addresses.source("1234/async") == "/queues/1234%2Fasync"


def test_another_virtual_host_is_chosen_by_name(bus):
    """The same queue in two virtual hosts: what is sent in one is not seen in the other, nor in the default one."""
    queue = f"same_{uuid4().hex[:6]}"
    with virtual_host() as other:
        for url in (bus.clinic_url, other):
            connect.declare_module().declare(url, [QueueSpec(queue)])
        with connect.connect(other) as transport:
            transport.send(OutgoingMessage(queue=queue, body=b"there"))
        assert connect.declare_module().depths(bus.clinic_url, [queue]) == {queue: 0}
        assert connect.declare_module().depths(other, [queue]) == {queue: 1}


def test_what_was_settled_last_may_come_again_when_the_line_is_cut_so_a_session_is_ended_first(bus):
    """RabbitMQ forgets settlements it has not come to when a connection closes; our `close` ends the session first."""
    queue = bus.clinic.async_
    many = 20
    with bus.helsenorge_transport() as transport:
        for _ in range(many):
            transport.send(OutgoingMessage(queue=queue))
    with bus.clinic_transport() as transport:
        for _ in range(many):
            transport.accept(transport.receive(queue, timeout=SOON))
    with bus.clinic_transport() as transport:
        assert transport.receive(queue, timeout=QUIET) is None
