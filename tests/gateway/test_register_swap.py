"""HelseNorge swaps its certificate: the message that does not fit makes the clinic ask Adresseregisteret."""

import base64
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from skranke.clinics.models import Counterpart
from skranke.kernel import clock
from skranke.registers.models import AddressEntry
from skranke.wire.certificates import load_certificate

from support.registers import asked_at, enveloped, saying, server

pytestmark = pytest.mark.req("ACT-9")


@pytest.fixture
def swapped(office):
    """The clinic knows HelseNorge from the register, by a certificate that HelseNorge no longer signs with."""
    old = _der(office.town.pki.party("clinic").signing_certificate)
    with office.acting():
        row = Counterpart.objects.get()
        reference = f"register:{row.her_id}"
        an_hour_ago = clock.now() - timedelta(hours=1)
        Counterpart.objects.update(signing_certificate=reference, read_at=an_hour_ago)
        AddressEntry.objects.create(
            clinic_id=office.cast.clinic.id,
            her_id=row.her_id,
            kind="service",
            name=row.name,
            active=True,
            valid=True,
            signing=old,
            read_at=an_hour_ago,
        )
    return office


def _der(path) -> bytes:
    return load_certificate(path).public_bytes(Encoding.DER)


@contextmanager
def registered(office):
    """The register, which has HelseNorge's certificates of today."""
    files = office.town.pki.party("helsenorge")
    with office.acting():
        row = Counterpart.objects.get()
    party = f"<P><HerId>{row.her_id}</HerId><Type>Service</Type><Name>HelseNorge</Name><Active>true</Active></P>"
    told = {
        "GetCommunicationPartyDetails": party.encode(),
        "GetCertificateDetailsForValidatingSignature": _certificate(files.signing_certificate),
        "GetCertificateDetailsForEncryption": _certificate(files.encryption_certificate),
    }

    def say(to) -> None:
        operation = to.headers["SOAPAction"].strip('"').rpartition("/")[2]
        saying(enveloped(operation, told[operation]))(to)

    with server(say) as (url, asked), asked_at(address_register_url=url):
        yield asked


def _certificate(path) -> bytes:
    return b"<C><Certificate>" + base64.b64encode(_der(path)) + b"</Certificate></C>"


def test_the_register_is_asked_and_the_message_is_taken(swapped) -> None:
    with registered(swapped) as asked:
        swapped.helsenorge.send(swapped.helsenorge.e_consultation(swapped.cast.ola))
        (receipt,) = swapped.answers()
    assert (receipt.is_receipt, receipt.code) == (True, "1")
    assert len(asked.asked) == 3
    with swapped.acting():
        entry = AddressEntry.objects.get()
        # What was signed before the swap and is still under way is verified too.
        assert bytes(entry.previous_signing) == _der(swapped.town.pki.party("clinic").signing_certificate)


def test_a_stream_of_damaged_messages_asks_once(swapped) -> None:
    with swapped.acting():
        Counterpart.objects.update(read_at=clock.now() - timedelta(minutes=1))
    with registered(swapped) as asked:
        swapped.helsenorge.send(swapped.helsenorge.e_consultation(swapped.cast.ola))
        assert swapped.answers() == []
    assert asked.asked == []


def test_a_register_that_is_away_leaves_the_judgement_as_it_was(swapped) -> None:
    with asked_at(address_register_url="http://127.0.0.1:9/"):
        swapped.helsenorge.send(swapped.helsenorge.e_consultation(swapped.cast.ola))
        assert swapped.answers() == []
    (fault,) = swapped.helsenorge.reports()
    assert fault.headers.error_condition == "transport:invalid-certificate"


def test_certificates_that_the_operator_keeps_in_files_are_nobody_elses(office) -> None:
    office.helsenorge.files = office.town.pki.party("stranger")
    with office.acting():
        Counterpart.objects.update(read_at=clock.now() - timedelta(hours=1))
    with registered(office) as asked:
        office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
        office.work()
    assert asked.asked == []
