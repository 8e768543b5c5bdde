"""The waiting list: made and kept by staff, offered in order by the worker, answered in the portal (REQ-6)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.scheduling.errors import SlotTakenError
from skranke.scheduling.models import Appointment, BookedThrough, Occupancy
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.services import book, cancel, change_schedule, create_type, remove_slots
from skranke.scheduling.services.limits import set_clinic_limits
from skranke.scheduling.values import OfferAudience
from skranke.scheduling.waiting.models import SlotOffer, WaitingEntry
from skranke.scheduling.waiting.services import EntryFacts, add_entry
from skranke.tenancy.work import acting
from skranke.worker.jobs import JOBS
from skranke.worker.run import look

from support.clinic_pages import address, body, logged_in
from support.database import as_role
from support.patient_pages import as_patient
from support.timebok import Timebok, make_timebok, weekday_at

JOB = next(one for one in JOBS if one.name == "waiting.offer")


def wait(timebok: Timebok, patient: Patient, **facts: object) -> WaitingEntry:
    """One more at the end of the list."""
    clock.move(timedelta(seconds=1))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        return add_entry(patient, EntryFacts(**{"type": timebok.ordinary} | facts))


def open_book(timebok: Timebok) -> None:
    """Everybody may book, so that Nora and Jonas can wait, too."""
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, audience="all")


def worker() -> None:
    with as_role("skranke_worker"):
        clock.move(timedelta(seconds=6))
        look(JOB)


def offers(timebok: Timebok) -> list[tuple[str, str, str]]:
    """Of each offer: to whom, how it stands, and how it was told."""
    with acting(timebok.cast.system):
        rows = SlotOffer.objects.select_related("patient").order_by("created_at", "id")
        return [(one.patient.given_name, one.state, one.by) for one in rows]


def offer_to(timebok: Timebok, patient: Patient) -> SlotOffer:
    with acting(timebok.cast.system):
        return SlotOffer.objects.select_related("slot").get(patient=patient, state="open")


def offered(timebok: Timebok, audience: OfferAudience, patient: Patient) -> set[object]:
    with acting(timebok.cast.system):
        found = offered_slots(
            audience=audience, patient=patient, start=clock.now(), end=clock.now() + timedelta(days=30)
        )
    return {one.id for one in found}


def entry_page(timebok: Timebok, entry: WaitingEntry, **posted: object):
    client = logged_in(timebok.cast, timebok.cast.ali)
    where = address(timebok.cast, "waiting-entry", entry.id)
    return client.post(where, posted) if posted else client.get(where)


@pytest.mark.req("REQ-6")
def test_staff_make_change_search_and_take_off_entries() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    client = logged_in(cast, cast.ali)
    new = address(cast, "waiting-new", query=f"?pasient={cast.ola.id}")
    facts = {"type": timebok.ordinary.id, "earliest": "2027-02-08", "latest": "2027-02-19", "note": "Helst tirsdag"}
    made = client.post(new, facts | {"short_notice": "on"})
    assert made.status_code == 302
    again = client.post(new, facts)
    assert again.status_code == 422
    assert "venter på denne timetypen fra før" in body(again)
    wrong = client.post(
        address(cast, "waiting-new", query=f"?pasient={cast.nora.id}"), facts | {"latest": "2027-02-07"}
    )
    assert "Siste dag er før første dag" in body(wrong)
    wait(timebok, cast.nora, note="Ringte to ganger")
    listed = body(client.get(address(cast, "waiting-list")))
    assert listed.index(cast.ola.name) < listed.index(cast.nora.name), "the longest first"
    assert "Helst tirsdag" in listed
    assert "Kort varsel" in listed
    found = body(client.get(address(cast, "waiting-list", query="?q=ringte")))
    assert cast.nora.name in found
    assert cast.ola.name not in found
    with acting(cast.system):
        entry = WaitingEntry.objects.get(patient=cast.ola)
        assert (entry.earliest, entry.latest, entry.short_notice) == (date(2027, 2, 8), date(2027, 2, 19), True)
    changed = {"gjor": "lagre", "type": timebok.ordinary.id, "note": "Når som helst", "versjon": entry.version}
    assert entry_page(timebok, entry, **changed).status_code == 302
    late = entry_page(timebok, entry, **changed | {"note": "For sent"})
    assert late.status_code == 422
    assert "Noen andre har endret oppføringen" in body(late)
    page = body(entry_page(timebok, entry))
    assert "Når som helst" in page
    assert "Satt på ventelisten" in page
    assert entry_page(timebok, entry, gjor="ta-av").status_code == 302
    assert cast.ola.name not in body(client.get(address(cast, "waiting-list")))
    with acting(cast.system):
        kinds = AuditEvent.objects.filter(action="waiting_list.changed", patient_id=cast.ola.id).order_by("id")
        assert sorted(row.detail["kind"] for row in kinds) == ["added", "changed", "removed"]
        assert AuditEvent.objects.filter(action="waiting_list.read", patient_id=cast.ola.id).exists()


@pytest.mark.req("REQ-6")
def test_a_freed_time_is_held_for_the_first_it_fits_who_takes_it_in_the_portal() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    open_book(timebok)
    slot = timebok.slot(weekday_at(10))
    with acting(cast.actor(cast.ali)):
        taken = book(slot=slot, patient=cast.astrid, through=BookedThrough.STAFF)
    first, _second = wait(timebok, cast.ola), wait(timebok, cast.nora)
    worker()
    assert offers(timebok) == []
    with acting(cast.actor(cast.ali)):
        cancel(taken, by="clinic")
    worker()
    worker()
    assert offers(timebok) == [("Ola", "open", "portal")]
    for audience in OfferAudience:
        assert slot.id not in offered(timebok, audience, cast.nora), audience
    for through in (BookedThrough.STAFF, BookedThrough.PORTAL):
        with pytest.raises(SlotTakenError), acting(cast.system):
            book(slot=slot, patient=cast.nora, through=through)
    with acting(cast.system):
        letter = Thread.objects.get(patient=cast.ola)
        text = letter.messages.get().text
        assert "Svar ja eller nei under «Timer»" in text
        assert "Vanlig time" not in text
    calendar = body(logged_in(cast, cast.ali).get(address(cast, "schedule", query="?dag=2027-02-09")))
    assert f"tilbudt Ola {cast.ola.family_name[0]}. til" in calendar
    assert "holdes til" in body(logged_in(cast, cast.ali).get(address(cast, "waiting-list")))
    ola, offer = as_patient(cast.ola), offer_to(timebok, cast.ola)
    where = address(cast, "patient-offer", offer.id)
    assert where in body(ola.get(address(cast, "patient-times")))
    assert "kl. 10.00" in body(ola.get(where))
    assert as_patient(cast.nora).post(where, {}).status_code == 404
    done = ola.post(where, {})
    assert "Timen er bestilt." in body(ola.get(done["Location"]))
    assert ola.post(where, {})["Location"] == done["Location"], "answered twice is answered once"
    with acting(cast.system):
        given = Appointment.objects.get(patient=cast.ola)
        assert (given.slot_id, given.booked_through) == (slot.id, "portal")
        assert WaitingEntry.objects.get(id=first.id).state == "booked"
        assert list(Occupancy.objects.values_list("kind", flat=True)) == ["appointment"]
    worker()
    assert offers(timebok) == [("Ola", "accepted", "portal")]
    assert "Tok imot tilbudet" in body(entry_page(timebok, first))


@pytest.mark.req("REQ-6")
def test_a_no_or_no_answer_lets_the_next_one_be_asked_and_nobody_twice_about_the_same_time() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    open_book(timebok)
    slot = timebok.slot(weekday_at(10, weeks=2))
    first = wait(timebok, cast.ola)
    for patient in (cast.nora, cast.jonas):
        wait(timebok, patient)
    worker()
    ola, where = as_patient(cast.ola), address(cast, "patient-offer", offer_to(timebok, cast.ola).id)
    no = ola.post(where, {"svar": "nei"})
    assert "Du har sagt nei til timen." in body(ola.get(no["Location"]))
    worker()
    assert offers(timebok) == [("Ola", "declined", "portal"), ("Nora", "open", "portal")]
    assert ola.post(where, {}).status_code == 409, "a time that one said no to is not taken after all"
    hers = address(cast, "patient-offer", offer_to(timebok, cast.nora).id)
    clock.move(timedelta(hours=24))
    late = as_patient(cast.nora).post(hers, {})
    assert late.status_code == 409
    assert "Tilbudet gjelder ikke lenger" in body(late)
    worker()
    assert [one[:2] for one in offers(timebok)] == [("Ola", "declined"), ("Nora", "expired"), ("Jonas", "open")]
    clock.move(timedelta(hours=25))
    worker()
    worker()
    assert [one[1] for one in offers(timebok)] == ["declined", "expired", "expired"]
    with acting(cast.system):
        assert not Occupancy.objects.exists()
        assert WaitingEntry.objects.filter(state="waiting").count() == 3
    assert slot.id in offered(timebok, OfferAudience.PORTAL, cast.ola), "free again, for everybody"
    assert "Ville ikke ha tilbudet" in body(entry_page(timebok, first))


@pytest.mark.req("REQ-6")
def test_only_a_time_that_fits_type_timebok_days_and_notice_is_offered() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    open_book(timebok)
    other = timebok.second_schedule()
    with acting(cast.system):
        long = create_type(name="Lang time", minutes=40)
        change_schedule(other, audience="all")
    soon = timebok.slot(clock.now().replace(second=0, microsecond=0) + timedelta(hours=26))
    timebok.slot(weekday_at(9), type=long)
    timebok.slot(weekday_at(9, weeks=2), other)
    tuesday = timebok.slot(weekday_at(9, weekday=2, weeks=3))
    wednesday = timebok.slot(weekday_at(9, weekday=3, weeks=3))
    wait(timebok, cast.ola, schedule=timebok.schedule)
    worker()
    assert offer_to(timebok, cast.ola).slot_id == tuesday.id, "neither too soon, nor another type or timebok"
    wait(timebok, cast.nora, earliest=clock.oslo(wednesday.during.lower).date())
    worker()
    assert offer_to(timebok, cast.nora).slot_id == wednesday.id
    wait(timebok, cast.jonas, latest=clock.today() + timedelta(days=3))
    worker()
    assert len(offers(timebok)) == 2, "a time tomorrow is one on short notice, and the others are too late"
    with acting(cast.system):
        WaitingEntry.objects.filter(patient=cast.jonas).update(short_notice=True)
    worker()
    assert offer_to(timebok, cast.jonas).slot_id == soon.id


@pytest.mark.req("REQ-6")
def test_a_last_day_at_the_end_of_time_keeps_nobody_from_an_offer() -> None:
    timebok = make_timebok()
    open_book(timebok)
    wait(timebok, timebok.cast.ola, latest=date.max)
    timebok.slot(weekday_at(9))
    worker()
    assert offers(timebok) == [("Ola", "open", "portal")]


@pytest.mark.req("REQ-6", "BOK-4", "BOK-6", "CAL-4")
def test_who_may_not_book_the_time_is_passed_over() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    timebok.slot(weekday_at(10))
    elsewhere = timebok.slot(weekday_at(10, weeks=3))
    with acting(cast.system):
        book(slot=elsewhere, patient=cast.nora, through=BookedThrough.PORTAL)
    with acting(cast.actor(cast.ali)):
        set_clinic_limits(max_self_booked=1, booking_deadline_hours=24)
    for patient in (cast.jonas, cast.nora):
        wait(timebok, patient)
    worker()
    assert offers(timebok) == [], "Jonas is on no list, Nora has as many as allowed"
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(blocked=True)
    blocked = wait(timebok, cast.ola)
    worker()
    assert offers(timebok) == []
    assert "sperret for digitale tjenester" in body(entry_page(timebok, blocked))
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(blocked=False)
    worker()
    assert offers(timebok) == [("Ola", "open", "portal")]


@pytest.mark.req("REQ-6", "BOK-6")
def test_an_offer_stands_as_long_as_the_clinic_says_and_never_past_what_can_be_booked() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    slot = timebok.slot(weekday_at(10, weekday=4, weeks=0))
    client = logged_in(cast, cast.ali)
    wrong = client.post(address(cast, "waiting-hours"), {"timer": "0"})
    assert wrong.status_code == 422
    assert "fra 1 til 336" in body(wrong)
    assert logged_in(cast, cast.anne).post(address(cast, "waiting-hours"), {"timer": "5"}).status_code == 403
    assert client.post(address(cast, "waiting-hours"), {"timer": "200"}).status_code == 302
    with acting(cast.actor(cast.ali)):
        set_clinic_limits(booking_deadline_hours=30)
    wait(timebok, cast.ola)
    worker()
    assert offer_to(timebok, cast.ola).expires_at == slot.during.lower - timedelta(hours=30)
    near = timebok.slot(clock.now().replace(second=0, microsecond=0) + timedelta(hours=6))
    with acting(cast.actor(cast.ali)):
        set_clinic_limits(booking_deadline_hours=None)
    wait(timebok, cast.nora, short_notice=True)
    worker()
    assert offer_to(timebok, cast.nora).expires_at == near.during.lower - timedelta(hours=2)


@pytest.mark.req("REQ-6")
def test_who_is_blocked_is_offered_no_hidden_time_either() -> None:
    """Where the type is on the net the limits for booking say so, too; here nothing else does."""
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        secret = create_type(name="Skjult time", minutes=20, visibility="hidden")
        Patient.objects.filter(id=cast.ola.id).update(blocked=True)
    timebok.slot(weekday_at(10), type=secret)
    wait(timebok, cast.ola, type=secret)
    wait(timebok, cast.nora, type=secret)
    worker()
    assert offers(timebok) == [("Nora", "open", "call")]


@pytest.mark.req("REQ-6", "TYP-4")
def test_who_cannot_be_told_in_the_portal_is_called_and_a_hidden_type_leaves_in_no_message() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        secret = create_type(name="Skjult time", minutes=20, visibility="hidden")
        Patient.objects.filter(id=cast.nora.id).update(national_id=cast.nora.national_id[:6])
    timebok.slot(weekday_at(10), type=secret)
    timebok.slot(weekday_at(11))
    hidden, unreachable = wait(timebok, cast.ola, type=secret), wait(timebok, cast.nora)
    worker()
    assert offers(timebok) == [("Ola", "open", "call"), ("Nora", "open", "call")]
    with acting(cast.system):
        assert not Thread.objects.exists()
    listed = body(logged_in(cast, cast.ali).get(address(cast, "waiting-list", query="?vis=ring")))
    assert "Ring pasienten: timetypen er skjult" in listed
    assert "Ring pasienten: fødselsnummeret er ikke komplett" in listed
    ola = as_patient(cast.ola)
    assert "Tilbud til deg" not in body(ola.get(address(cast, "patient-times")))
    own = address(cast, "patient-offer", offer_to(timebok, cast.ola).id)
    assert ola.get(own).status_code == 404
    answered = entry_page(timebok, unreachable, gjor="vil-ikke")
    assert answered.status_code == 302
    held = offer_to(timebok, cast.ola)
    booked = entry_page(timebok, hidden, gjor="book", time=held.slot_id)
    assert booked.status_code == 302
    with acting(cast.system):
        given = Appointment.objects.get()
        assert (given.patient_id, given.hidden, given.booked_through) == (cast.ola.id, True, "staff")
        assert not Occupancy.objects.filter(kind="hold").exists()
    assert [one[1] for one in offers(timebok)] == ["accepted", "declined"]


@pytest.mark.req("REQ-6")
def test_staff_book_another_time_or_take_the_patient_off_and_what_was_held_goes_to_the_next() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    timebok.slot(weekday_at(10))
    other = timebok.slot(weekday_at(11))
    first, second = wait(timebok, cast.ola), wait(timebok, cast.nora)
    worker()
    assert offers(timebok)[0] == ("Ola", "open", "portal")
    taken = offer_to(timebok, cast.nora)
    refused = entry_page(timebok, first, gjor="book", time=taken.slot_id)
    assert refused.status_code == 409, "it is held for Nora"
    assert taken.slot_id == other.id
    assert entry_page(timebok, second, gjor="ta-av").status_code == 302
    assert entry_page(timebok, first, gjor="book", time=other.id).status_code == 302
    assert sorted(one[1] for one in offers(timebok)) == ["withdrawn", "withdrawn"]
    with acting(cast.system):
        assert Appointment.objects.get().slot_id == other.id
        assert not Occupancy.objects.filter(kind="hold").exists()


@pytest.mark.req("REQ-6", "BOK-12")
def test_every_rule_is_looked_at_again_when_the_patient_says_yes() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    slot, spare = timebok.slot(weekday_at(10)), timebok.slot(weekday_at(12, weeks=2))
    entry = wait(timebok, cast.ola)
    worker()
    with acting(cast.actor(cast.ali)):
        set_clinic_limits(max_self_booked=1)
    with acting(cast.system):
        book(slot=spare, patient=cast.ola, through=BookedThrough.PORTAL)
    refused = as_patient(cast.ola).post(address(cast, "patient-offer", offer_to(timebok, cast.ola).id), {})
    assert refused.status_code == 409
    assert "så mange timer som det er lov" in body(refused)
    with acting(cast.system):
        assert WaitingEntry.objects.get(id=entry.id).state == "waiting"
        assert Occupancy.objects.filter(kind="hold", starts=slot.during.lower).exists(), "nothing was written"
    with acting(cast.actor(cast.ali)):
        remove_slots(timebok.schedule, slot.during.lower, slot.during.upper)
    worker()
    assert [one[1] for one in offers(timebok)] == ["withdrawn"]


@pytest.mark.req("REQ-6", "NFR-4")
def test_a_worker_that_ends_in_the_middle_offers_neither_twice_nor_none(monkeypatch: pytest.MonkeyPatch) -> None:
    timebok = make_timebok()
    cast = timebok.cast
    timebok.slot(weekday_at(10))
    wait(timebok, cast.ola)
    from skranke.scheduling.waiting import offering

    whole = offering.tell_by_itself

    def ends(*args: object, **facts: object) -> Thread:
        whole(*args, **facts)
        raise MemoryError

    monkeypatch.setattr(offering, "tell_by_itself", ends)
    worker()
    assert offers(timebok) == []
    with acting(cast.system):
        assert not Occupancy.objects.exists()
        assert not Thread.objects.exists()
    monkeypatch.setattr(offering, "tell_by_itself", whole)
    clock.move(timedelta(minutes=5))
    worker()
    worker()
    assert offers(timebok) == [("Ola", "open", "portal")]
    with acting(cast.system):
        assert Thread.objects.count() == 1


@pytest.mark.req("REQ-6")
def test_the_database_refuses_to_promise_a_time_to_two_or_two_times_to_one() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    slots = [timebok.slot(weekday_at(hour)) for hour in (10, 11)]
    ola, nora = wait(timebok, cast.ola), wait(timebok, cast.nora)
    facts = {"clinic_id": cast.clinic.id, "by": "portal", "expires_at": clock.now()}
    with acting(cast.system):
        SlotOffer.objects.create(entry=ola, patient=cast.ola, slot=slots[0], **facts)
        for entry, patient, slot in ((nora, cast.nora, slots[0]), (ola, cast.ola, slots[1])):
            with pytest.raises(IntegrityError), transaction.atomic():
                SlotOffer.objects.create(entry=entry, patient=patient, slot=slot, **facts)
