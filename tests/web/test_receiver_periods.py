"""Konfigurasjon > Post > HelseNorge, Andre mottakere for en periode; and who gets what comes meanwhile."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from skranke.audit.models import AuditEvent
from skranke.clinics.absences.models import ReceiverPeriod, ReceiverPeriodChoice
from skranke.clinics.models import Alert, Employee, Group
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in, same
from support.dialog import E_CONSULTATION, E_CONTACT, EVERYBODY, RENEWAL, holders, inbox, question, receive, reply

TEN = clock.from_oslo(datetime(2027, 3, 1, 10))  # noqa: DTZ001 - wall time


def set_period(cast: Cast, *recipients: str, by: Employee | None = None, **facts: object):
    """The answer to an administrator who lets others receive; from now, e-consultations to Kari unless told."""
    form = {
        "kinds": [E_CONSULTATION],
        "gp": str(cast.kari.id),
        "format": "fixed",
        "recipients": recipients,
        "starts_at": "",
        "ends_at": "",
        **facts,
    }
    return logged_in(cast, by or cast.ali).post(address(cast, "settings-new-receiver-period"), form)


def at(hours: int = 0, minutes: int = 0) -> str:
    """A moment after ten o'clock as the field has it, in Oslo's time."""
    return clock.oslo(TEN + timedelta(hours=hours, minutes=minutes)).strftime("%Y-%m-%dT%H:%M")


def who(cast: Cast, kind: str = E_CONSULTATION, **facts: object) -> set[str]:
    return holders(cast, receive(cast, question(cast, kind=kind, **facts)))


def person(one: Employee) -> str:
    return f"employee:{one.id}"


def rows(cast: Cast) -> list[ReceiverPeriod]:
    with acting(cast.system):
        return list(ReceiverPeriod.objects.order_by("starts_at", "kind"))


def end(cast: Cast, period: ReceiverPeriod, by: Employee | None = None):
    place = address(cast, "settings-receiver-period-ended", period.id)
    return logged_in(cast, by or cast.ali).post(place)


def page_of(cast: Cast) -> str:
    return body(logged_in(cast, cast.ali).get(address(cast, "settings-helsenorge")))


@pytest.mark.req("ABS-15", "ABS-16", "ABS-17", "IMP-3")
def test_for_a_period_others_receive_what_comes_to_one_gp_and_it_begins_and_ends_by_itself_at_its_minute() -> None:
    cast = make_clinic()
    clock.move_to(TEN)
    answer = set_period(cast, person(cast.anne), starts_at=at(1), ends_at=at(2))
    assert answer.status_code == 302
    (row,) = rows(cast)
    assert (row.starts_at, row.ends_at) == (TEN + timedelta(hours=1), TEN + timedelta(hours=2))
    start = question(cast)
    before = receive(cast, start)
    for moment, wanted in (
        (timedelta(minutes=59, seconds=59), {"Kari"}),
        (timedelta(hours=1), {"Anne"}),
        (timedelta(hours=1, minutes=59, seconds=59), {"Anne"}),
        (timedelta(hours=2), {"Kari"}),
    ):
        clock.move_to(TEN + moment)
        assert who(cast) == wanted, moment
        # Another GP's, and another type, are as they were.
        assert who(cast, party_her_id=cast.mona_party.her_id) == {"Mona"}
        assert who(cast, E_CONTACT) == EVERYBODY
    receive(cast, reply(cast, start))
    assert holders(cast, before) == {"Kari"}


@pytest.mark.req("ABS-15", "ABS-17")
@pytest.mark.parametrize("kind", [E_CONTACT, E_CONSULTATION, RENEWAL])
def test_each_type_can_have_others_for_the_whole_clinic_and_a_gps_own_period_goes_before(kind: str) -> None:
    cast = make_clinic()
    assert set_period(cast, person(cast.anne), kinds=[kind], gp="alle").status_code == 302
    both = [cast.kari_party.her_id, cast.mona_party.her_id]
    assert [who(cast, kind, party_her_id=one) for one in both] == [{"Anne"}, {"Anne"}]
    answer = set_period(cast, person(cast.per), kinds=[kind], format="fixed_and_practitioner")
    assert answer.status_code == 302
    assert [who(cast, kind, party_her_id=one) for one in both] == [{"Kari", "Per"}, {"Anne"}]
    of_kari = next(one for one in rows(cast) if one.gp_id)
    assert end(cast, of_kari).status_code == 302
    assert who(cast, kind) == {"Anne"}


@pytest.mark.req("ABS-16", "IMP-3")
def test_without_an_end_it_is_permanent_until_it_is_ended_and_what_has_not_begun_is_taken_away() -> None:
    cast = make_clinic()
    clock.move_to(TEN)
    assert set_period(cast, person(cast.anne)).status_code == 302
    assert "uten sluttdato" in page_of(cast)
    clock.move(timedelta(days=400))
    assert who(cast) == {"Anne"}
    (row,) = rows(cast)
    assert end(cast, row, cast.kari).status_code == 403
    assert who(cast) == {"Anne"}
    assert end(cast, row).status_code == 302
    assert who(cast) == {"Kari"}
    assert rows(cast)[0].ends_at is not None
    assert end(cast, row).status_code == 404
    later = clock.oslo(clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert set_period(cast, person(cast.per), starts_at=later).status_code == 302
    assert end(cast, rows(cast)[1]).status_code == 302
    assert len(rows(cast)) == 1
    clock.move(timedelta(days=3))
    assert who(cast) == {"Kari"}


@pytest.mark.req("ABS-15", "RCV-12")
def test_a_message_is_never_without_a_reader_when_who_should_have_it_leaves_in_the_period() -> None:
    cast = make_clinic()
    assert set_period(cast, person(cast.anne)).status_code == 302
    assert who(cast) == {"Anne"}
    assert logged_in(cast, cast.ali).post(address(cast, "settings-employee-end", cast.anne.id)).status_code == 302
    last = receive(cast, question(cast))
    assert all(str(last.id) in inbox(cast, one) for one in (cast.kari, cast.mona, cast.ali, cast.per))
    with acting(cast.system):
        told = Alert.objects.get(kind="nobody_reads")
        assert (told.subject_id, told.about) == (rows(cast)[0].id, cast.anne.name)
    gone = set_period(cast, person(cast.anne), kinds=[E_CONTACT])
    assert gone.status_code == 422
    assert len(rows(cast)) == 1


@pytest.mark.req("ABS-15", "RCV-12")
def test_a_group_that_receives_in_a_period_cannot_be_taken_away_before_it_is_over() -> None:
    cast = make_clinic()
    clock.move_to(TEN)
    with acting(cast.system):
        group = Group.objects.get(name="Resepsjon")
    assert set_period(cast, f"group:{group.id}", ends_at=at(1)).status_code == 302
    assert who(cast) == {"Ali"}
    client = logged_in(cast, cast.ali)
    kept = client.post(address(cast, "settings-group", group.id), {"fjern": "ja"})
    assert (kept.status_code, "Gruppen får meldinger fra helsenorge.no." in body(kept)) == (409, True)
    clock.move(timedelta(hours=2))
    assert client.post(address(cast, "settings-group", group.id), {"fjern": "ja"}).status_code == 302


@pytest.mark.req("ABS-2", "ABS-15", "ABS-16")
def test_what_cannot_be_is_refused_says_so_and_leaves_nothing() -> None:
    cast = make_clinic()
    clock.move_to(TEN)
    anne = person(cast.anne)
    assert set_period(cast, anne, by=cast.kari).status_code == 403
    for told, recipients, facts in (
        ("Velg minst én meldingstype. Ingenting er lagret.", [anne], {"kinds": []}),
        ("Velg minst én mottaker. Ingenting er lagret.", [], {}),
        ("Starten er alt passert.", [anne], {"starts_at": at(minutes=-1)}),
        ("Slutten er ikke etter starten.", [anne], {"starts_at": at(2), "ends_at": at(2)}),
        ("Slutten er ikke etter starten.", [anne], {"ends_at": at(0)}),
        ("Velg", [anne], {"gp": str(cast.anne.id)}),
        ("Velg", [anne], {"kinds": ["booking"]}),
    ):
        answer = set_period(cast, *recipients, **facts)
        assert (answer.status_code, told in body(answer)) == (422, True), (told, facts)
    # The hour that does not exist, and the one that is twice, as the clock changes.
    for moment in ("2027-03-28T02:30", "2027-10-31T02:30"):
        assert set_period(cast, anne, starts_at=moment).status_code == 422
    assert rows(cast) == []
    with acting(cast.system):
        assert not ReceiverPeriodChoice.objects.exists()


@pytest.mark.req("ABS-15", "ABS-16")
def test_two_periods_of_the_same_never_overlap_and_one_may_follow_another() -> None:
    cast = make_clinic()
    clock.move_to(TEN)
    anne = person(cast.anne)
    assert set_period(cast, anne, starts_at=at(2), ends_at=at(4)).status_code == 302
    for span in ((1, 3), (3, 5), (1, 5), (2, 4), (3, None), (1, None)):
        first, last = at(span[0]), at(span[1]) if span[1] else ""
        # Of two types one is free: neither is set.
        answer = set_period(cast, anne, kinds=[E_CONTACT, E_CONSULTATION], starts_at=first, ends_at=last)
        assert (answer.status_code, "Ingenting er lagret." in body(answer)) == (409, True), span
    assert len(rows(cast)) == 1
    for first, last in ((1, 2), (4, 5)):
        assert set_period(cast, anne, starts_at=at(first), ends_at=at(last)).status_code == 302
    assert set_period(cast, anne, gp="alle").status_code == 302
    assert set_period(cast, anne, gp="alle", starts_at=at(9)).status_code == 409


@pytest.mark.req("ABS-15", "ABS-16", "NFR-2")
def test_the_database_refuses_what_the_verb_would_and_another_clinics_is_as_none() -> None:
    cast, other = make_clinic(), make_clinic()
    now = clock.now()
    own = {"clinic_id": cast.clinic.id, "format": "practitioner", "starts_at": now}
    later = now + timedelta(hours=1)
    with acting(cast.system):
        row = ReceiverPeriod.objects.create(**own, kind=E_CONTACT, gp=cast.kari)
        ReceiverPeriod.objects.create(**own, kind=E_CONTACT, gp=None)
    for broken in (
        {"kind": E_CONTACT, "gp": cast.kari, "ends_at": later},
        {"kind": E_CONTACT, "gp": None, "starts_at": later},
        {"kind": RENEWAL, "gp": cast.mona, "ends_at": now},
        {"kind": "booking", "gp": cast.mona},
        {"kind": RENEWAL, "gp": cast.mona, "format": "fixed"},
        {"kind": RENEWAL, "gp": other.kari},
    ):
        with pytest.raises(IntegrityError), acting(cast.system), transaction.atomic():
            ReceiverPeriod.objects.create(**own | broken)
    theirs, nobodys = end_by(other, row.id), end_by(other, uuid4())
    assert (theirs.status_code, same(theirs)) == (nobodys.status_code, same(nobodys)) == (404, same(nobodys))
    assert len(rows(cast)) == 2
    assert rows(other) == []


def end_by(cast: Cast, period_id: object):
    return logged_in(cast, cast.ali).post(address(cast, "settings-receiver-period-ended", period_id))


@pytest.mark.req("ABS-15", "ABS-17", "IMP-3")
def test_what_it_would_mean_is_shown_before_it_is_saved_and_what_holds_and_was_changed_stands_on_the_page() -> None:
    cast = make_clinic()
    clock.move_to(TEN)
    shown = body(set_period(cast, person(cast.anne), kinds=[E_CONSULTATION, E_CONTACT], ends_at=at(1), vis="1"))
    told = shown.partition("Når du lagrer")[2]
    assert rows(cast) == []
    assert told.count(f'<th scope="row">{cast.kari.name}</th>') == 2
    assert f'<th scope="row">{cast.mona.name}</th>' not in told
    assert f'data-label="Får den i perioden">{cast.anne.name}<' in told
    assert f'data-label="Får den nå">{cast.kari.name}<' in told
    nobody = body(set_period(cast, vis="1"))
    assert "Velg minst én mottaker." in nobody
    assert "Ingen perioder nå eller senere." in page_of(cast)
    assert set_period(cast, person(cast.anne), ends_at=at(1)).status_code == 302
    page = page_of(cast)
    assert "Avslutt nå: " in page
    own = page.partition("fastlege for fastlege")[2].partition(f'<th scope="row">{cast.kari.name}</th>')[2]
    assert cast.anne.name in own.partition("</td>")[0]
    assert end(cast, rows(cast)[0]).status_code == 302
    log = page_of(cast).partition("Siste endringer")[2]
    for words in ("avsluttet for Kari", "satt for Kari", f"Fast (klinikken velger mottaker): {cast.anne.name}"):
        assert words in log
    with acting(cast.system):
        events = AuditEvent.objects.filter(subject_kind="receivers").order_by("at", "id")
        assert [(one.action, one.actor_name) for one in events] == [
            ("receivers.period_set", cast.ali.name),
            ("receivers.period_ended", cast.ali.name),
        ]


@pytest.mark.req("ABS-15", "ABS-16", "ABS-17")
def test_a_program_sets_sees_and_ends_periods_as_an_administrator_and_nobody_else_does() -> None:
    cast = make_clinic()
    wanted = {
        "kinds": [E_CONSULTATION, RENEWAL],
        "gp_id": str(cast.kari.id),
        "format": "fixed",
        "recipients": [{"employee_id": str(cast.anne.id)}],
        "ends_at": (clock.now() + timedelta(hours=1)).isoformat(),
    }
    assert Api(cast, cast.kari).get("receiver-periods").status == 403
    assert Api(cast, cast.kari).post("receiver-periods", wanted).status == 403
    admin = Api(cast, cast.ali)
    made = admin.post("receiver-periods", wanted)
    assert (made.status, {one["kind"] for one in made.body["items"]}) == (201, {E_CONSULTATION, RENEWAL})
    assert all(one["is_on"] for one in made.body["items"])
    assert who(cast) == who(cast, RENEWAL) == {"Anne"}
    assert admin.post("receiver-periods", wanted).status == 409
    assert admin.post("receiver-periods", wanted | {"kinds": ["booking"]}).status == 422
    listed = admin.get("receiver-periods").body["items"]
    assert [one["id"] for one in listed] == [one["id"] for one in made.body["items"]]
    for one in made.body["items"]:
        assert Api(cast, cast.kari).delete(f"receiver-periods/{one['id']}").status == 403
        assert admin.delete(f"receiver-periods/{one['id']}").status == 204
        assert admin.delete(f"receiver-periods/{one['id']}").status == 404
    assert admin.get("receiver-periods").body == {"items": []}
    assert who(cast) == {"Kari"}
