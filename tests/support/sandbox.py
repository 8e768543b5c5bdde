"""The sandbox as it runs, and a clinic that plays against it: everything goes over the bus and through HTTP.

Neither shares memory with the sandbox: its pages and its bus process are programs of their own, with a database of
their own, and the clinic is made of `skranke.standards` and `skranke.wire` alone.
"""

import http.cookiejar
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from lxml import html

from skranke.kernel import clock
from skranke.kernel.ids import HerId, HprNumber, NationalId, synthetic_national_id
from skranke.sandbox import world
from skranke.standards.apprec import AppRec
from skranke.standards.build import apprec as receipts
from skranke.standards.build import envelope as envelopes
from skranke.standards.build import parties
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import AppRecError, AppRecStatus
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import ConversationRef, MsgHead
from skranke.standards.parse import parse_document
from skranke.standards.render import render
from skranke.standards.xcal import VEvent
from skranke.wire import faults, headers, protection
from skranke.wire.certificates import load_certificate, load_trust
from skranke.wire.demo_pki import DemoPki, make_pki
from skranke.wire.errors import DecryptionFailedError
from skranke.wire.transport import Delivery, OutgoingMessage, RawMessage, Transport

from support import registered
from support.bus import CLINIC, HELSENORGE, Bus, embedded_bus
from support.database import PASSWORD
from support.ports import free_ports
from support.run import RUN, mark, spare_the_disk
from support.schemas import validate

GP, GP_OFF = CLINIC, HerId("91096")
NOT_SET_UP = HerId("91097")
CLINIC_LEVEL_1 = HerId("1234")
PATIENCE = 60.0
_SOURCE = Path(__file__).resolve().parents[2] / "src"
_SPARE = 150  # citizens to be used by one test each


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    text: str
    headers: object = field(repr=False)
    body: bytes = field(repr=False, default=b"")

    @property
    def page(self):
        return html.fromstring(self.text)

    def says(self, text: str) -> bool:
        return text in " ".join(self.page.text_content().split())


class Browser:
    """Follows links and forms over HTTP with cookies, as a browser without JavaScript does."""

    def __init__(self, base: str) -> None:
        self._base = base
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.cookies = jar

    def get(self, path: str) -> Answer:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self._base, path)))

    def post(self, path: str, fields: dict[str, str], *, page: str | None = None, files=()) -> Answer:
        token = self.get(page or path).page.xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]
        values = {"csrfmiddlewaretoken": token, **fields}
        if files:
            kind, data = _multipart(values, files)
        else:
            kind, data = "application/x-www-form-urlencoded", urllib.parse.urlencode(values).encode()
        request = urllib.request.Request(urllib.parse.urljoin(self._base, path), data, {"Content-Type": kind})
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return self._answer(response)
        except urllib.error.HTTPError as error:
            with error:
                return self._answer(error)

    @staticmethod
    def _answer(response) -> Answer:
        body = response.read()
        return Answer(response.status, response.url, body.decode("utf-8", "replace"), response.headers, body)


def _multipart(values: dict[str, str], files) -> tuple[str, bytes]:
    border = secrets.token_hex(16)
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    for name, content in files:
        head = f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return f"multipart/form-data; boundary={border}", b"".join(parts) + f"--{border}--\r\n".encode()


@dataclass(frozen=True)
class Heard:
    """Something the sandbox sent to the clinic, opened."""

    raw: RawMessage
    document: MsgHead | AppRec
    payload: bytes = field(repr=False)

    @property
    def code(self) -> str:
        return self.document.status.v if isinstance(self.document, AppRec) else self.document.code.v


