"""Answering, forwarding, closing, taking and putting away, as the form of a thread does it."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from skranke.clinics.models import Group
from skranke.dialog import queries, services
from skranke.dialog.models import Attachment, Message, Thread
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting
from skranke.web.limits import ROOM

from cast import Cast, make_clinic
from support.clinic_pages import HTMX, address, body, field, logged_in, same
from support.dialog import E_CONTACT, PDF, holders, question, receive

LIMIT = 12 * 1024 * 1024
ENGLISH = HTMX | {"Accept-Language": "en"}


def form(thread: Thread, **facts: object) -> dict[str, object]:
    """What the browser sends: the version the page showed, and what was written."""
    return {"versjon": str(thread.version), "text": "", **facts}


def pdf(size: int = 40, name: str = "svar.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + b"x" * (size - len(PDF)), "application/pdf")


def sent(cast: Cast, thread: Thread) -> list[Message]:
    with acting(cast.system):
        return list(Message.objects.filter(thread=thread, direction="out").prefetch_related("attachments"))


@pytest.mark.req("MSG-8", "MSG-25", "CMP-8")
@pytest.mark.parametrize(
    ("route", "code", "state"), [("thread-answer", "12", "open"), ("thread-answer-close", "13", "closed")]
)
def test_an_answer_with_a_file_goes_into_the_queue(route: str, code: str, state: str) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    answer = client.post(address(cast, route, thread.id), form(thread, text="Bruk krem.\r\nHilsen", vedlegg=[pdf()]))
    assert answer.status_code == 302
    [message] = sent(cast, thread)
    assert (message.code, message.text, message.author_name) == (code, "Bruk krem.\nHilsen", "Kari Lunde")
    assert [one.name for one in message.attachments.all()] == ["svar.pdf"]
    with acting(cast.system):
        assert Thread.objects.get(id=thread.id).state == state
        assert OutboxItem.objects.filter(subject_id=message.id).count() == 1
    page = body(client.get(answer["Location"]))
    assert "Svaret er lagt i kø" in page
    assert field(page, "versjon") == str(thread.version + 1)


@pytest.mark.req("DDFL-EK-03", "DDFL-KO-06")
@pytest.mark.parametrize("kind", ["e_contact", "e_consultation"])
def test_what_a_patient_wrote_is_rejected_with_a_reason_and_only_while_the_patient_waits(kind: str) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=kind))
    client = logged_in(cast, cast.kari)
    refuse = address(cast, "thread-refuse", thread.id)
    assert refuse in body(client.get(address(cast, "thread", thread.id)))
    assert "Skriv en melding til pasienten." in body(client.post(refuse, form(thread), headers=HTMX))
    assert sent(cast, thread) == []
    page = body(client.post(refuse, form(thread, text="Ring oss om dette."), headers=HTMX))
    assert "Avvisningen er lagt i kø" in page
    assert "Forespørsel avvist" in page
    assert refuse not in page
    [message] = sent(cast, thread)
    assert (message.code, message.text) == ("26", "Ring oss om dette.")
    with acting(cast.system):
        thread.refresh_from_db()
        assert thread.state == "closed"
    again = body(client.post(refuse, form(thread, text="En gang til."), headers=HTMX))
    assert "det er ingenting å avvise" in again
    assert "En gang til." in again
    assert len(sent(cast, thread)) == 1


def test_with_htmx_the_thread_comes_back_with_an_empty_box() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    part = client.post(address(cast, "thread-answer", thread.id), form(thread, text="Bruk krem."), headers=HTMX)
    assert part.status_code == 200
    assert "Bruk krem." in body(part)
    assert "></textarea>" in body(part)
    assert "Svaret er lagt i kø" in body(part)


@pytest.mark.req("CMP-16")
@pytest.mark.parametrize(
    ("text", "told"), [("", "Skriv en melding til pasienten."), ("å" * 1001, "HelseNorge viser bare 1000 tegn")]
)
def test_a_refused_answer_keeps_what_was_written_and_says_what_to_do(text: str, told: str) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    refused = client.post(address(cast, "thread-answer", thread.id), form(thread, text=text, vedlegg=[pdf()]))
    page = body(refused)
    assert refused.status_code == 422
    assert page.count(told) == 1
    assert "Ingenting er sendt." in page.partition('id="answer-text_error"')[2].partition("</div>")[0]
    assert 'id="form-problem"' not in page
    assert f">{text}</textarea>" in page
    assert sent(cast, thread) == []
    kept = field(page, "vedlagt")
    again = client.post(address(cast, "thread-answer", thread.id), form(thread, text="Kort.", vedlagt=[kept]))
    assert again.status_code == 302
    assert [str(one.id) for one in sent(cast, thread)[0].attachments.all()] == [kept]


def test_a_kept_file_can_be_left_out() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    page = body(client.post(address(cast, "thread-answer", thread.id), form(thread, vedlegg=[pdf()])))
    kept = field(page, "vedlagt")
    client.post(
        address(cast, "thread-answer", thread.id), form(thread, text="Kort.", vedlagt=[kept], fjern_vedlegg=[kept])
    )
    assert list(sent(cast, thread)[0].attachments.all()) == []


@pytest.mark.req("MSG-18")
def test_who_comes_second_is_told_who_was_first_and_loses_no_word() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.kari)
    shown = field(body(client.get(address(cast, "thread", thread.id))), "versjon")
    with acting(cast.actor(cast.mona)):
        services.answer(thread, text="Svar fra Mona.")
    written = {"versjon": shown, "text": "Svar fra Kari.", "vedlegg": [pdf()]}
    refused = client.post(address(cast, "thread-answer", thread.id), written, headers=HTMX)
    page = body(refused)
    assert refused.status_code == 409
    assert "Mona Dahl svarte kl." in page.partition('id="form-problem"')[2].partition("</div>")[0]
    assert ">Svar fra Kari.</textarea>" in page
    assert "Svar fra Mona." in page
    in_english = body(client.post(address(cast, "thread-close", thread.id), {"versjon": shown}, headers=ENGLISH))
    assert re.search(r"Mona Dahl answered at \d\d:\d\d\.", in_english)
    assert len(sent(cast, thread)) == 1
    anyway = {"versjon": field(page, "versjon"), "text": "Svar fra Kari.", "vedlagt": field(page, "vedlagt")}
    assert client.post(address(cast, "thread-answer", thread.id), anyway).status_code == 302
    assert len(sent(cast, thread)) == 2


def test_a_form_that_does_not_say_what_it_answers_is_refused() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    refused = logged_in(cast, cast.kari).post(address(cast, "thread-answer", thread.id), {"text": "Hei."})
    assert refused.status_code == 409
    assert sent(cast, thread) == []


@pytest.mark.req("CMP-9", "DDFL-ATT-07")
@pytest.mark.parametrize(
    ("sizes", "status"), [((LIMIT - 100, 100), 302), ((LIMIT - 100, 101), 422), ((LIMIT + 1,), 422)]
)
def test_attachments_are_weighed_to_the_byte(sizes: tuple[int, ...], status: int) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    files = [pdf(size, f"{number}.pdf") for number, size in enumerate(sizes)]
    client = logged_in(cast, cast.kari)
    answer = client.post(address(cast, "thread-answer", thread.id), form(thread, text="Hei.", vedlegg=files))
    assert answer.status_code == status
    if status == 422:
        assert "Vedleggene er for store" in body(answer)
        assert ">Hei.</textarea>" in body(answer)
        assert "vedlagt" not in body(answer)
        with acting(cast.system):
            assert Attachment.objects.filter(uploaded_by=cast.kari).count() == 0


@pytest.mark.req("CMP-9")
def test_far_too_much_is_refused_before_it_is_read() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    length = settings.OURS.attachment_total_bytes + ROOM + 1
    client = logged_in(cast, cast.kari)
    answer = client.generic(
        "POST",
        address(cast, "thread-answer", thread.id),
        b"x",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(length),
    )
    assert answer.status_code == 413
    assert "Det du sendte, er for stort" in body(answer)


@pytest.mark.req("CMP-11")
def test_a_file_of_another_kind_is_refused_by_its_content() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    evil = SimpleUploadedFile("svar.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    answer = logged_in(cast, cast.kari).post(
        address(cast, "thread-answer", thread.id), form(thread, text="Hei.", vedlegg=[evil])
    )
    assert answer.status_code == 422
    assert "Vi tar PDF, JPG, PNG, TXT, DOCX," in body(answer)
    assert ">Hei.</textarea>" in body(answer)


def test_nobody_sends_a_file_that_somebody_else_uploaded() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    page = body(
        logged_in(cast, cast.mona).post(address(cast, "thread-answer", thread.id), form(thread, vedlegg=[pdf()]))
    )
    theirs = field(page, "vedlagt")
    refused = logged_in(cast, cast.kari).post(
        address(cast, "thread-answer", thread.id), form(thread, text="Hei.", vedlagt=[theirs])
    )
    assert refused.status_code == 422
    assert "Vedlegget finnes ikke lenger" in body(refused)
    assert sent(cast, thread) == []


@pytest.mark.req("MSG-8", "MSG-17", "RCV-8", "ORG-10")
@pytest.mark.parametrize("to", ["mona", "clinic", "group", "role"])
def test_forwarding_hands_the_thread_over(to: str) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.system):
        reception = Group.objects.get()
    receivers = {"mona": f"employee:{cast.mona.id}", "group": f"group:{reception.id}", "clinic": "clinic"}
    receiver = receivers.get(to, f"role:{cast.anne.held_role_id}")
    answer = logged_in(cast, cast.kari).post(address(cast, "thread-forward", thread.id), form(thread, til=receiver))
    assert answer.status_code == 302
    gets = {"mona": {"Mona"}, "clinic": {"Mona", "Ali", "Anne", "Per"}, "group": {"Ali"}, "role": {"Anne"}}
    assert holders(cast, thread) == gets[to]


@pytest.mark.parametrize("to", ["", "tull", "stranger"])
def test_forwarding_to_nobody_is_refused_and_keeps_the_text(to: str) -> None:
    cast, other = make_clinic(), make_clinic()
    thread = receive(cast, question(cast))
    receiver = f"employee:{other.kari.id}" if to == "stranger" else to
    refused = logged_in(cast, cast.kari).post(
        address(cast, "thread-forward", thread.id), form(thread, til=receiver, text="Halvferdig")
    )
    assert refused.status_code == 422
    assert "Velg hvem som skal få samtalen." in body(refused)
    assert ">Halvferdig</textarea>" in body(refused)


@pytest.mark.req("MSG-9")
def test_closing_is_not_offered_for_an_econsultation_that_waits() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert address(cast, "thread-close", thread.id) not in page
    assert "En eKonsultasjon kan ikke avsluttes uten svar." in page
    refused = client.post(address(cast, "thread-close", thread.id), form(thread))
    assert refused.status_code == 409
    assert "En eKonsultasjon kan ikke avsluttes uten svar." in body(refused)
    with acting(cast.system):
        assert Thread.objects.get(id=thread.id).state == "open"


@pytest.mark.req("MSG-8", "MSG-10")
def test_an_econtact_can_be_closed_unless_an_answer_is_begun() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.anne)
    refused = client.post(address(cast, "thread-close", thread.id), form(thread, text="Ikke sendt"))
    assert refused.status_code == 422
    assert "Du har begynt på et svar som ikke er sendt." in body(refused)
    assert ">Ikke sendt</textarea>" in body(refused)
    assert client.post(address(cast, "thread-close", thread.id), form(thread)).status_code == 302
    assert str(thread.id) in body(client.get(address(cast, "post", query="?boks=arkiv")))
    assert sent(cast, thread) == []


@pytest.mark.req("MSG-3", "MSG-18")
def test_taking_and_putting_away() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.anne)
    taken = client.post(address(cast, "thread-take", thread.id), form(thread, text="Påbegynt"))
    assert taken.status_code == 200
    assert ">Påbegynt</textarea>" in body(taken)
    assert "Ansvarlig: Anne Berg" in body(taken)
    assert str(thread.id) not in body(logged_in(cast, cast.kari).get(address(cast, "post")))
    assert client.post(address(cast, "thread-remove", thread.id), form(thread)).status_code == 302
    with acting(cast.actor(cast.anne)):
        assert queries.mailbox("innboks").rows == ()


@pytest.mark.parametrize(
    "route", ["thread-answer", "thread-answer-close", "thread-forward", "thread-close", "thread-take", "thread-remove"]
)
def test_nobody_treats_what_is_not_theirs_to_see(route: str) -> None:
    cast, other = make_clinic(), make_clinic()
    thread = receive(cast, question(cast))
    for client, at in ((logged_in(cast, cast.mona), cast), (logged_in(other, other.kari), other)):
        refused = client.post(address(at, route, thread.id), form(thread, text="Hei.", til="clinic"))
        unknown = client.post(address(at, route, uuid4()), form(thread, text="Hei.", til="clinic"))
        assert refused.status_code == unknown.status_code == 404
        assert same(refused) == same(unknown)
    with acting(cast.system):
        assert Thread.objects.get(id=thread.id).version == thread.version


def test_a_form_from_another_site_is_refused() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    strict = type(client)(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    refused = strict.post(address(cast, "thread-answer", thread.id), form(thread, text="Hei."))
    assert refused.status_code == 403
    assert sent(cast, thread) == []


def test_a_thread_that_cannot_be_answered_yet_says_why() -> None:
    cast = make_clinic()
    late = question(cast, starts_thread=False, conversation=str(uuid4()), code="22", kind="unknown", subject="")
    thread = receive(cast, late)
    page = body(logged_in(cast, cast.anne).get(address(cast, "thread", thread.id)))
    assert "Du kan svare når den første meldingen i samtalen er kommet." in page
    assert 'id="answer-text"' not in page


def undelivered(cast: Cast, state: str, code: str, said: str = "") -> tuple[Thread, Message]:
    """A thread whose answer of Kari's did not arrive."""
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        message = services.answer(thread, text="Bruk krem.")
    with acting(cast.system):
        OutboxItem.objects.filter(subject_id=message.id).update(
            state="rejected" if state == "rejected" else "failed",
            msg_id=message.msg_id, message_id=f"m-{message.id}", body=b"x",
            rendered_at=clock.now(), sent_at=clock.now(),
        )  # fmt: skip
        services.mark_delivery(message.msg_id, "sent", clock.now())
        services.mark_delivery(message.msg_id, state, clock.now(), said, code)
        return Thread.objects.get(id=thread.id), message


