"""Revocation, asked of real servers: what counts, what does not, and that nobody else is ever asked."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography import x509

from skranke.kernel import clock
from skranke.wire.certificates import Purpose, SigningIdentity, TrustStore
from skranke.wire.errors import (
    InvalidCertificateError,
    RevocationOfflineError,
    RevokedCertificateError,
    UnverifiedCertificateError,
)
from skranke.wire.fetch import Fetcher
from skranke.wire.revocation import OnlineRevocation

from support.authority import DAY, Issuer, Site, root, site
from support.openssl import needed

HOUR = timedelta(hours=1)


@dataclass
class World:
    """A root that publishes a list and answers questions, and a party of its own."""

    site: Site
    root: Issuer
    other: Issuer

    def party(self, *, lists=False, responders=False, issuer: Issuer | None = None, **facts) -> SigningIdentity:
        found = self.addresses(lists=lists, responders=responders)
        return (issuer or self.root).issue(**found, **facts)

    def addresses(self, *, lists: bool, responders: bool) -> dict:
        return {
            "lists": (self.site.url("/list"),) if lists else (),
            "responders": (self.site.url("/responder"),) if responders else (),
        }

    def trust(self, **facts) -> TrustStore:
        return TrustStore(roots=(self.root.certificate,), revocation=OnlineRevocation(**facts))


@pytest.fixture(scope="module")
def authorities() -> tuple[Issuer, Issuer]:
    return root(), root()


@pytest.fixture
def world(authorities) -> Iterator[World]:
    for one in authorities:
        one.revoked.clear()
    with site() as web:
        yield World(web, *authorities)


def check(trust: TrustStore, party: SigningIdentity, *, at: timedelta = timedelta(0)) -> None:
    trust.check(party.certificate, Purpose.SIGNING, now=clock.now() + at, sent=party.chain)


@pytest.mark.parametrize("revoked", [False, True])
def test_a_list_made_by_openssl_decides(world, revoked):
    party = world.party(lists=True)
    world.root.revoked = {party.certificate.serial_number + (0 if revoked else 1)}
    made_list = world.root.list_by_openssl()
    world.site.pages["/list"] = lambda _: made_list
    with pytest.raises(RevokedCertificateError) if revoked else nullcontext():
        check(world.trust(), party)
    assert world.site.asked == ["/list"]


@pytest.mark.parametrize("revoked", [False, True])
def test_an_answer_made_by_openssl_decides(world, revoked):
    party = world.party(responders=True)
    if revoked:
        world.root.revoke(party.certificate)
    needed()
    world.site.pages["/responder"] = lambda asked: world.root.answer_by_openssl(asked, party.certificate)
    with pytest.raises(RevokedCertificateError) if revoked else nullcontext():
        check(world.trust(), party)
    assert world.site.asked == ["/responder"]


def test_a_certificate_that_openssl_has_not_issued_is_unknown(world):
    party = world.party(responders=True)
    needed()
    world.site.pages["/responder"] = world.root.answer_by_openssl
    with pytest.raises(RevocationOfflineError):
        check(world.trust(), party)


def test_the_list_is_asked_when_the_responder_gives_nothing(world):
    party = world.party(lists=True, responders=True)
    world.root.revoke(party.certificate)
    world.site.pages["/list"] = lambda _: world.root.listing()
    with pytest.raises(RevokedCertificateError):
        check(world.trust(), party)
    assert world.site.asked == ["/responder", "/list"]


def test_every_link_of_the_chain_is_asked(world):
    middle = world.root.middle(**world.addresses(lists=True, responders=False))
    party = world.party(responders=True, issuer=middle)
    signer = SigningIdentity(party.certificate, party.key, (middle.certificate,))
    world.site.pages["/list"] = lambda _: world.root.listing()
    world.site.pages["/responder"] = lambda asked: middle.answer(party.certificate, asked)
    check(world.trust(), signer)
    assert sorted(world.site.asked) == ["/list", "/responder"]
    world.root.revoke(middle.certificate)
    with pytest.raises(RevokedCertificateError):
        check(world.trust(), signer)


def test_nobody_is_asked_about_a_certificate_without_a_chain(world):
    stranger = world.party(issuer=world.other, lists=True, responders=True)
    with pytest.raises(UnverifiedCertificateError):
        check(world.trust(), stranger)
    assert world.site.asked == []


@pytest.mark.parametrize("address", ["ldap://127.0.0.1/cn=list", "file:///etc/hostname", "ftp://127.0.0.1/list"])
def test_only_addresses_of_the_web_are_asked(world, address):
    party = world.root.issue(lists=(address,))
    check(world.trust(), party)
    with pytest.raises(InvalidCertificateError):
        check(world.trust(required=True), party)


def test_what_names_nobody_is_refused_only_when_it_must_name_somebody(world):
    party = world.party()
    check(world.trust(), party)
    with pytest.raises(InvalidCertificateError):
        check(world.trust(required=True), party)
    TrustStore(roots=(world.root.certificate,)).check(party.certificate, Purpose.SIGNING, now=clock.now())


def test_answers_are_kept_until_their_next_update(world):
    party = world.party(responders=True)
    trust = world.trust()
    world.site.pages["/responder"] = lambda asked: world.root.answer(party.certificate, asked, ends=HOUR)
    check(trust, party)
    world.root.revoke(party.certificate)
    check(trust, party, at=HOUR / 2)
    assert len(world.site.asked) == 1
    world.site.pages["/responder"] = lambda asked: world.root.answer(party.certificate, asked, ends=3 * HOUR)
    with pytest.raises(RevokedCertificateError):
        check(trust, party, at=2 * HOUR)


def test_an_answer_without_a_next_update_is_kept_for_minutes(world):
    party = world.party(responders=True)
    trust = world.trust()
    world.site.pages["/responder"] = lambda asked: world.root.answer(party.certificate, asked, ends=None)
    for minutes in (0, 4, 6):
        check(trust, party, at=timedelta(minutes=minutes))
    assert len(world.site.asked) == 2


def test_a_list_is_looked_for_daily_but_used_until_its_next_update(world):
    party = world.party(lists=True, end=40 * DAY)
    trust = world.trust()
    world.site.pages["/list"] = lambda _: world.root.listing(ends=30 * DAY)
    check(trust, party)
    check(trust, party, at=DAY / 2)
    assert len(world.site.asked) == 1
    del world.site.pages["/list"]
    check(trust, party, at=2 * DAY)
    assert len(world.site.asked) == 2
    with pytest.raises(RevocationOfflineError):
        check(trust, party, at=31 * DAY)


def test_a_server_that_did_not_answer_is_left_alone_for_a_while(world):
    party = world.party(lists=True)
    trust = world.trust()
    for _ in range(3):
        with pytest.raises(RevocationOfflineError):
            check(trust, party)
    assert world.site.asked == ["/list"]


def strangers_word(world: World, party: SigningIdentity, asked: bytes) -> bytes:
    return world.root.answer(
        party.certificate, asked, by=SigningIdentity(world.other.certificate, world.other.authority.key)
    )


Answer = Callable[[World, SigningIdentity, bytes], bytes]
WORTHLESS_ANSWERS: dict[str, Answer] = {
    "nothing": lambda *_: b"",
    "no ASN.1": lambda *_: b"<html>try later</html>",
    "an error": lambda *_: b"\x30\x03\x0a\x01\x03",
    "signed by a stranger": strangers_word,
    "signed by a party of the same authority": lambda world, party, asked: world.root.answer(
        party.certificate, asked, by=world.root.responder(stated=False)
    ),
    "signed by a delegate of another authority": lambda world, party, asked: world.root.answer(
        party.certificate, asked, by=world.other.responder()
    ),
    "signed by a delegate whose time is over": lambda world, party, asked: world.root.answer(
        party.certificate, asked, by=world.root.responder(start=-9 * DAY, end=-DAY)
    ),
    "another nonce": lambda world, party, asked: world.root.answer(party.certificate, asked, nonce=b"0" * 32),
    "about another certificate": lambda world, _, asked: world.root.answer(world.party().certificate, asked),
    "about another issuer's": lambda world, party, asked: world.root.answer(
        party.certificate, asked, issuer=world.other.certificate
    ),
    "outdated": lambda world, party, asked: world.root.answer(party.certificate, asked, begins=-3 * HOUR, ends=-HOUR),
    "of tomorrow": lambda world, party, asked: world.root.answer(party.certificate, asked, begins=DAY, ends=2 * DAY),
    "old, undated, without nonce": lambda world, party, asked: world.root.answer(
        party.certificate, asked, begins=-HOUR, ends=None, nonce=None
    ),
    "one bit changed": lambda world, party, asked: flipped(world.root.answer(party.certificate, asked)),
}


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("name", WORTHLESS_ANSWERS)
def test_an_answer_that_proves_nothing_is_as_none(world, name):
    party = world.party(responders=True)
    world.site.pages["/responder"] = lambda asked: WORTHLESS_ANSWERS[name](world, party, asked)
    with pytest.raises(RevocationOfflineError) as caught:
        check(world.trust(), party)
    assert not caught.value.permanent


def test_a_delegate_of_the_issuer_may_answer(world):
    party = world.party(responders=True)
    delegate = world.root.responder()
    world.site.pages["/responder"] = lambda asked: world.root.answer(party.certificate, asked, by=delegate)
    check(world.trust(), party)
    world.root.revoke(party.certificate)
    with pytest.raises(RevokedCertificateError):
        check(world.trust(), party)


@pytest.mark.parametrize("no_check", [False, True])
def test_a_delegate_that_is_revoked_is_believed_only_when_the_issuer_says_not_to_ask(world, no_check):
    party = world.party(responders=True)
    extra = (x509.OCSPNoCheck(),) if no_check else ()
    delegate = world.root.responder(extra=extra, lists=(world.site.url("/list"),))
    world.root.revoke(delegate.certificate)
    world.site.pages["/list"] = lambda _: world.root.listing()
    world.site.pages["/responder"] = lambda asked: world.root.answer(party.certificate, asked, by=delegate)
    with nullcontext() if no_check else pytest.raises(RevocationOfflineError):
        check(world.trust(), party)


def test_a_fresh_undated_answer_without_nonce_counts(world):
    party = world.party(responders=True)
    world.site.pages["/responder"] = lambda asked: world.root.answer(party.certificate, asked, ends=None, nonce=None)
    check(world.trust(), party)


SCOPE = {
    "full_name": None,
    "relative_name": None,
    "only_contains_user_certs": False,
    "only_contains_ca_certs": False,
    "only_some_reasons": None,
    "indirect_crl": False,
    "only_contains_attribute_certs": False,
}
WORTHLESS_LISTS: dict[str, Callable[[World], bytes]] = {
    "nothing": lambda _: b"",
    "no ASN.1": lambda _: b"<html>try later</html>",
    "another authority's": lambda world: world.other.listing(),
    "signed by another authority of the same name": lambda world: world.root.listing(by=world.other),
    "outdated": lambda world: world.root.listing(begins=-2 * DAY, ends=-DAY),
    "of tomorrow": lambda world: world.root.listing(begins=DAY, ends=2 * DAY),
    "only changes": lambda world: world.root.listing(extra=x509.DeltaCRLIndicator(1)),
    "only authorities": lambda world: world.root.listing(
        extra=x509.IssuingDistributionPoint(**(SCOPE | {"only_contains_ca_certs": True}))
    ),
    "only some reasons": lambda world: world.root.listing(
        extra=x509.IssuingDistributionPoint(
            **(SCOPE | {"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})})
        )
    ),
    "one bit changed": lambda world: flipped(world.root.listing()),
}


@pytest.mark.parametrize("name", WORTHLESS_LISTS)
def test_a_list_that_proves_nothing_is_as_none(world, name):
    party = world.party(lists=True)
    world.site.pages["/list"] = lambda _: WORTHLESS_LISTS[name](world)
    with pytest.raises(RevocationOfflineError):
        check(world.trust(), party)


def test_a_list_of_parties_only_counts_for_a_party(world):
    party = world.party(lists=True)
    scope = x509.IssuingDistributionPoint(**(SCOPE | {"only_contains_user_certs": True}))
    world.site.pages["/list"] = lambda _: world.root.listing(extra=scope)
    check(world.trust(), party)


@contextmanager
def slow(piece: bytes, pause: float) -> Iterator[str]:
    """A server that sends a little, and a little more, without end."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
                while not stop.wait(pause):
                    try:
                        line.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            stop.set()
            thread.join()


