"""Reservations that the book itself does not settle: another practitioner, a wrong time, a resource's calendar."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.clinics.activation.services import put_party_live
from skranke.clinics.services import register_party
from skranke.kernel import clock
from skranke.kernel.ids import HerId, HprNumber
from skranke.scheduling.models import Appointment
from skranke.scheduling.services import (
    add_event,
    add_single_slot,
    book,
    create_schedule,
    create_type,
)
from skranke.standards import profile
from skranke.standards.build import parties
from skranke.standards.codes import PatientRole
from skranke.standards.render import render
from skranke.standards.xcal import VEvent

from cast import fresh_her_id
from support.helsenorge import booked
from support.surgery import open_book, time_of


def ask(office, **facts):
    office.helsenorge.send(office.helsenorge.free_times(office.cast.ola, **facts), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    return reply


def put(office, question, change=(b"", b"")):
    """The answer to a question; exactly one positive receipt came with it."""
    office.helsenorge.send(render(question).replace(*change), like=question)
    receipt, answer = sorted(office.answers(), key=lambda letter: not letter.is_receipt)
    assert (receipt.code, answer.about) == ("1", question.info.msg_id)
    if answer.times:
        office.helsenorge.send(office.helsenorge.receipt_for(answer))
        office.work()
    return answer


def reserve(office, time, patient=None, **facts):
    return put(office, office.helsenorge.reserve(patient or office.cast.ola, time, **facts))


@pytest.mark.req("DDFL-RT-08", "DDFL-RT-09")
@pytest.mark.parametrize("away", ["event", "taken"])
def test_who_accepts_another_gets_the_same_hour_with_the_substitute(office, away: str) -> None:
    own, stand_in = open_book(office), open_book(office, owner=office.cast.per)
    slot = own.slots[0]
    with office.acting():
        if away == "event":
            add_event(own.schedule, start=slot.during.lower, end=slot.during.upper, text="Kurs")
        else:
            book(slot=slot, patient=office.cast.nora, through="helsenorge", comment="Hoste")
    time = time_of(slot, office.cast.kari_party.her_id)
    refused = reserve(office, time)
    assert (refused.code, refused.times) == ("06", ())
    answer = reserve(office, time, accepts_other=True)
    given = booked(answer)
    assert (answer.code, given.uid, given.contact) == (
        "05", str(stand_in.slots[0].uid), office.cast.kari_party.her_id,
    )  # fmt: skip
    (role,) = answer.document.dialog.note.roles
    (other,) = answer.document.practitioners
    assert {str(role.practitioner.hpr_number), str(other.person.hpr_number)} == {office.cast.per.hpr_number}
    assert (role.role.v, other.person.full_name) == ("15", "Per Vik")
    with office.acting():
        assert Appointment.objects.get(id=given.related_to).schedule_id == stand_in.schedule.id
    gone = put(office, office.helsenorge.cancel(office.cast.ola, given), (given.related_to.encode(), b"ukjent"))
    assert (gone.code, booked(gone).related_to) == ("08", given.related_to)


@pytest.mark.req("HNB-12")
def test_looking_takes_nothing_and_a_reservation_is_confirmed_or_rejected_after_it_was_sent(office) -> None:
    book_of = open_book(office)
    seen = ask(office).times[0]
    assert ask(office).times[0].uid == seen.uid
    sent = {}
    for patient in (office.cast.ola, office.cast.nora):
        question = office.helsenorge.reserve(patient, seen)
        sent[question.info.msg_id] = patient
        office.helsenorge.send(render(question), like=question)
    # A question that waits for its answer is not settled by what waits in the other queue, nor settles it.
    assert ask(office).times[0].uid == seen.uid
    with office.acting():
        assert not Appointment.objects.filter(schedule=book_of.schedule).exists()
    answers = [one for one in office.answers() if not one.is_receipt]
    assert sorted(one.code for one in answers) == ["05", "06"]
    assert {one.about for one in answers} == set(sent)
    (confirmed,) = (one for one in answers if one.code == "05")
    with office.acting():
        (made,) = Appointment.objects.filter(schedule=book_of.schedule)
        assert made.patient_id == sent[confirmed.about].id
    assert seen.uid not in [one.uid for one in ask(office).times]


@pytest.mark.req("DDFL-RT-09")
@pytest.mark.parametrize("instead", [b'<KodetOpplysning V="9" S="2.16.578.1.12.4.1.1.1101"/>', b""])
def test_without_a_known_consent_nobody_else_will_do(office, instead: bytes) -> None:
    slot = open_book(office).slots[0]
    open_book(office, owner=office.cast.per)
    with office.acting():
        book(slot=slot, patient=office.cast.nora, through="helsenorge", comment="Hoste")
    question = office.helsenorge.reserve(
        office.cast.ola, time_of(slot, office.cast.kari_party.her_id), accepts_other=True
    )
    consent = b"<KodetOpplysning" + render(question).split(b"<KodetOpplysning", 1)[1].split(b"/>", 1)[0] + b"/>"
    assert put(office, question, (consent, instead)).code == "06"


@pytest.mark.req("DDFL-RT-08", "DDFL-HT-07")
def test_a_time_of_the_wanted_substitute_is_booked_and_needs_no_list_of_others(office) -> None:
    open_book(office)
    stand_in = open_book(office, owner=office.cast.per)
    hpr_number = HprNumber(office.cast.per.hpr_number)
    wanted = parties.practitioner_role(
        PatientRole.WANTED_PRACTITIONER, hpr_number=hpr_number, given_name="Per", family_name="Vik"
    )
    time = ask(office, wanted=wanted).times[0]
    assert time.uid == str(stand_in.slots[0].uid)
    answer = reserve(office, time, wanted=wanted)
    assert (answer.code, answer.document.practitioners) == ("05", ())
    assert str(answer.document.dialog.note.roles[0].practitioner.hpr_number) == office.cast.per.hpr_number
    stranger = reserve(office, time_of(stand_in.slots[1], office.cast.kari_party.her_id), patient=office.cast.jonas)
    assert stranger.code == "30"


@pytest.mark.req("DDFL-RT-10", "DDFL-RT-11", "DDFL-RT-12")
def test_what_is_shown_but_not_bookable_is_refused_until_it_is(office) -> None:
    book_ = open_book(office)
    start = book_.slots[-1].during.upper
    opens = clock.now().replace(microsecond=0) + timedelta(hours=1)
    with office.acting():
        phone = create_type(name="Ring oss", minutes=20, must_call=True)
        called = add_single_slot(book_.schedule, start=start, type=phone)
        later = add_single_slot(
            book_.schedule, start=start + timedelta(minutes=20), type=book_.type, available_from=opens
        )
    contact = office.cast.kari_party.her_id
    assert reserve(office, time_of(called, contact)).code == "06"
    assert reserve(office, time_of(later, contact)).code == "06"
    wrong = time_of(book_.slots[0], contact)
    moved = VEvent(start=wrong.start + timedelta(minutes=5), end=wrong.end, uid=wrong.uid, contact=contact)
    assert reserve(office, moved).code == "06"
    with office.acting():
        # Not because of who asked.
        told = AuditEvent.objects.filter(action__endswith=".refused").values_list("action", "detail")
        assert list(told) == [("appointment.refused", {"code": "06"})] * 3
    clock.move(opens + timedelta(seconds=1) - clock.now())
    assert reserve(office, time_of(later, contact)).code == "05"


@pytest.mark.req("DDFL-RT-16", "DDFL-CAL-07")
def test_a_cancellation_without_the_appointments_id_is_matched_by_uid_then_by_start(office) -> None:
    first, second, _third = ask_times(office)
    for time, change in ((first, None), (second, "gone")):
        given = booked(reserve(office, time))
        question = office.helsenorge.cancel(office.cast.ola, given)
        data = render(question)
        cut = data[data.index(b"<related-to>") : data.index(b"</related-to>") + len(b"</related-to>")]
        swaps = [(cut, b""), (given.contact.encode() + b"</text>", given.contact.encode() + b" </text>")]
        swaps += [(given.uid.encode(), b"en-annen")] if change else []
        for old, new in swaps:
            assert old in data
            data = data.replace(old, new)
        office.helsenorge.send(data, like=question)
        answer = next(letter for letter in office.answers() if not letter.is_receipt)
        assert (answer.code, booked(answer).related_to) == ("08", given.related_to)


def ask_times(office):
    open_book(office)
    return ask(office).times


@pytest.mark.req("DDFL-RT-15")
def test_another_patients_appointment_leaves_a_line_in_the_log(office) -> None:
    given = booked(reserve(office, ask_times(office)[0]))
    answer = put(office, office.helsenorge.cancel(office.cast.nora, given))
    assert (answer.code, answer.times) == ("09", ())
    with office.acting():
        line = AuditEvent.objects.get(action="appointment.refused")
        assert str(line.subject_id) == given.related_to


def resource(office, *, category="vaccine", information="Ta med vaksinasjonskortet. " * 20):
    """A service party with a calendar of the clinic's own; the party, its row, and its times."""
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with office.acting():
        row = register_party(her_id=fresh_her_id(), kind="service", name="Vaksinasjon", services=["booking"])
        put_party_live(row)
        schedule = create_schedule(owner=None, public_name="Vaksinasjon")
        kind = create_type(name="Influensavaksine", minutes=10, category=category, information=information)
        slots = [
            add_single_slot(schedule, start=start + timedelta(minutes=10 * number), type=kind) for number in range(2)
        ]
    clinic = parties.organisation(office.cast.clinic.name, HerId(office.cast.clinic.her_id))
    return parties.service_party(clinic, her_id=HerId(row.her_id), name=row.name), row, slots


