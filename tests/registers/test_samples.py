"""The registers' answers are read as Norsk Helsenett writes them: the official samples, through the real client."""

import pytest
from cryptography import x509
from lxml import etree

from skranke.kernel.ids import HerId
from skranke.registers import rules
from skranke.registers.addresses import ACTIONS, NAMESPACE, AddressRegister, read_party
from skranke.registers.errors import RegisterFaultError
from skranke.registers.profiles import ProfileRegister, read_profile
from skranke.registers.soap import ON_A_PAGE, SoapService
from skranke.registers.values import Queues, RegisterPartyKind

from support.registers import SAMPLES, WHY_NO_SAMPLES, enveloped, sample, sample_from_json, saying, server

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason=WHY_NO_SAMPLES)


def register(url: str) -> AddressRegister:
    return AddressRegister(SoapService(url, namespace=NAMESPACE, actions=ACTIONS, user="a", password="b"))


@pytest.mark.req("ACT-9", "ACT-12")
def test_a_gp_is_a_personal_party_under_the_office_with_queues_of_its_own() -> None:
    answer = enveloped("GetCommunicationPartyDetails", sample("CommunicationDetails_93238.xml"))
    with server(saying(answer)) as (url, told):
        party = register(url).party(HerId("93238"), ON_A_PAGE)
    assert (party.her_id, party.kind, party.name) == (HerId("93238"), RegisterPartyKind.PERSON, "Alexander Dahl")
    assert (party.parent_her_id, party.parent_name) == (HerId("93237"), "DD fastlege UTV MUG")
    assert party.organisation_number == "999944999"
    assert (str(party.hpr_number), party.given_name, party.family_name) == ("1010037", "Alexander", "Dahl")
    assert party.active
    assert party.valid
    assert party.valid_to is None  # the register's end of time
    at = "sb.test.nhn.no/DigitalDialog/93238"
    assert rules.queues_of(party) == Queues(f"{at}_async", f"{at}_sync", "", f"{at}_error")
    assert not rules.inherits_queues(party)
    (headers, body) = told.asked[0]
    assert headers["Authorization"] == "Basic YTpi"
    assert headers["SOAPAction"] == f'"{ACTIONS}GetCommunicationPartyDetails"'
    assert etree.fromstring(body).xpath("string(//*[local-name()='herId'])") == "93238"


@pytest.mark.req("ACT-12")
def test_a_service_inherits_the_queues_of_its_office() -> None:
    party = read_party(etree.fromstring(sample_from_json("CommunicationDetailsRest_8141705.json")))
    assert (party.kind, party.name) == (RegisterPartyKind.SERVICE, "Allmennlege")
    assert party.service is not None
    assert (party.service.value, party.service.list) == ("05", "8666")
    at = "tb.test.nhn.no/NHNTESTServiceBus/8141703"
    assert rules.queues_of(party) == Queues(f"{at}_async", f"{at}_sync", f"{at}_syncreply", f"{at}_error")
    assert rules.inherits_queues(party)


@pytest.mark.req("ACT-12")
def test_a_person_of_the_newer_interface_is_read_alike() -> None:
    party = read_party(etree.fromstring(sample_from_json("CommunicationDetailsRest_8141791.json")))
    assert (party.kind, str(party.hpr_number)) == (RegisterPartyKind.PERSON, "8346208")
    assert (party.given_name, party.family_name) == ("Jonny Karl", "Rønhovde")
    assert rules.inherits_queues(party)


@pytest.mark.parametrize("what", ["Encryption", "ValidatingSignature"])
def test_a_certificate_is_read(what: str) -> None:
    operation = f"GetCertificateDetailsFor{what}"
    with server(saying(enveloped(operation, sample(f"{operation}_93238.xml")))) as (url, _):
        ask = register(url).encryption_certificate if what == "Encryption" else register(url).signing_certificate
        found = ask(HerId("93238"), ON_A_PAGE)
    certificate = x509.load_der_x509_certificate(found.der)
    assert "TEST helsenorge.no tjenester" in certificate.subject.rfc4514_string()
    assert found.ldap_url.startswith("ldap://")


def test_a_fault_of_soap_1_2_is_understood_and_not_repeated() -> None:
    with server(saying(sample("SoapFault.xml"), 500)) as (url, _), pytest.raises(RegisterFaultError) as refused:
        register(url).party(HerId("1"), ON_A_PAGE)
    assert refused.value.permanent
    assert "Signaturen" not in str(refused.value)


@pytest.mark.req("ACT-9", "ACT-11")
def test_a_profile_tells_which_services_are_on_in_the_older_and_the_newer_way() -> None:
    for name in ("CPP_93238.xml", "CPP_Rest_93238.xml"):
        profile = read_profile(sample(name))
        assert profile.her_id == HerId("93238")
        assert rules.services_of(one.name for one in profile.processes) == [
            "appointment_wish",
            "booking",
            "e_consultation",
            "e_contact",
            "prescription_renewal",
        ]
        assert not rules.takes_appointment_process(one.name for one in profile.processes)


def test_a_profile_comes_as_text_within_the_answer() -> None:
    service = SoapService("http://127.0.0.1:1", namespace="urn:x", actions="urn:x/")
    with server(saying(enveloped("GetCppXmlForCommunicationParty", sample("CPP_93238.xml").decode("utf-8-sig")))) as (
        url,
        _,
    ):
        service = SoapService(url, namespace="urn:x", actions="urn:x/")
        profile = ProfileRegister(service).profile(HerId("93238"), ON_A_PAGE)
    assert profile is not None
    assert profile.name == "Digitale innbyggertjenester"
