"""Common services in HelseNorge (RES): times of flagged types, whoever of the clinic gives them, on the wire."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from skranke.clinics.activation.services import put_party_live
from skranke.clinics.models import CommunicationParty
from skranke.clinics.organisation.groups import GroupFacts, add_group
from skranke.clinics.services import register_party
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.patients.lists import add_member, make_list
from skranke.patients.services import register
from skranke.scheduling.models import Appointment, AppointmentType, Occupancy, Schedule
from skranke.scheduling.services import (
    add_single_slot,
    book,
    change_schedule,
    create_schedule,
    create_type,
)
from skranke.scheduling.services.types import change_type
from skranke.standards import profile
from skranke.standards.build import parties
from skranke.standards.render import render

from cast import fresh_her_id, fresh_national_id
from support.helsenorge import booked
from support.surgery import Surgery, open_book

INFORMATION = "Ta med vaksinasjonskortet. " * 20


@dataclass(frozen=True)
class Lab:
    """A lab whose helpers have a schedule each, all with the same times; row: the clinic's service party."""

    office: Surgery
    row: CommunicationParty
    schedules: list[Schedule]
    type: AppointmentType
    starts: list[datetime]

    @property
    def party(self):
        clinic = parties.organisation(self.office.cast.clinic.name, HerId(self.office.cast.clinic.her_id))
        return parties.service_party(clinic, her_id=HerId(self.row.her_id), name=self.row.name)

    def times(self, patient=None):
        """What the patient is shown."""
        question = self.office.helsenorge.free_times(patient or self.office.cast.ola, to=self.party)
        self.office.helsenorge.send(question, sync=True)
        self.office.take_questions()
        (reply,) = self.office.helsenorge.replies()
        return reply.times

    def put(self, question, change=(b"", b"")):
        self.office.helsenorge.send(render(question).replace(*change), like=question)
        receipt, answer = sorted(self.office.answers(), key=lambda letter: not letter.is_receipt)
        assert (receipt.code, answer.about) == ("1", question.info.msg_id)
        if answer.times:
            self.office.helsenorge.send(self.office.helsenorge.receipt_for(answer))
            self.office.work()
        return answer

    def reserve(self, time, patient=None, text="Vaksine før reisen"):
        return self.put(self.office.helsenorge.reserve(patient or self.office.cast.ola, time, text, to=self.party))

    def rows(self):
        with self.office.acting():
            return list(Appointment.objects.select_related("schedule", "type").order_by("created_at"))

    def another_patient(self, number: int):
        with self.office.acting():
            return register(
                national_id=fresh_national_id(age=30 + number), given_name="Prøve", family_name=f"Nummer {number}",
                gp=self.office.cast.mona, on_gp_list=True,
            )  # fmt: skip


def make_lab(office: Surgery, *, helpers: int = 1, owner=None, times: int = 2, category="lab", **kind) -> Lab:
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    starts = [start + timedelta(minutes=10 * number) for number in range(times)]
    with office.acting():
        row = register_party(her_id=fresh_her_id(), kind="service", name="Fellestjenester", services=["booking"])
        put_party_live(row)
        if owner == "group":
            owner = add_group(GroupFacts(name="Lab", kind="static", members=(office.cast.anne,)))
        schedules = [
            create_schedule(owner=owner, public_name=f"Labtjenester {number}", internal_name=f"Lab {number}")
            for number in range(1, helpers + 1)
        ]
        facts = {"name": "Blodprøve", "minutes": 10, "category": category, "information": INFORMATION, **kind}
        flagged = create_type(**facts)
        for schedule in schedules:
            for one in starts:
                add_single_slot(schedule, start=one, type=flagged)
    return Lab(office, row, schedules, flagged, starts)