class Clinic:
    """Plays the GP 91095 on the bus."""

    def __init__(self, bus: Bus, pki: DemoPki) -> None:
        self._bus = bus
        self._transport: Transport = bus.clinic_transport()
        files, helsenorge = pki.party("clinic"), pki.party("helsenorge")
        self.signing, self._decryption = files.signing(), files.decryption()
        self._theirs = load_certificate(helsenorge.signing_certificate)
        self._to = load_certificate(helsenorge.encryption_certificate)
        self._trust = load_trust(pki.ca_certificate)

    def close(self) -> None:
        self._transport.close()

    # reading

    def hear(self, wanted: "Callable[[Heard], bool]" = lambda _heard: True, *, queue: str | None = None) -> Heard:
        """The next message that is wanted; others are settled and passed over."""
        return self.up_to(wanted, queue=queue)[-1]

    def up_to(self, wanted: "Callable[[Heard], object]", *, queue: str | None = None) -> list[Heard]:
        """All that comes until one is wanted, that one too."""
        found, end = [], time.monotonic() + PATIENCE
        while time.monotonic() < end:
            delivery = self._transport.receive(queue or self._bus.clinic.async_, timeout=0.5)
            if delivery is None:
                continue
            found.append(self._open(delivery))
            if wanted(found[-1]):
                return found
        raise AssertionError("the sandbox sent nothing of the kind")

    def hear_code(self, code: str, *, queue: str | None = None) -> Heard:
        return self.hear(lambda heard: heard.code == code, queue=queue)

    def hear_receipt(self, of: str) -> AppRec:
        heard = self.hear(lambda one: isinstance(one.document, AppRec) and one.document.original.id == of)
        assert isinstance(heard.document, AppRec)
        return heard.document

    def everything(self, *, idle: float = 1.0) -> list[Heard]:
        """All that lies there, until nothing came for a while."""
        found = []
        while (delivery := self._transport.receive(self._bus.clinic.async_, timeout=idle)) is not None:
            found.append(self._open(delivery))
        return found

    def error_report(self) -> RawMessage:
        delivery = self._transport.receive(self._bus.clinic.error, timeout=PATIENCE)
        assert delivery is not None, "no error report came"
        self._transport.accept(delivery)
        return delivery.message

    def _open(self, delivery: Delivery) -> Heard:
        raw = delivery.message
        checked = headers.check(raw)
        assert checked.sender == HELSENORGE
        opened = protection.unprotect(
            raw.body,
            decryption=(self._decryption,),
            sender_certificate=self._theirs,
            trust=self._trust,
            now=clock.now(),
        )
        self._transport.accept(delivery)
        validate(opened.payload, checked.function)
        return Heard(raw, parse_document(opened.payload), opened.payload)

    # writing

    def envelope(self, patient: "Person", **more) -> Envelope:
        owner = parties.organisation("Eksempelvik legekontor", CLINIC_LEVEL_1)
        sender = parties.gp_party(
            owner,
            her_id=more.pop("her_id", GP),
            given_name="Kari",
            family_name="Lunde",
            hpr_number=HprNumber("9000001"),
        )
        receiver = parties.service_party(
            parties.organisation("Sandkassen", HerId("2000001")), her_id=HELSENORGE, name="Innbyggertjenester"
        )
        about = parties.patient(patient.national_id, given_name=patient.given_name, family_name=patient.family_name)
        return Envelope(
            sender=sender,
            receiver=receiver,
            msg_id=more.pop("msg_id", uuid4()),
            gen_date=more.pop("gen_date", clock.now()),
            patient=about,
            **more,
        )

    def reply_envelope(self, heard: Heard, **more) -> Envelope:
        assert isinstance(heard.document, MsgHead)
        made = envelopes.reply_to(heard.document.info, msg_id=uuid4(), gen_date=clock.now())
        return replace(made, **more)

    def send(self, document: MsgHead | AppRec, **more) -> OutgoingMessage:
        message = self.packed(render(document), document=document, **more)
        self._transport.send(message)
        return message

    def send_raw(self, message: OutgoingMessage) -> None:
        self._transport.send(message)

    def packed(self, payload: bytes, *, document: MsgHead | AppRec, signer=None, **more) -> OutgoingMessage:
        """Protected and addressed as it goes out; `more` overrides what `headers.outgoing` takes."""
        function = document.type.v if isinstance(document, AppRec) else document.info.type.v
        values = {
            "queue": self._bus.helsenorge.async_,
            "function": function,
            "body": protection.protect(payload, signer=signer or self.signing, recipient=self._to),
            "sender": GP,
            "receiver": HELSENORGE,
            "reply_to": self._bus.clinic.async_,
            "now": clock.now(),
            "metadata": bus_metadata(document),
        }
        return headers.outgoing(**(values | more))

    def ask(self, document: MsgHead) -> Heard:
        """A synchronous question, and its answer."""
        values = {
            "queue": self._bus.helsenorge.sync,
            "function": document.info.type.v,
            "body": protection.protect(render(document), signer=self.signing, recipient=self._to),
            "sender": GP,
            "receiver": HELSENORGE,
            "reply_to": self._bus.clinic.syncreply,
            "now": clock.now(),
        }
        sent = headers.request(**values)
        self._transport.send(sent)
        return self.hear(lambda heard: heard.raw.correlation_id == sent.message_id, queue=self._bus.clinic.syncreply)

    def reply(self, heard: Heard, document: MsgHead) -> None:
        """The answer to a synchronous question."""
        body = protection.protect(render(document), signer=self.signing, recipient=self._to)
        self._transport.send(headers.reply(heard.raw, body=body, now=clock.now(), metadata=bus_metadata(document)))

    def report(self, original: RawMessage) -> None:
        """Tell the sandbox that a message of its could not be opened."""
        error = DecryptionFailedError("The message is not encrypted to any of our certificates.")
        self._transport.send(faults.report(original, error, error_queue=self._bus.helsenorge.error, now=clock.now()))

    def acknowledge(self, heard: Heard, error: AppRecError | None = None, detail: str = "") -> AppRec:
        assert isinstance(heard.document, MsgHead)
        receipt = receipts.apprec_for(
            heard.document.info,
            status=AppRecStatus.REJECTED if error else AppRecStatus.OK,
            errors=(receipts.error(error, detail),) if error else (),
            now=clock.now(),
            id=uuid4(),
        )
        self.send(receipt)
        return receipt


