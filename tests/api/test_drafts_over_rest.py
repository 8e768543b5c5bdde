"""Drafts over REST: the same as in Kladd, by the same rules (MSG-20)."""

import pytest

from skranke.dialog.models import KeptDraft, Message, Thread
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.database import as_role
from support.dialog import E_CONTACT, PDF, RENEWAL, question, receive


def _left(cast: Cast) -> int:
    with acting(cast.system):
        return KeptDraft.objects.count()


@pytest.mark.req("MSG-20", "MSG-18")
def test_a_draft_is_made_read_changed_with_its_version_and_thrown_away() -> None:
    cast = make_clinic()
    with as_role("skranke_web"):
        kari = Api(cast, cast.kari)
        file = kari.upload(PDF, "funn.pdf").body
        made = kari.post(
            "drafts",
            {
                "kind": "e_contact",
                "patient_id": str(cast.ola.id),
                "subject": "Timen din",
                "text": "Hei, Ola.",
                "attachment_ids": [file["id"]],
                "participants": [{"employee_id": str(cast.ali.id)}],
                "handling": {"important": True, "reply_due": "2027-03-09"},
            },
        )
        assert (made.status, made.headers["ETag"]) == (201, '"1"')
        path = f"drafts/{made.body['id']}"
        read = kari.get(path)
        assert (read.status, read.headers["ETag"], read.body) == (200, '"1"', made.body)
        assert [one["name"] for one in read.body["attachments"]] == ["funn.pdf"]
        assert read.body["participants"] == [{"employee_id": str(cast.ali.id), "group_id": None, "role_id": None}]
        assert read.body["handling"]["important"] is True
        assert read.body["handling"]["reply_due"] == "2027-03-09"
        assert [one["id"] for one in kari.get("drafts").body["items"]] == [made.body["id"]]
        # It is the same as in Kladd, and opens there.
        client = logged_in(cast, cast.kari)
        assert "Timen din" in body(client.get(address(cast, "drafts")))
        assert "Hei, Ola.</textarea>" in body(client.get(address(cast, "compose"), {"utkast": made.body["id"]}))
        # Nobody else has it.
        ali = Api(cast, cast.ali)
        assert (ali.get("drafts").body["items"], ali.get(path).status) == ([], 404)
        assert ali.post(f"{path}/send").status == 404
        wanted = {"kind": "e_consultation", "patient_id": str(cast.ola.id), "text": "Hei igjen."}
        assert kari.put(path, wanted).status == 428
        changed = kari.put(path, wanted, **{"If-Match": '"1"'})
        assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
        assert (changed.body["kind"], changed.body["subject"], changed.body["attachments"]) == (
            "e_consultation",
            "",
            [],
        )
        late = kari.put(path, wanted, **{"If-Match": '"1"'})
        assert (late.status, late.body["code"]) == (412, "changed")
        assert kari.put(path, {"kind": "e_contact"}, **{"If-Match": "*"}).status == 422
        # Written anew on the page it has another version, too.
        client.post(
            address(cast, "compose-save", query=f"?type=e_contact&pasient={cast.ola.id}"),
            {"kladd_id": made.body["id"], "text": "Fra siden"},
        )
        assert kari.get(path).headers["ETag"] == '"3"'
        assert kari.delete(path, **{"If-Match": '"2"'}).status == 412
        assert kari.delete(path, **{"If-Match": '"3"'}).status == 204
        assert (kari.get(path).status, _left(cast)) == (404, 0)


