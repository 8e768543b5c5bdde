"""Threads, messages, attachments and the journal over REST."""

from datetime import timedelta
from decimal import Decimal

import pytest

from skranke.clinics.models import Group
from skranke.dialog import services
from skranke.dialog.models import Message, Thread
from skranke.dialog.values import PrescriptionFacts
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.standards import profile
from skranke.tenancy.work import acting

from cast import make_clinic
from support.api import Api
from support.dialog import E_CONTACT, PDF, PNG, RENEWAL, file, holders, question, receive

MIB = 1024 * 1024


@pytest.mark.req("RCV-1", "MSG-19", "JRN-1")
def test_a_received_consultation_can_be_listed_read_and_found_in_the_journal() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, attachments=(file(PNG, "bilde.png", "image/png"),)))
    kari = Api(cast, cast.kari)
    rows = kari.get("threads", mailbox="innboks").body["items"]
    assert [row["id"] for row in rows] == [str(thread.id)]
    assert "helsenorge.no" in rows[0]["title"]
    read = kari.get(f"threads/{thread.id}")
    message = read.body["messages"][0]
    assert (message["direction"], message["code"], message["text"]) == ("in", "SB", "Hei. Jeg har fått et utslett.")
    assert kari.get(f"attachments/{message['attachments'][0]['id']}").content == PNG
    entry = kari.get("journal", patient=cast.ola.id).body["items"][0]
    assert (entry["id"], entry["thread_id"]) == (message["journal_entry_id"], str(thread.id))


@pytest.mark.req("MSG-25", "CMP-8", "MSG-22")
def test_an_answer_with_an_attachment_is_queued_once() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari = Api(cast, cast.kari)
    uploaded = kari.upload(PDF, "råd.pdf")
    assert uploaded.status == 201
    answer = kari.post(
        f"threads/{thread.id}/messages", {"text": "Prøv dette.", "attachment_ids": [uploaded.body["id"]]}
    )
    assert (answer.status, answer.body["code"], answer.body["delivery"]) == (201, "12", "queued")
    assert [one["size"] for one in answer.body["attachments"]] == [len(PDF)]
    with acting(cast.system):
        assert OutboxItem.objects.filter(intent="dialog_message").count() == 1


@pytest.mark.req("MSG-9")
def test_a_consultation_that_waits_cannot_be_closed_and_the_problem_says_why() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    refused = Api(cast, cast.kari).post(f"threads/{thread.id}/close")
    assert (refused.status, refused.body["code"], refused.body["permanent"]) == (409, "answer_required", True)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.body["request_id"]


@pytest.mark.req("MSG-18")
def test_an_answer_to_an_older_version_is_refused() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    ali, anne = Api(cast, cast.ali), Api(cast, cast.anne)
    etag = ali.get(f"threads/{thread.id}").headers["ETag"]
    assert anne.post(f"threads/{thread.id}/messages", {"text": "Ja."}, **{"If-Match": etag}).status == 201
    late = ali.post(f"threads/{thread.id}/messages", {"text": "Nei."}, **{"If-Match": etag})
    assert (late.status, late.body["code"]) == (412, "thread_changed")


def test_a_repeated_write_is_answered_as_the_first_and_done_once() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari = Api(cast, cast.kari)
    key = {"Idempotency-Key": "one-answer"}
    first = kari.post(f"threads/{thread.id}/messages", {"text": "Prøv dette."}, **key)
    again = kari.post(f"threads/{thread.id}/messages", {"text": "Prøv dette."}, **key)
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(kari.get(f"threads/{thread.id}").body["messages"]) == 2
    other = kari.post(f"threads/{thread.id}/messages", {"text": "Noe annet."}, **key)
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_the_same_content_under_another_name_is_another_upload() -> None:
    cast = make_clinic()
    kari = Api(cast, cast.kari)
    key = {"Idempotency-Key": "one-file"}
    first, again = (kari.upload(PDF, "svar.pdf", **key) for _ in range(2))
    assert (again.status, again.body) == (first.status, first.body)
    other = kari.upload(PDF, "henvisning.pdf", **key)
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


@pytest.mark.req("CMP-9", "NFR-8")
def test_twelve_mebibytes_are_taken_and_one_byte_more_is_refused() -> None:
    cast = make_clinic()
    kari = Api(cast, cast.kari)
    exact = PDF + b"0" * (12 * MIB - len(PDF))
    assert kari.upload(exact, "stor.pdf").status == 201
    refused = kari.upload(exact + b"0", "for-stor.pdf")
    assert (refused.status, refused.body["code"]) == (413, "attachments_too_large")