def test_a_server_that_trickles_is_cut_off():
    """The time is bounded: without the cut this would never end, so the proof is that it does."""
    with slow(b"x", 0.05) as url, pytest.raises(RevocationOfflineError):
        Fetcher(seconds=0.5).get(url)


def test_a_server_that_floods_is_cut_off():
    with slow(b"x" * 100_000, 0.0) as url, pytest.raises(RevocationOfflineError):
        Fetcher(most=1_000_000).get(url)


def test_what_says_it_is_too_large_is_not_read(world):
    world.site.pages["/list"] = lambda _: bytes(2000)
    with pytest.raises(RevocationOfflineError):
        Fetcher(most=1999).get(world.site.url("/list"))
    assert Fetcher(most=2000).get(world.site.url("/list")) == bytes(2000)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://127.0.0.1:99999/", "http://[::1", "file:///etc/hostname", "http:///list"]
)
def test_an_address_that_leads_nowhere_is_a_fault_that_passes(url):
    with pytest.raises(RevocationOfflineError):
        Fetcher(seconds=1).get(url)


def test_redirects_are_not_followed(world):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(1000)
                line.sendall(f"HTTP/1.0 302 Found\r\nLocation: {world.site.url('/list')}\r\n\r\n".encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(RevocationOfflineError):
            Fetcher(seconds=2).get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert world.site.asked == []


def test_the_first_answer_serves_all_threads(world):
    party = world.party(responders=True)
    trust = world.trust()

    def answer(asked: bytes) -> bytes:
        time.sleep(0.01)
        return world.root.answer(party.certificate, asked)

    world.site.pages["/responder"] = answer
    threads = [threading.Thread(target=check, args=(trust, party)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    asked = len(world.site.asked)
    assert 1 <= asked <= 4, "each may have asked before there was an answer"
    check(trust, party)
    assert len(world.site.asked) == asked
