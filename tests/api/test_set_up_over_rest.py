"""Appointment types, a timebok's limits and the clinic's over REST: who may, the version, one reason each."""

import pytest

from skranke.scheduling.models import AppointmentType
from skranke.tenancy.work import acting

from cast import make_clinic
from support.api import Api
from support.settings import offered
from support.timebok import make_timebok, weekday_at

ANY = {"If-Match": "*"}


@pytest.mark.req("TYP-1", "TYP-7", "TYP-8", "TYP-11")
def test_types_are_made_changed_and_deleted_by_whoever_may() -> None:
    timebok, other = make_timebok(has_video=False), make_clinic()
    cast, path = timebok.cast, f"appointment-types/{timebok.ordinary.id}"
    kari, mona, ali = (Api(cast, one) for one in (cast.kari, cast.mona, cast.ali))
    made = kari.post("appointment-types", {"name": "Blodprøve", "minutes": 10, "owner_id": str(cast.kari.id)})
    assert (made.status, made.headers["ETag"]) == (201, '"1"')
    facts = ("colour", "visibility", "contact", "bookable_online", "is_default", "custom_limits", "active")
    assert [made.body[name] for name in facts] == ["grey", "normal", "physical", True, False, False, True]
    own = f"appointment-types/{made.body['id']}"
    assert made.body in mona.get("appointment-types").body["items"]
    assert mona.patch(own, {"name": "Min"}, **ANY).status == 403
    assert mona.delete(own, **ANY).status == 403
    assert mona.patch(path, {"owner_id": str(cast.kari.id)}, **ANY).status == 403
    assert mona.patch(path, {"owner_id": str(other.kari.id)}, **ANY).status == 404
    assert ali.patch(own, {"owner_id": None, "colour": "acute"}, **{"If-Match": '"1"'}).body["colour"] == "acute"
    assert mona.patch(own, {"minutes": 15}).status == 428
    told = mona.patch(own, {"minutes": 15}, **{"If-Match": '"1"'})
    assert (told.status, told.body["code"]) == (412, "changed")
    assert mona.patch(own, {"minutes": 15}, **{"If-Match": '"2"'}).body["minutes"] == 15
    video = mona.patch(own, {"contact": "video"}, **ANY)
    assert (video.status, video.body["code"]) == (422, "video_module_needed")
    for wrong in ({"minutes": 0}, {"minutes": -1}, {"name": " "}, {"colour": "pink"}, {"days_ahead": 900_000}):
        assert mona.patch(own, wrong, **ANY).status == 422, wrong
    timebok.slot(weekday_at(9))
    refused = mona.delete(path, **ANY)
    assert (refused.status, refused.body["code"]) == (409, "type_in_use")
    assert len(offered(timebok)) == 1
    assert mona.patch(path, {"active": False}, **ANY).body["active"] is False
    assert offered(timebok) == []
    assert mona.delete(own).status == 428
    assert mona.delete(own, **ANY).status == 204
    assert mona.get(own).status == 404
    with acting(cast.system):
        assert AppointmentType.objects.filter(id=timebok.ordinary.id).exists()


@pytest.mark.req("CAL-6", "CAL-7", "BOK-5", "BOK-8")
def test_limits_are_set_at_every_level_and_the_nearest_decides() -> None:
    timebok = make_timebok()
    cast, schedule = timebok.cast, f"schedules/{timebok.schedule.id}"
    ali, anne = Api(cast, cast.ali), Api(cast, cast.anne)
    timebok.slot(weekday_at(9))
    assert (anne.get("booking-limits").status, anne.patch("booking-limits", {}, **ANY).status) == (403, 403)
    first = ali.get("booking-limits")
    assert (first.body["days_ahead"], first.body["cancellation_allowed"]) == (None, True)
    etag = {"If-Match": first.headers["ETag"]}
    assert ali.patch("booking-limits", {"days_ahead": 2}).status == 428
    assert ali.patch("booking-limits", {"days_ahead": 2}, **etag).body["days_ahead"] == 2
    assert ali.patch("booking-limits", {"days_ahead": 3}, **etag).status == 412
    assert ali.patch("booking-limits", {"max_self_booked": 0}, **ANY).status == 422
    assert ali.patch("booking-limits", {"cancellation_allowed": None}, **ANY).status == 422
    assert offered(timebok) == []
    changed = ali.patch(schedule, {"days_ahead": 30, "owner_sms": True, "reminders": False}, **ANY)
    assert (changed.body["days_ahead"], changed.body["owner_sms"], changed.body["reminders"]) == (30, True, False)
    assert len(offered(timebok)) == 1
    assert ali.patch(schedule, {"days_ahead": None}, **ANY).body["days_ahead"] is None
    assert offered(timebok) == []
    kind = f"appointment-types/{timebok.ordinary.id}"
    assert anne.patch(kind, {"custom_limits": True, "days_ahead": 30}, **ANY).status == 200
    assert len(offered(timebok)) == 1


@pytest.mark.req("CAL-1", "CAL-2")
def test_a_timebok_is_archived_when_nobody_has_an_appointment_in_it() -> None:
    timebok = make_timebok()
    cast, path = timebok.cast, f"schedules/{timebok.schedule.id}"
    ali, slot = Api(cast, cast.ali), timebok.slot(weekday_at(9))
    booked = ali.post("appointments", {"slot_id": str(slot.id), "patient_id": str(cast.ola.id)}).body["id"]
    refused = ali.patch(path, {"archived": True}, **ANY)
    assert (refused.status, refused.body["code"]) == (409, "schedule_in_use")
    assert ali.post(f"appointments/{booked}/cancel", {}).status == 200
    assert ali.patch(path, {"archived": True}, **ANY).body["archived"] is True
    assert offered(timebok) == []
    department = str(cast.kari.department_id)
    assert ali.patch(path, {"archived": False, "department_id": department}, **ANY).body["department_id"] == department
    strange = str(make_clinic().kari.department_id)
    assert ali.patch(path, {"department_id": strange}, **ANY).status == 404
    assert len(offered(timebok)) == 1