@pytest.mark.req("MSG-22", "PAT-12", "DDFL-ID-03", "DDFL-ID-04")
@pytest.mark.parametrize(
    ("state", "code", "told", "rows"),
    [
        ("failed", "transport:expired-certificate", "HelseNorge godtok ikke klinikkens sertifikat.", ["pending"]),
        ("rejected", "T02", "HelseNorge fikk ikke lest meldingen.", ["pending", "rejected"]),
    ],
)
def test_what_did_not_arrive_is_explained_and_sent_again(state: str, code: str, told: str, rows: list[str]) -> None:
    cast = make_clinic()
    thread, message = undelivered(cast, state, code)
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert told in page
    assert "Send på nytt" in page
    url = address(cast, "message-resend", thread.id, message.id)
    answer = client.post(url, form(thread, text="Påbegynt svar."))
    assert answer.status_code == 200
    page = body(answer)
    assert "Meldingen er lagt i kø på nytt." in page
    assert ">Påbegynt svar.</textarea>" in page
    assert "Send på nytt" not in page
    events = body(client.get(address(cast, "thread", thread.id, query="?vis=hendelser")))
    assert "Kari Lunde sendte meldingen på nytt" in events
    with acting(cast.system):
        assert sorted(OutboxItem.objects.filter(subject_id=message.id).values_list("state", flat=True)) == rows
    second = client.post(url, form(thread))
    assert second.status_code == 409
    assert "Kari Lunde sendte en melding på nytt kl." in body(second)
    with acting(cast.system):
        assert OutboxItem.objects.filter(subject_id=message.id).count() == len(rows)


