"""A GP's substitute: set on the GP's card, reads the GP's dialogs while it lasts, and nothing of them afterwards."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError

from skranke.audit.queries import events_about
from skranke.clinics.models import Group, GroupKind, GroupMember
from skranke.clinics.substitutes.models import Substitute
from skranke.dialog import services
from skranke.dialog.models import Attachment, KeptDraft, Participant, Thread
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in, same
from support.dialog import E_CONTACT, file, inbox, question, receive, reply
from support.standing_in import day, deeds_refused, end, reading_doors, stand_in, told

WORD = "Nyrestein"
BOXES = ("innboks", "aapne", "arkiv")


def _rows(cast: Cast) -> list[Substitute]:
    with acting(cast.system):
        return list(Substitute.objects.order_by("starts_on"))


def _card(cast: Cast, who=None) -> str:
    return body(logged_in(cast, cast.ali).get(address(cast, "settings-employee", (who or cast.kari).id)))


def _contact(cast: Cast, **facts: object) -> Thread:
    """An e-kontakt that the clinic's set-up gives to Kari by name; by the standard set-up it is everybody's."""
    thread = receive(cast, question(cast, kind=E_CONTACT, **facts))
    with acting(cast.system):
        Participant.objects.filter(thread=thread).update(employee=cast.kari, personal=True)
    return thread


def _about(cast: Cast) -> tuple[Thread, object]:
    """A dialog of Kari's with a file."""
    thread = _contact(cast, subject=WORD, text=f"Om {WORD}", attachments=(file(),))
    with acting(cast.system):
        return thread, Attachment.objects.get(message__thread=thread).id


def _sees(cast: Cast, who, thread: Thread) -> bool:
    return Api(cast, who).get(f"threads/{thread.id}").status == 200


@pytest.mark.req("ABS-2", "ABS-3", "ORG-6", "NFR-1")
def test_an_administrator_sets_a_substitute_on_the_gps_card_and_ends_it_and_nobody_else_does() -> None:
    cast = make_clinic()
    assert "Ingen vikar nå eller senere." in _card(cast)
    # Only a GP has a list that somebody can take over.
    assert "Sett vikar" not in _card(cast, cast.anne)
    nurse = address(cast, "settings-new-substitute", cast.anne.id)
    assert logged_in(cast, cast.ali).get(nurse).status_code == 404
    assert told(cast, cast.kari, cast.per, day(0), None).status_code == 403
    assert _rows(cast) == []
    form = body(logged_in(cast, cast.ali).get(address(cast, "settings-new-substitute", cast.kari.id)))
    assert "Per Vik" in form
    assert "Kari Lunde</option>" not in form
    assert told(cast, cast.ali, cast.per, day(0), day(6), "prescriptions", "messages").status_code == 302
    page = _card(cast)
    assert "Per Vik" in page
    assert ">Nå<" in page
    assert "Meldinger fra helsenorge.no · Resepter" in page
    row = _rows(cast)[0]
    assert (row.gp_id, row.employee_id, row.set_by_id) == (cast.kari.id, cast.per.id, cast.ali.id)
    gone = address(cast, "settings-substitute-ended", row.id)
    assert logged_in(cast, cast.kari).post(gone).status_code == 403
    assert len(_rows(cast)) == 1
    assert logged_in(cast, cast.ali).post(gone).status_code == 302
    assert "Ingen vikar nå eller senere." in _card(cast)
    with acting(cast.system):
        events = [one for one in events_about("employee", cast.kari.id) if one.action.startswith("substitute.")]
    assert {(one.action, one.actor_name) for one in events} == {
        ("substitute.set", cast.ali.name),
        ("substitute.ended", cast.ali.name),
    }
    facts = {"first": day(0).isoformat(), "last": day(6).isoformat(), "functions": ["messages", "prescriptions"]}
    assert all(one.detail == {"employee": str(cast.per.id), **facts} for one in events)


