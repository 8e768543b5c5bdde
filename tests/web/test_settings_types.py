"""Konfigurasjon > Timetyper: made by anybody, changed by whoever may, and counting from the next question on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from skranke.kernel.ids import new_id
from skranke.scheduling.errors import BookingRefusedError, CancellationRefusedError
from skranke.scheduling.models import Appointment, AppointmentType, BookedThrough, Slot
from skranke.scheduling.services import book, book_extra, create_type
from skranke.scheduling.services.cancelling import cancel
from skranke.tenancy.work import acting

from cast import make_clinic
from support.api import Api
from support.clinic_pages import address, body, field, logged_in
from support.patient_pages import as_patient
from support.settings import offered, read, sent
from support.timebok import Timebok, make_timebok, weekday_at

NEW = {
    "version": "0", "colour": "grey", "visibility": "normal", "contact": "physical", "bookable_online": "on",
    "owner": "", "minutes": "20", "max_self_booked": "", "days_ahead": "", "booking_deadline_hours": "",
    "cancellation_deadline_hours": "",
}  # fmt: skip


def place_of(timebok: Timebok) -> str:
    return address(timebok.cast, "settings-type", timebok.ordinary.id)


def change(client, place: str, **changes: object):
    return client.post(place, sent(body(client.get(place)), **changes))


@pytest.mark.req("TYP-1", "TYP-7", "TYP-12")
def test_any_user_makes_a_type_with_its_defaults_and_changes_it() -> None:
    cast = make_clinic()
    client, new = logged_in(cast, cast.anne), address(cast, "settings-new-type")
    page = body(client.get(new))
    assert "Opprett type" in page
    for text in ("Grønn, foreslått for timer på nett", "Blå, foreslått", "Rød, foreslått for øyeblikkelig hjelp"):
        assert text in page
    defaults = sent(page, name="Blodprøve", minutes="10")
    assert (defaults["colour"], defaults["visibility"], defaults["contact"]) == ("grey", "normal", "physical")
    assert ("bookable_online" in defaults, "is_default" in defaults, "notifies" in defaults) == (True, False, False)
    assert client.post(new, defaults).status_code == 302
    made = read(cast, AppointmentType, name="Blodprøve")
    assert (made.minutes, made.owner_id, made.custom_limits, made.price, made.category) == (10, None, False, None, "")
    place = address(cast, "settings-type", made.id)
    assert "Oppdater type" in body(client.get(place))
    other = logged_in(cast, cast.kari)
    changed = change(
        other, place, name="Prøve", colour="acute", minutes="15", visibility="group", capacity="8", contact="phone",
        bookable_online=None, must_call="on", urgent="on", notifies="on", is_default="on", resource="on",
        category="lab", information="Møt fastende.", price="150", address="Laben", custom_limits="on", days_ahead="3",
        custom_cancellation="on", cancellation_allowed="nei",
    )  # fmt: skip
    assert changed.status_code == 302
    now = read(cast, AppointmentType, id=made.id)
    assert (now.name, now.colour, now.minutes, now.visibility, now.capacity) == ("Prøve", "acute", 15, "group", 8)
    assert (now.contact, now.bookable_online, now.must_call, now.urgent) == ("phone", False, True, True)
    assert (now.notifies, now.is_default, now.category, now.price) == (True, True, "lab", 150)
    assert (now.information, now.address, now.days_ahead, now.cancellation_allowed) == (
        "Møt fastende.", "Laben", 3, False)  # fmt: skip
    assert 'class="swatch acute"' in body(client.get(address(cast, "settings-types")))
    assert "Varighet i minutter: «10» ble «15»" in body(client.get(place))


@pytest.mark.req("TYP-1", "ORG-4")
def test_an_owned_type_is_changed_by_its_owner_and_an_administrator_alone() -> None:
    timebok = make_timebok()
    cast, place = timebok.cast, place_of(timebok)
    kari, mona, ali = (logged_in(cast, one) for one in (cast.kari, cast.mona, cast.ali))
    assert change(kari, place, owner=str(cast.mona.id)).status_code == 422  # nobody is locked out by a colleague
    mine = sent(body(mona.get(place)), name="Monas navn")
    assert change(kari, place, owner=str(cast.kari.id)).status_code == 302
    page = body(mona.get(place))
    assert f"Timetypen eies av {cast.kari.name}" in page
    assert "Oppdater type" not in page
    for data in (mine, {"fjern": "ja", "version": "2"}, {"bruk": "nei", "version": "2"}):
        assert mona.post(place, data).status_code == 403
    assert read(cast, AppointmentType, id=timebok.ordinary.id).name == "Vanlig time"
    assert change(kari, place, name="Karis").status_code == 302
    assert change(ali, place, owner=str(cast.mona.id)).status_code == 302
    assert change(mona, place, owner="").status_code == 302
    assert change(kari, place, name="Alles").status_code == 302


@pytest.mark.req("TYP-8")
def test_a_type_met_by_video_is_refused_without_the_video_module() -> None:
    for has_video, status in ((False, 422), (True, 302)):
        cast = make_clinic(has_video=has_video)
        client = logged_in(cast, cast.anne)
        answer = client.post(address(cast, "settings-new-type"), NEW | {"name": "Video", "contact": "video"})
        assert answer.status_code == status
        assert ("Klinikken har ikke videomodulen" in body(answer)) is not has_video
        with acting(cast.system):
            assert AppointmentType.objects.filter(contact="video").exists() is has_video


@pytest.mark.req("TYP-10")
def test_another_length_is_that_of_new_slots_and_no_other() -> None:
    timebok = make_timebok()
    old = timebok.slot(weekday_at(9))
    assert change(logged_in(timebok.cast, timebok.cast.anne), place_of(timebok), minutes="45").status_code == 302
    kind = read(timebok.cast, AppointmentType, id=timebok.ordinary.id)
    new = timebok.slot(weekday_at(11), type=kind)
    lengths = [read(timebok.cast, Slot, id=one.id) for one in (old, new)]
    assert [one.during.upper - one.during.lower for one in lengths] == [timedelta(minutes=20), timedelta(minutes=45)]


@pytest.mark.req("TYP-11")
def test_a_type_in_use_is_not_deleted_but_made_inactive_and_is_bookable_for_nobody_then() -> None:
    timebok = make_timebok()
    cast, place = timebok.cast, place_of(timebok)
    slot, client = timebok.slot(weekday_at(9)), logged_in(timebok.cast, timebok.cast.anne)
    version = lambda: field(body(client.get(place)), "version")  # noqa: E731 - asked again after each change
    refused = client.post(place, {"fjern": "ja", "version": version()})
    assert (refused.status_code, "Gjør den inaktiv" in body(refused)) == (409, True)
    assert len(offered(timebok)) == 1
    assert client.post(place, {"bruk": "nei", "version": version()}).status_code == 302
    assert "Inaktiv" in body(client.get(address(cast, "settings-types")))
    assert offered(timebok) == []
    with acting(cast.actor(cast.anne)), pytest.raises(BookingRefusedError):
        book(slot=slot, patient=cast.ola, through=BookedThrough.STAFF)
    assert client.post(place, {"bruk": "ja", "version": version()}).status_code == 302
    assert len(offered(timebok)) == 1
    with acting(cast.system):
        unused = create_type(name="Aldri brukt", minutes=5)
    gone = address(cast, "settings-type", unused.id)
    assert client.post(gone, {"fjern": "ja", "version": "9"}).status_code == 409
    assert client.post(gone, {"fjern": "ja", "version": "1"}).status_code == 302
    assert client.get(gone).status_code == 404


@pytest.mark.req("TYP-3", "TYP-4")
def test_the_patient_sees_a_normal_time_that_is_not_bookable_online_and_never_a_hidden_one() -> None:
    timebok = make_timebok()
    cast, staff = timebok.cast, logged_in(timebok.cast, timebok.cast.anne)
    for name, kind in (("Bare i skranken", "normal"), ("Hemmelig", "hidden")):
        facts = NEW | {"name": name, "visibility": kind}
        facts.pop("bookable_online")
        assert staff.post(address(cast, "settings-new-type"), facts).status_code == 302
    with acting(cast.system):
        cast.clinic.__class__.objects.filter(id=cast.clinic.id).update(grace_seconds=0)
    for hour, name in ((9, "Bare i skranken"), (11, "Hemmelig")):
        kind = read(cast, AppointmentType, name=name)
        with acting(cast.actor(cast.anne)):
            book_extra(schedule=timebok.schedule, type=kind, patient=cast.ola, start=weekday_at(hour))
    page = body(as_patient(cast.ola).get(reverse("patient-times", args=[cast.clinic.slug])))
    assert ("Bare i skranken" in page, "Hemmelig" in page) == (True, False)
    assert offered(timebok) == []


@pytest.mark.req("TYP-6", "TYP-10")
def test_a_group_has_room_for_several_in_each_new_slot_and_no_other_kind_has() -> None:
    timebok = make_timebok()
    client, place = logged_in(timebok.cast, timebok.cast.anne), place_of(timebok)
    assert change(client, place, visibility="group", capacity="6").status_code == 302
    kind = read(timebok.cast, AppointmentType, id=timebok.ordinary.id)
    assert timebok.slot(weekday_at(9), type=kind).capacity == 6
    assert change(client, place, visibility="normal", capacity="900").status_code == 302
    assert read(timebok.cast, AppointmentType, id=timebok.ordinary.id).capacity == 1
    assert change(client, place, visibility="group", capacity="").status_code == 422
    for few in ("0", "1"):
        refused = change(client, place, visibility="group", capacity=few)
        assert refused.status_code == 422
        assert "En gruppe har minst to plasser." in body(refused)
    assert change(client, place, visibility="group", capacity="900").status_code == 422


@pytest.mark.req("CAL-7", "BOK-5", "BOK-6")
def test_a_type_s_own_limits_decide_where_they_are_on_and_the_page_says_which_level_does() -> None:
    timebok = make_timebok()
    cast, client, place = timebok.cast, logged_in(timebok.cast, timebok.cast.ali), place_of(timebok)
    timebok.slot(weekday_at(9))
    schedule = address(cast, "settings-schedule", timebok.schedule.id)
    assert change(client, schedule, days_ahead="2").status_code == 302
    assert offered(timebok) == []
    assert "Gjelder: 2 dager, fra timeboken." in body(client.get(place))
    assert change(client, place, days_ahead="30").status_code == 302
    assert offered(timebok) == []  # written, and not switched on
    assert change(client, place, custom_limits="on").status_code == 302
    assert len(offered(timebok)) == 1
    assert "Gjelder: 30 dager, fra timetypen." in body(client.get(place))
    assert change(client, place, booking_deadline_hours="8000").status_code == 302
    assert offered(timebok) == []


@pytest.mark.req("CAL-7", "BOK-7")
def test_limits_for_cancelling_are_switched_on_by_themselves() -> None:
    timebok = make_timebok()
    cast, client, place = timebok.cast, logged_in(timebok.cast, timebok.cast.ali), place_of(timebok)
    with_type = {"custom_limits": "on", "cancellation_allowed": "nei"}
    slot = timebok.slot(weekday_at(9))
    with acting(cast.system):
        appointment = book(slot=slot, patient=cast.ola, through=BookedThrough.PORTAL)

    def give_up() -> str:
        with acting(cast.actor(cast.ola)):
            rows = Appointment.objects.select_related("schedule", "type", "patient", "slot")
            return cancel(rows.get(id=appointment.id), by="patient").state

    assert change(client, place, **with_type, custom_cancellation="on").status_code == 302
    with pytest.raises(CancellationRefusedError):
        give_up()
    assert change(client, place, custom_cancellation=None).status_code == 302
    assert give_up() == "cancelled_by_patient"


@pytest.mark.req("BOK-14")
def test_price_words_and_place_are_told_before_booking_and_the_default_comes_first_in_a_new_time() -> None:
    timebok = make_timebok()
    cast, client, place = timebok.cast, logged_in(timebok.cast, timebok.cast.anne), place_of(timebok)
    timebok.slot(weekday_at(9))
    assert change(client, place, price="250", information="Ta med resept.", address="Inngang B").status_code == 302
    span = {"from": weekday_at(8).isoformat(), "to": weekday_at(12).isoformat()}
    shown = Api(cast, cast.ali).get("slots", audience="portal", patient=cast.ola.id, **span).body["items"][0]
    assert (shown["price"], shown["information"], shown["address"]) == (250, "Ta med resept.", "Inngang B")
    with acting(cast.system):
        other = create_type(name="Aller først i alfabetet", minutes=10, is_default=True)
    assert change(client, place, is_default="on").status_code == 302
    assert read(cast, AppointmentType, id=other.id).is_default is False


@pytest.mark.req("TYP-1")
def test_the_second_of_two_is_told_and_what_is_wrong_stands_at_its_field() -> None:
    timebok, theirs = make_timebok(), make_timebok()
    cast, place = timebok.cast, place_of(timebok)
    kari, anne = logged_in(cast, cast.kari), logged_in(cast, cast.anne)
    mine = sent(body(kari.get(place)), name="Mitt navn")
    assert change(anne, place, name="Annes navn").status_code == 302
    told = kari.post(place, mine)
    page = body(told)
    assert (told.status_code, f"{cast.anne.name} endret dette kl." in page, 'value="Mitt navn"' in page) == (
        409, True, True)  # fmt: skip
    assert kari.post(place, mine | {"version": field(page, "version")}).status_code == 302
    for name, value in (("minutes", "0"), ("price", "-5"), ("name", " "), ("minutes", "9999")):
        answer = change(kari, place, **{name: value})
        assert (answer.status_code, f'id="id_{name}_error"' in body(answer)) == (422, True), (name, value)
    for guess in (theirs.ordinary.id, new_id()):
        assert kari.get(address(cast, "settings-type", guess)).status_code == 404
        assert kari.post(address(cast, "settings-type", guess), {"fjern": "ja"}).status_code == 404