@pytest.mark.req("PAT-12")
def test_there_is_no_way_to_send_again_to_a_citizen_who_is_not_active() -> None:
    cast = make_clinic()
    thread, message = undelivered(cast, "rejected", "E35", "ikke aktiv")
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert "Pasienten er ikke aktiv på HelseNorge" in page
    assert "Send på nytt" not in page
    refused = client.post(address(cast, "message-resend", thread.id, message.id), form(thread))
    assert refused.status_code == 409
    assert "Ta kontakt på en annen måte." in body(refused)


@pytest.mark.req("NFR-2", "MSG-22")
def test_who_may_not_read_the_thread_may_not_send_it_again() -> None:
    cast = make_clinic()
    thread, message = undelivered(cast, "failed", "transport:internal-error")
    url = address(cast, "message-resend", thread.id, message.id)
    assert logged_in(cast, cast.mona).post(url, form(thread)).status_code == 404
    other = make_clinic()
    assert logged_in(other, other.kari).post(address(other, "message-resend", thread.id, message.id)).status_code == 404
    unknown = address(cast, "message-resend", thread.id, uuid4())
    assert logged_in(cast, cast.kari).post(unknown, form(thread)).status_code == 404
    with acting(cast.system):
        assert OutboxItem.objects.get(subject_id=message.id).state == "failed"
