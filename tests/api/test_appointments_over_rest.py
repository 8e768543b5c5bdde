"""Schedules, slots and appointments over REST."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.patients.services import register
from skranke.scheduling.models import Appointment
from skranke.scheduling.services import create_type
from skranke.tenancy.work import acting
from skranke.web.api.offered import Hours
from skranke.web.api.schemas import SlotList

from cast import fresh_national_id
from support.api import Api
from support.timebok import make_timebok, weekday_at


def _span(start: datetime) -> dict[str, str]:
    return {"from": (start - timedelta(days=1)).isoformat(), "to": (start + timedelta(days=1)).isoformat()}


@pytest.mark.req("APT-1", "APT-16")
def test_a_slot_is_booked_read_cancelled_and_offered_again_under_a_new_uid() -> None:
    book = make_timebok()
    slot = book.slot(weekday_at(9))
    kari = Api(book.cast, book.cast.kari)
    offered = kari.get("slots", **_span(weekday_at(9))).body["items"]
    assert [one["id"] for one in offered] == [str(slot.id)]
    assert offered[0]["start"].endswith("+01:00")
    made = kari.post(
        "appointments", {"slot_id": str(slot.id), "patient_id": str(book.cast.ola.id), "reason": "Kontroll"}
    )
    assert (made.status, made.body["state"], made.body["reason"]) == (201, "booked", "Kontroll")
    assert kari.get("slots", **_span(weekday_at(9))).body["items"] == []
    gone = kari.post(f"appointments/{made.body['id']}/cancel", {"by": "clinic"})
    assert gone.body["state"] == "cancelled_by_clinic"
    free = kari.get("slots", **_span(weekday_at(9))).body["items"]
    assert [one["id"] for one in free] != []
    assert free[0]["uid"] != offered[0]["uid"]


@pytest.mark.req("MSG-22", "DDFL-ID-03", "APT-20")
def test_what_the_patient_was_not_told_is_seen_and_told_again_once() -> None:
    book = make_timebok(grace_seconds=0)
    slot = book.slot(weekday_at(9))
    kari = Api(book.cast, book.cast.kari)
    made = kari.post("appointments", {"slot_id": str(slot.id), "patient_id": str(book.cast.ola.id)})
    path = f"appointments/{made.body['id']}"
    waits = kari.get(f"{path}/told").body
    assert (waits["told"], waits["reason"], waits["may_resend"]) == ("waits", "", False)
    with acting(book.cast.system):
        OutboxItem.objects.filter(subject_id=made.body["id"]).update(
            state="failed", error="transport:internal-error: x"
        )
    failed = kari.get(f"{path}/told").body
    assert (failed["told"], failed["may_resend"]) == ("refused", True)
    assert failed["reason"] == "Det oppsto en feil på veien til HelseNorge. Prøv å sende på nytt."
    assert kari.post(f"{path}/resend").status == 200
    assert kari.get(f"{path}/told").body["told"] == "waits"
    again = kari.post(f"{path}/resend")
    assert (again.status, again.body["code"]) == (409, "message_not_resendable")


@pytest.mark.req("APT-24")
def test_the_second_to_take_a_slot_is_told() -> None:
    book = make_timebok()
    slot = book.slot(weekday_at(9))
    kari = Api(book.cast, book.cast.kari)
    kari.post("appointments", {"slot_id": str(slot.id), "patient_id": str(book.cast.ola.id)})
    late = kari.post("appointments", {"slot_id": str(slot.id), "patient_id": str(book.cast.nora.id)})
    assert (late.status, late.body["code"]) == (409, "slot_taken")


@pytest.mark.req("APT-24", "BOK-12")
@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_of_fifty_who_book_one_slot_at_once_exactly_one_is_confirmed(rounds: int) -> None:
    book = make_timebok()
    with acting(book.cast.system):
        people = [
            register(national_id=fresh_national_id(age=40), given_name="P", family_name=f"N{n}", gp=book.cast.kari)
            for n in range(50)
        ]
    api = Api(book.cast, book.cast.kari)
    for number in range(rounds):
        slot = book.slot(weekday_at(9, weeks=1 + number))
        assert sorted(_all_at_once(api, slot, people)) == [201, *[409] * 49]
    with acting(book.cast.system):
        assert Appointment.objects.filter(schedule=book.schedule).count() == rounds


def _all_at_once(api: Api, slot, people) -> list[int]:
    """Everybody's status, each asked in a thread with a connection of its own, started together."""
    start = Barrier(len(people))

    def attempt(person) -> int:
        try:
            start.wait(30)
            return api.post("appointments", {"slot_id": str(slot.id), "patient_id": str(person.id)}).status
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(attempt, people))


