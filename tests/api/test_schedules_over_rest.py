"""Who owns a timebok and who may book it, set over REST: an administrator's, one reason for each refusal."""

from datetime import timedelta

import pytest
from django.urls import reverse

from skranke.clinics.models import GroupKind
from skranke.clinics.organisation.errors import InUseError
from skranke.clinics.organisation.groups import GroupFacts, add_group, change_group, remove_group
from skranke.kernel.errors import ForbiddenError
from skranke.kernel.ids import new_id
from skranke.patients.lists import add_member, make_list
from skranke.patients.models import PatientList
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.models import BookedThrough, PlannedWeek, Schedule
from skranke.scheduling.services import create_template, plan_weeks
from skranke.scheduling.services.booking import book
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import body, logged_in
from support.timebok import MONDAY, Timebok, make_timebok, weekday_at

CLINIC = {"kind": "clinic"}


def a_group(cast: Cast, *members):
    with acting(cast.actor(cast.ali)):
        return add_group(GroupFacts(name="Laben", kind=GroupKind.STATIC, members=members))


def a_list(cast: Cast, *patients, shared: bool = True) -> PatientList:
    with acting(cast.actor(cast.ali)):
        kept = make_list(name="KOLS", kind="custom", shared=shared)
        for patient in patients:
            add_member(kept, patient)
    return kept


@pytest.mark.req("CAL-3", "ORG-10", "CAL-5", "ORG-4")
def test_an_administrator_makes_a_timebok_of_an_employees_a_groups_or_the_clinics() -> None:
    cast, other = make_clinic(), make_clinic()
    group, theirs = a_group(cast, cast.anne), a_group(other, other.anne)
    ali = Api(cast, cast.ali)
    for owner, shown in (
        ({"kind": "employee", "id": str(cast.kari.id)}, ("employee", str(cast.kari.id), None)),
        ({"kind": "group", "id": str(group.id)}, ("group", None, str(group.id))),
        (CLINIC, ("clinic", None, None)),
    ):
        made = ali.post("schedules", {"owner": owner, "public_name": "Blodprøver"})
        assert made.status == 201
        assert (made.body["owner_kind"], made.body["owner_id"], made.body["group_id"]) == shown
        assert (made.body["online"], made.body["internal_name"]) == (True, "Blodprøver")
        assert made.body in Api(cast, cast.anne).get("schedules").body["items"]
    for wrong, status in (
        ({"kind": "group", "id": str(theirs.id)}, 404),
        ({"kind": "group", "id": str(cast.kari.id)}, 404),
        ({"kind": "employee"}, 422),
        ({"kind": "clinic", "id": str(cast.kari.id)}, 422),
    ):
        assert ali.post("schedules", {"owner": wrong, "public_name": "Blodprøver"}).status == status
    assert ali.post("schedules", {"owner": CLINIC, "public_name": " "}).status == 422
    assert Api(cast, cast.kari).post("schedules", {"owner": CLINIC, "public_name": "Min"}).status == 403
    with acting(cast.system):
        assert Schedule.objects.count() == 3


@pytest.mark.req("ORG-10", "PLN-3", "HNB-5")
def test_the_members_of_the_owning_group_plan_its_timebok_and_it_does_not_count_as_the_gps_own() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    group = a_group(cast, cast.anne, cast.kari)
    ali = Api(cast, cast.ali)
    made = ali.post("schedules", {"owner": {"kind": "group", "id": str(group.id)}, "public_name": "Blodprøver"})
    week = IsoWeek.of(MONDAY.date())
    with acting(cast.system):
        lab, template = Schedule.objects.get(id=made.body["id"]), create_template(name="Uke", entries=())
    with acting(cast.actor(cast.anne)):
        plan_weeks(lab, weeks=[week], template=template)
    with acting(cast.actor(cast.mona)), pytest.raises(ForbiddenError):
        plan_weeks(lab, weeks=[week], template=template)
    timebok.slot(weekday_at(9))
    timebok.slot(weekday_at(10), schedule=lab)
    asked = {"audience": "helsenorge", "patient": cast.ola.id, **span()}
    assert [one["schedule_id"] for one in ali.get("slots", **asked).body["items"]] == [str(timebok.schedule.id)]
    with acting(cast.actor(cast.ali)):
        with pytest.raises(InUseError):
            remove_group(group.id)
        nobody = GroupFacts(name=group.name, kind=GroupKind.STATIC)
        change_group(group.id, nobody, expected_version=group.version)
    with acting(cast.actor(cast.anne)), pytest.raises(ForbiddenError):
        plan_weeks(lab, weeks=[week], template=template)
    with acting(cast.system):
        assert PlannedWeek.objects.filter(schedule=lab).count() == 1


