"""Wishes for an appointment over REST: every outcome that a wish may have, and what it needs."""

import pytest

from skranke.dialog.models import Message
from skranke.outbox.models import OutboxItem
from skranke.scheduling.models import Appointment, WishKind
from skranke.tenancy.work import acting

from support.api import Api
from support.timebok import make_timebok, weekday_at
from support.wishes import booked, wish

TIME, CHANGE, CANCELLATION = WishKind.TIME, WishKind.CHANGE, WishKind.CANCELLATION


@pytest.mark.req("DDFL-TO-01", "DDFL-TO-02", "REQ-5")
@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (TIME, ["05", "10", "06", "26"]),
        (CHANGE, ["07", "10", "06", "34", "26"]),
        (CANCELLATION, ["08", "09", "26"]),
    ],
)
def test_a_wish_tells_what_it_may_be_answered_with(kind: WishKind, codes: list[str]) -> None:
    book = make_timebok()
    thread = wish(book, kind, None if kind is TIME else booked(book, weekday_at(9)))
    kari = Api(book.cast, book.cast.kari)
    (row,) = kari.get("threads", mailbox="innboks", kind="appointment_wish").body["items"]
    told = kari.get(f"threads/{row['id']}").body
    assert (told["kind"], told["may_answer"]) == ("appointment_wish", True)
    assert [one["code"] for one in told["outcomes"]] == codes
    needing = {one["code"] for one in told["outcomes"] if one["needs_appointment"]}
    assert needing == {"05", "07", "10"} & set(codes)
    assert str(thread.id) == row["id"]


@pytest.mark.req("DDFL-TO-02", "DDFL-TO-03", "DDFL-TO-04", "DDFL-TO-05", "DDFL-TO-06")
@pytest.mark.parametrize(
    ("kind", "outcome", "code", "gives"),
    [
        (TIME, "appointment_given", "05", "kari"),
        (TIME, "appointment_given_with_other", "10", "per"),
        (TIME, "no_appointment", "06", ""),
        (TIME, "rejected", "26", ""),
        (CHANGE, "appointment_changed", "07", "named"),
        (CHANGE, "appointment_given_with_other", "10", "per"),
        (CHANGE, "no_appointment", "06", ""),
        (CHANGE, "appointment_not_changed", "34", ""),
        (CHANGE, "26", "26", ""),
        (CANCELLATION, "appointment_cancelled", "08", ""),
        (CANCELLATION, "appointment_not_cancelled", "09", ""),
        (CANCELLATION, "rejected", "26", ""),
    ],
)
def test_each_outcome_is_sent_with_what_it_speaks_of(kind: WishKind, outcome: str, code: str, gives: str) -> None:
    book = make_timebok()
    named = booked(book, weekday_at(9))
    given = {
        "named": named,
        "kari": booked(book, weekday_at(10)),
        "per": booked(book, weekday_at(11), book.second_schedule(owner=book.cast.per)),
    }
    thread = wish(book, kind, None if kind is TIME else named)
    kari = Api(book.cast, book.cast.kari)
    facts = {"text": "Slik blir det.", "outcome": outcome}
    if gives:
        facts["appointment_id"] = str(given[gives].id)
    path = f"threads/{thread.id}/messages"
    answer = kari.post(path, facts)
    assert (answer.status, answer.body["code"]) == (201, code)
    again = kari.post(path, facts)
    assert (again.status, again.body["code"]) == (409, "already_answered")
    with acting(book.cast.system):
        told = Message.objects.get(id=answer.body["id"]).appointment_id
        pushed = set(OutboxItem.objects.filter(intent="appointment_push").values_list("subject_id", flat=True))
    speaks_of = given[gives] if gives else named if code in {"08", "09", "34"} else None
    assert told == (speaks_of.id if speaks_of else None)
    rest = {one.id for one in given.values()}
    assert pushed == (rest - {speaks_of.id} if speaks_of and code not in {"09", "34"} else rest)


@pytest.mark.req("DDFL-TO-05")
def test_a_granted_cancellation_cancels_the_appointment() -> None:
    book = make_timebok()
    named = booked(book, weekday_at(9))
    thread = wish(book, CANCELLATION, named)
    kari = Api(book.cast, book.cast.kari)
    kari.post(f"threads/{thread.id}/messages", {"text": "", "outcome": "appointment_cancelled"})
    assert kari.get(f"appointments/{named.id}").body["state"] == "cancelled_by_patient"
    with acting(book.cast.system):
        assert not OutboxItem.objects.filter(intent="appointment_push").exists()


@pytest.mark.req("DDFL-TO-02", "DDFL-TO-04", "DDFL-TO-07")
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_happens() -> None:
    book = make_timebok()
    own = booked(book, weekday_at(9))
    noras = booked(book, weekday_at(10), patient=book.cast.nora)
    thread = wish(book)
    kari = Api(book.cast, book.cast.kari)
    uploaded = kari.upload(b"%PDF-1.7\n", "råd.pdf").body["id"]
    path = f"threads/{thread.id}/messages"
    for facts, field in (
        ({"text": "Hei"}, "outcome"),
        ({"text": "Hei", "outcome": "appointment_cancelled"}, "outcome"),
        ({"text": "Hei", "outcome": "appointment_given"}, "appointment"),
        ({"text": "Hei", "outcome": "appointment_given", "appointment_id": str(noras.id)}, "appointment"),
        ({"text": "Hei", "outcome": "appointment_given_with_other", "appointment_id": str(own.id)}, "appointment"),
        ({"text": "", "outcome": "no_appointment"}, "text"),
        (
            {
                "text": "Hei",
                "outcome": "appointment_given",
                "appointment_id": str(own.id),
                "attachment_ids": [uploaded],
            },
            "attachment_ids",
        ),
    ):
        refused = kari.post(path, facts)
        assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, [field]), facts
    absent = kari.post(path, {"text": "Hei", "outcome": "05", "appointment_id": str(thread.id)})
    assert absent.status == 404
    with acting(book.cast.system):
        assert Message.objects.filter(thread=thread, direction="out").count() == 0
        assert Appointment.objects.filter(state="booked").count() == 2
