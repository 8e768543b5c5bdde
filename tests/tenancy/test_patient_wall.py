"""The second wall of the patient portal: in a patient's unit of work the database itself shows and takes only what is
that patient's, whatever the code asks for (docs/decisions/0008)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.db.utils import ProgrammingError

from skranke.audit.models import AuditEvent
from skranke.audit.services import record
from skranke.billing.models import CardState
from skranke.billing.services import change_card, close_card, open_card
from skranke.blobs.models import Blob, BlobPart
from skranke.clinics.models import CommunicationProfile, Employee
from skranke.dialog.models import Attachment, Channel, Message, Participant, Thread
from skranke.dialog.services import mark_read
from skranke.identity.models import ApiToken
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.outbox.models import OutboxItem
from skranke.patients.models import Patient
from skranke.patients.services import register
from skranke.scheduling.facts import busy_times
from skranke.scheduling.models import (
    Appointment,
    AppointmentState,
    AppointmentType,
    BookedThrough,
    Occupancy,
    Schedule,
    Slot,
)
from skranke.scheduling.requests.models import AppointmentRequest, RequestListLayout, RequestOutcome
from skranke.scheduling.requests.services import set_takes_requests
from skranke.scheduling.services import book, change_schedule, create_type, hold
from skranke.scheduling.waiting.models import SlotOffer, WaitingEntry, WaitingEvent
from skranke.scheduling.waiting.services import EntryFacts, add_entry
from skranke.tenancy.work import acting

from cast import fresh_national_id, make_clinic
from support.dialog import E_CONTACT, PDF, PNG, file, question, receive, upload
from support.doors.world import make_world
from support.portal import answer, start
from support.timebok import make_timebok, weekday_at

_RIGHTS = """
    SELECT c.relname, p.privilege FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p(privilege)
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
       AND CASE p.privilege WHEN 'DELETE' THEN has_table_privilege('skranke_patient', c.oid, 'DELETE')
           ELSE has_any_column_privilege('skranke_patient', c.oid, p.privilege) END
"""
_POLICIES = """
    SELECT tablename, cmd FROM pg_policies
     WHERE roles = '{skranke_patient}' AND permissive = 'RESTRICTIVE' AND schemaname = 'public'