@pytest.mark.req("APT-21")
def test_a_move_needs_the_version_it_was_made_on() -> None:
    book = make_timebok()
    first, second = book.slot(weekday_at(9)), book.slot(weekday_at(10))
    kari = Api(book.cast, book.cast.kari)
    made = kari.post("appointments", {"slot_id": str(first.id), "patient_id": str(book.cast.ola.id)})
    path = f"appointments/{made.body['id']}"
    assert kari.patch(path, {"slot_id": str(second.id)}).status == 428
    moved = kari.patch(path, {"slot_id": str(second.id)}, **{"If-Match": made.headers["ETag"]})
    assert (moved.status, datetime.fromisoformat(moved.body["start"])) == (200, weekday_at(10))
    stale = kari.patch(path, {"slot_id": str(first.id)}, **{"If-Match": made.headers["ETag"]})
    assert (stale.status, stale.body["code"]) == (412, "appointment_changed")


@pytest.mark.req("APT-3", "APT-7", "DDFL-PU-04")
def test_type_place_and_words_are_changed_and_only_what_is_named() -> None:
    book = make_timebok()
    first, second = book.slot(weekday_at(9)), book.slot(weekday_at(10))
    with acting(book.cast.system):
        video = create_type(name="Video", minutes=20, contact="video")
    kari = Api(book.cast, book.cast.kari)
    made = kari.post("appointments", {"slot_id": str(first.id), "patient_id": str(book.cast.ola.id), "note": "Rom 3"})
    path = f"appointments/{made.body['id']}"
    placed = kari.patch(path, {"address": "Kaia 3"}, **{"If-Match": made.headers["ETag"]})
    assert (placed.status, placed.body["address"], placed.body["note"]) == (200, "Kaia 3", "Rom 3")
    seen = kari.patch(path, {"type_id": str(video.id), "reason": "Kontroll"}, **{"If-Match": placed.headers["ETag"]})
    assert (seen.body["type_name"], seen.body["contact"], seen.body["address"]) == ("Video", "video", "")
    assert (seen.body["reason"], seen.body["start"]) == ("Kontroll", made.body["start"])
    etag = {"If-Match": seen.headers["ETag"]}
    assert kari.patch(path, {"note": "x"}, **{"If-Match": made.headers["ETag"]}).status == 412
    assert kari.patch(path, {"slot_id": str(second.id), "note": "x"}, **etag).status == 422
    assert kari.patch(path, {}, **etag).status == 422
    assert kari.patch(path, {"address": "x" * 301}, **etag).body["code"] == "invalid"
    with acting(book.cast.system):
        log = Appointment.objects.get(id=made.body["id"]).log
        assert [one.kind for one in log.order_by("at", "id")] == ["booked", "edited", "edited"]


@pytest.mark.req("HNB-4", "HNB-15")
def test_a_gp_with_two_schedules_offers_nothing_and_the_answer_says_why() -> None:
    book = make_timebok()
    book.slot(weekday_at(9))
    book.second_schedule()
    kari = Api(book.cast, book.cast.kari)
    answer = kari.get(
        "slots", schedule=book.schedule.id, patient=book.cast.ola.id, audience="helsenorge", **_span(weekday_at(9))
    )
    assert answer.body["items"] == []
    assert any("Karis andre" in finding for finding in answer.body["findings"])


def test_a_time_without_an_offset_is_refused() -> None:
    book = make_timebok()
    refused = Api(book.cast, book.cast.kari).get(
        "slots", **{"from": "2027-03-01T00:00:00", "to": "2027-03-02T00:00:00"}
    )
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "from")


@pytest.mark.req("PAT-1")
def test_a_patient_is_found_by_national_id_and_a_wrong_one_is_refused() -> None:
    book = make_timebok()
    kari = Api(book.cast, book.cast.kari)
    found = kari.get("patients", national_id=book.cast.ola.national_id).body["items"]
    assert [one["id"] for one in found] == [str(book.cast.ola.id)]
    assert kari.get("patients", national_id="12345678901").status == 422
    assert kari.get(f"patients/{book.cast.ola.id}/reachability").body["reachable"] is True


@pytest.mark.req("BOK-1")
@given(st.integers(min_value=1_577_836_800, max_value=2_208_988_800))
def test_a_time_in_an_answer_is_the_instant_in_oslo(instant: int) -> None:
    assert Hours().text(instant) == datetime.fromtimestamp(instant, clock.OSLO).isoformat()


@pytest.mark.req("BOK-1")
def test_the_offer_is_written_as_it_is_described() -> None:
    book = make_timebok()
    opens = (clock.now() + timedelta(hours=1)).replace(microsecond=0)
    book.slot(weekday_at(9))
    book.slot(weekday_at(10), available_from=opens)
    kari = Api(book.cast, book.cast.kari)
    answer = kari.get("slots", audience="portal", patient=book.cast.ola.id, **_span(weekday_at(9)))
    described = SlotList.model_validate(answer.body)
    assert json.loads(described.model_dump_json()) == answer.body
    assert [one.available_from for one in described.items] == [None, opens]
