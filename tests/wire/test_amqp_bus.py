"""RabbitMQ's own matters: declaring, addresses, TLS, and what a stranger's messages look like."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from skranke.cli.main import main
from skranke.wire import connect
from skranke.wire.amqp import address
from skranke.wire.errors import ConfigurationError, TransportDownError
from skranke.wire.profile import AddressStyle
from skranke.wire.queues import QueueSpec
from skranke.wire.transport import OutgoingMessage

from support.bus import Bus, amqp_bus, broker_url, why_no_broker

SOON = 30.0  # long enough for a busy machine; nothing waits for it in full


@pytest.fixture(scope="module")
def bus() -> Iterator[Bus]:
    if reason := why_no_broker():
        pytest.skip(reason)
    with amqp_bus() as made:
        yield made


def test_an_address_is_taken_apart():
    found = address.parse(
        "amqps://us%40er:p%2Fw@tb.nhn.no/NHNProdServiceBus?vhost=A%2FB&style=v2&ca=/etc/ca.pem&heartbeat=5"
    )
    assert (found.host, found.port, found.user, found.password) == ("tb.nhn.no", 5671, "us@er", "p/w")
    assert (found.vhost, found.ca_file, found.is_tls) == ("A/B", "/etc/ca.pem", True)
    assert found.heartbeat == 5
    assert (found.addresses.namespace, found.addresses.style) == ("NHNProdServiceBus", AddressStyle.V2)
    assert "p/w" not in repr(found)
    plain = address.parse("amqp://guest:guest@127.0.0.1:5672/NS")
    assert (plain.port, plain.vhost, plain.is_tls, plain.addresses.style) == (5672, None, False, AddressStyle.V1)


@pytest.mark.parametrize(
    "url",
    [
        "amqp://u:p@host:5672",
        "amqp://u:p@host:many/NS",
        "amqp:///NS",
        "http://u:p@host/NS",
        "amqp://u:p@host/NS?style=v3",
        "amqp://u:p@host/NS?heartbeat=1",
        "amqp://u:p@host/NS?heartbeat=often",
        "amqp://u:p@host/NS/more",
        "amqp://u:p@host/NS?vhosts=typo",
    ],
)
def test_a_wrong_address_is_told_without_its_password(url):
    with pytest.raises(ConfigurationError) as caught:
        address.parse(url)
    assert "u:p" not in str(caught.value)


def test_the_address_chooses_the_bus():
    assert connect.is_amqp("amqps://h/NS")
    assert not connect.is_amqp("postgresql://h/bus")
    assert not connect.is_amqp("dbname=bus user=clinic")


@pytest.mark.amqp
def test_declaring_is_repeatable_counts_and_refuses_contradiction(bus):
    declare = connect.declare_module()
    declare.declare(bus.clinic_url, bus.clinic.specs())
    with bus.helsenorge_transport() as transport:
        transport.send(OutgoingMessage(queue=bus.clinic.async_, body=b"x"))
    assert declare.depths(bus.clinic_url, [bus.clinic.async_, bus.clinic.sync]) == {
        bus.clinic.async_: 1,
        bus.clinic.sync: 0,
    }
    declare.purge(bus.clinic_url, [bus.clinic.async_, "no_such_queue"])
    assert declare.depths(bus.clinic_url, [bus.clinic.async_]) == {bus.clinic.async_: 0}
    assert connect.depth(bus.clinic_url, bus.clinic.async_) == 0
    assert connect.depth(bus.clinic_url, "no_such_queue") is None
    with pytest.raises(ConfigurationError, match=f"queue {bus.clinic.sync} stands .*x-message-ttl"):
        declare.declare(bus.clinic_url, [QueueSpec(bus.clinic.sync, ttl=timedelta(seconds=1))])


@pytest.mark.amqp
def test_the_command_declares_both_kinds_again_and_again_and_names_what_stands_otherwise(bus, capsys):
    for kind, her_id in (("classic", "91001"), ("quorum", "91002")):
        for _ in range(2):
            assert main(["bus", "declare", bus.clinic_url, her_id, "--queues", kind]) == 0
        assert f"Declared 5 {kind} queues." in capsys.readouterr().out
    assert main(["bus", "declare", bus.clinic_url, "91001", "--queues", "quorum"]) == 1
    told = capsys.readouterr().err
    assert "The queue 91001_async stands on the broker with other properties" in told
    assert "Delete it there" in told
    assert main(["bus", "declare", bus.clinic_url.replace("guest:guest@", "guest:wrong@"), "91001"]) == 1
    assert "password" in capsys.readouterr().err


@pytest.mark.amqp
def test_an_exchange_of_another_type_is_named(bus):
    parts = urlsplit(bus.clinic_url)
    with pytest.raises(ConfigurationError, match=r"exchange amq\.topic stands"):
        connect.declare_module().declare(parts._replace(path="/amq.topic").geturl(), [])


@pytest.mark.amqp
def test_a_wrong_password_is_no_way_in(bus):
    wrong = bus.clinic_url.replace("guest:guest@", "guest:wrong@", 1)
    with connect.connect(wrong) as transport, pytest.raises(TransportDownError):
        transport.receive(bus.clinic.async_, timeout=0)
    with pytest.raises(TransportDownError):
        connect.declare_module().depths(wrong, [bus.clinic.async_])


@pytest.mark.amqp
def test_a_virtual_host_is_made_and_deleted(bus):
    declare, name = connect.declare_module(), f"skranke-{uuid4().hex[:8]}"
    assert declare.make_vhost(broker_url(), name)
    assert declare.delete_vhost(broker_url(), name)


@pytest.mark.amqp
def test_what_a_stranger_sends_is_read_as_it_is(bus):
    proton = pytest.importorskip("proton")
    utils = pytest.importorskip("proton.utils")
    parts = urlsplit(bus.clinic_url)
    name = parts.query.removeprefix("vhost=")
    connection = utils.BlockingConnection(
        f"amqp://{parts.hostname}:{parts.port}", virtual_host=f"vhost:{name}", user="guest", password="guest"
    )
    identity = uuid4()
    sender = connection.create_sender(f"/exchange/{parts.path.strip('/')}/{bus.clinic.async_}")
    sender.send(proton.Message(id=identity, body="tekst æ", properties={"fromHerId": 8093240, "flag": True}))
    sender.send(proton.Message(id=7, body=b"raw", inferred=True))
    connection.close()
    with bus.clinic_transport() as transport:
        first = transport.receive(bus.clinic.async_, timeout=SOON)
        second = transport.receive(bus.clinic.async_, timeout=SOON)
        transport.accept(first)
        transport.accept(second)
    assert (first.message.message_id, first.message.body) == (str(identity), "tekst æ".encode())
    assert first.message.headers.from_her_id == "8093240"
    assert dict(first.message.headers.extra) == {"flag": "True"}
    assert (second.message.message_id, second.message.body) == ("7", b"raw")