@pytest.mark.req("ABS-3")
def test_days_that_cannot_be_are_refused_and_nobody_is_set_twice_for_a_day() -> None:
    cast = make_clinic()
    for first, last, says in (
        (3, 2, "Siste dag er før første dag."),
        (-1, 2, "Startdatoen er alt passert."),
    ):
        wrong = told(cast, cast.ali, cast.per, day(first), day(last))
        assert (wrong.status_code, says in body(wrong)) == (422, True)
    assert told(cast, cast.ali, cast.kari, day(0), None).status_code == 422
    assert told(cast, cast.ali, cast.per, day(7), day(13)).status_code == 302
    for first, last in ((13, 20), (0, 7), (8, 9), (0, None)):
        answer = told(cast, cast.ali, cast.per, day(first), None if last is None else day(last))
        assert (answer.status_code, "er alt vikar noen av dagene" in body(answer)) == (409, True), (first, last)
    for who, first, last in ((cast.per, 14, None), (cast.per, 6, 6), (cast.anne, 7, 13)):
        assert told(cast, cast.ali, who, day(first), None if last is None else day(last)).status_code == 302
    assert len(_rows(cast)) == 4
    # The database is the second wall.
    for who, first, last in ((cast.per, 13, 13), (cast.ali, 5, 4), (cast.kari, 1, 2)):
        with pytest.raises(IntegrityError):
            stand_in(cast, who, first, last)
    other = make_clinic()
    with acting(cast.system):
        row = Substitute.objects.first()
    theirs = logged_in(other, other.ali).post(address(other, "settings-substitute-ended", row.id))
    nobodys = logged_in(other, other.ali).post(address(other, "settings-substitute-ended", other.kari.id))
    assert (theirs.status_code, same(theirs)) == (404, same(nobodys))
    with pytest.raises(IntegrityError):
        stand_in(cast, other.per)


@pytest.mark.req("ABS-4", "ABS-5")
def test_the_substitute_has_what_the_gp_has_received_also_earlier_and_private_and_both_get_what_is_new() -> None:
    cast = make_clinic()
    earlier, closed, private = (_contact(cast) for _ in range(3))
    with acting(cast.actor(cast.kari)):
        services.close_thread(closed)
    with acting(cast.system):
        Thread.objects.filter(id=private.id).update(private=True)
    monas = receive(cast, question(cast, patient=cast.astrid, party_her_id=cast.mona_party.her_id))
    assert [inbox(cast, cast.per, box) for box in BOXES] == [[], [], []]
    stand_in(cast, cast.per)
    api = Api(cast, cast.per)
    assert set(inbox(cast, cast.per)) == {str(earlier.id), str(private.id)}
    assert [inbox(cast, cast.per, box) for box in BOXES[1:]] == [[], [str(closed.id)]]
    new = _contact(cast, subject=WORD)
    for who in (cast.per, cast.kari):
        assert str(new.id) in {one["id"] for one in Api(cast, who).get("threads", mailbox="innboks").body["items"]}
        page = body(logged_in(cast, who).get(address(cast, "post")))
        assert WORD in page
        assert 'title="3 uleste' in page or ">3<" in page
    read = api.get(f"threads/{new.id}")
    assert (read.status, read.body["in_inbox"]) == (200, True)
    assert api.get("threads", mailbox="innboks", q=WORD).body["items"][0]["id"] == str(new.id)
    assert api.get(f"threads/{monas.id}").status == 404
    # Whoever reads or answers it, it is read by that one alone, and treated for both.
    assert api.post(f"threads/{new.id}/messages", {"text": "Hei."}, **{"If-Match": "*"}).status == 201
    for who in (cast.per, cast.kari):
        assert str(new.id) not in inbox(cast, who)
    receive(cast, reply(cast, question(cast, kind=E_CONTACT, conversation=new.conversation, msg_id="x")))
    assert str(new.id) in inbox(cast, cast.per)
    assert str(new.id) in inbox(cast, cast.kari)
    with acting(cast.system):
        events = [one.actor_name for one in events_about("thread", new.id) if one.action == "thread.read"]
    assert cast.per.name in events