@pytest.mark.req("HNB-2", "DDFL-ENV-10", "DDFL-HT-01", "DDFL-RT-01", "DDFL-RT-13")
@pytest.mark.parametrize(("category", "name"), [("vaccine", "Vaksine"), ("lab", "Lab")])
def test_a_resource_calendar_is_listed_booked_and_cancelled_at_its_own_party(office, category, name) -> None:
    open_book(office)
    party, row, slots = resource(office, category=category)
    times = ask(office, to=party).times
    assert [(time.start, time.contact, time.categories) for time in times] == [
        (slot.during.lower, row.her_id, (name,)) for slot in slots
    ]
    assert {time.summary for time in times} == {"Influensavaksine"}
    (told,) = {time.description for time in times}
    whole = "Ta med vaksinasjonskortet. " * 20
    assert (whole.startswith(told), whole[len(told)]) == (True, " ")
    assert profile.RESOURCE_TEXT_CHARACTERS - len("vaksinasjonskortet.") < len(told) <= profile.RESOURCE_TEXT_CHARACTERS
    assert {time.uid for time in times}.isdisjoint({time.uid for time in ask(office).times})
    answer = put(office, office.helsenorge.reserve(office.cast.ola, times[0], to=party))
    given = booked(answer)
    assert (answer.code, given.contact, given.categories) == ("05", row.her_id, (name,))
    assert (str(answer.document.info.sender.level2_her_id), answer.document.practitioners) == (row.her_id, ())
    assert [time.uid for time in ask(office, to=party).times] == [times[1].uid]
    gone = put(office, office.helsenorge.cancel(office.cast.ola, given, to=party))
    assert (gone.code, booked(gone).related_to) == ("08", given.related_to)
    assert put(office, office.helsenorge.reserve(office.cast.astrid, times[1], to=party)).code == "05"
    assert put(office, office.helsenorge.reserve(office.cast.jonas, times[1], to=party)).code == "30"


@pytest.mark.req("HNB-2", "DDFL-PU-01")
def test_a_resources_time_given_by_staff_is_told_by_its_party(office) -> None:
    _party, row, slots = resource(office)
    with office.acting(office.cast.ali):
        book(slot=slots[0], patient=office.cast.ola, through="staff")
    clock.move(timedelta(seconds=301))
    (push,) = office.answers()
    assert (push.code, booked(push).contact, booked(push).categories) == ("05", row.her_id, ("Vaksine",))
    assert str(push.document.info.sender.level2_her_id) == row.her_id


@pytest.mark.req("HNB-2", "HNB-5")
def test_without_the_stand_in_a_service_party_has_no_calendar(office, monkeypatch) -> None:
    party, row, slots = resource(office)
    monkeypatch.setattr(profile, "RESOURCE_CALENDARS", False)
    assert ask(office, to=party).code == "26"
    refused = put(office, office.helsenorge.reserve(office.cast.ola, time_of(slots[0], row.her_id), to=party))
    assert refused.code == "26"