@dataclass(frozen=True)
class Person:
    """A citizen of the play; `id` is the sandbox's own, as it stands in addresses."""

    id: int
    national_id: NationalId
    given_name: str
    family_name: str

    @property
    def page(self) -> str:
        return f"/innbygger/{self.id}/{self.id}"

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass
class Play:
    """The sandbox at work, with the clinic on the other side."""

    base: str
    clinic: Clinic
    dsn: str
    bus: Bus
    pki: DemoPki
    logs: Path
    people: dict[str, Person]
    _spare: Iterator[Person]
    clock_file: Path

    def browser(self) -> Browser:
        return Browser(self.base)

    def citizen(self) -> Person:
        """A grown-up on the GP's list whom no other test uses."""
        return next(self._spare)

    def until(self, path: str, wanted: "Callable[[Answer], bool]") -> Answer:
        """The page, as soon as it shows what is wanted."""
        browser, end = self.browser(), time.monotonic() + PATIENCE
        while True:
            answer = browser.get(path)
            if wanted(answer):
                return answer
            assert time.monotonic() < end, f"the page never showed it:\n{answer.page.text_content()}"
            time.sleep(0.1)


def slot(start: datetime, **more) -> VEvent:
    """A free time or appointment of twenty minutes with the GP."""
    return VEvent(
        start=start, end=start + timedelta(minutes=20), uid=more.pop("uid", str(uuid4())), contact=str(GP), **more
    )


