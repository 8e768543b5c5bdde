"""Every field of an appointment type (TYP-2): its default where nothing is said, and what was said where it was."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from skranke.dialog.services import save_template
from skranke.dialog.values import TemplateFacts
from skranke.scheduling.models import AppointmentType
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

from cast import Cast
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.settings import read, sent
from support.timebok import Timebok, make_timebok, weekday_at

DEFAULTS = {
    "owner_id": None, "colour": "grey", "icon": "", "visibility": "normal", "capacity": 1, "contact": "physical",
    "bookable_online": True, "must_call": False, "urgent": False, "notifies": False, "is_default": False,
    "category": "", "information": "", "price": None, "address": "", "custom_limits": False,
    "custom_cancellation": False, "max_self_booked": None, "days_ahead": None, "booking_deadline_hours": None,
    "first_only": "", "cancellation_allowed": None, "cancellation_deadline_hours": None, "active": True,
}  # fmt: skip
OWN = {
    "colour": "acute", "icon": "stetho", "visibility": "group", "capacity": 8, "contact": "phone",
    "bookable_online": False, "must_call": True, "urgent": True, "notifies": True, "is_default": True,
    "category": "lab", "information": "Møt fastende.", "price": 150, "address": "Laben", "custom_limits": True,
    "custom_cancellation": True, "max_self_booked": 2, "days_ahead": 3, "booking_deadline_hours": 4,
    "first_only": "day", "cancellation_allowed": False, "cancellation_deadline_hours": 5,
}  # fmt: skip


def as_in_the_page(facts: dict[str, object]) -> dict[str, object]:
    """What a person fills in to say the same: a tick for yes, and a resource is ticked by itself."""
    filled = {
        name: ("on" if value else None) if isinstance(value, bool) else str(value) for name, value in facts.items()
    }
    return filled | {"cancellation_allowed": "nei", "resource": "on"}


def columns(cast: Cast, name: str, facts: dict[str, object]) -> dict[str, object]:
    row = read(cast, AppointmentType, name=name)
    return {one: getattr(row, one) for one in facts}


def codes_in(timebok: Timebok, client, type_id: object) -> int:
    page = body(client.get(address(timebok.cast, "settings-type-codes", type_id)))
    assert f'name="takst-{timebok.schedule.id}"' in page
    return page.count(" checked")


@pytest.mark.req("TYP-2")
def test_a_type_of_a_name_and_minutes_has_every_default_and_keeps_whatever_is_set() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    ali, new = logged_in(cast, cast.ali), address(cast, "settings-new-type")
    for said in ({"name": "Prøve"}, {"minutes": "10"}):
        assert ali.post(new, sent(body(ali.get(new)), **said)).status_code == 422
    assert ali.post(new, sent(body(ali.get(new)), name="Prøve", minutes="10")).status_code == 302
    assert columns(cast, "Prøve", DEFAULTS) == DEFAULTS
    made = read(cast, AppointmentType, name="Prøve")
    assert (made.automatic_dialog_id, codes_in(timebok, ali, made.id)) == (None, 0)
    place = address(cast, "settings-type", made.id)
    filled = as_in_the_page(OWN) | {"owner": str(cast.ali.id), "name": "Blodprøve", "minutes": "15"}
    assert ali.post(place, sent(body(ali.get(place)), **filled)).status_code == 302
    assert columns(cast, "Blodprøve", OWN) == OWN
    now = read(cast, AppointmentType, id=made.id)
    assert (now.owner_id, now.minutes) == (cast.ali.id, 15)
    # The page shows it as it stands: what it sends unchanged is what was set.
    page = body(ali.get(place))
    again = sent(page) | {"information": page.partition('name="information"')[2].partition("</textarea>")[0][-13:]}
    assert {name: again.get(name) for name in filled} == filled
    with acting(cast.actor(cast.ali)):
        letter = save_template(TemplateFacts(title="Før timen", shared=True, subject="Før timen", text="Møt fastende."))
    assert ali.post(address(cast, "settings-template-automatic", letter.id), {"type": str(made.id)}).status_code == 302
    codes = address(cast, "settings-type-codes", made.id)
    assert ali.post(codes, {f"takst-{timebok.schedule.id}": ["2ad", "2bd"]}).status_code == 302
    assert read(cast, AppointmentType, id=made.id).automatic_dialog_id == letter.id
    assert codes_in(timebok, ali, made.id) == 2


@pytest.mark.req("TYP-2")
def test_rest_gives_the_same_defaults_and_what_was_set() -> None:
    cast = make_timebok().cast
    ali = Api(cast, cast.ali)
    made = ali.post("appointment-types", {"name": "Prøve", "minutes": 10})
    assert made.status == 201
    path = f"appointment-types/{made.body['id']}"
    assert {name: made.body[name] for name in DEFAULTS} == DEFAULTS
    own = OWN | {"owner_id": str(cast.ali.id), "name": "Blodprøve", "minutes": 15}
    assert ali.patch(path, own, **{"If-Match": '"1"'}).status == 200
    shown = ali.get(path).body
    assert {name: shown[name] for name in own} == own
    for wrong in ({"icon": "skull"}, {"icon": "../logo"}, {"colour": ""}):
        assert ali.patch(path, wrong, **{"If-Match": "*"}).status == 422
    assert ali.get(path).body == shown


@pytest.mark.req("TYP-2")
def test_the_icon_stands_beside_the_type_wherever_it_is_seen_and_is_read_out_by_its_name() -> None:
    timebok = make_timebok()
    cast, anne = timebok.cast, logged_in(timebok.cast, timebok.cast.anne)
    drawn, said = "#i-stetho", '<span class="sr">, Stetoskop</span>'
    day = weekday_at(9).date()
    free, taken = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10))
    with acting(cast.actor(cast.anne)):
        appointment = book(slot=taken, patient=cast.ola, through="staff")
    calendar = f"{reverse('schedule', args=[cast.clinic.slug])}?dag={day}"
    assert drawn not in body(anne.get(calendar))
    place = address(cast, "settings-type", timebok.ordinary.id)
    assert anne.post(place, sent(body(anne.get(place)), icon="stetho")).status_code == 302
    assert "Ikon: «ikke satt» ble «Stetoskop»" in body(anne.get(place))
    tiles = body(anne.get(calendar)).split("<li")
    for one in (free, appointment):
        tile = next(text for text in tiles if f'id="t-{one.id}"' in text)
        assert (drawn in tile, said in tile) == (True, True)
    types = body(anne.get(address(cast, "settings-types")))
    assert (drawn in types, '<span class="sr">Stetoskop' in types) == (True, True)
    panel = address(cast, "schedule-book")
    assert drawn in body(anne.get(f"{panel}?time={free.id}")).partition("<dl")[2]
    assert drawn in body(anne.get(address(cast, "schedule-appointment", appointment.id))).partition("<dl")[2]
    assert "Vanlig time, 20 min (ikon: stetoskop)" in body(anne.get(f"{panel}?timebok={timebok.schedule.id}&dag={day}"))
    assert anne.post(place, sent(body(anne.get(place)), icon="skull")).status_code == 422


@pytest.mark.req("TYP-2")
def test_the_database_refuses_an_icon_that_there_is_none_of() -> None:
    timebok = make_timebok()
    with pytest.raises(IntegrityError, match="type_icon_is_known"), acting(timebok.cast.system):
        AppointmentType.objects.filter(id=timebok.ordinary.id).update(icon="skull")
