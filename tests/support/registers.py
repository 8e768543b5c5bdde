"""The registers to ask: the sandbox's own, over HTTP, and a server that says what a test tells it to."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
from django.conf import settings
from lxml import etree

from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.sandbox import world
from skranke.wire.demo_pki import DemoPki, make_pki

from support.ports import free_ports
from support.sandbox import Browser, environment_of, manage, program, sandbox_database, serve

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "standards" / "helsenorge-messaging" / "test"
WHY_NO_SAMPLES = "the registers' official samples lie beside the checkout, and are not here"
USER, PASSWORD = "prøvevik", "only-for-tests"
HELSENORGE, HELSENORGE_LEVEL_1 = HerId("8090002"), HerId("8090001")
_PARTY = """
    INSERT INTO sandbox_party (her_id, clinic_her_id, clinic_name, clinic_organisation_number, name, given_name,
      family_name, hpr_number, kind, service_kind, services, async_queue, sync_queue, error_queue,
      encryption_certificate, signing_certificate)
    VALUES (%(her_id)s, %(clinic_her_id)s, %(clinic_name)s, %(organisation_number)s, %(name)s, %(given_name)s,
      %(family_name)s, %(hpr_number)s, %(kind)s, %(service_kind)s, %(services)s, %(async)s, %(sync)s, %(error)s,
      %(encryption)s, %(signing)s)
    ON CONFLICT (her_id) DO UPDATE SET services = excluded.services
"""
_CITIZEN = """
    INSERT INTO sandbox_citizen (national_id, given_name, family_name, born, gp_id, digitally_active, consent,
      confidential_address)
    VALUES (%s, %s, %s, '1980-01-01', %s, true, 'full', false)
    ON CONFLICT (national_id) DO UPDATE SET gp_id = excluded.gp_id
"""


_marks = itertools.count()


@dataclass(frozen=True)
class SandboxRegisters:
    """The sandbox's registers, with parties and citizens that a test puts there."""

    base: str
    dsn: str
    pki: DemoPki

    def url(self, register: str) -> str:
        return f"{self.base}/registre/{register}"

    def put_party(self, her_id: str, *, services: tuple[str, ...] = (), own_queues: bool = False, **facts: str) -> None:
        """A party of a clinic; facts: clinic_her_id, clinic_name, organisation_number, name, hpr_number, kind ..."""
        files = self.pki.party("clinic")
        office = facts.get("clinic_her_id", "1234")
        at = her_id if own_queues else office
        plain = {
            "clinic_her_id": office,
            "clinic_name": "Prøvevik legesenter",
            "organisation_number": "999999999",
            "name": "Kari Lunde",
            "given_name": "Kari",
            "family_name": "Lunde",
            "hpr_number": "",
            "kind": "gp",
            "service_kind": "KX17" if facts.get("kind") == "service" else "",
        }
        queues = {name: f"{at}_{name}" for name in ("async", "sync", "error")}
        certificates = {"encryption": str(files.encryption_certificate), "signing": str(files.signing_certificate)}
        self._do(_PARTY, {**plain, "her_id": her_id, "services": list(services), **queues, **certificates, **facts})

    def put_citizen(self, national_id: object, gp: str | None, *, name: str = "Ola Nordmann") -> None:
        """A citizen on a party's list, or on none; again: moved there."""
        given, _, family = name.rpartition(" ")
        self._do(_CITIZEN, (str(national_id), given, family, gp))

    def rehouse(
        self, national_id: object, line: str, *, postal_code: str = "", city: str = "", secret: str = ""
    ) -> None:
        """Where Folkeregisteret has a citizen; secret: "6" or "7"."""
        change = (
            "UPDATE sandbox_citizen SET address_line = %s, postal_code = %s, city = %s, confidential_address = %s, "
            "strictly_confidential = %s WHERE national_id = %s"
        )
        self._do(change, (line, postal_code, city, secret != "", secret == "6", str(national_id)))

    @contextmanager
    def away(self, *names: str) -> Iterator[None]:
        """Registers that answer nobody."""
        for name in names:
            self._do("INSERT INTO sandbox_outage VALUES (%s) ON CONFLICT DO NOTHING", (name,))
        try:
            yield
        finally:
            self._do("DELETE FROM sandbox_outage", ())

    def _do(self, statement: str, values: object) -> None:
        with psycopg.connect(self.dsn) as connection:
            connection.execute(statement, values)