@pytest.mark.req("CMP-9")
def test_several_files_count_together() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari = Api(cast, cast.kari)
    half = PDF + b"0" * (6 * MIB - len(PDF))
    ids = [kari.upload(half, "a.pdf").body["id"], kari.upload(half + b"0", "b.pdf").body["id"]]
    refused = kari.post(f"threads/{thread.id}/messages", {"text": "Se her.", "attachment_ids": ids})
    assert (refused.status, refused.body["code"]) == (413, "attachments_too_large")
    assert len(kari.get(f"threads/{thread.id}").body["messages"]) == 1


@pytest.mark.req("CMP-16")
def test_a_text_over_the_limit_is_refused_and_names_the_field() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    refused = Api(cast, cast.kari).post(f"threads/{thread.id}/messages", {"text": "x" * 1001})
    assert refused.status == 422
    assert [one["field"] for one in refused.body["errors"]] == ["text"]


@pytest.mark.req("PAT-10")
def test_a_dialog_with_somebody_who_is_on_no_list_is_refused() -> None:
    cast = make_clinic()
    body = {"patient_id": str(cast.jonas.id), "kind": "e_contact", "subject": "Hei", "text": "Hei."}
    refused = Api(cast, cast.ali).post("threads", body)
    assert (refused.status, refused.body["code"]) == (422, "patient_unreachable")


@pytest.mark.req("CMP-7", "MSG-25")
def test_a_dialog_is_started_with_an_answer_field_or_without() -> None:
    cast = make_clinic()
    body = {"patient_id": str(cast.ola.id), "kind": "e_contact", "subject": "Time", "text": "Ring oss."}
    ali = Api(cast, cast.ali)
    assert ali.post("threads", body).body["messages"][0]["code"] == "DI"
    assert ali.post("threads", {**body, "may_answer": False}).body["messages"][0]["code"] == "EKI"


@pytest.mark.req("MSG-22", "PAT-12", "DDFL-ID-03")
def test_what_did_not_arrive_is_told_in_plain_words_and_sent_again_once() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari = Api(cast, cast.kari)
    sent = kari.post(f"threads/{thread.id}/messages", {"text": "Prøv dette."}).body
    assert (sent["delivery_code"], sent["may_resend"]) == ("", False)
    with acting(cast.system):
        services.mark_delivery(
            Message.objects.get(id=sent["id"]).msg_id, "failed", clock.now(), "x", "transport:internal-error"
        )
        OutboxItem.objects.filter(subject_id=sent["id"]).update(state="failed")
    failed = kari.get(f"threads/{thread.id}").body["messages"][-1]
    assert (failed["delivery"], failed["may_resend"]) == ("failed", True)
    assert failed["delivery_code"] == "transport:internal-error"
    assert failed["delivery_reason"] == "Det oppsto en feil på veien til HelseNorge. Prøv å sende på nytt."
    path = f"threads/{thread.id}/messages/{sent['id']}/resend"
    done = kari.post(path)
    assert (done.status, done.body["delivery"], done.body["may_resend"]) == (200, "queued", False)
    again = kari.post(path)
    assert (again.status, again.body["code"]) == (409, "message_not_resendable")
    with acting(cast.system):
        assert OutboxItem.objects.filter(subject_id=sent["id"]).count() == 1


@pytest.mark.req("RX-4", "RX-5", "DDFL-RX-03", "DDFL-RX-10")
@pytest.mark.parametrize("wanted", ["renewed", "14"])
def test_a_renewal_tells_its_outcomes_and_is_answered_with_one(wanted) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL))
    ali = Api(cast, cast.ali)
    told = ali.get(f"threads/{thread.id}").body
    assert [(one["outcome"], one["code"]) for one in told["outcomes"]] == [
        ("rejected", "26"),
        ("renewed", "14"),
        ("not_renewed", "15"),
        ("partly_renewed", "32"),
    ]
    path = f"threads/{thread.id}/messages"
    for body, field in (({"text": "", "outcome": wanted}, "text"), ({"text": "Ja."}, "outcome")):
        refused = ali.post(path, body)
        assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, [field])
    answer = ali.post(path, {"text": "Ja.", "outcome": wanted})
    assert (answer.status, answer.body["code"], answer.body["outcome"]) == (201, "14", "renewed")
    read = ali.get(f"threads/{thread.id}").body
    assert (read["closed"], read["may_answer"], read["answered_finally"], read["outcomes"]) == (True, False, True, [])
    again = ali.post(path, {"text": "Nei.", "outcome": "rejected"})
    assert (again.status, again.body["code"]) == (409, "already_answered")