"""


def _rows(statement: str) -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return set(cursor.fetchall())


@pytest.mark.req("NFR-2")
def test_each_right_a_patient_has_to_a_table_is_to_certain_rows_of_it() -> None:
    rights = _rows(_RIGHTS)
    assert len(rights) > 30
    assert rights - _rows(_POLICIES) == set()


@pytest.mark.req("NFR-2")
def test_only_the_pages_may_become_a_patient_and_they_have_none_of_its_rights_before() -> None:
    of = "SELECT rolname, pg_has_role(rolname, 'skranke_patient', %s) FROM pg_roles WHERE rolname LIKE 'skranke\\_%%'"
    with connection.cursor() as cursor:
        cursor.execute(of, ["MEMBER"])
        may = {name for name, is_member in cursor.fetchall() if is_member}
        cursor.execute(of, ["USAGE"])
        has = {name for name, uses in cursor.fetchall() if uses}
    assert may == {"skranke_web", "skranke_becomes_patient", "skranke_patient"}
    assert has == {"skranke_patient"}


@pytest.mark.req("NFR-2", "CMP-4")
def test_of_the_dialogs_a_patient_sees_the_own_channel_and_nothing_else() -> None:
    cast = make_clinic()
    own = start(cast)
    receive(cast, question(cast, kind=E_CONTACT, attachments=(file(),)))
    internal, noras = start(cast), start(cast, to=cast.nora)
    with acting(cast.system):
        Thread.objects.filter(id=internal.id).update(channel=Channel.INTERNAL)
    with acting(cast.actor(cast.nora)):
        noras_file = upload(PNG)
    answer(cast, noras, by=cast.nora, attachment_ids=[noras_file.id])
    with acting(cast.actor(cast.ola)):
        mine = upload(PDF)
        for table in (Thread, Message, Participant, Attachment, Blob, BlobPart):
            assert table.objects.exists(), table
        assert [row.id for row in Thread.objects.all()] == [own.id]
        assert {row.thread_id for row in Message.objects.all()} == {own.id}
        assert {row.thread_id for row in Participant.objects.all()} == {own.id}
        assert [row.id for row in Attachment.objects.all()] == [mine.id]
        assert [row.id for row in Blob.objects.all()] == [mine.blob_id]
        assert {row.blob_id for row in BlobPart.objects.all()} == {mine.blob_id}


@pytest.mark.req("NFR-2", "REQ-6")
def test_of_the_waiting_list_a_patient_sees_the_own_offers_that_are_told_there_and_no_note() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    slots = [timebok.slot(weekday_at(hour)) for hour in (9, 10, 11)]
    with acting(cast.actor(cast.ali)):
        long = create_type(name="Lang time", minutes=20)
        entries = [
            add_entry(patient, EntryFacts(type=kind, note="Bare for klinikken"))
            for patient, kind in ((cast.ola, timebok.ordinary), (cast.nora, timebok.ordinary), (cast.ola, long))
        ]
    with acting(cast.system):
        facts = {"clinic_id": cast.clinic.id, "expires_at": clock.now() + timedelta(hours=1)}
        ways = zip(entries, slots, ("portal", "portal", "call"), strict=True)
        made = [SlotOffer.objects.create(entry=e, patient=e.patient, slot=s, by=by, **facts) for e, s, by in ways]
    with acting(cast.actor(cast.ola)):
        assert [one.id for one in SlotOffer.objects.all()] == [made[0].id]
        assert set(WaitingEntry.objects.values_list("id", flat=True)) == {entries[0].id, entries[2].id}
        assert SlotOffer.objects.filter(id=made[1].id).update(state="declined", ended_at=clock.now()) == 0
        assert WaitingEntry.objects.filter(id=entries[1].id).update(state="removed", ended_at=clock.now()) == 0
    for ask in (lambda: WaitingEntry.objects.values_list("note"), WaitingEvent.objects.values_list):
        with pytest.raises(ProgrammingError), acting(cast.actor(cast.ola)):
            list(ask())


@pytest.mark.req("NFR-2", "REQ-1", "REQ-2")
def test_of_the_requests_a_patient_sees_the_own_and_ends_them_only_by_taking_them_back() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        set_takes_requests(takes=True)
    with acting(cast.system):
        facts = {"clinic_id": cast.clinic.id, "remark": "Vondt i kneet"}
        mine, answered, theirs = (
            AppointmentRequest.objects.create(patient=one, form_id=new_id(), **facts)
            for one in (cast.ola, cast.ola, cast.nora)
        )
        for row in (answered, theirs):
            ended = {"kind": "declined", "text": "Ring oss.", "by_name": "Kari"}
            RequestOutcome.objects.create(clinic_id=cast.clinic.id, request=row, **ended)
    with acting(cast.actor(cast.ola)):
        assert set(AppointmentRequest.objects.values_list("id", flat=True)) == {mine.id, answered.id}
        assert RequestOutcome.objects.get().request_id == answered.id
    own = {"clinic_id": cast.clinic.id, "by_name": "Ola"}
    refused: list[Callable[[], object]] = [
        lambda: AppointmentRequest.objects.create(patient=cast.nora, form_id=new_id(), **facts),
        lambda: RequestOutcome.objects.create(request=mine, kind="declined", text="Nei", **own),
        lambda: AppointmentRequest.objects.filter(id=mine.id).update(remark="Noe annet"),
        lambda: AppointmentRequest.objects.filter(id=mine.id).delete(),
        lambda: RequestOutcome.objects.update(text="Ja"),
        RequestListLayout.objects.count,
    ]
    for deed in refused:
        with pytest.raises(ProgrammingError), acting(cast.actor(cast.ola)):
            deed()
    with acting(cast.actor(cast.ola)):
        RequestOutcome.objects.create(request=mine, kind="withdrawn", **own)
    with acting(cast.actor(cast.ali)):
        set_takes_requests(takes=False)
    with pytest.raises(ProgrammingError), acting(cast.actor(cast.ola)):
        AppointmentRequest.objects.create(patient=cast.ola, form_id=new_id(), **facts)


@pytest.mark.req("NFR-2", "TYP-4", "APT-5")
def test_of_the_schedules_a_patient_sees_the_own_times_and_no_hidden_or_deleted_one() -> None:
    """In a timebok that is not online, so that nothing of it is there to be booked."""
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        change_schedule(timebok.schedule, online=False)
    slots = [timebok.slot(weekday_at(hour)) for hour in (9, 10, 11, 12)]
    with acting(cast.actor(cast.ali)):
        booked = [book(slot=slot, patient=cast.ola, through=BookedThrough.STAFF) for slot in slots]
    shown, hidden, deleted, noras = booked
    with acting(cast.system):
        secret = create_type(name="Skjult", minutes=20, visibility="hidden")
        Appointment.objects.filter(id=hidden.id).update(hidden=True, type=secret)
        Appointment.objects.filter(id=deleted.id).update(state=AppointmentState.DELETED)
        Appointment.objects.filter(id=noras.id).update(patient=cast.nora)
    with acting(cast.actor(cast.ola)):
        assert [row.id for row in Appointment.objects.all()] == [shown.id]
        assert [row.id for row in Slot.objects.all()] == [shown.slot_id]
        assert [row.id for row in AppointmentType.objects.all()] == [shown.type_id]
        assert [row.id for row in Schedule.objects.all()] == [shown.schedule_id]
        assert [row.source_id for row in Occupancy.objects.all()] == [shown.id]
        assert {row.subject_id for row in OutboxItem.objects.all()} <= {shown.id}
        told = AuditEvent.objects.filter(subject_kind="appointment")
        assert {row.subject_id for row in told} == {shown.id}


@pytest.mark.req("NFR-2", "TYP-4", "BOK-1", "BOK-11")
def test_of_what_can_be_booked_a_patient_sees_the_times_and_of_others_only_when_they_are_in_use() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        secret = create_type(name="Skjult", minutes=20, visibility="hidden")
    free, noras, held = (timebok.slot(weekday_at(hour)) for hour in (9, 10, 11))
    timebok.slot(weekday_at(12), type=secret)
    away = timebok.second_schedule()
    timebok.slot(weekday_at(9), away)
    with acting(cast.system):
        change_schedule(away, online=False)
        book(slot=noras, patient=cast.nora, through=BookedThrough.STAFF)
        hold(held, cast.nora)
    with acting(cast.actor(cast.ola)):
        assert {row.id for row in Slot.objects.all()} == {free.id, noras.id, held.id}
        assert [row.id for row in AppointmentType.objects.all()] == [timebok.ordinary.id]
        assert [row.id for row in Schedule.objects.all()] == [timebok.schedule.id]
        assert not Occupancy.objects.exists()
        assert not Appointment.objects.exists()
        told = _rows(
            f"SELECT source_id FROM times_in_use(ARRAY['{timebok.schedule.id}']::uuid[], '-infinity', 'infinity')"
        )
        assert told == {(None,)}
        busy = busy_times([timebok.schedule.id], noras.during.lower, held.during.upper, clock.now())
        assert [one.starts for one in busy] == [int(one.during.lower.timestamp()) for one in (noras, held)]


@pytest.mark.req("NFR-2", "BOK-11")
def test_a_patient_takes_the_whole_time_of_an_offered_slot_for_nobody_else_and_in_no_other_way() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    slot, now = timebok.slot(weekday_at(10)), clock.now()

    def take(**facts: object) -> None:
        row = {"during": slot.during, "kind": "hold", "source_id": cast.ola.id, "expires_at": now}
        Occupancy.objects.create(clinic_id=cast.clinic.id, schedule=timebok.schedule, **{**row, **facts})

    def give(**facts: object) -> None:
        row = {"patient": cast.ola, "booked_through": "portal", "type": timebok.ordinary, "slot": slot}
        row |= {"during": slot.during, "schedule": timebok.schedule, "created_by_name": "x"}
        Appointment.objects.create(clinic_id=cast.clinic.id, **{**row, **facts})

    longer = (slot.during.lower, slot.during.upper + timedelta(minutes=20))
    for write in (
        lambda: take(source_id=cast.nora.id),
        lambda: take(during=longer),
        lambda: take(exclusive=False),
        lambda: take(kind="event"),
        lambda: give(patient=cast.nora),
        lambda: give(booked_through="staff"),
        lambda: give(hidden=True),
        lambda: give(told_helsenorge=True),
        lambda: give(note="x"),
        lambda: give(slot=None),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.actor(cast.ola)):
            write()
    with acting(cast.actor(cast.ola)):
        take()
        give()


@pytest.mark.req("NFR-2", "TYP-6")
def test_of_a_group_a_patient_sees_the_own_place_alone_and_takes_none_for_another() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        kind = create_type(name="Frisklivsgruppe", minutes=60, visibility="group", capacity=3)
    slot = timebok.slot(weekday_at(10), type=kind)
    with acting(cast.system):
        book(slot_id=slot.id, patient=cast.nora, through=BookedThrough.STAFF)
    with acting(cast.actor(cast.ola)):
        assert [row.id for row in Slot.objects.all()] == [slot.id]
        assert kind.id in {row.id for row in AppointmentType.objects.all()}
        busy = busy_times([timebok.schedule.id], slot.during.lower, slot.during.upper, clock.now())
        assert [(one.slot_id, one.patient_id) for one in busy] == [(slot.id, None)]
        mine = book(slot_id=slot.id, patient=cast.ola, through=BookedThrough.PORTAL)
        assert [row.source_id for row in Occupancy.objects.all()] == [mine.id]
        assert [row.id for row in Appointment.objects.all()] == [mine.id]
        busy = busy_times([timebok.schedule.id], slot.during.lower, slot.during.upper, clock.now())
        assert [one.patient_id for one in busy].count(cast.ola.id) == len(busy) - 1 == 1
    row = {"clinic_id": cast.clinic.id, "schedule": timebok.schedule, "during": slot.during, "kind": "appointment"}
    row |= {"exclusive": False, "slot": slot, "source_id": new_id()}
    for facts in ({"patient_id": cast.kari.id}, {"patient_id": None, "slot": None}):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.actor(cast.ola)):
            Occupancy.objects.create(**{**row, **facts})


@pytest.mark.req("NFR-2", "NFR-1")
def test_of_record_and_audit_log_a_patient_sees_what_is_the_patients_own() -> None:
    ours, theirs = make_clinic(), make_clinic()
    for cast in (ours, theirs):
        with acting(cast.actor(cast.kari)):
            for patient in (cast.ola, cast.nora):
                record("patient.read", subject_kind="patient", subject_id=patient.id, patient_id=patient.id)
    with acting(ours.actor(ours.ola)):
        assert [row.id for row in Patient.objects.all()] == [ours.ola.id]
        assert {row.patient_id for row in AuditEvent.objects.all()} == {ours.ola.id}
        assert set(Employee.objects.values_list("clinic_id", flat=True)) == {ours.clinic.id}


@pytest.mark.req("NFR-2", "PAT-21")
def test_of_the_invoice_cards_a_patient_sees_the_finished_ones_alone() -> None:
    """A draft may still change, and what was discarded is nobody's: the database keeps both back by itself."""
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        _draft, discarded, ready = (open_card(cast.ola, new=True) for _ in range(3))
        close_card(discarded, CardState.DISCARDED, expected_version=discarded.version)
        ready = change_card(ready, starts=ready.starts, ends=ready.ends, codes=["2ad"], expected_version=ready.version)
        close_card(ready, CardState.READY, expected_version=ready.version)
    with acting(cast.actor(cast.ola)):
        assert _rows("SELECT id FROM billing_invoicecard") == {(ready.id,)}


