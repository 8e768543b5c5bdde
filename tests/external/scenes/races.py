"""Fifty at once, and the same message twice."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from peer.building import Letter, message, reservation, serialised
from peer.demo import Citizen
from peer.line import Line
from peer.party import expect
from peer.rest import Rest, RestError
from peer.stage import OSLO, Play, scene
from peer.words import E_CONSULTATION
from proton import Message

FIFTY = 50
LINES = 5


@scene
def fifty_take_one_time_over_the_bus(play: Play) -> None:
    gp, hn = play.gps[2], play.hn
    citizens = play.demo.list_of(gp)[:FIFTY]
    slot = play.free_times(gp, citizens[0])[0]
    letters = [reservation(gp, citizen, slot, "Hoste") for citizen in citizens]
    _send_at_once(play, [hn.envelope(hn.protect(serialised(message(one, play.demo)), gp), one) for one in letters])
    receipts = Counter(hn.receipt_for(letter).code for letter in letters)
    expect(receipts == {"1": FIFTY}, f"fifty receipts, not {receipts}")
    answers = Counter(hn.answer_to(letter).code for letter in letters)
    expect(answers == {"05": 1, "06": FIFTY - 1}, f"one 05 and forty-nine 06, not {answers}")
    (schedule,) = play.schedules(gp)
    start = datetime.fromisoformat(slot.start).replace(tzinfo=OSLO)
    query = {"schedule": schedule, "from": start.isoformat(), "to": (start + timedelta(minutes=1)).isoformat()}
    expect(len(play.secretary.get("appointments", **query)["items"]) == 1, "one appointment stands")


def _send_at_once(play: Play, messages: Sequence[Message]) -> None:
    """Five connections at a time."""

    def send(share: Sequence[Message]) -> None:
        line = Line(play.demo.broker)
        for one in share:
            line.send(one.address, one)
        line.close()

    with ThreadPoolExecutor(LINES) as pool:
        list(pool.map(send, [messages[number::LINES] for number in range(LINES)]))


@scene
def fifty_take_one_time_over_rest(play: Play) -> None:
    gp = play.gps[2]
    rest = play.rest(gp)
    patients = [rest.patient(citizen) for citizen in play.demo.list_of(gp)[:FIFTY]]
    (schedule,) = play.schedules(gp)
    slot = rest.slots(datetime.now(OSLO) + timedelta(hours=1), 21, schedule=schedule)[0]

    def book(patient: str) -> int:
        try:
            Rest(play.demo, play.demo.user_of(gp)).post("appointments", {"slot_id": slot["id"], "patient_id": patient})
        except RestError as error:
            return error.status
        return 201

    with ThreadPoolExecutor(LINES) as pool:
        outcomes = Counter(pool.map(book, patients))
    expect(outcomes == {201: 1, 409: FIFTY - 1}, f"one is made and forty-nine conflict, not {outcomes}")


@scene
def the_same_message_id_twice(play: Play) -> None:
    letter = _question(play, play.citizen_of(play.gps[0]))
    body = play.hn.protect(serialised(message(letter, play.demo)), letter.gp)
    first = play.hn.send_bytes(body, letter)
    play.hn.send_bytes(body, letter, message_id=first)
    _came_once(play, letter)


@scene
def the_same_msg_id_in_two_messages(play: Play) -> None:
    letter = _question(play, play.citizen_of(play.gps[0]))
    payload = serialised(message(letter, play.demo))
    for _ in range(2):
        play.hn.send_bytes(play.hn.protect(payload, letter.gp), letter)
    _came_once(play, letter)


def _question(play: Play, citizen: Citizen) -> Letter:
    return Letter(
        function=E_CONSULTATION, code="SB", gp=play.gps[0], citizen=citizen, subject="To ganger", text="En gang."
    )


def _came_once(play: Play, letter: Letter) -> None:
    """One receipt, one thread. A later message's receipt tells that the repeat has been dealt with."""
    assert letter.citizen is not None
    expect(play.hn.receipt_for(letter).code == "1", "the message is received")
    later = _question(play, play.regular)
    play.hn.send(later)
    play.hn.receipt_for(later)
    again = play.hn.count(lambda one: letter.msg_id in (one.original, one.conversation), 1)
    expect(again == 0, "the repeat is answered by nothing")
    (row,) = play.rest(letter.gp).threads(letter.citizen)
    expect(len(play.rest(letter.gp).get(f"threads/{row['id']}")["messages"]) == 1, "one thread with one message")


@scene
def the_same_reservation_twice(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    citizen = play.citizen_of(gp)
    letter = reservation(gp, citizen, play.free_times(gp, citizen)[0], "Hoste")
    payload = serialised(message(letter, play.demo))
    for _ in range(2):
        hn.send_bytes(hn.protect(payload, gp), letter)
    hn.receipt_for(letter)
    expect(hn.answer_to(letter).code == "05", "the reservation is confirmed")
    later = _question(play, play.regular)
    hn.send(later)
    hn.receipt_for(later)
    again = hn.count(lambda one: letter.msg_id in (one.original, one.conversation), 1)
    expect(again == 0, "once")
    expect(len(play.rest(gp).appointments(citizen)) == 1, "one appointment")
