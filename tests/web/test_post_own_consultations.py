"""An e-consultation of our own channel: its deadline, and whether it is to be journaled (JRN-9, JRN-10)."""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Thread
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in, same
from support.dialog import MONDAY, PDF
from support.patient_pages import as_patient

ASKED = "Legg til i journalen?"


def opened(cast: Cast, kind: str = "e_consultation") -> None:
    """Ali, the administrator, opens the type: an e-consultation to Kari, anything else to the clinic."""
    to = {"format": "people", "people": [f"employee:{cast.kari.id}"]}
    form = {"active": "on", "senders": "clinic", "version": 0}
    form |= to if kind == "e_consultation" else {"format": "units", "units": ["clinic"]}
    assert logged_in(cast, cast.ali).post(address(cast, "settings-communication-type", kind), form).status_code == 302


def written(cast: Cast, kind: str = "e_consultation", **facts: object) -> Thread:
    """Ola writes in the patient portal; an e-consultation to Kari."""
    form = {"emne": "Utslett", "text": "Jeg har utslett.", "skjema": str(uuid4()), **facts}
    if kind == "e_consultation":
        form["til"] = str(cast.kari.id)
    sent = as_patient(cast.ola).post(reverse("patient-write", args=[cast.clinic.slug, kind]), form)
    assert sent.status_code == 302, body(sent)
    with acting(cast.system):
        return Thread.objects.get(id=sent.headers["Location"].split("meldinger/")[1].split("?")[0])


def version(cast: Cast, thread: Thread) -> int:
    with acting(cast.system):
        return Thread.objects.get(id=thread.id).version


def answer(cast: Cast, client: Client, thread: Thread, text: str = "Bruk krem.") -> str:
    form = {"versjon": version(cast, thread), "text": text}
    done = client.post(address(cast, "thread-answer", thread.id), form, headers=HTMX)
    assert done.status_code == 200
    return body(done)


def say(cast: Cast, client: Client, thread: Thread, route: str = "thread-journal-note", **facts: object):
    form = {"versjon": version(cast, thread), **facts}
    return client.post(address(cast, route, thread.id), form, headers=HTMX)


def entries(cast: Cast) -> list[JournalEntry]:
    with acting(cast.system):
        return list(JournalEntry.objects.order_by("at", "id"))


@pytest.mark.req("JRN-10", "MSG-9", "MSG-14")
def test_it_is_important_due_in_five_working_days_and_may_not_be_closed_without_an_answer() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    opened(cast)
    opened(cast, "e_dialog")
    thread, other = written(cast), written(cast, "e_dialog")
    kari, api = logged_in(cast, cast.kari), Api(cast, cast.kari)
    page = body(kari.get(address(cast, "thread", thread.id)))
    assert "5 virkedager igjen" in page
    assert "En eKonsultasjon kan ikke avsluttes uten svar." in page
    told = api.get(f"threads/{thread.id}").body
    assert (told["important"], told["answer_due"], told["days_left"]) == (True, "2027-03-08", 5)
    assert (told["may_close"], api.post(f"threads/{thread.id}/close").status) == (False, 409)
    beside = api.get(f"threads/{other.id}").body
    assert (beside["important"], beside["answer_due"], beside["may_close"]) == (False, None, True)
    alerts = [row["id"] for row in api.get("threads", mailbox="viktige").body["items"]]
    assert alerts == [str(thread.id)]
    clock.move_to(MONDAY + timedelta(days=7))
    kari = logged_in(cast, cast.kari)
    assert "Frist i dag" in body(kari.get(address(cast, "thread", thread.id)))
    assert f'data-thread="{thread.id}"' in answer(cast, kari, thread)
    assert api.get(f"threads/{thread.id}").body["answer_due"] is None
    again = as_patient(cast.ola).post(
        reverse("patient-message", args=[cast.clinic.slug, thread.id]), {"text": "Det klør.", "skjema": str(uuid4())}
    )
    assert again.status_code == 302
    assert api.get(f"threads/{thread.id}").body["answer_due"] == "2027-03-15"


@pytest.mark.req("JRN-10")
def test_what_waited_before_there_was_a_deadline_gets_it_by_the_upgrade_and_nothing_else_does() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    opened(cast)
    opened(cast, "e_dialog")
    waits, answered, other = written(cast), written(cast), written(cast, "e_dialog")
    kari = logged_in(cast, cast.kari)
    answer(cast, kari, answered)
    before = import_module("skranke.dialog.migrations.0034_own_deadlines")
    with acting(cast.system), connection.cursor() as cursor:
        Thread.objects.update(answer_due=None)
        before.fill(cursor)
        due = dict(Thread.objects.values_list("id", "answer_due"))
    assert {name: str(due[one.id]) for name, one in (("waits", waits), ("answered", answered), ("other", other))} == {
        "waits": "2027-03-08",
        "answered": "None",
        "other": "None",
    }