# What the clinic tells each of its patients.
_FOR_ALL = {
    "clinics_clinic", "clinics_employee", "dialog_communicationtype", "dialog_typerecipient", "dialog_typelist",
    "scheduling_schedule", "scheduling_appointmenttype", "scheduling_slot",
}  # fmt: skip


@pytest.mark.req("NFR-2")
def test_a_patient_with_nothing_sees_nothing_of_all_that_others_have() -> None:
    """Table by table, as the database alone decides: one policy that lets more through is one table more here."""
    world = make_world()
    cast = world.cast
    with acting(cast.system):
        new = register(national_id=fresh_national_id(age=33), given_name="Inga", family_name="Ny")
    answer(cast, Thread(id=world.ids["own_thread"]), by=world.patient)
    with acting(cast.actor(cast.kari)):
        mark_read(Thread(id=world.ids["own_thread"]))
        bill = open_card(world.patient, new=True)
        bill = change_card(bill, starts=bill.starts, ends=bill.ends, codes=["2ad"], expected_version=bill.version)
        close_card(bill, CardState.READY, expected_version=bill.version)
    tables = sorted(table for table, right in _rows(_RIGHTS) if right == "SELECT")
    with acting(cast.actor(new)):
        seen = {table: _rows(f'SELECT count(*) FROM "{table}"').pop()[0] for table in tables}
    with acting(cast.actor(world.patient)):
        own = {table for table in tables if _rows(f'SELECT count(*) FROM "{table}"') != {(0,)}}
    assert {table: rows for table, rows in seen.items() if rows and table not in _FOR_ALL} == {
        "patients_patient": 1,
        "audit_auditevent": 1,  # that the patient was registered
    }
    assert set(tables) - own <= {"dialog_typelist"}, "the world has something in each table"


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("table", [JournalEntry, CommunicationProfile, ApiToken, Employee])
def test_the_rest_is_shut(table: type[Model]) -> None:
    cast = make_clinic()
    with pytest.raises(ProgrammingError, match="permission denied"), acting(cast.actor(cast.ola)):
        list(table.objects.all())


