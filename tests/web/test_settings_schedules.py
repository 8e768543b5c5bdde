"""Konfigurasjon > Timebøker and Grenser for klinikken: set by an administrator, counting from the next question on."""

import pytest

from skranke.clinics.models import Clinic, GroupKind
from skranke.clinics.organisation.groups import GroupFacts, add_group
from skranke.kernel.ids import new_id
from skranke.patients.lists import add_member, make_list
from skranke.scheduling.models import Appointment, BookedThrough, Schedule
from skranke.scheduling.services import book, create_schedule
from skranke.scheduling.services.cancelling import cancel
from skranke.tenancy.work import acting

from cast import make_clinic
from support.clinic_pages import address, body, field, logged_in
from support.settings import offered, read, sent
from support.timebok import make_timebok, weekday_at

EMPTY = {"max_self_booked": "", "days_ahead": "", "booking_deadline_hours": "", "cancellation_deadline_hours": ""}
NEW = {"version": "0", "audience": "gp_list", "online": "on", "reminders": "on", **EMPTY}


@pytest.mark.req("CAL-1", "CAL-2", "CAL-3", "CAL-5", "ORG-10")
def test_an_administrator_makes_a_timebok_with_every_field_and_its_defaults() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        group = add_group(GroupFacts(name="Laben", kind=GroupKind.STATIC, members=(cast.anne,)))
    client = logged_in(cast, cast.ali)
    page = body(client.get(address(cast, "settings-new-schedule")))
    assert 'name="online"' in page
    assert "checked" in page.partition('name="online"')[2].partition(">")[0]
    for text in ("Eier", "Offentlig navn", "Internt navn", "Avdeling", "Hvem kan bestille", "Opprett timebok"):
        assert text in page
    made = {}
    for owner, name in ((f"employee:{cast.kari.id}", "Kari"), (f"group:{group.id}", "Lab"), ("clinic", "Vaksine")):
        answer = client.post(address(cast, "settings-new-schedule"), NEW | {"owner": owner, "public_name": name})
        assert answer.status_code == 302
        made[name] = read(cast, Schedule, public_name=name)
    kari = made["Kari"]
    assert (kari.owner_id, kari.owner_kind, kari.internal_name) == (cast.kari.id, "employee", "Kari")
    assert (kari.online, kari.audience, kari.reminders, kari.owner_sms) == (True, "gp_list", True, False)
    assert (made["Lab"].group_id, made["Vaksine"].owner_kind) == (group.id, "clinic")
    everything = sent(
        body(client.get(address(cast, "settings-schedule", kari.id))),
        public_name="Lege Kari Lunde", internal_name="Karis", online=None, owner_sms="on", reminders=None,
        department=str(cast.kari.department_id), max_self_booked="2", days_ahead="14", booking_deadline_hours="24",
        first_only="day", cancellation_allowed="nei", cancellation_deadline_hours="48",
    )  # fmt: skip
    assert client.post(address(cast, "settings-schedule", kari.id), everything).status_code == 302
    kari = read(cast, Schedule, id=kari.id)
    assert (kari.public_name, kari.internal_name, kari.online, kari.owner_sms, kari.reminders) == (
        "Lege Kari Lunde", "Karis", False, True, False)  # fmt: skip
    assert (kari.department_id, kari.owner_id) == (cast.kari.department_id, cast.kari.id)
    assert (kari.max_self_booked, kari.days_ahead, kari.booking_deadline_hours) == (2, 14, 24)
    assert (kari.first_only, kari.cancellation_allowed, kari.cancellation_deadline_hours) == ("day", False, 48)
    listed = body(client.get(address(cast, "settings-schedules")))
    for text in ("Karis", "Ikke på nett", "Laben", "Hele klinikken", "Klinikkens fastlegepasienter"):
        assert text in listed
    log = body(client.get(address(cast, "settings-schedule", kari.id)))
    for text in ("Timeboken ble opprettet.", "Antall tilgjengelige dager: «ikke satt» ble «14»", "Ali Khan"):
        assert text in log