@pytest.mark.req("PAT-15", "CAL-4", "BOK-1")
def test_who_may_book_is_set_and_holds_for_what_is_offered_and_for_what_is_booked() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    kept, own = a_list(cast, cast.jonas), a_list(make_clinic(), shared=True)
    slot = timebok.slot(weekday_at(9))
    everybody = {cast.ola, cast.jonas, None}
    assert set_audience(timebok, audience="gp_list").status == 200
    assert offered_to(timebok, everybody) == {cast.ola}
    assert set_audience(timebok, audience="all").status == 200
    assert offered_to(timebok, everybody) == everybody
    assert set_audience(timebok, audience="clinic").status == 200
    assert offered_to(timebok, everybody) == {cast.ola, cast.jonas}
    assert set_audience(timebok, audience="list", patient_list_id=str(kept.id)).body["patient_list_id"] == str(kept.id)
    assert offered_to(timebok, everybody) == {cast.jonas}
    with acting(cast.system), pytest.raises(BookingRefusedError):
        book(slot=slot, patient=cast.ola, through=BookedThrough.PORTAL)
    for wrong, status in (
        ({"audience": "list", "patient_list_id": str(own.id)}, 404),
        ({"audience": "list", "patient_list_id": str(new_id())}, 404),
        ({"audience": "all", "patient_list_id": str(kept.id)}, 422),
    ):
        assert set_audience(timebok, **wrong).status == status
    assert offered_to(timebok, everybody) == {cast.jonas}
    admin, delete = logged_in(cast, cast.ali), reverse("patient-list-delete", args=[cast.clinic.slug, kept.id])
    refused = admin.post(delete)
    assert refused.status_code == 409
    assert "Pasientene på listen kan bestille i en timebok, eller" in body(refused)
    assert set_audience(timebok, audience="clinic").body["patient_list_id"] is None
    assert admin.post(delete).status_code == 302


@pytest.mark.req("CAL-4", "ORG-4")
def test_only_an_administrator_changes_a_timebok_and_the_second_of_two_is_told() -> None:
    timebok = make_timebok()
    path, first = f"schedules/{timebok.schedule.id}", {"If-Match": '"1"'}
    ali, kari = Api(timebok.cast, timebok.cast.ali), Api(timebok.cast, timebok.cast.kari)
    assert ali.patch(path, {"audience": "all"}).status == 428
    assert kari.patch(path, {"audience": "all"}, **first).status == 403
    private = a_list(timebok.cast, shared=False)
    with acting(timebok.cast.system):
        PatientList.objects.filter(id=private.id).update(owner=timebok.cast.mona)
    assert ali.patch(path, {"audience": "list", "patient_list_id": str(private.id)}, **first).status == 404
    assert ali.patch(path, {"audience": "list"}, **first).status == 422
    assert ali.patch(path, {"online": False, "owner": CLINIC}, **first).body["version"] == 2
    assert ali.patch(path, {"public_name": "Ny"}, **first).status == 412


def set_audience(timebok: Timebok, **fields: str):
    path = f"schedules/{timebok.schedule.id}"
    return Api(timebok.cast, timebok.cast.ali).patch(path, fields, **{"If-Match": "*"})


def span() -> dict[str, str]:
    return {"from": weekday_at(8).isoformat(), "to": (weekday_at(8) + timedelta(days=1)).isoformat()}


def offered_to(timebok: Timebok, patients) -> set[object]:
    """Of these patients, None being somebody unknown, those who are shown a time in our own channels."""
    api = Api(timebok.cast, timebok.cast.ali)
    asked = {one: {"patient": one.id} if one else {} for one in patients}
    return {one for one, of in asked.items() if api.get("slots", audience="portal", **of, **span()).body["items"]}