def tomorrow(hour: int, minute: int = 0, *, days: int = 1) -> datetime:
    """A wall time in Oslo some days from now, as an instant."""
    day = clock.today() + timedelta(days=days)
    found = clock.from_oslo(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001 - wall time
    assert found is not None
    return found


def thread(of: MsgHead, parent: str | None = None) -> ConversationRef:
    """The reference of a later message in the thread of a document."""
    return ConversationRef(parent=parent or of.info.msg_id, conversation=of.info.conversation_id)


NAMED = {
    "parent": world.Citizen(
        national_id=synthetic_national_id(date(1984, 5, 5), 1), given_name="Siri", family_name="Voll", gp_her_id=GP
    ),
    "child": world.Citizen(
        national_id=synthetic_national_id(date(2018, 6, 6), 1), given_name="Nora", family_name="Voll", gp_her_id=GP
    ),
    "hidden_child": world.Citizen(
        national_id=synthetic_national_id(date(2019, 6, 6), 1),
        given_name="Ida",
        family_name="Voll",
        gp_her_id=GP,
        confidential_address=True,
    ),
    "youth": world.Citizen(
        national_id=synthetic_national_id(date(2012, 1, 6), 1), given_name="Maja", family_name="Wik", gp_her_id=GP
    ),
    "inactive": world.Citizen(
        national_id=synthetic_national_id(date(1935, 6, 6), 1),
        given_name="Ragnhild",
        family_name="Ness",
        gp_her_id=GP,
        digitally_active=False,
    ),
    "basis": world.Citizen(
        national_id=synthetic_national_id(date(1975, 6, 6), 1),
        given_name="Lars",
        family_name="Vold",
        gp_her_id=GP,
        consent=world.Consent.BASIS,
    ),
    "basis_plus": world.Citizen(
        national_id=synthetic_national_id(date(1974, 6, 6), 1),
        given_name="Randi",
        family_name="Brekke",
        gp_her_id=GP,
        consent=world.Consent.BASIS_PLUS,
    ),
    "not_agreed": world.Citizen(
        national_id=synthetic_national_id(date(1973, 6, 6), 1),
        given_name="Stein",
        family_name="Aas",
        gp_her_id=GP,
        consent=world.Consent.NONE,
    ),
    "no_services": world.Citizen(
        national_id=synthetic_national_id(date(1976, 6, 6), 1),
        given_name="Elin",
        family_name="Tangen",
        gp_her_id=GP_OFF,
    ),
}


def _world(bus: Bus, pki: DemoPki) -> world.World:
    own, clinic = pki.party("helsenorge"), pki.party("clinic")

    def party(her_id: HerId, name: str, services: tuple[world.Service, ...]) -> world.Party:
        given, _, family = name.partition(" ")
        return world.Party(
            her_id=her_id,
            clinic_her_id=CLINIC_LEVEL_1,
            clinic_name="Eksempelvik legekontor",
            organisation_number="999888777",
            name=name,
            given_name=given,
            family_name=family,
            kind=world.PartyKind.GP,
            hpr_number=HprNumber("9000001"),
            services=services,
            queues=world.Queues(async_=bus.clinic.async_, sync=bus.clinic.sync, error=bus.clinic.error),
            encryption_certificate=clinic.encryption_certificate,
            signing_certificate=clinic.signing_certificate,
        )

    not_set_up = replace(
        party(NOT_SET_UP, "Aud Nylend", ()), clinic_her_id=HerId("1299"), clinic_name="Nylend legekontor"
    )
    spare = tuple(
        world.Citizen(
            national_id=synthetic_national_id(date(1980, 1, 1), number),
            given_name=f"Ola{number}",
            family_name="Nordli",
            gp_her_id=GP,
        )
        for number in range(_SPARE)
    )
    family = replace(NAMED["parent"], children=(NAMED["child"].national_id, NAMED["hidden_child"].national_id))
    queues = bus.helsenorge
    return world.World(
        bus=world.Bus(url=bus.helsenorge_url),
        ca_certificate=pki.ca_certificate,
        own=world.OwnParty(
            her_id_level1=HerId("2000001"),
            name="Sandkassen",
            her_id=HELSENORGE,
            unit_name="Innbyggertjenester",
            queues=world.Queues(async_=queues.async_, sync=queues.sync, syncreply=queues.syncreply, error=queues.error),
            signing_certificate=own.signing_certificate,
            signing_key=own.signing_key,
            encryption_certificate=own.encryption_certificate,
            encryption_key=own.encryption_key,
        ),
        parties=(party(GP, "Kari Lunde", tuple(world.Service)), party(GP_OFF, "Mona Haugland", ()), not_set_up),
        citizens=(family, *(one for name, one in NAMED.items() if name != "parent"), *spare),
    )


@contextmanager
def sandbox_database(admin_dsn: str) -> Iterator[str]:
    """A database and a role of the sandbox's own."""
    name = f"sandbox_{mark()}"
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
    spare_the_disk(admin_dsn, name)
    parts = urllib.parse.urlsplit(admin_dsn)
    try:
        yield parts._replace(netloc=f"{name}:{PASSWORD}@{parts.hostname}:{parts.port}", path=f"/{name}").geturl()
    finally:
        with psycopg.connect(admin_dsn, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"DROP ROLE {name}")


@contextmanager
def program(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, stopped at the end."""
    with log.open("ab") as file, subprocess.Popen(arguments, env=environment, stdout=file, stderr=file) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def environment_of(dsn: str, port: int, world_file: Path, clock_file: Path, **more: str) -> dict[str, str]:
    """Only what the sandbox needs: nothing of the clinic's settings, so that a forbidden import would show."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", RUN) if name in os.environ}
    return kept | {
        "PYTHONPATH": str(_SOURCE),
        "DJANGO_SETTINGS_MODULE": "skranke.sandbox.settings",
        "SKRANKE_SANDBOX_DATABASE_URL": dsn,
        "SKRANKE_SANDBOX_SECRET_KEY": "a synthetic key that signs nothing real at all",
        "SKRANKE_SANDBOX_URL": f"http://127.0.0.1:{port}",
        "SKRANKE_SANDBOX_WORLD_FILE": str(world_file),
        clock.ENVIRONMENT_VARIABLE: str(clock_file),
        **more,
    }


def serve(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--blocking-threads", "4", "--workers", "1", "--no-ws", "skranke.sandbox.wsgi:application"),
    ]


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "django", *arguments], env=environment, check=True)