@pytest.mark.req("CAL-4", "PAT-15")
def test_a_list_of_patients_may_book_a_timebok_and_a_private_list_of_another_is_no_choice() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.actor(cast.ali)):
        kept = make_list(name="KOLS", kind="custom", shared=True)
        add_member(kept, cast.jonas)
    with acting(cast.actor(cast.mona)):
        private = make_list(name="Monas egne", kind="custom", shared=False)
    timebok.slot(weekday_at(9))
    client, place = logged_in(cast, cast.ali), address(cast, "settings-schedule", timebok.schedule.id)
    page = body(client.get(place))
    assert ("KOLS" in page, "Monas egne" in page) == (True, False)
    assert len(offered(timebok)) == 1
    none = client.post(place, sent(page, audience="list"))
    assert (none.status_code, "Velg en pasientliste" in body(none)) == (422, True)
    assert client.post(place, sent(page, audience="list", patient_list_id=str(private.id))).status_code == 422
    assert client.post(place, sent(page, audience="list", patient_list_id=str(kept.id))).status_code == 302
    assert offered(timebok) == []
    assert "Pasientene på listen KOLS" in body(client.get(address(cast, "settings-schedules")))
    assert client.post(place, sent(body(client.get(place)), audience="gp_list")).status_code == 302
    assert read(cast, Schedule, id=timebok.schedule.id).patient_list_id is None
    assert len(offered(timebok)) == 1