@pytest.mark.req("RX-16", "DDFL-RX-04", "DDFL-RX-05", "DDFL-RX-12")
def test_a_record_system_tells_what_it_has_renewed() -> None:
    cast = make_clinic()
    wanted = PrescriptionFacts(name="Prøvelin tab 5 mg", group="C", amount=Decimal(2), repeats=3)
    thread = receive(cast, question(cast, kind=RENEWAL, code="RFER", text="", prescriptions=(wanted,)))
    ali = Api(cast, cast.ali)
    read = ali.get(f"threads/{thread.id}").body
    assert [one["outcome"] for one in read["outcomes"] if one["names_items"]] == ["renewed", "partly_renewed"]
    (asked,) = read["messages"][0]["prescriptions"]
    assert (asked["name"], asked["amount"], asked["repeats"]) == ("Prøvelin tab 5 mg", "2.000", 3)
    assert (asked["prescribed"], asked["expires"]) == (None, None)
    items = [
        {"of": asked["id"], "prescribed": "2026-11-24", "expires": "2027-11-24"},
        {"name": "Paracet tab 500 mg", "group": "F", "amount": 1.5, "article_number": "123456", "atc": "N02BE01"},
    ]
    path, body = f"threads/{thread.id}/messages", {"text": "Klare.", "outcome": "renewed"}
    for outcome, stated in (("not_renewed", items), ("renewed", [{"group": "C"}])):
        refused = ali.post(path, body | {"outcome": outcome, "prescriptions": stated})
        assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, ["prescriptions"])
    answer = ali.post(path, body | {"prescriptions": items})
    assert answer.status == 201
    told = answer.body["prescriptions"]
    assert [(one["name"], one["amount"], one["expires"], one["article_number"]) for one in told] == [
        ("Prøvelin tab 5 mg", "2.000", "2027-11-24", ""),
        ("Paracet tab 500 mg", "1.500", None, "123456"),
    ]


@pytest.mark.req("RX-2", "RX-10", "RX-16", "DDFL-RX-05")
def test_a_record_system_arranges_the_items_and_tells_what_is_renewed_and_what_is_not() -> None:
    cast = make_clinic()
    named = [PrescriptionFacts(name=name, group="C") for name in ("Prøvelin tab 5 mg", "Prøvex tab 1 mg")]
    thread, other = (
        receive(cast, question(cast, kind=RENEWAL, code="RFER", text="", prescriptions=tuple(named))) for _ in range(2)
    )
    ali, path = Api(cast, cast.ali), f"threads/{thread.id}/messages"
    asked = ali.get(f"threads/{thread.id}").body
    ids = [one["id"] for one in asked["messages"][0]["prescriptions"]]
    assert [(one["number"], one["text"], one["prescription_id"]) for one in asked["items"]] == [
        (1, "Prøvelin tab 5 mg", ids[0]),
        (2, "Prøvex tab 1 mg", ids[1]),
    ]
    arranged = ali.put(f"threads/{thread.id}/items", {"items": ["Prøvex tab 1 mg", "Noe nytt", "Prøvelin tab 10 mg"]})
    assert [one["prescription_id"] for one in arranged.body["items"]] == [ids[1], None, None]
    for items in ([], [" "], ["x" * 501], ["x"] * 101):
        refused = ali.put(f"threads/{thread.id}/items", {"items": items})
        assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, ["items"])
    body = {"text": "Se under.", "outcome": "partly_renewed"}
    yes, no = {"number": 1, "renewed": True}, {"number": 2, "renewed": False}
    for outcome, results in (
        ("partly_renewed", []),
        ("partly_renewed", [yes]),
        ("partly_renewed", [no]),
        ("renewed", [yes, no]),
        ("not_renewed", [yes]),
        ("rejected", [no]),
        ("partly_renewed", [yes, no, no]),
        ("partly_renewed", [yes, no, {"number": 9, "renewed": True}]),
    ):
        refused = ali.post(path, body | {"outcome": outcome, "results": results})
        assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, ["results"])
    # A record system that keeps the items itself tells of the outcome alone.
    assert ali.post(f"threads/{other.id}/messages", body).status == 201
    whole = body | {"results": [no, yes, {"number": 4, "renewed": True, "text": "Prøvekrem"}]}
    for stray in ({"item": 2, "name": "Noe nytt", "group": "C"}, {"name": "Noe nytt", "group": "C"}):
        refused = ali.post(path, whole | {"prescriptions": [{"of": ids[1], "item": 1}, stray]})
        assert (refused.status, refused.body["code"]) == (422, "prescription_invalid")
        assert refused.body["detail"].startswith("Resept 2: ")
    answer = ali.post(path, whole | {"prescriptions": [{"of": ids[1], "item": 1}]})
    assert answer.status == 201
    assert [(one["number"], one["text"], one["renewed"]) for one in answer.body["results"]] == [
        (1, "Prøvex tab 1 mg", True),
        (2, "Noe nytt", False),
        (4, "Prøvekrem", True),
    ]
    assert [one["name"] for one in answer.body["prescriptions"]] == ["Prøvex tab 1 mg"]
    late = ali.put(f"threads/{thread.id}/items", {"items": ["For sent"]})
    assert late.status == 409


