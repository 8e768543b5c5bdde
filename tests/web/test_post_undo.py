"""What was last done to a thread is undone: a message is called back before it leaves, what was put away comes back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Attachment, KeptDraft, Message, Participant, RenewalResult, Thread
from skranke.dialog.undoing import Undoable
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import claim
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONSULTATION, E_CONTACT, PDF, RENEWAL, holders, inbox, question, receive
from support.patient_pages import as_patient

TOO_LATE = "Det er for sent å angre. Ingenting er endret."


def now(cast: Cast, thread: Thread) -> Thread:
    with acting(cast.system):
        return Thread.objects.get(id=thread.id)


def form(cast: Cast, thread: Thread, **facts: object) -> dict[str, object]:
    return {"versjon": str(now(cast, thread).version), "text": "", **facts}


def standing(cast: Cast, thread: Thread) -> dict[str, object]:
    """All of a thread that a step may change."""
    row = now(cast, thread)
    with acting(cast.system):
        rows = Participant.objects.filter(thread=thread).order_by("id")
        facts = {name: getattr(row, name) for name in ("kind", "conversation", "state", "answer_due", "important")}
        return facts | {
            "place": (row.last_msg_id, row.last_message_at, row.responsible_id, row.task_done_at, row.may_be_answered),
            "rows": list(rows.values_list("id", "in_inbox", "personal", "last_message_at")),
            "messages": list(row.messages.order_by("id").values_list("id", "text", "earlier_id")),
            "earlier": row.earlier.count(),
        }


def leaves(cast: Cast) -> OutboxItem | None:
    """What the outbound lane may send now, beside receipts."""
    with acting(cast.system):
        return claim("lane", now=clock.now())


@pytest.mark.req("MSG-8", "MSG-20", "CMP-10", "NFR-4")
@pytest.mark.parametrize("route", ["thread-answer", "thread-answer-close"])
def test_a_sent_answer_waits_ten_seconds_and_is_called_back_as_a_draft_with_its_files(route: str) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client, before = logged_in(cast, cast.kari), standing(cast, thread)
    kept = client.post(address(cast, "thread-save", thread.id), {"text": "Bruk", "vedlegg": [_pdf()]})
    [upload] = _values(body(kept), "vedlagt")
    done = body(
        client.post(
            address(cast, route, thread.id), form(cast, thread, text="Bruk krem.", vedlagt=upload), headers=HTMX
        )
    )
    assert 'id="act-undo"' in done
    assert 'data-shortcut="Alt+Z"' in done
    # Of ten seconds; what the machine took since is gone from them.
    assert re.search(r'data-expires="(8|9|10)"', done)
    clock.move(timedelta(seconds=7))
    assert leaves(cast) is None
    undone = client.post(address(cast, "thread-undo", thread.id), headers=HTMX)
    page = body(undone)
    assert undone.status_code == 200
    assert ">Bruk krem.</textarea>" in page
    assert _values(page, "vedlagt") == [upload]
    assert "Meldingen er ikke sendt. Den står som kladd i skrivefeltet." in page
    assert standing(cast, thread) == before
    with acting(cast.system):
        assert not OutboxItem.objects.filter(intent="dialog_message").exists()
        assert Attachment.objects.get(id=upload).message_id is None
        assert AuditEvent.objects.filter(action="thread.undone", patient_id=cast.ola.id).count() == 1
    clock.move(timedelta(seconds=60))
    assert leaves(cast) is None
    # It is sent anew as if nothing had been.
    again = client.post(
        address(cast, route, thread.id), form(cast, thread, text="Bruk krem.", vedlagt=upload), headers=HTMX
    )
    assert again.status_code == 200
    with acting(cast.system):
        assert Message.objects.get(thread=thread, direction="out").attachments.count() == 1


@pytest.mark.req("MSG-8", "NFR-4")
def test_what_nobody_undoes_leaves_after_ten_seconds_and_is_then_not_called_back() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.kari)
    client.post(address(cast, "thread-answer", thread.id), form(cast, thread, text="Bruk krem."), headers=HTMX)
    others = logged_in(cast, cast.ali)
    assert 'id="act-undo"' not in body(others.get(address(cast, "thread", thread.id)))
    assert TOO_LATE in body(others.post(address(cast, "thread-undo", thread.id), headers=HTMX))
    clock.move(timedelta(seconds=10))
    assert 'id="act-undo"' not in body(client.get(address(cast, "thread", thread.id)))
    assert TOO_LATE in body(client.post(address(cast, "thread-undo", thread.id), headers=HTMX))
    item = leaves(cast)
    assert item is not None
    with acting(cast.system):
        assert (item.intent, item.subject_id) == ("dialog_message", Message.objects.get(direction="out").id)


@pytest.mark.req("MSG-18", "NFR-4")
def test_what_a_lane_has_in_its_hands_or_somebody_has_gone_on_with_is_not_called_back() -> None:
    cast = make_clinic()
    thread, other = (receive(cast, question(cast, kind=E_CONTACT)) for _ in range(2))
    client = logged_in(cast, cast.kari)
    for one in (thread, other):
        client.post(address(cast, "thread-answer", one.id), form(cast, one, text="Ja."), headers=HTMX)
    logged_in(cast, cast.ali).post(address(cast, "thread-take", thread.id), form(cast, thread), headers=HTMX)
    assert TOO_LATE in body(client.post(address(cast, "thread-undo", thread.id), headers=HTMX))
    with acting(cast.system):
        # Made by a lane whose clock is ahead of ours.
        rows = OutboxItem.objects.filter(
            subject_id__in=Message.objects.filter(thread=other, direction="out").values("id")
        )
        rows.update(msg_id=str(uuid4()), message_id=str(uuid4()), rendered_at=clock.now(), body=b"x")
    assert TOO_LATE in body(client.post(address(cast, "thread-undo", other.id), headers=HTMX))
    with acting(cast.system):
        assert Message.objects.filter(direction="out").count() == 2
        assert OutboxItem.objects.filter(intent="dialog_message").count() == 2


@pytest.mark.req("JRN-1", "JRN-7", "JRN-15", "RX-17")
@pytest.mark.parametrize(("kind", "facts"), [
    (E_CONSULTATION, {}),
    (E_CONSULTATION, {"som": "e_contact"}),
    (E_CONTACT, {"som": "e_consultation"}),
    (RENEWAL, {"utfall": "not_renewed"}),
    (RENEWAL, {"som": "e_consultation"}),
])  # fmt: skip
def test_all_that_left_in_one_commit_is_called_back_and_the_journal_says_it_was_never_sent(
    kind: str, facts: dict[str, str]
) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=kind, text="Paracet"))
    client, before = logged_in(cast, cast.kari), standing(cast, thread)
    with acting(cast.system):
        entries = JournalEntry.objects.count()
    sent = client.post(
        address(cast, "thread-answer", thread.id), form(cast, thread, text="Nei.", **facts), headers=HTMX
    )
    assert 'id="act-undo"' in body(sent)
    with acting(cast.system):
        written = list(JournalEntry.objects.filter(source_id__in=Message.objects.filter(direction="out").values("id")))
    assert client.post(address(cast, "thread-undo", thread.id), headers=HTMX).status_code == 200
    assert standing(cast, thread) == before
    with acting(cast.system):
        assert not OutboxItem.objects.filter(intent="dialog_message").exists()
        assert not RenewalResult.objects.exists()
        said = JournalEntry.objects.filter(source_kind="message_called_back")
        assert {one.source_id for one in said} == {one.source_id for one in written}
        assert JournalEntry.objects.count() >= entries + 2 * len(written)
        assert {one.text.partition(",")[0] for one in said} <= {"Meldingen som ble ført rett før denne"}
        kept = KeptDraft.objects.get(thread=thread)
        assert (kept.text, kept.turn_into, kept.outcome) == ("Nei.", facts.get("som", ""), facts.get("utfall", ""))


@pytest.mark.req("CMP-7", "MSG-20", "CMP-5")
@pytest.mark.parametrize(("kind", "facts"), [("e_contact", {}), ("e_dialog", {"mottar": "ja"}), ("e_dialog", {})])
def test_a_dialog_that_was_begun_is_a_draft_again_and_nobody_has_seen_it(kind: str, facts: dict[str, str]) -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    colleague = f"employee:{cast.ali.id}"
    compose = f"{address(cast, 'compose')}?type={kind}&pasient={cast.ola.id}"
    form = {"emne": "Time", "text": "Hei Ola.", "deltaker": [colleague], **facts}
    sent = client.post(compose, form, headers=HTMX)
    assert 'id="act-undo"' in body(sent)
    with acting(cast.system):
        thread = Thread.objects.get()
    portal = as_patient(cast.ola)
    own = reverse("patient-messages", args=[cast.clinic.slug])
    assert "Hei Ola" not in body(portal.get(own))
    undone = client.post(address(cast, "thread-undo", thread.id), headers=HTMX)
    with acting(cast.system):
        kept = KeptDraft.objects.get()
        assert (kept.subject, kept.text, kept.to, kept.patient_id) == ("Time", "Hei Ola.", [colleague], cast.ola.id)
        assert kept.to_patient is (facts.get("mottar") == "ja")
        assert not Thread.objects.exists()
        assert not OutboxItem.objects.filter(intent="dialog_message").exists()
    page = body(client.get(undone.headers["HX-Redirect"]))
    assert ">Hei Ola.</textarea>" in page
    assert inbox(cast, cast.ali) == []


@pytest.mark.req("JRN-7", "JRN-8")
def test_the_journal_of_a_dialog_that_was_called_back_leads_to_no_thread_that_is_gone() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    compose = f"{address(cast, 'compose')}?type=e_consultation&pasient={cast.ola.id}"
    client.post(compose, {"emne": "Prøvesvar", "text": "Alt er fint."}, headers=HTMX)
    with acting(cast.system):
        [entry], [thread] = JournalEntry.objects.all(), Thread.objects.all()
    page = address(cast, "journal-entry", entry.id)
    assert address(cast, "thread", thread.id) in body(client.get(page))
    client.post(address(cast, "thread-undo", thread.id), headers=HTMX)
    after = body(client.get(page))
    assert ("Alt er fint." in after, address(cast, "thread", thread.id) in after) == (True, False)
    with acting(cast.system):
        assert JournalEntry.objects.filter(source_kind="message_called_back", source_id=entry.source_id).count() == 1


@pytest.mark.req("CMP-4", "POR-3", "MSG-22")
def test_in_the_portal_an_answer_is_seen_when_it_can_be_undone_no_more() -> None:
    cast = make_clinic()
    client, portal = logged_in(cast, cast.kari), as_patient(cast.ola)
    compose = f"{address(cast, 'compose')}?type=e_dialog&pasient={cast.ola.id}"
    client.post(compose, {"emne": "Time", "text": "Hei Ola.", "mottar": "ja"}, headers=HTMX)
    clock.move(timedelta(seconds=11))
    with acting(cast.system):
        thread = Thread.objects.get()
    own = reverse("patient-message", args=[cast.clinic.slug, thread.id])
    assert "Hei Ola." in body(portal.get(own))
    client.post(
        address(cast, "thread-answer", thread.id), form(cast, thread, text="Kom kl. 9.", vedlegg=[_pdf()]), headers=HTMX
    )
    assert "Kom kl. 9." not in body(portal.get(own))
    assert "Kom kl. 9." not in body(portal.get(reverse("patient-messages", args=[cast.clinic.slug])))
    with acting(cast.system):
        file, held = Attachment.objects.get(), Message.objects.get(text="Kom kl. 9.")
        assert held.delivery == "ready"
    assert portal.get(reverse("patient-attachment", args=[cast.clinic.slug, file.id])).status_code == 404
    clock.move(timedelta(seconds=11))
    assert "Kom kl. 9." in body(portal.get(own))
    assert portal.get(reverse("patient-attachment", args=[cast.clinic.slug, file.id])).status_code == 200


@pytest.mark.req("MSG-21", "MSG-18")
def test_between_colleagues_a_message_is_called_back_until_one_of_them_has_read_it() -> None:
    cast = make_clinic()
    client, ali = logged_in(cast, cast.kari), logged_in(cast, cast.ali)
    begun = {"emne": "Vakt", "text": "Bytter du?", "deltaker": [f"employee:{cast.ali.id}"]}
    client.post(f"{address(cast, 'compose')}?type=e_dialog&pasient=velg", begun, headers=HTMX)
    clock.move(timedelta(seconds=11))
    with acting(cast.system):
        thread = Thread.objects.get()
    ali.get(address(cast, "thread", thread.id))
    before = standing(cast, thread)
    send = address(cast, "thread-answer", thread.id)
    client.post(send, form(cast, thread, text="Glem det."), headers=HTMX)
    assert holders(cast, thread) == {"Ali"}
    client.post(address(cast, "thread-undo", thread.id), headers=HTMX)
    assert standing(cast, thread) == before
    client.post(send, form(cast, thread, text="Glem det."), headers=HTMX)
    ali.get(address(cast, "thread", thread.id))
    refused = body(client.post(address(cast, "thread-undo", thread.id), headers=HTMX))
    assert "En kollega har alt lest meldingen." in refused


@pytest.mark.req("MSG-3", "MSG-8", "MSG-15")
@pytest.mark.parametrize("route", ["thread-close", "thread-remove", "thread-complete"])
def test_what_was_put_away_comes_back_where_it_was_and_only_as_long_as_nothing_else_was_done(route: str) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.kari)
    if route == "thread-complete":
        with acting(cast.system):
            Thread.objects.filter(id=thread.id).update(is_task=True, task_employee=cast.kari, task_text="Ring")
    before, waits = standing(cast, thread), holders(cast, thread)
    done = body(client.post(address(cast, route, thread.id), form(cast, thread), headers=HTMX))
    assert 'id="act-undo"' in done
    assert "data-expires" not in done
    assert standing(cast, thread) != before
    undone = body(client.post(address(cast, "thread-undo", thread.id), headers=HTMX))
    assert "Angret. Samtalen er der den var." in undone
    assert 'id="act-undo"' not in undone
    assert (standing(cast, thread), holders(cast, thread)) == (before, waits)
    client.post(address(cast, route, thread.id), form(cast, thread), headers=HTMX)
    clock.move(timedelta(minutes=11))
    late = logged_in(cast, cast.kari).post(address(cast, "thread-undo", thread.id), headers=HTMX)
    assert (late.status_code, TOO_LATE in body(late)) == (409, True)


@pytest.mark.req("MSG-25")
def test_over_rest_it_leaves_at_once() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    assert Api(cast, cast.kari).post(f"threads/{thread.id}/messages", {"text": "Ja."}).status == 201
    assert leaves(cast) is not None
    with acting(cast.system):
        assert not Undoable.objects.exists()


def _pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("svar.pdf", PDF, "application/pdf")


def _values(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)
