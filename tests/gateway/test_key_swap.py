"""A clinic swaps its certificate: what was encrypted to the previous one is still read, and only the new one signs."""

from dataclasses import replace

import pytest

from skranke.clinics.models import CommunicationProfile
from skranke.clinics.services import set_profile
from skranke.gateway.inbound import Disposition
from skranke.gateway.models import ReceivedMessage
from skranke.kernel import clock
from skranke.standards.render import render
from skranke.wire.certificates import load_certificate
from skranke.wire.protection import protect

from support.authority import ENCRYPTION, SIGNING, issuer_of, write_identity
from support.openssl import openssl


@pytest.fixture
def authority(office):
    pki = office.town.pki
    return issuer_of(pki.ca_certificate, pki.folder / "ca.key")


def new_identity(authority, folder, name, use):
    """A fresh certificate and key of the clinic in one PKCS#12 file, as an authority hands it out."""
    certificate, key, both, password = (folder / f"{name}.{end}" for end in ("pem", "key", "p12", "password"))
    identity = authority.issue("Prøvevik", use=use)
    write_identity(identity, certificate, key)
    password.write_text("en hemmelighet\n", encoding="utf-8")
    openssl("pkcs12", "-export", "-inkey", key, "-in", certificate, "-passout", f"file:{password}", "-out", both)
    key.unlink()
    return f"file:{both}", f"file:{password}", identity.certificate


def profile_of(office) -> dict:
    with office.acting():
        row = CommunicationProfile.objects.get()
    skipped = {"id", "clinic_id", "clinic"}
    return {field.name: getattr(row, field.name) for field in row._meta.fields if field.name not in skipped}


def set_up(office, **changes) -> None:
    facts = profile_of(office) | changes
    with office.acting():
        set_profile(**facts)


def sent_to(office, certificate) -> object:
    question = office.helsenorge.e_contact(office.cast.ola)
    body = protect(render(question), signer=office.helsenorge.files.signing(), recipient=certificate)
    return office.helsenorge.send(question, body=body)


def state_of(office, message) -> tuple[str, str]:
    with office.acting():
        row = ReceivedMessage.objects.get(message_id=message.message_id)
    return row.state, row.code


def test_a_swap_from_its_first_day_to_its_last(office, authority, tmp_path):
    old = load_certificate(office.helsenorge.clinic_files.encryption_certificate)
    before = profile_of(office)
    both, password, new = new_identity(authority, tmp_path, "new", ENCRYPTION)
    set_up(
        office,
        decryption_certificate=both,
        decryption_key=both,
        decryption_password=password,
        previous_decryption_certificate=before["decryption_certificate"],
        previous_decryption_key=before["decryption_key"],
    )
    for certificate in (old, new):
        message = sent_to(office, certificate)
        (receipt,) = office.answers()
        assert receipt.code == "1"
        assert state_of(office, message)[0] == "acted"
    set_up(office, previous_decryption_certificate="", previous_decryption_key="")
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    retired = sent_to(office, old)
    assert office.answers() == []
    assert state_of(office, retired) == ("fault", "transport:decryption-failed")
    sent_to(office, new)
    assert [letter.code for letter in office.answers()] == ["1"]


def test_a_question_that_comes_right_after_the_swap_is_answered(office, authority, tmp_path):
    assert office.endpoint.decryption  # read before the swap, and kept for some seconds
    both, password, new = new_identity(authority, tmp_path, "new", ENCRYPTION)
    set_up(office, decryption_certificate=both, decryption_key=both, decryption_password=password)
    question = office.helsenorge.test_question()
    body = protect(render(question), signer=office.helsenorge.files.signing(), recipient=new)
    office.helsenorge.send(question, sync=True, body=body)
    assert office.take_questions() == ["accept"]
    assert [reply.code for reply in office.helsenorge.replies()] == ["RKT"]


def test_what_leaves_is_signed_with_the_current_certificate(office, authority, tmp_path):
    both, password, new = new_identity(authority, tmp_path, "signing", SIGNING)
    set_up(office, signing_certificate=both, signing_key=both, signing_password=password)
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    files = office.helsenorge.clinic_files
    office.helsenorge.clinic_files = replace(files, signing_certificate=tmp_path / "signing.pem")
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    (receipt,) = office.answers()
    assert receipt.code == "1"
    assert new.not_valid_after_utc > clock.now()


@pytest.mark.parametrize("field", ["signing_key", "decryption_key", "previous_decryption_key", "decryption_password"])
def test_a_missing_file_stops_nothing_but_this_clinic_and_says_what_to_do(office, tmp_path, caplog, field):
    given = profile_of(office)
    gone = tmp_path / "borte.key"
    previous = {"previous_decryption_certificate": given["decryption_certificate"]}
    set_up(office, **previous, **({"previous_decryption_key": given["decryption_key"]} | {field: f"file:{gone}"}))
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    caplog.clear()
    assert office.take_in() == [Disposition.RELEASE]
    (line,) = [record.msg for record in caplog.records if record.name == "skranke.gateway.alarms"]
    assert line["event"] == "gateway_alarm"
    assert line["reason"] == "wire_configuration"
    assert str(gone) in line["cure"]
    set_up(office, **given)
    assert office.take_in() == [Disposition.ACCEPT]