@pytest.mark.req("JRN-9", "JRN-2", "JRN-6", "JRN-8")
def test_whoever_answers_is_asked_and_yes_needs_the_patient_a_text_and_a_problem() -> None:
    cast = make_clinic()
    opened(cast)
    thread = written(cast, vedlegg=[SimpleUploadedFile("arm.pdf", PDF)])
    kari = logged_in(cast, cast.kari)
    assert ASKED not in body(kari.get(address(cast, "thread", thread.id)))
    assert ASKED in answer(cast, kari, thread)
    assert entries(cast) == []
    whole = {"pasient": cast.ola.id, "notat": "Eksem, ses an.", "problem": "S88"}
    for missing, place in (("pasient", "journal-patient"), ("notat", "journal-note"), ("problem", "journal-problem")):
        refused = say(cast, kari, thread, **{name: value for name, value in whole.items() if name != missing})
        assert (refused.status_code, f'id="{place}_error"' in body(refused)) == (422, True), missing
        assert ("Eksem, ses an." in body(refused), 'value="S88"' in body(refused)) == (
            missing != "notat",
            missing != "problem",
        )
    assert say(cast, kari, thread, **(whole | {"pasient": cast.jonas.id})).status_code == 422
    assert say(cast, kari, thread, **(whole | {"problem": "x" * 201})).status_code == 422
    assert entries(cast) == []
    saved = say(cast, kari, thread, **whole)
    assert (saved.status_code, ASKED in body(saved)) == (200, False)
    assert "Samtalen og notatet ditt er ført i journalen." in body(saved)
    assert body(saved).count("Journalnotat") >= 2
    found = entries(cast)
    told = [(one.text, one.problem, one.author_name, one.recipient_name, one.kind) for one in found]
    assert told == [
        ("Jeg har utslett.", "", cast.ola.name, cast.kari.name, "e_consultation"),
        ("Bruk krem.", "", cast.kari.name, cast.ola.name, "e_consultation"),
        ("Eksem, ses an.", "S88", cast.kari.name, "", "e_consultation"),
    ]
    assert {one.thread_id for one in found} == {thread.id}
    assert not any("helsenorge" in one.title for one in found)
    note = body(kari.get(address(cast, "journal-entry", found[2].id)))
    assert "S88" in note
    assert address(cast, "thread", thread.id) in note
    items = Api(cast, cast.kari).get("journal", patient=cast.ola.id).body["items"]
    assert [one["problem"] for one in items] == ["S88", "", ""]
    assert [len(one["attachments"]) for one in items] == [0, 0, 1]
    assert say(cast, kari, thread, **whole).status_code == 422
    with acting(cast.system):
        assert AuditEvent.objects.filter(action="journal.recorded").count() == 3
        assert not OutboxItem.objects.filter(intent="dialog_message").exists()


@pytest.mark.req("JRN-9", "JRN-2", "MSG-24")
def test_no_is_remembered_in_the_event_log_and_the_next_answer_is_asked_about_anew() -> None:
    cast = make_clinic()
    opened(cast)
    thread = written(cast)
    kari = logged_in(cast, cast.kari)
    assert say(cast, kari, thread, "thread-journal-decline").status_code == 422
    answer(cast, kari, thread)
    declined = say(cast, kari, thread, "thread-journal-decline")
    assert (declined.status_code, ASKED in body(declined)) == (200, False)
    log = body(kari.get(address(cast, "thread", thread.id), {"vis": "hendelser"}))
    assert f"{cast.kari.name} valgte å ikke føre svaret i journalen" in log
    assert ASKED not in body(kari.get(address(cast, "thread", thread.id)))
    assert entries(cast) == []
    by_hand = kari.get(address(cast, "thread", thread.id), {"journal": "ja"})
    assert ASKED in body(by_hand)
    assert ASKED in answer(cast, kari, thread, "Og hold huden ren.")
    saved = say(cast, kari, thread, pasient=cast.ola.id, notat="Eksem.", problem="Eksem på arm")
    assert saved.status_code == 200
    assert [one.text for one in entries(cast)] == ["Jeg har utslett.", "Bruk krem.", "Og hold huden ren.", "Eksem."]


@pytest.mark.req("JRN-9", "JRN-13")
def test_over_rest_the_same_is_asked_and_no_single_action_journals_it() -> None:
    cast = make_clinic()
    opened(cast)
    thread = written(cast)
    api, place = Api(cast, cast.kari), f"threads/{thread.id}/journal"
    assert api.post(f"threads/{thread.id}/messages", {"text": "Bruk krem."}).body["id"]
    assert api.get(f"threads/{thread.id}").body["asks_journal"] is True
    assert api.post(place).status == 422
    assert (
        logged_in(cast, cast.kari)
        .post(address(cast, "thread-journal", thread.id), {"versjon": version(cast, thread)}, headers=HTMX)
        .status_code
        == 422
    )
    assert api.post(place, {"text": "Eksem.", "problem": "S88"}).status == 422
    assert entries(cast) == []
    assert api.post(place, {"decline": True}).body["asks_journal"] is False
    sure = {"patient_id": str(cast.ola.id), "text": "Eksem.", "problem": "S88"}
    assert api.post(place, sure).status == 200
    assert len(entries(cast)) == 3


@pytest.mark.req("JRN-9")
def test_nothing_else_is_asked_about() -> None:
    cast = make_clinic()
    opened(cast, "e_dialog")
    thread = written(cast, "e_dialog")
    kari = logged_in(cast, cast.kari)
    assert ASKED not in answer(cast, kari, thread)
    assert say(cast, kari, thread, "thread-journal-decline").status_code == 422
    assert say(cast, kari, thread, pasient=cast.ola.id, notat="N", problem="P").status_code == 422
    assert entries(cast) == []


@pytest.mark.req("JRN-9", "NFR-2")
def test_another_clinics_conversation_looks_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    opened(other)
    thread = written(other)
    answer(other, logged_in(other, other.kari), thread)
    kari = logged_in(cast, cast.kari)
    facts = {"versjon": 1, "pasient": other.ola.id, "notat": "N", "problem": "P"}
    for route in ("thread-journal-note", "thread-journal-decline"):
        theirs = kari.post(address(cast, route, thread.id), facts)
        none = kari.post(address(cast, route, uuid4()), facts)
        assert (theirs.status_code, same(theirs)) == (404, same(none))
    assert entries(other) == []