@pytest.mark.req("CAL-6", "CAL-7", "BOK-5", "BOK-6", "BOK-8")
def test_the_clinics_limit_holds_until_the_timebok_sets_its_own_and_the_page_says_which() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    near, far = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(9, weeks=3))
    both = [f"{one.during.lower.astimezone(weekday_at(9).tzinfo):%Y-%m-%d}" for one in (near, far)]
    place, clinic = address(cast, "settings-schedule", timebok.schedule.id), address(cast, "settings-limits")
    days = lambda: [start[:10] for start in offered(timebok)]  # noqa: E731 - asked again after each change
    assert days() == both
    assert "Gjelder: ingen grense." in body(client.get(place))
    assert client.post(clinic, sent(body(client.get(clinic)), days_ahead="10")).status_code == 302
    assert days() == both[:1]
    assert "Gjelder: 10 dager, fra klinikken." in body(client.get(place))
    assert client.post(place, sent(body(client.get(place)), days_ahead="40")).status_code == 302
    assert days() == both
    assert "Gjelder: 40 dager, fra timeboken." in body(client.get(place))
    hours = int((weekday_at(9) - weekday_at(0)).total_seconds() // 3600) + 24 * 9
    assert client.post(clinic, sent(body(client.get(clinic)), booking_deadline_hours=str(hours))).status_code == 302
    assert days() == both[1:]
    assert client.post(place, sent(body(client.get(place)), booking_deadline_hours="1")).status_code == 302
    assert days() == both
    assert "Gjelder: 1 time før, fra timeboken." in body(client.get(place))
    log = body(client.get(clinic))
    assert "Antall tilgjengelige dager: «ikke satt» ble «10»" in log


@pytest.mark.req("CAL-6", "CAL-7", "BOK-4")
def test_of_the_numbers_the_strictest_stops_whichever_level_it_is_of() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    slots = [timebok.slot(weekday_at(hour)) for hour in (9, 10, 11)]
    place, clinic = address(cast, "settings-schedule", timebok.schedule.id), address(cast, "settings-limits")
    with acting(cast.system):
        book(slot=slots[0], patient=cast.ola, through=BookedThrough.PORTAL)
    assert len(offered(timebok)) == 2
    client.post(place, sent(body(client.get(place)), max_self_booked="5"))
    client.post(clinic, sent(body(client.get(clinic)), max_self_booked="1"))
    assert offered(timebok) == []
    assert "Gjelder: 5 timer i denne timeboken, og 1 time i alt, fra klinikken." in body(client.get(place))
    client.post(clinic, sent(body(client.get(clinic)), max_self_booked="5"))
    assert len(offered(timebok)) == 2
    client.post(place, sent(body(client.get(place)), max_self_booked="1"))
    assert offered(timebok) == []


@pytest.mark.req("CAL-6", "CAL-7", "BOK-10")
def test_first_only_at_the_clinic_is_taken_back_by_a_timebok_that_shows_all() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    for hour in (9, 10):
        timebok.slot(weekday_at(hour))
    place, clinic = address(cast, "settings-schedule", timebok.schedule.id), address(cast, "settings-limits")
    client.post(clinic, sent(body(client.get(clinic)), first_only="schedule"))
    assert len(offered(timebok)) == 1
    assert "bare den første ledige timen vises, fra klinikken" in body(client.get(place))
    client.post(place, sent(body(client.get(place)), first_only="all"))
    assert len(offered(timebok)) == 2


@pytest.mark.req("CAL-6", "CAL-7", "BOK-7", "BOK-8")
def test_cancelling_is_allowed_as_the_clinic_says_until_the_timebok_says_otherwise() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    place, clinic = address(cast, "settings-schedule", timebok.schedule.id), address(cast, "settings-limits")
    slot = timebok.slot(weekday_at(9))
    with acting(cast.system):
        appointment = book(slot=slot, patient=cast.ola, through=BookedThrough.PORTAL)
    client.post(clinic, sent(body(client.get(clinic)), cancellation_allowed="nei"))
    assert "Gjelder: nei, fra klinikken." in body(client.get(place))

    def try_to_cancel() -> str:
        with acting(cast.actor(cast.ola)):
            cancel(read_now(appointment), by="patient")
        return read(cast, Appointment, id=appointment.id).state

    def read_now(one: Appointment) -> Appointment:
        return Appointment.objects.select_related("schedule", "type", "patient", "slot").get(id=one.id)

    from skranke.scheduling.errors import CancellationRefusedError

    with pytest.raises(CancellationRefusedError):
        try_to_cancel()
    client.post(place, sent(body(client.get(place)), cancellation_allowed="ja"))
    assert try_to_cancel() == "cancelled_by_patient"


@pytest.mark.req("CAL-1", "ORG-4")
def test_a_timebok_with_coming_appointments_is_not_archived_and_the_page_leads_to_them() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    place = address(cast, "settings-schedule", timebok.schedule.id)
    archive = address(cast, "settings-schedule-archive", timebok.schedule.id)
    slots = [timebok.slot(weekday_at(hour)) for hour in (9, 10)]
    with acting(cast.actor(cast.anne)):
        booked = [book(slot=slot, patient=cast.ola, through=BookedThrough.STAFF) for slot in slots]
    version = {"version": field(body(client.get(place)), "version"), "tilstand": "arkivert"}
    refused = client.post(archive, version)
    page = body(refused)
    assert (refused.status_code, "Timeboken har 2 timer som ikke er over" in page) == (409, True)
    day = f"timebok={timebok.schedule.id}&amp;dag=2027-02-09&amp;visning=dag"
    assert day in page
    assert "Ola" in body(client.get(address(cast, "schedule", query="?" + day.replace("&amp;", "&"))))
    assert read(cast, Schedule, id=timebok.schedule.id).archived is False
    with acting(cast.actor(cast.anne)):
        for one in booked:
            cancel(one, by="clinic", reason="Stengt")
    assert client.post(archive, version).status_code == 302
    assert read(cast, Schedule, id=timebok.schedule.id).archived is True
    assert "Arkivert" in body(client.get(address(cast, "settings-schedules")))
    assert offered(timebok) == []
    assert client.post(archive, version | {"tilstand": "i-bruk"}).status_code == 409
    again = {"tilstand": "i-bruk", "version": field(body(client.get(place)), "version")}
    assert client.post(archive, again).status_code == 302
    assert len(offered(timebok)) == 2


@pytest.mark.req("CAL-2", "ORG-4")
def test_the_second_administrator_of_a_timebok_is_told_by_name_though_it_was_read_since() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    place = address(cast, "settings-schedule", timebok.schedule.id)
    mine = sent(body(client.get(place)), public_name="Mitt navn")
    with acting(cast.system):
        type(cast.anne).objects.filter(id=cast.anne.id).update(is_admin=True)
    other = logged_in(cast, cast.anne)
    assert other.post(place, sent(body(other.get(place)), public_name="Annes navn")).status_code == 302
    logged_in(cast, cast.kari).get(address(cast, "schedule"))
    told = client.post(place, mine)
    page = body(told)
    assert told.status_code == 409
    assert f"{cast.anne.name} endret dette kl." in page
    assert 'value="Mitt navn"' in page
    assert read(cast, Schedule, id=timebok.schedule.id).public_name == "Annes navn"
    assert client.post(place, mine | {"version": field(page, "version")}).status_code == 302
    assert read(cast, Schedule, id=timebok.schedule.id).public_name == "Mitt navn"


@pytest.mark.req("CAL-7", "ORG-4")
def test_the_second_administrator_of_the_clinics_limits_is_told() -> None:
    cast = make_clinic()
    client, place = logged_in(cast, cast.ali), address(cast, "settings-limits")
    mine = sent(body(client.get(place)), days_ahead="30")
    assert client.post(place, sent(body(client.get(place)), days_ahead="20")).status_code == 302
    told = client.post(place, mine)
    assert (told.status_code, "Ali Khan endret dette kl." in body(told)) == (409, True)
    assert read(cast, Clinic, id=cast.clinic.id).days_ahead == 20
    assert client.post(place, mine | {"version": field(body(told), "version")}).status_code == 302
    assert read(cast, Clinic, id=cast.clinic.id).days_ahead == 30


@pytest.mark.req("CAL-6")
def test_numbers_that_nobody_can_mean_are_refused_at_their_field() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    place, clinic = address(cast, "settings-schedule", timebok.schedule.id), address(cast, "settings-limits")
    for where in (place, clinic):
        page = body(client.get(where))
        for name, value in (
            ("max_self_booked", "0"),
            ("days_ahead", "4000"),
            ("days_ahead", "-1"),
            ("booking_deadline_hours", "99999999999"),
            ("cancellation_deadline_hours", "to"),
        ):
            answer = client.post(where, sent(page, **{name: value}))
            assert (answer.status_code, f'id="id_{name}_error"' in body(answer)) == (422, True), (name, value)
    assert read(cast, Clinic, id=cast.clinic.id).limits_version == 1


@pytest.mark.req("HNB-4", "CAL-1")
def test_the_list_says_which_gp_owns_several() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    text = "Legen eier flere: ingen timer på helsenorge.no"
    assert text not in body(client.get(address(cast, "settings-schedules")))
    timebok.second_schedule()
    assert body(client.get(address(cast, "settings-schedules"))).count(text) == 2


@pytest.mark.req("CAL-1", "ORG-4")
def test_only_an_administrator_opens_these_pages_and_a_guessed_id_is_nobodys() -> None:
    timebok, theirs = make_timebok(), make_timebok()
    cast, user = timebok.cast, logged_in(timebok.cast, timebok.cast.anne)
    one = timebok.schedule.id
    for place in (
        address(cast, "settings-schedules"),
        address(cast, "settings-new-schedule"),
        address(cast, "settings-limits"),
        address(cast, "settings-schedule", one),
    ):
        assert user.get(place).status_code == 403
    assert user.post(address(cast, "settings-schedule-archive", one), {"version": "1"}).status_code == 403
    admin = logged_in(cast, cast.ali)
    for guess in (theirs.schedule.id, new_id()):
        assert admin.get(address(cast, "settings-schedule", guess)).status_code == 404
        assert admin.post(address(cast, "settings-schedule-archive", guess), {"version": "1"}).status_code == 404
    with acting(theirs.cast.system):
        create_schedule(owner=None, public_name="Naboens", internal_name="Naboens")
    assert "Naboens" not in body(admin.get(address(cast, "settings-schedules")))
