"""Part 1: e-consultation and e-contact, from the citizen to the clinic and back."""

from typing import Any

from peer.building import Letter, Thread
from peer.demo import Citizen, Gp, User
from peer.party import expect
from peer.reading import Received
from peer.rest import Rest, until
from peer.stage import Play, scene
from peer.words import E_CONSULTATION, E_CONTACT


@scene
def an_e_consultation(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    citizen, file, rest = play.citizen_of(gp), play.picture("Utslett på armen", 400), play.rest(gp)
    text = "Utslettet klør mest om natten. Æ, ø og å kommer frem & tegn som < også."
    first = Letter(
        function=E_CONSULTATION, code="SB", gp=gp, citizen=citizen, subject="Utslett", text=text, files=[file]
    )
    hn.send(first)
    expect(hn.receipt_for(first).code == "1", "the e-consultation is received")
    thread = _thread_of(rest, citizen, "e_consultation")
    expect("helsenorge.no" in thread["title"], "the thread is titled with helsenorge.no")
    (came,) = thread["messages"]
    expect((came["direction"], came["text"]) == ("in", text), "the text as it was sent")
    _same_file(rest, f"attachments/{came['attachments'][0]['id']}", file.content)
    _in_the_journal(rest, citizen, text, file.content)

    answer = _gp_answers(play, gp, thread["id"], first)
    follow_up = Letter(
        function=E_CONSULTATION, code="22", gp=gp, citizen=citizen, text="Takk! Det hjalp.",
        thread=Thread(answer.msg_id, first.msg_id),
    )  # fmt: skip
    hn.send(follow_up)
    expect(hn.receipt_for(follow_up).code == "1", "the follow-up is received")
    again = _thread_of(rest, citizen, "e_consultation")
    expect(again["id"] == thread["id"], "the follow-up lands in the same thread")
    expect([one["direction"] for one in again["messages"]] == ["in", "out", "in"], "its three messages in order")

    rest.post(f"threads/{thread['id']}/messages", {"text": "Fint. Da avslutter vi.", "close": True})
    closing = hn.answer_to(follow_up)
    expect(closing.code == "13" and closing.parent == follow_up.msg_id, "an answer that closes is 13, to the follow-up")
    expect(rest.get(f"threads/{thread['id']}")["closed"], "the thread is closed at the clinic")
    expect(len(rest.journal(citizen)) == 4, "every message of the e-consultation is in the journal")


def _gp_answers(play: Play, gp: Gp, thread: str, first: Letter) -> Received:
    """The GP answers with an attachment; its delivery is seen on the thread until HelseNorge's receipt."""
    hn, rest, file = play.hn, play.rest(gp), play.picture("raad.png", 200)
    hn.acknowledges = False
    sent = rest.post(
        f"threads/{thread}/messages", {"text": "Bruk krem morgen og kveld.", "attachment_ids": [rest.upload(file)]}
    )
    answer = hn.answer_to(first)
    expect(answer.code == "12", f"an answer is 12, not {answer.code}")
    expect(answer.parent == answer.conversation == first.msg_id, "it refers to the question")
    expect(answer.sender == gp.name and answer.author in ("", gp.name), "with the GP's name on it")
    expect(answer.body == "Bruk krem morgen og kveld.", "with the text")
    expect([one.content for one in answer.files] == [file.content], "with the attachment, byte for byte")
    expect(answer.files[0].media_type == "image/png", "and its type")
    until(lambda: _delivery(rest, thread, sent["id"]) == "sent", "the message as sent")
    hn.acknowledge(answer)
    until(lambda: _delivery(rest, thread, sent["id"]) == "received", "the message as received")
    hn.acknowledges = True
    return answer


@scene
def a_question_in_a_closed_e_consultation(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    citizen, rest = play.citizen_of(gp), play.rest(gp)
    first = Letter(function=E_CONSULTATION, code="SB", gp=gp, citizen=citizen, subject="Søvn", text="Jeg sover dårlig.")
    hn.send(first)
    hn.receipt_for(first)
    thread = _thread_of(rest, citizen, "e_consultation")
    rest.post(f"threads/{thread['id']}/messages", {"text": "Se råd på nettet.", "close": True})
    closing = hn.answer_to(first)
    more = Letter(
        function=E_CONSULTATION, code="22", gp=gp, citizen=citizen, text="Det hjalp ikke.",
        thread=Thread(closing.msg_id, first.msg_id),
    )  # fmt: skip
    hn.send(more)
    expect(hn.receipt_for(more).code == "1", "a question after closing is received")
    again = _thread_of(rest, citizen, "e_consultation")
    expect(again["id"] == thread["id"] and not again["closed"], "and opens the same thread again")


@scene
def an_e_contact(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    citizen, file = play.citizen_of(gp), play.picture("Skjema")
    first = Letter(
        function=E_CONTACT, code="HE", gp=gp, citizen=citizen, subject="Åpningstid", text="Er dere åpne?", files=[file]
    )
    hn.send(first)
    expect(hn.receipt_for(first).code == "1", "the e-contact is received")
    everybody = [Rest(play.demo, user) for user in play.demo.users]
    found = {_thread_of(rest, citizen, "e_contact")["id"] for rest in everybody}
    expect(len(found) == 1, "the whole clinic has the e-contact in its inbox")
    (thread,) = found
    (came,) = play.secretary.get(f"threads/{thread}")["messages"]
    _same_file(play.secretary, f"attachments/{came['attachments'][0]['id']}", file.content)
    expect(not play.rest(gp).journal(citizen), "an e-contact is not journaled")

    answer = _secretary_answers(play, thread, first)
    follow_up = Letter(
        function=E_CONTACT, code="22", gp=gp, citizen=citizen, text="Takk.", thread=Thread(answer.msg_id, first.msg_id)
    )
    hn.send(follow_up)
    expect(hn.receipt_for(follow_up).code == "1", "the follow-up is received")
    expect(_thread_of(play.secretary, citizen, "e_contact")["id"] == thread, "it lands in the same thread")

    play.secretary.post(f"threads/{thread}/messages", {"text": "Bare hyggelig.", "close": True})
    closing = hn.answer_to(follow_up)
    expect(closing.code == "19", "an e-contact is closed with an ordinary answer: 13 is not for it")
    expect(play.secretary.get(f"threads/{thread}")["closed"], "the thread is closed at the clinic")
    expect(not play.rest(gp).journal(citizen), "and nothing of it is journaled")


def _secretary_answers(play: Play, thread: str, first: Letter) -> Received:
    rest, file = play.secretary, play.picture("timeplan.png")
    sent = rest.post(f"threads/{thread}/messages", {"text": "Ja, til 15.", "attachment_ids": [rest.upload(file)]})
    answer = play.hn.answer_to(first)
    expect(answer.code == "19", f"an answer to an e-contact is 19, not {answer.code}")
    expect(answer.sender == first.gp.name, "from the GP that the citizen wrote to")
    expect(answer.author == _secretary(play).name, "with the name of who answered")
    expect([one.content for one in answer.files] == [file.content], "with the attachment")
    until(lambda: _delivery(rest, thread, sent["id"]) == "received", "the answer as received")
    return answer


def _secretary(play: Play) -> User:
    return next(user for user in play.demo.users if user.role == "secretary")


@scene
def a_dialog_that_the_gp_starts(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    citizen, rest = play.citizen_of(gp), play.rest(gp)
    body = {
        "patient_id": rest.patient(citizen),
        "kind": "e_consultation",
        "subject": "Prøvesvar",
        "text": "Alt er fint.",
    }
    thread = rest.post("threads", body)
    came = hn.wait(lambda one: one.code == "DI" and one.patient == citizen.national_id, "the dialog")
    expect(not came.conversation, "the first message of a thread refers to none")
    expect((came.text("//d:EmneSporsmal"), came.body) == ("Prøvesvar", "Alt er fint."), "subject and text")
    answer = Letter(
        function=E_CONSULTATION,
        code="22",
        gp=gp,
        citizen=citizen,
        text="Så bra!",
        thread=Thread(came.msg_id, came.msg_id),
    )
    hn.send(answer)
    expect(hn.receipt_for(answer).code == "1", "the citizen's answer is received")
    expect(len(rest.get(f"threads/{thread['id']}")["messages"]) == 2, "and stands in the thread that the GP started")


@scene
def an_answer_that_helsenorge_refuses(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    citizen, rest = play.citizen_of(gp), play.rest(gp)
    first = Letter(function=E_CONSULTATION, code="SB", gp=gp, citizen=citizen, subject="Kne", text="Vondt i kneet.")
    hn.send(first)
    hn.receipt_for(first)
    thread = _thread_of(rest, citizen, "e_consultation")["id"]
    hn.acknowledges = False
    sent = rest.post(f"threads/{thread}/messages", {"text": "Ta det med ro."})
    hn.acknowledge(hn.answer_to(first), error="E35")
    until(lambda: _delivery(rest, thread, sent["id"]) == "rejected", "the message as rejected")


def _thread_of(rest: Rest, citizen: Citizen, kind: str) -> dict[str, Any]:
    """The citizen's one thread in the inbox. No waiting: a receipt tells that it is there."""
    rows = rest.threads(citizen)
    expect([row["kind"] for row in rows] == [kind], f"one {kind} in the inbox, not {[row['kind'] for row in rows]}")
    found: dict[str, Any] = rest.get(f"threads/{rows[0]['id']}")
    return found


def _delivery(rest: Rest, thread: str, message: str) -> str:
    return next(str(one["delivery"]) for one in rest.get(f"threads/{thread}")["messages"] if one["id"] == message)


def _same_file(rest: Rest, path: str, content: bytes) -> None:
    expect(rest.call("GET", path) == content, "the attachment, byte for byte")


def _in_the_journal(rest: Rest, citizen: Citizen, text: str, content: bytes) -> None:
    (entry,) = rest.journal(citizen)
    expect(text in entry["text"], "the whole text is in the journal")
    _same_file(rest, f"journal/attachments/{entry['attachments'][0]['id']}", content)