@pytest.mark.req("ABS-5")
def test_talk_between_colleagues_and_what_the_gp_has_through_a_group_is_not_the_substitutes() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        between = services.start_internal(subject="Ferie", text="Hei.", to=[cast.mona], patient=cast.ola)
    grouped = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.system):
        leaders = Group.objects.create(clinic_id=cast.clinic.id, name="Ledere", kind=GroupKind.STATIC)
        GroupMember.objects.create(clinic_id=cast.clinic.id, group=leaders, employee=cast.kari)
        Participant.objects.filter(thread=grouped).update(employee=None, group=leaders, personal=False)
    stand_in(cast, cast.per)
    assert (_sees(cast, cast.kari, between), _sees(cast, cast.kari, grouped)) == (True, True)
    assert (_sees(cast, cast.per, between), _sees(cast, cast.per, grouped)) == (False, False)
    assert [inbox(cast, cast.per, box) for box in BOXES] == [[], [], []]
    # As a member of the same group the substitute reads it, as any other member does.
    with acting(cast.system):
        GroupMember.objects.create(clinic_id=cast.clinic.id, group=leaders, employee=cast.per)
    assert (_sees(cast, cast.per, between), _sees(cast, cast.per, grouped)) == (False, True)


@pytest.mark.req("ABS-3", "ABS-7")
@pytest.mark.parametrize(
    ("first", "last", "sees"),
    [
        (0, 0, True),
        (0, None, True),
        (-9, 0, True),
        (-9, None, True),
        (-9, -1, False),
        (1, 1, False),
        (1, None, False),
    ],
)
def test_access_is_from_the_first_day_to_the_last_both_among_them(first: int, last: int | None, *, sees: bool) -> None:
    cast = make_clinic()
    thread, _file = _about(cast)
    stand_in(cast, cast.per, first, last)
    assert _sees(cast, cast.per, thread) is sees
    assert inbox(cast, cast.per) == ([str(thread.id)] if sees else [])


@pytest.mark.req("ABS-7")
def test_the_day_ends_at_midnight_in_oslo_and_no_job_has_to_run() -> None:
    cast = make_clinic()
    thread, _file = _about(cast)
    last = day(3)
    stand_in(cast, cast.per, 0, 3)
    api = Api(cast, cast.per)
    midnight = clock.from_oslo(datetime.combine(last + timedelta(days=1), time()))
    assert midnight is not None
    clock.move_to(midnight - timedelta(seconds=30))
    assert api.get(f"threads/{thread.id}").status == 200
    clock.move_to(midnight + timedelta(seconds=5))
    assert api.get(f"threads/{thread.id}").status == 404
    assert api.get("threads", mailbox="innboks").body["items"] == []