def _update(table: type[Model], **facts: object) -> Callable[[], int]:
    return lambda: table.objects.update(**facts)


WRITES: dict[str, Callable[[], object]] = {
    "national id": _update(Patient, national_id="1"),
    "gp list": _update(Patient, on_gp_list=False),
    "title": _update(Thread, title="x"),
    "channel": _update(Thread, channel="own"),
    "text": _update(Message, text="x"),
    "note": _update(Appointment, note="x"),
    "time": _update(Appointment, during=(clock.now(), clock.now() + timedelta(hours=1))),
    "audit row": _update(AuditEvent, actor_name="x"),
    "audit rows": lambda: AuditEvent.objects.all()._raw_delete("default"),
    "message": lambda: Message.objects.all()._raw_delete("default"),
}


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_is_not_the_patients_to_write_is_refused(write: Callable[[], object]) -> None:
    cast = make_clinic()
    start(cast)
    with pytest.raises(ProgrammingError, match="permission denied"), acting(cast.actor(cast.ola)):
        write()


@pytest.mark.req("NFR-1", "NFR-2")
def test_nobody_is_written_for_but_the_patient() -> None:
    cast = make_clinic()
    thread = start(cast)

    def message(**facts: object) -> None:
        now = clock.now()
        row = {"direction": "in", "thread": thread, "code": "", "author_name": "x", "msg_id": uuid4().hex}
        Message.objects.create(clinic_id=cast.clinic.id, generated_at=now, recorded_at=now, **{**row, **facts})

    def audit(**facts: object) -> None:
        row = {"action": "patient.read", "actor_kind": "patient", "actor_id": cast.ola.id, "patient_id": cast.ola.id}
        AuditEvent.objects.create(clinic_id=cast.clinic.id, purpose="own_access", **{**row, **facts})

    noras = start(cast, to=cast.nora)
    for write in (
        lambda: message(direction="out"),
        lambda: message(thread=noras),
        lambda: audit(actor_id=cast.kari.id),
        lambda: audit(patient_id=cast.nora.id),
        lambda: Attachment.objects.create(clinic_id=cast.clinic.id, blob_id=uuid4(), name="x", size=1),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.actor(cast.ola)):
            write()
    with acting(cast.actor(cast.ola)):
        message()
        audit()


@pytest.mark.req("NFR-2")
def test_a_patients_unit_of_work_holds_no_other_and_is_held_by_none() -> None:
    cast = make_clinic()
    ola, nora = cast.actor(cast.ola), cast.actor(cast.nora)
    for outer, inner in ((ola, nora), (ola, cast.system), (cast.system, ola), (cast.actor(cast.kari), ola)):
        with acting(outer), pytest.raises(RuntimeError, match="patient's"), acting(inner):
            pass
    with acting(ola), acting(ola):
        assert Patient.objects.count() == 1


@pytest.mark.req("NFR-2")
def test_the_wall_ends_with_the_unit_of_work_also_inside_a_wider_transaction() -> None:
    cast = make_clinic()
    with transaction.atomic():
        with acting(cast.actor(cast.ola)):
            assert Patient.objects.count() == 1
        with acting(cast.system):
            assert Patient.objects.count() > 1
        with pytest.raises(ZeroDivisionError), acting(cast.actor(cast.ola)):
            raise ZeroDivisionError
        with acting(cast.system):
            assert JournalEntry.objects.count() == 0