@contextmanager
def playing(admin_dsn: str, folder: Path) -> Iterator[Play]:
    """Everything, started; the processes end with the block."""
    with embedded_bus(admin_dsn) as bus, sandbox_database(admin_dsn) as dsn:
        pki = make_pki(folder / "pki", {"helsenorge": "Sandkassen", "clinic": "Eksempelvik"}, now=clock.now())
        world_file, clock_file = folder / "world.json", folder / "clock"
        world.write(replace(_world(bus, pki), log_in=registered.log_in(folder)), world_file)
        port = free_ports(1)
        environment = environment_of(dsn, port, world_file, clock_file)
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "sandbox_load")
        clinic = Clinic(bus, pki)
        log = folder / "log.jsonl"
        bus_process = [sys.executable, "-m", "django", "sandbox_bus"]
        with program(serve(port), environment, log), program(bus_process, environment, log):
            people = _people(dsn)
            spare = (people[str(number)] for number in range(_SPARE))
            play = Play(f"http://127.0.0.1:{port}", clinic, dsn, bus, pki, log, people, spare, clock_file)
            _await_health(play)
            yield play
        clinic.close()


def _people(dsn: str) -> dict[str, Person]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT id, national_id, given_name, family_name FROM sandbox_citizen ORDER BY id"
        ).fetchall()
    found = [Person(row[0], NationalId(row[1]), row[2], row[3]) for row in rows]
    names = {one.national_id: name for name, one in NAMED.items()}
    return {names.get(one.national_id, one.given_name.removeprefix("Ola")): one for one in found}


def _await_health(play: Play) -> None:
    end = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < end:
        try:
            if Browser(play.base).get("/health").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the sandbox did not start:\n{play.logs.read_text()[-4000:]}")