@pytest.mark.req("ABS-7", "NFR-2")
@pytest.mark.parametrize("ended", ["by hand", "by its date"])
def test_a_substitute_whose_time_is_over_meets_the_gps_dialogs_through_no_door(ended: str) -> None:
    cast = make_clinic()
    thread, file_id = _about(cast)
    stand_in(cast, cast.per, -5, 0)
    api, client = Api(cast, cast.per), logged_in(cast, cast.per)
    before = reading_doors(cast, cast.per, thread, WORD, file_id)
    shown = {name for name, met in before.items() if met}
    for door in ("page innboks", "rows innboks", "REST innboks search", "REST innboks of the GP", "patient card"):
        assert door in shown, door
    assert {"page", "news", "attachment", "REST attachment", "REST thread", "REST innboks list"} <= shown
    # A draft begun in it, and having it open, are no way back to it.
    kept = client.post(address(cast, "thread-save", thread.id), {"text": f"Om {WORD}", "versjon": thread.version})
    assert kept.status_code in {200, 204}
    assert WORD in body(client.get(address(cast, "drafts")))
    with acting(cast.system):
        draft = KeptDraft.objects.get()
    assert api.get(f"drafts/{draft.id}").status == 200
    assert logged_in(cast, cast.kari).get(address(cast, "thread", thread.id)).status_code == 200
    if ended == "by hand":
        end(cast)
    else:
        with acting(cast.system):
            Substitute.objects.update(ends_on=day(-1))
    assert {name for name, met in reading_doors(cast, cast.per, thread, WORD, file_id).items() if met} == set()
    assert {name for name, refused in deeds_refused(cast, cast.per, thread).items() if not refused} == set()
    assert (api.get(f"drafts/{draft.id}").status, api.post(f"drafts/{draft.id}/send").status) == (404, 404)
    page = body(client.get(address(cast, "post")))
    assert "uleste" not in page.split("<main")[0]
    # What comes anew does not reach the substitute either.
    receive(cast, question(cast, subject=WORD))
    assert inbox(cast, cast.per) == []


@pytest.mark.req("ABS-7")
def test_what_the_substitute_took_part_in_stays_and_reading_or_putting_aside_is_not_taking_part() -> None:
    cast = make_clinic()
    answered, taken, closed, read, kept, important = (_contact(cast) for _ in range(6))
    stand_in(cast, cast.per)
    api, client = Api(cast, cast.per), logged_in(cast, cast.per)
    assert api.post(f"threads/{answered.id}/messages", {"text": "Hei."}, **{"If-Match": "*"}).status == 201
    assert api.post(f"threads/{taken.id}/take", **{"If-Match": "*"}).status == 200
    assert api.post(f"threads/{closed.id}/close", **{"If-Match": "*"}).status == 200
    page = body(client.get(address(cast, "thread", read.id)))
    assert "Fjern fra innboks" not in page
    assert client.post(address(cast, "thread-remove", kept.id), {"versjon": kept.version}).status_code == 409
    handled = {"important": True, "private": True}
    assert api.put(f"threads/{important.id}/handling", handled, **{"If-Match": "*"}).status == 200
    # The GP may put it aside as ever, and the substitute what he or she has taken.
    assert "Fjern fra innboks" in body(logged_in(cast, cast.kari).get(address(cast, "thread", read.id)))
    assert "Fjern fra innboks" in body(client.get(address(cast, "thread", taken.id)))
    end(cast)
    seen = [_sees(cast, cast.per, one) for one in (answered, taken, closed, read, kept, important)]
    assert seen == [True, True, True, False, False, False]
    assert [inbox(cast, cast.per, box) for box in BOXES] == [[str(taken.id)], [str(answered.id)], [str(closed.id)]]
    receive(cast, reply(cast, question(cast, kind=E_CONTACT, conversation=answered.conversation, msg_id="x")))
    assert set(inbox(cast, cast.per)) == {str(taken.id), str(answered.id)}


@pytest.mark.req("ABS-7")
def test_of_two_gps_only_the_dialogs_of_the_one_whose_time_is_over_vanish() -> None:
    cast = make_clinic()
    karis = receive(cast, question(cast))
    monas = receive(cast, question(cast, patient=cast.astrid, party_her_id=cast.mona_party.her_id))
    stand_in(cast, cast.per, -3, None)
    stand_in(cast, cast.per, -3, None, gp=cast.mona)
    assert set(inbox(cast, cast.per)) == {str(karis.id), str(monas.id)}
    end(cast)
    assert inbox(cast, cast.per) == [str(monas.id)]
    # Who does not work here any more is stood in for no longer.
    with acting(cast.system):
        services_row = cast.mona
        services_row.active = False
        services_row.save(update_fields=["active"])
    assert not _sees(cast, cast.per, monas)