@contextmanager
def sandbox_registers(admin_dsn: str, folder: Path) -> Iterator[SandboxRegisters]:
    """The sandbox's pages alone, as a program, with a world of HelseNorge and nobody else."""
    with sandbox_database(admin_dsn) as dsn:
        pki = make_pki(folder / "pki", {"helsenorge": "Sandkassen", "clinic": "Prøvevik"}, now=clock.now())
        own = pki.party("helsenorge")
        port, world_file = free_ports(1), folder / "world.json"
        queues = {name: f"{HELSENORGE}_{name}" for name in ("sync", "syncreply", "error")}
        helsenorge = world.OwnParty(
            her_id_level1=HELSENORGE_LEVEL_1,
            name="Sandkassen",
            her_id=HELSENORGE,
            unit_name="Innbyggertjenester",
            queues=world.Queues(async_=f"{HELSENORGE}_async", **queues),
            signing_certificate=own.signing_certificate,
            signing_key=own.signing_key,
            encryption_certificate=own.encryption_certificate,
            encryption_key=own.encryption_key,
        )
        made = world.World(
            bus=world.Bus(url="postgresql:///nowhere"),
            ca_certificate=pki.ca_certificate,
            own=helsenorge,
            parties=(),
            citizens=(),
        )
        world.write(made, world_file)
        environment = environment_of(
            dsn,
            port,
            world_file,
            folder / "clock",
            SKRANKE_SANDBOX_REGISTERS_USER=USER,
            SKRANKE_SANDBOX_REGISTERS_PASSWORD=PASSWORD,
        )
        manage(environment, "migrate", "--verbosity", "0")
        with program(serve(port), environment, folder / "log.jsonl"):
            found = SandboxRegisters(f"http://127.0.0.1:{port}", dsn, pki)
            _await(found)
            yield found


def _await(found: SandboxRegisters) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if Browser(found.base).get("/drift/registre").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the sandbox did not start")


@contextmanager
def asked_at(**addresses: str) -> Iterator[None]:
    """Our settings with these addresses (`gp_register_url=...`), and the password that the registers know."""
    before = settings.OURS
    settings.OURS = replace(before, registers_user=USER, registers_password=PASSWORD, **addresses)
    try:
        yield
    finally:
        settings.OURS = before


@contextmanager
def asked_at_sandbox(found: SandboxRegisters) -> Iterator[None]:
    """All registers are the sandbox's, at addresses that no other test has found them away at."""
    mark = next(_marks)
    with asked_at(
        address_register_url=f"{found.url('ar')}?{mark}",
        profile_register_url=f"{found.url('cppa')}?{mark}",
        gp_register_url=f"{found.url('flr')}?{mark}",
        person_register_url=f"{found.url('freg')}?{mark}",
    ):
        yield


@dataclass
class Told:
    """What a server was asked and what it is to say: (status, body), or something that does it by itself."""

    say: Callable[[BaseHTTPRequestHandler], None]
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def server(say: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, Told]]:
    """A server of a test's own at an address."""
    told = Told(say)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told.asked.append((dict(self.headers), self.rfile.read(length)))
            told.say(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}/", told
        finally:
            running.shutdown()
            thread.join()


def saying(body: bytes | str, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer everything with this."""
    content = body if isinstance(body, bytes) else body.encode()

    def say(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in {"Content-Type": "text/xml; charset=utf-8", **headers}.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", str(len(content)))
        to.end_headers()
        to.wfile.write(content)

    return say


def enveloped(operation: str, result: bytes | str, *, soap: str = "http://schemas.xmlsoap.org/soap/envelope/") -> bytes:
    """A sample file, or text, as the result of an operation."""
    made = etree.Element(f"{{{soap}}}Envelope")
    response = etree.SubElement(etree.SubElement(made, f"{{{soap}}}Body"), f"{operation}Response")
    if isinstance(result, str):
        etree.SubElement(response, f"{operation}Result").text = result
    else:
        inner = etree.fromstring(result.removeprefix(b"\xef\xbb\xbf"))
        inner.tag = f"{operation}Result"
        response.append(inner)
    return etree.tostring(made, xml_declaration=True, encoding="utf-8")


def sample(name: str) -> bytes:
    """One of the official samples."""
    return (SAMPLES / name).read_bytes()


def sample_from_json(name: str) -> bytes:
    """A sample of the newer interface as the element of the older: the members have the same names in both."""
    party = json.loads((SAMPLES / name).read_text(encoding="utf-8"))["communicationParty"]
    return etree.tostring(_element("CommunicationParty", party))


_ITEMS = {"ElectronicAddresses": "ElectronicAddress", "PhysicalAddresses": "PhysicalAddress"}


def _element(name: str, value: object) -> etree._Element:
    made = etree.Element(name)
    if isinstance(value, dict):
        made.extend([_element(key, inner) for key, inner in value.items()])
    elif isinstance(value, list):
        made.extend([_element(_ITEMS.get(name, "Item"), inner) for inner in value])
    elif value is None:
        made.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
    else:
        made.text = str(value).lower() if isinstance(value, bool) else str(value)
    return made