@pytest.mark.req("MSG-20", "CMP-5", "CMP-16", "PAT-9")
def test_a_message_is_sent_by_the_rules_of_the_page_and_a_refused_one_stays() -> None:
    cast = make_clinic()
    kari = Api(cast, cast.kari)
    facts = {"kind": "e_dialog", "patient_id": str(cast.ola.id), "subject": "Prøvesvar", "text": "Alt er fint."}
    path = f"drafts/{kari.post('drafts', facts).body['id']}"
    assert kari.post(f"{path}/send", **{"If-Match": '"7"'}).status == 412
    sent = kari.post(f"{path}/send", {"may_answer": False}, **{"If-Match": '"1"', "Idempotency-Key": "en"})
    assert (sent.status, sent.body["kind"]) == (201, "e_dialog")
    assert sent.body["messages"][0]["text"] == "Alt er fint."
    again = kari.post(f"{path}/send", {"may_answer": False}, **{"If-Match": '"1"', "Idempotency-Key": "en"})
    assert (again.status, again.body["id"], kari.get(path).status) == (201, sent.body["id"], 404)
    assert kari.post(f"{path}/send").status == 404
    # Without a patient it goes to colleagues, and needs somebody.
    alone = kari.post("drafts", {"kind": "e_dialog", "subject": "Møte", "text": "Kl. 12?"}).body
    refused = kari.post(f"drafts/{alone['id']}/send")
    assert (refused.status, refused.body["errors"][0]["field"], kari.get(f"drafts/{alone['id']}").status) == (
        422,
        "to",
        200,
    )
    kari.put(
        f"drafts/{alone['id']}",
        {"kind": "e_dialog", "subject": "Møte", "text": "Kl. 12?", "participants": [{"employee_id": str(cast.ali.id)}]},
        **{"If-Match": "*"},
    )
    assert kari.post(f"drafts/{alone['id']}/send").body["kind"] == "internal"
    # Too long for HelseNorge, and one on no list here: nothing is sent, and the draft is as it was.
    long = kari.post("drafts", facts | {"kind": "e_contact", "text": "x" * 1001}).body
    stranger = kari.post("drafts", facts | {"kind": "e_contact", "patient_id": str(cast.jonas.id)}).body
    for one in (long, stranger):
        answer = kari.post(f"drafts/{one['id']}/send")
        assert answer.status in {409, 422}
        assert kari.get(f"drafts/{one['id']}").body == one
    with acting(cast.system):
        assert Thread.objects.count() == 2


@pytest.mark.req("MSG-20", "RX-3", "RX-17", "JRN-15")
def test_an_answer_is_a_draft_of_its_thread_and_leaves_as_what_it_says() -> None:
    cast = make_clinic()
    contact, renewal = receive(cast, question(cast, kind=E_CONTACT)), receive(cast, question(cast, kind=RENEWAL))
    kari = Api(cast, cast.kari)
    made = kari.post("drafts", {"thread_id": str(contact.id), "text": "Vi ringer."})
    assert (made.status, made.body["kind"], made.body["patient_id"]) == (201, "e_contact", str(cast.ola.id))
    second = kari.post("drafts", {"thread_id": str(contact.id), "text": "Noe annet."})
    assert (second.status, second.body["code"]) == (409, "draft_exists")
    assert "Vi ringer.</textarea>" in body(logged_in(cast, cast.kari).get(address(cast, "thread", contact.id)))
    path = f"drafts/{made.body['id']}"
    kari.put(path, {"text": "Kom til time.", "turn_into": "e_consultation"}, **{"If-Match": "*"})
    sent = kari.post(f"{path}/send")
    assert (sent.status, sent.body["kind"]) == (201, "e_consultation")
    with acting(cast.system):
        out = Message.objects.filter(thread_id=contact.id, direction="out").order_by("generated_at")
        assert [(one.code, one.points_on) for one in out] == [("19", True), ("DI", False)]
    assert kari.get(path).status == 404
    # A renewal needs an outcome; refused, the answer is a draft still.
    asked = kari.post("drafts", {"thread_id": str(renewal.id), "text": "Den er fornyet."}).body
    refused = kari.post(f"drafts/{asked['id']}/send")
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "outcome")
    kari.put(
        f"drafts/{asked['id']}",
        {"text": "Det går ikke.", "outcome": "rejected"},
        **{"If-Match": f'"{asked["version"]}"'},
    )
    done = kari.post(f"drafts/{asked['id']}/send")
    assert (done.status, done.body["messages"][-1]["outcome"], _left(cast)) == (201, "rejected", 0)


@pytest.mark.req("MSG-20", "NFR-2")
def test_what_is_wrong_or_not_ones_own_is_no_draft() -> None:
    cast, stranger = make_clinic(), make_clinic()
    theirs = receive(stranger, question(stranger))
    foreign = Api(stranger, stranger.kari).upload(PDF, "deres.pdf").body["id"]
    kari = Api(cast, cast.kari)
    for facts, status in (
        ({"text": "Hei"}, 422),
        ({"kind": "e_contact"}, 422),
        ({"kind": "prescription_renewal", "text": "Hei"}, 422),
        ({"thread_id": str(theirs.id), "text": "Hei"}, 404),
        ({"kind": "e_contact", "patient_id": str(stranger.ola.id), "text": "Hei"}, 404),
        ({"kind": "e_contact", "text": "Hei", "attachment_ids": [foreign]}, 422),
        ({"kind": "e_dialog", "text": "Hei", "participants": [{"employee_id": str(stranger.ali.id)}]}, 404),
    ):
        assert kari.post("drafts", facts).status == status, facts
    assert _left(cast) == 0
    assert Api(cast, cast.kari, "read").post("drafts", {"kind": "e_contact", "text": "Hei"}).status == 403
