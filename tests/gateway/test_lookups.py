"""The synchronous lane: what a question for free or booked times is answered with, over the bus."""

from dataclasses import replace
from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.gateway import sync
from skranke.kernel import clock
from skranke.kernel.ids import NationalId
from skranke.scheduling.models import Slot
from skranke.scheduling.services import (
    add_single_slot,
    book,
    cancel,
    change_schedule,
    create_type,
    remove_slots,
    restore_slots,
)
from skranke.scheduling.services.types import change_type
from skranke.standards.build import parties
from skranke.standards.codes import Acknowledgement, Relation
from skranke.standards.shared import Pasientrelasjon
from skranke.wire.transport import RawMessage

from support.helsenorge import booked, wish_for
from support.surgery import open_book


def put(office, question):
    office.helsenorge.send(question, sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    return reply


def ask(office, patient=None, **facts):
    return put(office, office.helsenorge.free_times(patient or office.cast.ola, **facts))


def ask_booked(office, patient=None):
    return put(office, office.helsenorge.booked_times(patient or office.cast.ola))


@pytest.mark.req("DDFL-HT-10", "DDFL-HT-11", "DDFL-HT-12", "DDFL-HT-13", "DDFL-CAL-09", "DDFL-CAL-04")
def test_the_nine_legal_combinations_and_no_other_leave(office) -> None:
    book_ = open_book(office, times=0)
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    opens = start - timedelta(days=1)
    looks = {"": {}, "Hastetime": {"urgent": True}, "Video": {"contact": "video", "urgent": True}}
    expected = {}
    with office.acting():
        for number, (name, facts) in enumerate(looks.items()):
            for place, (must_call, later) in enumerate([(False, None), (False, opens), (True, opens)]):
                kind = create_type(name=f"{name} {place}", minutes=20, must_call=must_call, **facts)
                at = start + timedelta(minutes=20 * (3 * number + place))
                slot = add_single_slot(book_.schedule, start=at, type=kind, available_from=later)
                names = tuple(one for one in (name, "MustCall" if must_call else "") if one)
                expected[str(slot.uid)] = (names, None if must_call else later)
    reply = ask(office)
    assert {time.uid: (time.categories, time.available_at) for time in reply.times} == expected
    assert len(set(expected.values())) == 9
    assert reply.xml.count(b"categories>") == 2 * 7


@pytest.mark.req("DDFL-HT-07", "HNB-3")
def test_the_wanted_practitioners_calendar_is_shown_at_the_gps_party(office) -> None:
    own, stand_in = open_book(office), open_book(office, owner=office.cast.per, times=1)
    colleague = open_book(office, owner=office.cast.mona)
    per = ask(office, wanted=wish_for(office.cast.per))
    assert ([time.uid for time in per.times], per.times[0].contact) == (
        [str(stand_in.slots[0].uid)], office.cast.kari_party.her_id,
    )  # fmt: skip
    assert ask(office, wanted=wish_for(office.cast.mona)).code == "04"
    assert colleague.slots
    nobody = ask(office, wanted=wish_for(office.cast.anne))
    assert nobody.code == "26"
    with office.acting():
        office.cast.per.active = False
        office.cast.per.save()
    left = ask(office, wanted=wish_for(office.cast.per))
    assert {time.uid for time in left.times} == {str(slot.uid) for slot in own.slots}


@pytest.mark.req("HNB-6", "HNB-7", "BOK-2", "BOK-9", "BOK-10", "PLN-11")
def test_what_is_set_for_timebok_and_type_holds_in_helsenorge_from_the_next_question_on(office) -> None:
    book_ = open_book(office)

    def shown(**facts) -> int:
        """How many times the patient is shown once the facts of timebok or type are so; then they are as before."""
        of = {"schedule": (book_.schedule, change_schedule), "type": (book_.type, change_type)}
        (whose, change), kept = of[facts.pop("of")], {}
        with office.acting():
            kept = {name: getattr(whose, name) for name in facts}
            change(whose, **facts)
        found = len(ask(office).times)
        with office.acting():
            change(whose, **kept)
        return found

    assert len(ask(office).times) == 3
    assert shown(of="schedule", online=False) == 0
    assert shown(of="type", bookable_online=False) == 0
    assert shown(of="schedule", days_ahead=0) == 0
    assert shown(of="schedule", booking_deadline_hours=72) == 0
    assert shown(of="type", custom_limits=True, booking_deadline_hours=72) == 0
    assert shown(of="schedule", first_only="schedule") == 1
    with office.acting():
        removed, _ = remove_slots(book_.schedule, book_.slots[0].during.lower, book_.slots[1].during.upper)
    assert [time.uid for time in ask(office).times] == [str(book_.slots[2].uid)]
    with office.acting():
        restore_slots(book_.schedule, removed)
    assert len(ask(office).times) == 3


@pytest.mark.req("DDFL-HT-16")
def test_booked_times_are_not_told_unless_the_clinic_says_so(office) -> None:
    open_book(office)
    reply = ask_booked(office)
    assert (reply.code, reply.times, bool(reply.text)) == ("26", (), True)


@pytest.mark.req("DDFL-HT-17", "DDFL-HT-08", "TYP-4", "APT-6")
def test_where_the_clinic_tells_the_coming_appointments_are_listed_and_the_hidden_never(office) -> None:
    with office.acting():
        office.cast.clinic.tells_booked_times = True
        office.cast.clinic.save()
    assert (ask_booked(office).code, ask_booked(office).times) == ("02", ())
    seen = open_book(office)
    with office.acting():
        hidden = create_type(name="Skjult", minutes=20, visibility="hidden")
        private = add_single_slot(seen.schedule, start=seen.slots[2].during.upper, type=hidden)
    with office.acting(office.cast.kari):
        kept = book(slot=seen.slots[0], patient=office.cast.ola, through="staff")
        book(slot=private, patient=office.cast.ola, through="staff")
        book(slot=seen.slots[2], patient=office.cast.nora, through="staff")
        gone = book(slot=seen.slots[1], patient=office.cast.ola, through="staff")
    assert ask_booked(office).code == "02"
    clock.move(timedelta(seconds=301))
    with office.acting(office.cast.kari):
        cancel(gone, by="clinic")
    reply = ask_booked(office)
    time = booked(reply)
    assert (reply.code, time.related_to, time.uid, time.status) == (
        "01", str(kept.id), str(seen.slots[0].uid), "CONFIRMED",
    )  # fmt: skip
    assert (time.summary, time.contact) == ("Konsultasjon", office.cast.kari_party.her_id)
    clock.move(timedelta(days=2))
    assert ask_booked(office).code == "02"
    with office.acting():
        office.cast.kari_party.services = ["e_contact"]
        office.cast.kari_party.save()
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    assert ask_booked(office).code == "26"
    assert ask_booked(office, office.cast.jonas).code == "30"


@pytest.mark.req("DDFL-HT-06", "DDFL-HT-05", "DDFL-HT-14")
def test_a_question_for_more_than_four_weeks_is_answered_for_the_first_four(office) -> None:
    start = clock.now().replace(hour=11, minute=0, second=0, microsecond=0) + timedelta(days=1)
    days = (0, 27, 28)
    book_ = open_book(office, times=0)
    with office.acting():
        slots = [add_single_slot(book_.schedule, start=start + timedelta(days=day), type=book_.type) for day in days]
    first = clock.oslo(start).date()
    reply = ask(office, first=first, last=first + timedelta(days=60))
    assert [time.uid for time in reply.times] == [str(slot.uid) for slot in slots[:2]]
    with office.acting():
        assert Slot.objects.count() == len(days)


@pytest.mark.req("DDFL-ENV-29")
def test_a_refused_question_gets_its_case_type_back(office) -> None:
    question = office.helsenorge.free_times(office.cast.jonas)
    first, *others = question.documents
    about_a_case = replace(first, content=replace(first.content, case_type="helsekontakt-7"))
    reply = put(office, replace(question, documents=(about_a_case, *others)))
    assert (reply.code, reply.document.dialog.case_type) == ("30", "helsekontakt-7")


@pytest.mark.req("NFR-4")
def test_an_answer_that_the_bus_will_not_take_stops_no_other_question(office) -> None:
    question = office.helsenorge.sealed(office.helsenorge.free_times(office.cast.ola), sync=True)
    facts = {name: getattr(question, name) for name in ("queue", "body", "message_id", "subject", "content_type")}
    raw = RawMessage(**facts, reply_to="no\0queue", headers=question.headers)
    assert sync.receive(raw, office.cast.clinic.id, office.endpoints, office.transport) == "accept"
    assert ask(office).code == "26"


@pytest.mark.req("DDFL-HT-01", "DDFL-PAS-01")
def test_a_parent_may_ask(office) -> None:
    open_book(office)
    parent = parties.representative(NationalId(office.cast.ola.national_id), given_name="Ola", family_name="Nordmann")
    acting = Pasientrelasjon(persons=(parent,), relation=Relation.PARENT.cv)
    assert len(ask(office, office.cast.nora, relation=acting).times) == 3


@pytest.mark.req("DDFL-ENV-07")
def test_a_question_that_asks_for_a_receipt_gets_its_answer_and_no_receipt(office) -> None:
    open_book(office, times=3)
    question = office.helsenorge.free_times(office.cast.ola)
    asking = replace(question, info=replace(question.info, ack=Acknowledgement.YES.cv))
    assert len(put(office, asking).times) == 3
    assert office.answers() == []


@pytest.mark.req("NFR-1")
def test_what_was_told_of_a_patient_stands_in_the_audit_log(office) -> None:
    open_book(office, times=3)
    ola = office.cast.ola
    with office.acting():
        office.cast.clinic.tells_booked_times = True
        office.cast.clinic.save()
    assert (len(ask(office).times), ask_booked(office).code) == (3, "02")
    with office.acting():
        told = AuditEvent.objects.filter(patient_id=ola.id, action__in=["slot.offered", "appointment.listed"])
        assert list(told.order_by("at").values_list("action", "purpose", "detail")) == [
            ("slot.offered", "exchange", {"slots": 3}),
            ("appointment.listed", "exchange", {"appointments": 0}),
        ]