@pytest.mark.req("RES-1", "RES-4", "RES-11", "RES-20", "RES-21", "IMP-5")
def test_a_start_that_three_helpers_have_is_one_offer_until_none_has_it(office) -> None:
    lab = make_lab(office, helpers=3, owner="group")
    shown = lab.times()
    assert [(time.start, time.summary, time.contact) for time in shown] == [
        (start, "Blodprøve", lab.row.her_id) for start in lab.starts
    ]
    patients = [lab.another_patient(number) for number in range(4)]
    answers = [lab.reserve(shown[0], one) for one in patients]
    assert [one.code for one in answers] == ["05", "05", "05", "06"]
    # The offer is the same for all, the appointments are not.
    given = [booked(one) for one in answers[:3]]
    assert {one.uid for one in given} == {shown[0].uid}
    assert len({one.related_to for one in given}) == 3
    assert {row.schedule_id for row in lab.rows()} == {one.id for one in lab.schedules}
    assert [time.start for time in lab.times(patients[3])] == [lab.starts[1]]
    gone = lab.put(office.helsenorge.cancel(patients[1], given[1], to=lab.party))
    assert (gone.code, booked(gone).related_to) == ("08", given[1].related_to)
    assert [time.uid for time in lab.times(patients[3])] == [time.uid for time in shown]
    assert lab.reserve(shown[0], patients[3]).code == "05"


@pytest.mark.req("RES-21")
def test_the_one_with_the_least_to_do_that_day_gets_it(office) -> None:
    lab = make_lab(office, helpers=3, times=3)
    with office.acting(office.cast.ali):
        for schedule, number in ((lab.schedules[0], 2), (lab.schedules[1], 1)):
            for slot in schedule.slots.order_by("starts")[:number]:
                book(slot=slot, patient=lab.another_patient(number), through="staff")
    last = lab.times()[-1]
    assert last.start == lab.starts[2]
    order = []
    for number in range(3):
        assert lab.reserve(last, lab.another_patient(10 + number)).code == "05"
        order.append(lab.rows()[-1].schedule.internal_name)
    assert order == ["Lab 3", "Lab 2", "Lab 1"]


@pytest.mark.req("RES-21")
@pytest.mark.parametrize("moved", [False, True])
def test_who_asks_twice_has_one_time(office, moved) -> None:
    lab = make_lab(office, helpers=2)
    first, second = lab.times()
    given = booked(lab.reserve(first))
    if moved:
        with office.acting():
            office.cast.clinic.moves_on_request = True
            office.cast.clinic.save()
        change = office.helsenorge.change(office.cast.ola, given, replace(second, related_to=given.related_to))
        answer = lab.put(replace(change, info=replace(change.info, receiver=lab.party)))
        assert (answer.code, booked(answer).start, booked(answer).uid) == ("07", second.start, given.uid)
    again = booked(lab.reserve(first))
    # After the move it is a new appointment, which must not have the other's uid.
    assert (again.related_to == given.related_to, again.uid == given.uid) == (not moved, not moved)
    assert again.start == first.start
    with office.acting():
        assert Occupancy.objects.count() == Appointment.objects.count() == 1 + moved


