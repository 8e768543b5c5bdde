"""What a record system may rely on of the registers, asked of the sandbox over HTTP by the real clients."""

from datetime import date
from importlib import import_module

import httpx
import pytest
from cryptography import x509

from skranke.kernel import clock
from skranke.kernel.ids import HerId, HprNumber, synthetic_national_id

pytestmark = pytest.mark.req("ACT-12", "ACT-13")


@pytest.fixture(scope="module")
def sandbox(pg_admin_dsn, tmp_path_factory):
    with import_module("support.registers").sandbox_registers(pg_admin_dsn, tmp_path_factory.mktemp("ar")) as running:
        running.put_party("8150011", clinic_her_id="8150001", hpr_number="9000011", services=("e_contact", "booking"))
        running.put_party(
            "8150012", clinic_her_id="8150001", name="Liste uten fast lege", kind="service", own_queues=True
        )
        running.put_party("8150013", clinic_her_id="8150001", name="Vaksinasjon", kind="service", service_kind="06")
        running.put_citizen(OLA, "8150011")
        running.put_citizen(NORA, "8150012", name="Nora Nordmann")
        running.put_citizen(LOST, None)
        yield running


OLA, NORA, LOST, STRANGER = (synthetic_national_id(date(1980, 1, 1), number) for number in range(4))


@pytest.fixture(autouse=True)
def _asked(sandbox):
    with import_module("support.registers").asked_at_sandbox(sandbox):
        yield


@pytest.fixture
def clients():
    return import_module("skranke.registers.clients")


@pytest.fixture
def patience():
    return import_module("skranke.registers.soap").ON_A_PAGE


def test_a_gp_an_office_and_a_vacant_list_are_told_apart(clients, patience) -> None:
    gp = clients.address_register().party(HerId("8150011"), patience)
    assert (gp.kind, str(gp.hpr_number), gp.parent_her_id) == ("person", "9000011", HerId("8150001"))
    vacant = clients.address_register().party(HerId("8150012"), patience)
    assert (vacant.kind, vacant.service.value) == ("service", "KX17")
    other = clients.address_register().party(HerId("8150013"), patience)
    assert (other.kind, other.service.value) == ("service", "06")
    office = clients.address_register().organisation(HerId("8150001"), patience)
    assert (office.kind, office.valid, office.organisation_number) == ("organisation", False, "999999999")
    assert [one.her_id for one in office.people] == [HerId("8150011")]
    assert [one.her_id for one in office.services] == [HerId("8150012"), HerId("8150013")]


def test_queues_are_the_offices_unless_the_party_has_its_own(clients, patience) -> None:
    rules = import_module("skranke.registers.rules")
    gp = clients.address_register().party(HerId("8150011"), patience)
    assert rules.inherits_queues(gp)
    assert rules.queues_of(gp).async_.endswith("/8150001_async")
    vacant = clients.address_register().party(HerId("8150012"), patience)
    assert not rules.inherits_queues(vacant)
    assert rules.queues_of(vacant).syncreply.endswith("/8150012_syncreply")


def test_helsenorge_stands_in_the_register_with_queues_and_certificates(clients, patience, sandbox) -> None:
    register = clients.address_register()
    found = register.party(HerId("8090002"), patience)
    assert (found.kind, found.parent_her_id) == ("service", HerId("8090001"))
    for ask in (register.signing_certificate, register.encryption_certificate):
        certificate = x509.load_der_x509_certificate(ask(found.her_id, patience).der)
        assert "Sandkassen" in certificate.subject.rfc4514_string()


@pytest.mark.parametrize("wanted", ["8150011", "9000011", "999999999"])
def test_a_party_is_found_by_any_of_its_numbers(clients, patience, wanted: str) -> None:
    assert HerId("8150011") in [one.her_id for one in clients.address_register().search(wanted, patience)]


def test_an_unknown_her_id_is_refused_by_its_code(clients, patience) -> None:
    errors = import_module("skranke.registers.errors")
    for ask in (clients.address_register().party, clients.address_register().organisation):
        with pytest.raises(errors.UnknownHerIdError):
            ask(HerId("999"), patience)
    assert clients.profile_register().profile(HerId("999"), patience) is None


def test_the_register_answers_a_ping(clients, patience) -> None:
    assert clients.address_register().ping(patience)


@pytest.mark.req("ACT-9", "ACT-11")
def test_the_profile_has_a_process_for_each_service_that_is_on(clients, patience) -> None:
    rules = import_module("skranke.registers.rules")
    profile = clients.profile_register().profile(HerId("8150011"), patience)
    assert rules.services_of(one.name for one in profile.processes) == ["booking", "e_contact"]
    vacant = clients.profile_register().profile(HerId("8150012"), patience)
    assert rules.services_of(one.name for one in vacant.processes) == []


@pytest.mark.req("ACT-6")
def test_whose_list_a_person_stands_on(clients, patience) -> None:
    register = clients.gp_register()
    found = register.listing(OLA, patience)
    assert (found.national_id, found.gp_her_id, found.organisation_number) == (str(OLA), HerId("8150011"), "999999999")
    assert [str(one.hpr_number) for one in found.doctors if one.valid.holds_at(clock.now())] == ["9000011"]
    assert (found.given_name, found.family_name) == ("Ola", "Nordmann")
    vacant = register.listing(NORA, patience)
    assert (vacant.gp_her_id, vacant.doctors) == (HerId("8150012"), ())
    assert register.listing(LOST, patience) is None
    assert register.listing(STRANGER, patience) is None
    assert register.confirms(OLA, HprNumber("9000011"), clock.now(), patience)
    assert not register.confirms(NORA, HprNumber("9000011"), clock.now(), patience)


@pytest.mark.req("PAT-16", "ACT-12")
def test_the_lists_of_an_office_and_who_stands_on_them(clients, patience) -> None:
    register = clients.gp_register()
    contracts = register.contracts_of("999999999", clock.now(), patience)
    assert [len(one.doctors) for one in contracts] == [1, 0]  # the service that is no vacant list has none
    errors = import_module("skranke.registers.errors")
    with pytest.raises(errors.RegisterFaultError):
        register.patients_of("8150013", patience)
    assert [one.national_id for one in register.patients_of(contracts[0].id, patience)] == [str(OLA)]
    assert register.contracts_of("987654321", clock.now(), patience) == ()
    details = register.gp(HprNumber("9000011"), clock.now(), patience)
    assert [one.contract_id for one in details.contracts] == [contracts[0].id]


def test_nobody_gets_in_without_the_password(sandbox) -> None:
    for given in (None, ("prøvevik", "wrong"), ("", "")):
        answer = httpx.post(sandbox.url("flr"), content=b"<a/>", auth=given, trust_env=False)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="register"')
    right = import_module("support.registers")
    auth = (right.USER, right.PASSWORD)
    assert httpx.post(sandbox.url("nothing"), content=b"<a/>", auth=auth, trust_env=False).status_code == 404
    for bad in (b"<a/>", b"no xml", b"<!DOCTYPE a><a/>", b"<Envelope><Body><Drop/></Body></Envelope>"):
        answer = httpx.post(sandbox.url("flr"), content=bad, auth=auth, trust_env=False)
        assert (answer.status_code, b"Fault" in answer.content) == (500, True)
