"""Mine meldinger: what the patient reads and answers in our own portal (POR-3, CMP-4)."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from skranke.audit.models import AuditEvent
from skranke.dialog import services
from skranke.dialog.models import Attachment, Channel, Message, Thread
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, at_most, body, field, logged_in
from support.dialog import E_CONTACT, PDF, PNG, file, question, receive, upload
from support.patient_pages import as_patient
from support.portal import answer, start


def _send(client, cast: Cast, thread: Thread, **facts: object):
    where = address(cast, "patient-message", thread.id)
    return client.post(where, {"skjema": field(body(client.get(where)), "skjema"), "text": "", **facts})


@pytest.mark.req("POR-3", "CMP-4", "MSG-22", "MSG-4")
def test_a_patient_finds_opens_and_answers_a_message() -> None:
    cast = make_clinic()
    thread = start(cast, text="Prøvene er fine.\nTa det med ro.")
    client = as_patient(cast.ola)
    home = body(client.get(address(cast, "patient-clinic")))
    assert "Ny melding fra Kari Lunde" in home
    assert '<span class="ct">1' in home
    listed = body(client.get(address(cast, "patient-messages")))
    assert "Prøvesvar" in listed
    assert "finner du bare på helsenorge.no" in listed
    opened = body(client.get(address(cast, "patient-message", thread.id)))
    assert "Prøvene er fine.\nTa det med ro." in opened
    sent = _send(client, cast, thread, text="Takk for det.")
    assert sent.status_code == 302
    shown = body(client.get(sent["Location"]))
    assert "Meldingen er sendt." in shown
    assert "Takk for det." in shown
    assert '<span class="ct">' not in body(client.get(address(cast, "patient-clinic")))
    clinics = body(logged_in(cast, cast.kari).get(address(cast, "thread", thread.id)))
    assert "Takk for det." in clinics
    assert "Lest " in clinics


@pytest.mark.req("POR-3", "RCV-16", "CMP-11")
def test_a_picture_goes_along_and_is_seen_by_both() -> None:
    cast = make_clinic()
    thread = start(cast)
    client = as_patient(cast.ola)
    picture = SimpleUploadedFile("arm.png", PNG, "image/png")
    assert _send(client, cast, thread, vedlegg=[picture]).status_code == 302
    with acting(cast.system):
        stored = Attachment.objects.get(name="arm.png")
    seen = client.get(address(cast, "patient-attachment", stored.id))
    assert (seen["Content-Type"], b"".join(seen.streaming_content)) == ("image/png", PNG)
    staff = logged_in(cast, cast.kari).get(address(cast, "attachment", stored.id))
    assert b"".join(staff.streaming_content) == PNG


@pytest.mark.req("CMP-9", "CMP-11", "CMP-16")
def test_what_is_refused_says_why_and_keeps_what_was_written() -> None:
    cast = make_clinic()
    thread = start(cast)
    client = as_patient(cast.ola)
    nothing = _send(client, cast, thread)
    assert nothing.status_code == 422
    assert "Skriv en melding, eller legg ved en fil. Ingenting er sendt." in body(nothing)
    program = SimpleUploadedFile("arm.png", b"MZ", "image/png")
    refused = _send(client, cast, thread, text="Se bildet", vedlegg=[program])
    assert refused.status_code == 422
    assert "Vi tar PDF, JPG, PNG, TXT, DOCX, og ser på innholdet, ikke på navnet. Ingenting er sendt." in body(refused)
    assert ">Se bildet</textarea>" in body(refused)
    files = [SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.png", PNG)]
    with override_settings(OURS=replace(settings.OURS, attachment_total_bytes=2 * len(PNG) - 1)):
        large = _send(client, cast, thread, text="Se bildene", vedlegg=files)
    assert large.status_code == 422
    assert "Vedleggene er for store." in body(large)
    long = _send(client, cast, thread, text="x" * 10_001, vedlegg=[SimpleUploadedFile("a.png", PNG)])
    page = body(long)
    assert (long.status_code, "a.png" in page, "HelseNorge" in page) == (422, True, False)
    kept = field(page, "vedlagt")
    again = client.post(address(cast, "patient-message", thread.id), {"text": "Kort", "vedlagt": kept})
    assert again.status_code == 302
    with acting(cast.system):
        assert [one.name for one in Message.objects.get(text="Kort").attachments.all()] == ["a.png"]


def test_a_form_that_comes_twice_is_one_message() -> None:
    cast = make_clinic()
    thread = start(cast)
    client, form = as_patient(cast.ola), str(uuid4())
    for _ in range(2):
        assert (
            client.post(address(cast, "patient-message", thread.id), {"skjema": form, "text": "Takk."}).status_code
            == 302
        )
    with acting(cast.system):
        assert Message.objects.filter(text="Takk.").count() == 1


@pytest.mark.req("MSG-8")
def test_where_the_clinic_has_ended_the_dialog_the_patient_reads_only() -> None:
    cast = make_clinic(phone="22 00 00 00")
    thread = start(cast)
    client = as_patient(cast.ola)
    form = field(body(client.get(address(cast, "patient-message", thread.id))), "skjema")
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Da er vi ferdige.", close=True)
    late = client.post(address(cast, "patient-message", thread.id), {"skjema": form, "text": "En ting til"})
    assert late.status_code == 409
    page = body(late)
    assert "Da er vi ferdige." in page
    assert "Ring legekontoret 22 00 00 00" in page
    assert 'id="answer-text"' not in page


@pytest.mark.req("NFR-2", "CMP-4")
@pytest.mark.parametrize("route", ["patient-message", "patient-attachment"])
def test_a_stranger_meets_the_same_as_for_what_does_not_exist(route: str) -> None:
    ours, theirs = make_clinic(), make_clinic()
    thread = start(ours, text="Bare for Ola.")
    with acting(ours.actor(ours.ola)):
        own = upload(PDF, "bare-for-ola.pdf")
    answer(ours, thread, attachment_ids=[own.id])
    helsenorge = receive(ours, question(ours, kind=E_CONTACT, attachments=(file(),)))
    internal = start(ours, text="Mellom oss.")
    with acting(ours.system):
        Thread.objects.filter(id=internal.id).update(channel=Channel.INTERNAL)
        theirs_file = Attachment.objects.get(message__thread=helsenorge)
    own_id, shut = {
        "patient-message": (thread.id, [helsenorge.id, internal.id]),
        "patient-attachment": (own.id, [theirs_file.id]),
    }[route]
    assert as_patient(ours.ola).get(address(ours, route, own_id)).status_code == 200
    for client, ids in ((as_patient(ours.nora), [own_id, *shut]), (as_patient(ours.ola), shut)):
        absent = client.get(address(ours, route, uuid4()))
        for one in ids:
            met = client.get(address(ours, route, one))
            assert (met.status_code, "for Ola" in body(met)) == (absent.status_code, False) == (404, False)
    assert as_patient(theirs.ola).get(address(ours, route, own_id)).status_code == 404
    posted = as_patient(ours.nora).post(address(ours, "patient-message", thread.id), {"text": "Hei"})
    assert posted.status_code == 404


def test_who_is_not_logged_in_is_sent_to_the_log_in_and_staff_has_no_way_in() -> None:
    cast = make_clinic()
    thread = start(cast)
    for name, args in (("patient-messages", ()), ("patient-message", (thread.id,)), ("patient-times", ())):
        met = logged_in(cast, cast.kari).get(address(cast, name, *args))
        assert met.status_code == 302
        assert met["Location"].startswith("/min/logg-inn?")


@pytest.mark.req("NFR-1")
def test_each_page_the_patient_opens_is_in_the_audit_log_as_own_access() -> None:
    cast = make_clinic()
    thread = start(cast)
    client = as_patient(cast.ola)
    for name, args, action in (
        ("patient-messages", (), "thread.listed"),
        ("patient-message", (thread.id,), "thread.read"),
        ("patient-times", (), "appointment.listed"),
    ):
        client.get(address(cast, name, *args))
        with acting(cast.system):
            last = AuditEvent.objects.filter(action=action).order_by("-at").first()
        assert (last.actor_id, last.patient_id, last.purpose) == (cast.ola.id, cast.ola.id, "own_access")


def test_a_long_list_asks_no_more_than_a_short_one() -> None:
    cast = make_clinic()
    for _ in range(15):
        start(cast)
    client = as_patient(cast.ola)
    with at_most(20):
        client.get(address(cast, "patient-messages"))
