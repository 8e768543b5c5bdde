"""What happens when a register does not answer as it should: nothing hangs, nothing is believed, nothing is lost."""

import time
from datetime import timedelta

import pytest

from skranke.kernel import clock
from skranke.kernel.ids import HerId, NationalId, synthetic_national_id
from skranke.registers.addresses import ACTIONS, NAMESPACE, AddressRegister
from skranke.registers.errors import (
    RegisterAwayError,
    RegisterDeniedError,
    RegisterFaultError,
    RegisterUnreadableError,
    UnknownHerIdError,
)
from skranke.registers.gps import GPRegister
from skranke.registers.soap import IN_A_LANE, MOST_BYTES, Patience, SoapService

from support.registers import enveloped, saying, server

SOON = Patience(seconds=0.5)
TWICE = Patience(seconds=2.0, tries=2, pause=0.0)
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PARTY = b"<P><HerId>5</HerId><Type>Service</Type><Name>N</Name></P>"


def fault(code: str, message: str, *, detail: bool = True, who: str = "s:Client") -> str:
    explained = (
        f'<detail><GenericFault xmlns="http://register.nhn.no/Common"><ErrorCode>{code}</ErrorCode>'
        f"<Message>{message}</Message></GenericFault></detail>"
    )
    return (
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><s:Fault><faultcode>{who}</faultcode>'
        f"<faultstring>{message}</faultstring>{explained if detail else ''}</s:Fault></s:Body></s:Envelope>"
    )


def one_after_another(*answers):
    left = iter(answers)

    def say(to) -> None:
        next(left)(to)

    return say


def ask(url: str, patience: Patience = SOON) -> object:
    service = SoapService(url, namespace=NAMESPACE, actions=ACTIONS, user="a", password="b")
    return AddressRegister(service).party(HerId("5"), patience)


def test_a_her_id_that_the_register_does_not_know_is_told_apart() -> None:
    with (
        server(saying(fault("InvalidHerIdSupplied", "Finnes ikke."), 500)) as (url, _),
        pytest.raises(UnknownHerIdError) as refused,
    ):
        ask(url)
    assert refused.value.http_status == 404


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        pytest.param(saying("", 401), RegisterDeniedError, id="wrong password"),
        pytest.param(saying("", 403), RegisterDeniedError, id="no right"),
        pytest.param(saying("", 503), RegisterAwayError, id="away"),
        pytest.param(saying("<html>", 500), RegisterAwayError, id="a page of the server's"),
        pytest.param(saying("", 302, Location="http://127.0.0.1:1/"), RegisterAwayError, id="a redirect"),
        pytest.param(saying(fault("", "x", detail=False, who="s:Server"), 500), RegisterAwayError, id="its own fault"),
        pytest.param(saying(fault("", "x", detail=False), 500), RegisterFaultError, id="our fault"),
        pytest.param(saying(fault("Feil", "ArgumentException: noe"), 500), RegisterFaultError, id="refused"),
        pytest.param(saying("hei"), RegisterUnreadableError, id="no XML"),
        pytest.param(saying("<a/>"), RegisterUnreadableError, id="no envelope"),
        pytest.param(saying(enveloped("Ping", "pong")), RegisterUnreadableError, id="another answer"),
        pytest.param(
            saying(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
            RegisterUnreadableError,
            id="a document type",
        ),
        pytest.param(
            saying(enveloped("GetCommunicationPartyDetails", b"<P><HerId>x</HerId></P>")),
            RegisterUnreadableError,
            id="no number",
        ),
        pytest.param(
            saying(enveloped("GetCommunicationPartyDetails", b"<P><HerId>5</HerId><Type>Ghost</Type></P>")),
            RegisterUnreadableError,
            id="a kind nobody knows",
        ),
    ],
)
def test_each_fault_has_its_name(say, expected: type[Exception]) -> None:
    with server(say) as (url, _), pytest.raises(expected):
        ask(url)


def test_nobody_there_is_temporary() -> None:
    with pytest.raises(RegisterAwayError) as away:
        ask("http://127.0.0.1:9/")
    assert not away.value.permanent


def test_one_that_says_nothing_is_not_waited_for() -> None:
    with server(lambda _: time.sleep(1.5)) as (url, _), pytest.raises(RegisterAwayError):
        ask(url)


def test_one_that_sends_drop_by_drop_is_cut_off() -> None:
    def drip(to) -> None:
        to.send_response(200)
        to.send_header("Content-Length", "1000000")
        to.end_headers()
        for _ in range(20):
            to.wfile.write(b" ")
            to.wfile.flush()
            time.sleep(0.1)

    with server(drip) as (url, _), pytest.raises(RegisterAwayError, match="too long"):
        ask(url)


def test_one_that_sends_too_much_is_cut_off() -> None:
    def flood(to) -> None:
        to.send_response(200)
        to.send_header("Content-Length", str(2 * MOST_BYTES))
        to.end_headers()
        piece = b" " * 1024 * 1024
        try:
            for _ in range(2 * MOST_BYTES // len(piece)):
                to.wfile.write(piece)
        except OSError:
            to.close_connection = True

    with server(flood) as (url, _), pytest.raises(RegisterUnreadableError, match="more than"):
        ask(url, Patience(seconds=60))


def test_a_job_asks_again_and_then_gets_its_answer() -> None:
    answers = saying("", 503), saying(enveloped("GetCommunicationPartyDetails", PARTY))
    with server(one_after_another(*answers)) as (url, told):
        assert ask(url, TWICE).name == "N"
    assert len(told.asked) == 2


def test_one_that_did_not_answer_is_left_alone_for_a_while_and_then_asked_again() -> None:
    answers = saying("", 503), saying(enveloped("GetCommunicationPartyDetails", PARTY))
    with server(one_after_another(*answers)) as (url, told):
        register = AddressRegister(SoapService(url, namespace=NAMESPACE, actions=ACTIONS))
        for _ in range(3):
            with pytest.raises(RegisterAwayError):
                register.party(HerId("5"), IN_A_LANE)
        assert len(told.asked) == 1
        clock.move(timedelta(seconds=6))
        assert register.party(HerId("5"), IN_A_LANE).name == "N"


@pytest.mark.req("ACT-6")
@pytest.mark.parametrize("message", ["Personen er ikke tilknyttet fastlegekontrakt", "patientNin er ugyldig"])
def test_a_person_on_no_list_is_an_answer_and_no_error(message: str) -> None:
    with server(saying(fault("Feil", f"ArgumentException: {message}"), 500)) as (url, _):
        register = GPRegister(SoapService(url, namespace="urn:x", actions="urn:x/"))
        assert register.listing(_person(), SOON) is None


@pytest.mark.req("ACT-6")
def test_a_refusal_that_is_not_understood_is_no_answer_about_the_person() -> None:
    with (
        server(saying(fault("Feil", "ArgumentException: Tjenesten er sperret"), 500)) as (url, _),
        pytest.raises(RegisterFaultError),
    ):
        GPRegister(SoapService(url, namespace="urn:x", actions="urn:x/")).listing(_person(), SOON)


def _person() -> NationalId:
    return synthetic_national_id(clock.today().replace(year=1980, month=1, day=1), 7)
