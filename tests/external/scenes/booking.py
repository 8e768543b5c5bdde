"""Part 2: free times, booking, cancelling, and what the clinic books."""

from datetime import datetime, timedelta
from typing import Any

from peer.building import Event, Letter, reservation
from peer.demo import Citizen, Gp
from peer.party import expect
from peer.reading import Received, is_uuid
from peer.rest import Rest
from peer.stage import OSLO, Play, scene
from peer.words import ANSWERS, BOOKING, E_CONSULTATION, PUSH, TEST, oid


@scene
def a_citizen_books_and_cancels(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    citizen, rest = play.citizen_of(gp), play.rest(gp)
    slot = play.free_times(gp, citizen)[0]
    wanted = reservation(gp, citizen, slot, "Vondt i øret siden lørdag")
    hn.send(wanted)
    expect(hn.receipt_for(wanted).code == "1", "the reservation is received")
    booked = _confirmed(hn.answer_to(wanted), slot)

    (standing,) = rest.appointments(citizen)
    expect(_wall(standing["start"]) == slot.start, "the appointment stands in the timebok")
    expect(standing["comment"] == "Vondt i øret siden lørdag", "with the comment")
    other = play.citizen_of(gp)
    expect(slot.start not in [one.start for one in play.free_times(gp, other)], "the time is not offered any more")

    _cancels(play, gp, citizen, booked)
    expect(not rest.appointments(citizen), "the appointment is gone")
    (again,) = [one for one in play.free_times(gp, other) if one.start == slot.start]
    expect(again.uid != slot.uid, "the time is offered again, with a uid of its own")


def _confirmed(answer: Received, slot: Event) -> Event:
    expect(answer.code == "05", f"a free time is confirmed with 05, not {answer.code}: {answer.body}")
    (event,) = answer.events
    expect((event.start, event.end, event.uid, event.contact) == (slot.start, slot.end, slot.uid, slot.contact),
           "the time that was chosen")  # fmt: skip
    expect(is_uuid(event.appointment), "related-to is the appointment's new id")
    expect(event.status == "CONFIRMED", "confirmed")
    return event


def _cancels(play: Play, gp: Gp, citizen: Citizen, booked: Event) -> None:
    letter = Letter(function=BOOKING, code="ART", gp=gp, citizen=citizen, event=booked, takes_another=False)
    play.hn.send(letter)
    expect(play.hn.receipt_for(letter).code == "1", "the cancellation is received")
    answer = play.hn.answer_to(letter)
    expect(answer.code == "08", f"a cancellation is confirmed with 08, not {answer.code}")
    (event,) = answer.events
    expect((event.appointment, event.uid) == (booked.appointment, booked.uid), "of that appointment")


@scene
def somebody_elses_appointment_stays(play: Play) -> None:
    gp, hn = play.gps[0], play.hn
    owner, other = play.citizen_of(gp), play.citizen_of(gp)
    slot = play.free_times(gp, owner)[0]
    wanted = reservation(gp, owner, slot, "Blodtrykk")
    hn.send(wanted)
    hn.receipt_for(wanted)
    booked = _confirmed(hn.answer_to(wanted), slot)
    letter = Letter(function=BOOKING, code="ART", gp=gp, citizen=other, event=booked, takes_another=False)
    hn.send(letter)
    expect(hn.receipt_for(letter).code == "1", "the cancellation is received")
    expect(hn.answer_to(letter).code == "09", "another's appointment cannot be cancelled")
    expect(len(play.rest(gp).appointments(owner)) == 1, "it stands")


@scene
def the_clinic_books_moves_and_cancels(play: Play) -> None:
    gp = play.gps[1]
    citizen, rest = play.citizen_of(gp), play.rest(gp)
    first, second = _desk_slots(play, rest, gp)[:2]
    made = _book(rest, first, citizen, comment="Kontroll")
    push = _push(play, citizen, "05")
    (event,) = push.events
    expect(event.start == _wall(first["start"]) and event.status == "CONFIRMED", "the time that was booked")
    expect(event.appointment and event.uid and event.summary and event.location, "with id, uid, summary and place")

    rest.edit(f"appointments/{made['id']}", made["version"], {"slot_id": second["id"]})
    (moved,) = _push(play, citizen, "07").events
    expect(moved.start == _wall(second["start"]), "a move is told as one change")
    expect((moved.appointment, moved.uid) == (event.appointment, event.uid), "of the same appointment")

    more = play.hn.count(lambda one: one.patient == citizen.national_id, 1)
    expect(more == 0, "and by nothing else")

    rest.post(f"appointments/{made['id']}/cancel", {"by": "clinic", "reason": "Legen er syk"})
    (gone,) = _push(play, citizen, "08").events
    expect((gone.appointment, gone.status) == (event.appointment, "CANCELLED"), "the cancellation is told")
    expect(not rest.appointments(citizen), "and the appointment is gone")


@scene
def what_is_undone_in_the_grace_period_never_leaves(play: Play) -> None:
    gp, hn = play.gps[1], play.hn
    citizen, rest = play.citizen_of(gp), play.rest(gp)
    made = _book(rest, _desk_slots(play, rest, gp)[0], citizen)
    rest.post(f"appointments/{made['id']}/cancel", {"by": "clinic"})
    told = hn.count(lambda one: one.patient == citizen.national_id, play.demo.grace_seconds + 4)
    expect(told == 0, "nothing of it leaves the clinic")


def _book(rest: Rest, slot: dict[str, Any], citizen: Citizen, comment: str = "") -> dict[str, Any]:
    body = {"slot_id": slot["id"], "patient_id": rest.patient(citizen), "comment": comment}
    made: dict[str, Any] = rest.post("appointments", body)
    return made


def _push(play: Play, citizen: Citizen, code: str) -> Received:
    came = play.hn.wait(
        lambda one: one.patient == citizen.national_id and one.code == code and one.function in {BOOKING, PUSH},
        f"push {code}",
    )
    expect(came.code_list == oid(ANSWERS), "a push's code is of the list of answers")
    expect(came.has("//d:Foresporsel/d:TypeForesp") and not came.conversation, "and starts a conversation")
    expect(not came.has("//d:EmneSporsmal | //d:Sporsmal"), "and has no text")
    return came


def _desk_slots(play: Play, rest: Rest, gp: Gp) -> list[dict[str, Any]]:
    """Times of the GP that are offered to the staff and have not begun."""
    (schedule,) = play.schedules(gp)
    return rest.slots(datetime.now(OSLO) + timedelta(hours=1), 21, schedule=schedule)


@scene
def two_citizens_take_the_same_time(play: Play) -> None:
    gp, hn = play.gps[1], play.hn
    citizens = [play.citizen_of(gp), play.citizen_of(gp)]
    seen = [play.free_times(gp, citizen)[0] for citizen in citizens]
    expect(seen[0] == seen[1], "both see the same first time: a time that is shown is not held")
    letters = [reservation(gp, citizen, seen[0], "Hoste") for citizen in citizens]
    for letter in letters:
        hn.send(letter)
    for letter in letters:
        expect(hn.receipt_for(letter).code == "1", "both reservations are received")
    answers = [hn.answer_to(letter) for letter in letters]
    expect(sorted(one.code for one in answers) == ["05", "06"], "one is confirmed, the other is told that it is taken")
    refused = next(one for one in answers if one.code == "06")
    expect(not refused.events and refused.body, "the refusal says why and holds no time")


@scene
def a_gp_with_two_schedules_offers_nothing(play: Play) -> None:
    gp, hn = play.gp_with_two, play.hn
    citizen, rest = play.citizen_of(gp), play.rest(gp)
    answer = hn.ask(play.lookup(gp, citizen))
    expect(answer.code == "04" and not answer.events, f"04 and no time, not {answer.code}")
    free = rest.slots(datetime.now(OSLO) + timedelta(hours=1), 21, schedule=play.schedules(gp)[0])[0]
    slot = Event(_wall(free["start"]), _wall(free["end"]), free["uid"], gp.her_id)
    _is_refused(play, reservation(gp, citizen, slot, "Prøver likevel"), "26")
    told = rest.get(
        "slots", audience="helsenorge", schedule=play.schedules(gp)[0],
        **{"from": free["start"], "to": free["end"]},
    )  # fmt: skip
    expect(not told["items"] and told["findings"], "the clinic is told why there are no times")


@scene
def a_citizen_of_another_list_gets_nothing(play: Play) -> None:
    gp, stranger = play.gps[1], play.citizen_of(play.gps[0])
    answer = play.hn.ask(play.lookup(gp, stranger))
    expect(answer.code == "30" and not answer.events, f"30 and no time, not {answer.code}")
    slot = play.free_times(gp, play.citizen_of(gp))[0]
    _is_refused(play, reservation(gp, stranger, slot, "Hoste"), "30")
    expect(not play.secretary.appointments(stranger), "nothing is booked")
    question = Letter(function=E_CONSULTATION, code="SB", gp=gp, citizen=stranger, subject="Hei", text="Et spørsmål")
    _is_refused(play, question, "30")


@scene
def a_reservation_of_other_hours_than_offered(play: Play) -> None:
    gp = play.gps[1]
    citizen = play.citizen_of(gp)
    first, second = play.free_times(gp, citizen)[:2]
    _is_refused(play, reservation(gp, citizen, Event(second.start, second.end, first.uid, gp.her_id), "Hoste"), "06")


def _is_refused(play: Play, letter: Letter, code: str) -> None:
    play.hn.send(letter)
    expect(play.hn.receipt_for(letter).code == "1", "it is received")
    answer = play.hn.answer_to(letter)
    expect(answer.code == code, f"{letter.code} is answered {code}, not {answer.code}: {answer.body}")
    expect(not answer.events and answer.body, "with a reason and no time")


@scene
def a_question_without_days(play: Play) -> None:
    gp = play.gps[0]
    letter = Letter(function=BOOKING, code="HLT", gp=gp, citizen=play.citizen_of(gp))
    expect(play.hn.ask(letter).code == "26", "free times of no days cannot be told")
    expect(play.hn.count(lambda one: one.is_receipt and one.original == letter.msg_id, 1) == 0, "without a receipt")


@scene
def a_communication_test(play: Play) -> None:
    letter = Letter(function=TEST, code="KT", gp=play.gps[0], citizen=None)
    answer = play.hn.ask(letter)
    expect(answer.code == "RKT" and answer.code_list == oid("7603"), "a test is answered")
    expect(play.hn.count(lambda one: one.is_receipt and one.original == letter.msg_id, 1) == 0, "without a receipt")


def _wall(instant: str) -> str:
    """Oslo wall time, as xCal has it."""
    return datetime.fromisoformat(instant).astimezone(OSLO).strftime("%Y-%m-%dT%H:%M:%S")