@pytest.mark.req("RX-11")
def test_the_record_system_tells_what_it_has_issued_and_reads_whether_anything_was() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL))
    ali, path = Api(cast, cast.ali), f"patients/{cast.ola.id}/prescriptions"
    assert ali.get(f"threads/{thread.id}").body["issued"] == "unknown"
    later = (clock.now() + timedelta(hours=1)).isoformat()
    now = clock.now().isoformat()
    for name, at, field in ((" ", now, "name"), ("x" * 501, now, "name"), ("x", later, "issued_at")):
        refused = ali.post(path, {"name": name, "issued_at": at})
        assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, [field])
    before = (clock.now() - timedelta(days=1)).isoformat()
    assert ali.post(path, {"name": "Paracet tab 500 mg", "issued_at": before}).status == 201
    assert ali.get(f"threads/{thread.id}").body["issued"] == "no"
    told = ali.post(path, {"name": "Paracet tab 500 mg", "issued_at": clock.now().isoformat()})
    assert (told.status, told.body["patient_id"], told.body["name"]) == (201, str(cast.ola.id), "Paracet tab 500 mg")
    assert ali.get(f"threads/{thread.id}").body["issued"] == "yes"
    # Over REST nobody can be asked to press again: the answer leaves, and `issued` has said what is known.
    ali.post(f"threads/{thread.id}/messages", {"text": "Klar.", "outcome": "renewed"})
    assert ali.get(f"threads/{thread.id}").body["issued"] == ""


@pytest.mark.req("RX-16")
def test_an_answer_without_prescriptions_is_refused_where_the_profile_says_so(monkeypatch) -> None:
    monkeypatch.setattr(profile, "RENEWAL_NEEDS_PRESCRIPTIONS", True)
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL))
    refused = Api(cast, cast.ali).post(f"threads/{thread.id}/messages", {"text": "Klar.", "outcome": "14"})
    assert (refused.status, refused.body["code"]) == (422, "prescriptions_needed")


@pytest.mark.req("DDFL-EK-03", "DDFL-KO-06")
def test_what_a_patient_wrote_is_rejected_while_the_thread_says_that_it_may_be() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari = Api(cast, cast.kari)
    assert kari.get(f"threads/{thread.id}").body["may_refuse"]
    answer = {"text": "Ring oss om dette.", "outcome": "rejected"}
    told = kari.post(f"threads/{thread.id}/messages", answer)
    assert (told.status, told.body["code"], told.body["outcome"]) == (201, "26", "rejected")
    after = kari.get(f"threads/{thread.id}").body
    assert (after["may_refuse"], after["closed"]) == (False, True)
    again = kari.post(f"threads/{thread.id}/messages", answer)
    assert (again.status, [one["field"] for one in again.body["errors"]]) == (422, ["outcome"])


@pytest.mark.req("MSG-17", "ORG-10", "RCV-8")
def test_a_thread_goes_on_to_a_group_or_a_role_and_to_one_only() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.system):
        reception = Group.objects.get()
    kari, path = Api(cast, cast.kari), f"threads/{thread.id}/forward"
    given = kari.post(path, {"group_id": str(reception.id)})
    assert given.status == 200
    assert {(one["group_id"], one["name"]) for one in given.body["participants"]} == {
        (None, "Kari Lunde"),
        (str(reception.id), "Resepsjon"),
    }
    assert holders(cast, thread) == {"Ali"}
    nurses = str(cast.anne.held_role_id)
    both = kari.post(path, {"group_id": str(reception.id), "role_id": nurses})
    assert (both.status, both.body["code"]) == (422, "invalid")
    assert kari.post(path, {"role_id": nurses}).status == 200
    assert holders(cast, thread) == {"Anne"}


@pytest.mark.req("CMP-4", "MSG-22")
def test_an_e_dialog_is_started_over_rest_and_its_reading_is_told() -> None:
    cast = make_clinic()
    kari = Api(cast, cast.kari)
    body = {"patient_id": str(cast.jonas.id), "kind": "e_dialog", "subject": "Prøvesvar", "text": "Alt er fint."}
    made = kari.post("threads", body)
    assert (made.status, made.body["kind"], made.body["title"]) == (201, "e_dialog", "Prøvesvar")
    assert made.body["messages"][0]["delivery"] == "ready"
    with acting(cast.actor(cast.jonas)):
        services.mark_read_by_patient(Thread.objects.get(id=made.body["id"]))
    assert kari.get(f"threads/{made.body['id']}").body["messages"][0]["delivery"] == "read"