@pytest.mark.req("RES-2", "RES-3", "RES-9", "RES-18", "RES-19")
def test_only_flagged_types_are_shown_at_once_and_never_a_gps_own(office) -> None:
    lab = make_lab(office, owner=office.cast.anne)
    own = open_book(office, category="vaccine", name="Vaksine hos legen")
    start = lab.starts[-1] + timedelta(minutes=10)
    with office.acting():
        plain = create_type(name="Sårskift", minutes=10)
        add_single_slot(lab.schedules[0], start=start, type=plain)
    assert {time.summary for time in lab.times()} == {"Blodprøve"}
    with office.acting():
        change_type(plain, category="lab")
    times = lab.times()
    assert [(time.start, time.summary) for time in times][-1] == (start, "Sårskift")
    # Where the schedule is a GP's the flag has no effect: an ordinary time of the GP's, and of nobody else.
    office.helsenorge.send(office.helsenorge.free_times(office.cast.ola), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    assert [(time.uid, time.summary, time.categories) for time in reply.times] == [
        (str(slot.uid), "", ()) for slot in own.slots
    ]
    with office.acting():
        change_type(plain, category="")
    assert {time.summary for time in lab.times()} == {"Blodprøve"}


@pytest.mark.req("RES-7", "RES-22", "RES-26", "HNB-2")
def test_what_is_offline_or_beyond_its_limits_is_not_shown_nor_booked(office) -> None:
    lab = make_lab(office, helpers=2)
    time = lab.times()[0]

    def check(code: str) -> None:
        assert lab.times() == ()
        assert lab.reserve(time).code == code

    with office.acting():
        for one in lab.schedules:
            change_schedule(one, online=False)
    check("06")
    with office.acting():
        change_schedule(lab.schedules[1], online=True)
    assert lab.times()[0].uid == time.uid
    with office.acting():
        change_type(lab.type, bookable_online=False)
    check("06")
    with office.acting():
        change_type(lab.type, bookable_online=True, custom_limits=True, booking_deadline_hours=72)
    check("06")
    with office.acting():
        change_type(lab.type, custom_limits=False)
        change_schedule(lab.schedules[1], days_ahead=0)
    check("06")
    with office.acting():
        change_schedule(lab.schedules[1], days_ahead=None)
    assert lab.reserve(time).code == "05"
    assert lab.rows()[0].schedule_id == lab.schedules[1].id


@pytest.mark.req("RES-8", "RES-28")
def test_the_clinics_list_patients_book_or_those_of_a_list_alone(office) -> None:
    lab = make_lab(office)
    cast = office.cast
    time = lab.times()[0]
    # Of any GP's list here; of none, of nobody's.
    assert lab.times(cast.astrid)[0].uid == time.uid
    assert lab.reserve(time, cast.jonas).code == "30"
    with office.acting(cast.ali):
        chosen = make_list(name="Risikogruppe", kind="custom", shared=True)
        add_member(chosen, cast.astrid)
        add_member(chosen, cast.jonas)
    with office.acting():
        change_schedule(lab.schedules[0], audience="list", patient_list=chosen)
    assert lab.times() == ()
    assert lab.reserve(time).code == "30"
    assert lab.reserve(time, cast.jonas).code == "30"
    assert lab.reserve(time, cast.astrid).code == "05"


@pytest.mark.req("RES-6", "RES-15", "RES-16", "RES-27", "RES-31")
@pytest.mark.parametrize("text", ["Skal til Kenya i mai", " "])
def test_helsenorge_knows_the_service_and_not_who_gives_it(office, text: str) -> None:
    lab = make_lab(office, owner=office.cast.anne, category="vaccine", name="Reisevaksine")
    time = lab.times()[0]
    assert time.summary == "Reisevaksine"
    assert INFORMATION.startswith(time.description)
    assert 0 < len(time.description) <= profile.RESOURCE_TEXT_CHARACTERS
    answer = lab.reserve(time, text=text)
    given = booked(answer)
    assert (answer.code, given.contact, given.categories, given.summary) == (
        "05", lab.row.her_id, ("Vaksine",), "Reisevaksine",
    )  # fmt: skip
    document = answer.document
    assert str(document.info.sender.level2_her_id) == lab.row.her_id
    assert (document.practitioners, document.dialog.note.roles) == ((), ())
    assert b"Anne" not in render(document)
    assert b"Labtjenester" not in render(document)
    assert lab.rows()[0].comment == text.strip()
    # By its uid and the service's number, as one that has lost the appointment's id does.
    question = office.helsenorge.cancel(office.cast.ola, given, to=lab.party)
    gone = lab.put(question, (given.related_to.encode(), str(uuid4()).encode()))
    assert (gone.code, booked(gone).related_to) == ("08", given.related_to)
