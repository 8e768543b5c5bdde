"""Groups and roles get mail: who is in them follows the staff, and an empty one loses nothing."""

import pytest

from skranke.audit.queries import events_about
from skranke.clinics import errors
from skranke.clinics.models import Alert, Employee, GroupKind, PartyKind, Role, StaffFunction
from skranke.clinics.organisation import queries as organisation
from skranke.clinics.organisation.addressing import set_recipients
from skranke.clinics.organisation.errors import InUseError, NoCriteriaError
from skranke.clinics.organisation.groups import (
    GroupFacts,
    add_group,
    change_group,
    remove_group,
    set_function,
    sign_in,
    sign_out,
)
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.services import hire, register_party
from skranke.dialog import queries, services
from skranke.dialog.models import Participant, Thread
from skranke.kernel.errors import ChangedError, InvalidError, NotFoundError
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id, make_clinic
from support.dialog import E_CONTACT, EVERYBODY, holders, inbox, question, receive, reply


def reception(cast: Cast):
    with acting(cast.system):
        return next(one for one in organisation.groups() if one.name == "Resepsjon")


def picked(cast: Cast, *members: Employee, name: str = "Vaksiner"):
    with acting(cast.actor(cast.ali)):
        return add_group(GroupFacts(name=name, kind=GroupKind.STATIC, members=members))


def given_to(cast: Cast, row) -> Thread:
    """An e-consultation of Kari's that she has given on."""
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        services.forward(thread, to=row)
    return thread


@pytest.mark.req("ORG-8", "ORG-9", "ORG-10", "MSG-17")
def test_who_is_hired_as_secretary_is_in_resepsjon_at_once_and_sees_its_messages() -> None:
    cast = make_clinic()
    thread = given_to(cast, reception(cast))
    assert holders(cast, thread) == {"Ali"}
    with acting(cast.actor(cast.ali)):
        tone = hire(given_name="Tone", family_name="Eide", role="secretary")
    assert inbox(cast, tone) == [str(thread.id)]
    assert inbox(cast, cast.anne) == []
    with acting(cast.actor(tone)):
        assert [(one.name, one.group_id) for one in queries.thread_view(thread).participants if one.group_id] == [
            ("Resepsjon", reception(cast).id)
        ]


@pytest.mark.req("ORG-10", "MSG-17", "MSG-18", "RCV-8")
def test_every_member_has_it_in_the_inbox_until_one_has_handled_it() -> None:
    cast = make_clinic()
    thread = given_to(cast, picked(cast, cast.anne, cast.per, cast.kari))
    assert holders(cast, thread) == {"Anne", "Per"}
    with acting(cast.actor(cast.anne)):
        services.take(thread)
    assert holders(cast, thread) == {"Anne"}
    assert inbox(cast, cast.per, "aapne") == [str(thread.id)]


@pytest.mark.req("RCV-8", "MSG-17")
def test_a_role_is_a_recipient_too() -> None:
    cast = make_clinic()
    with acting(cast.system):
        nurses = Role.objects.get(id=cast.anne.held_role_id)
    assert holders(cast, given_to(cast, nurses)) == {"Anne"}


@pytest.mark.req("RCV-15", "ORG-10")
def test_a_reply_goes_to_the_group_as_it_is_then() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, start)
    group = picked(cast, cast.anne)
    with acting(cast.actor(cast.kari)):
        services.forward(thread, to=group)
    with acting(cast.actor(cast.anne)):
        services.answer(thread, text="Ja.")
    with acting(cast.actor(cast.ali)):
        facts = GroupFacts(name="Vaksiner", kind=GroupKind.STATIC, members=(cast.per,))
        change_group(group.id, facts, expected_version=group.version)
    receive(cast, reply(cast, start))
    assert holders(cast, thread) == {"Kari", "Anne", "Per"}


@pytest.mark.req("ORG-8")
def test_a_dynamic_group_has_who_matches_every_criterion_that_is_stated() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        facts = {"kind": GroupKind.DYNAMIC, "position_types": ("nurse", "secretary")}
        both = add_group(GroupFacts(name="A", **facts))
        add_group(GroupFacts(name="B", **facts, functions=(StaffFunction.LABORATORY,)))
        add_group(GroupFacts(name="C", **facts, roles=(Role.objects.get(id=cast.ali.held_role_id),)))
        found = {one.name: {who.given_name for who in organisation.members_of(one)} for one in organisation.groups()}
        assert {name: found[name] for name in "ABC"} == {"A": {"Ali", "Anne"}, "B": {"Anne"}, "C": {"Ali"}}
        with pytest.raises(NoCriteriaError):
            change_group(both.id, GroupFacts(name="A", kind=GroupKind.DYNAMIC), expected_version=both.version)


@pytest.mark.req("RCV-12")
def test_what_waits_in_a_group_that_is_emptied_is_everybodys_and_an_administrator_is_told() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, start)
    group = picked(cast, cast.anne)
    with acting(cast.actor(cast.kari)):
        services.forward(thread, to=group)
    with acting(cast.actor(cast.ali)):
        change_group(group.id, GroupFacts(name="Vaksiner", kind=GroupKind.STATIC), expected_version=group.version)
    assert holders(cast, thread) == EVERYBODY - {"Kari"}
    receive(cast, reply(cast, start))
    assert holders(cast, thread) == EVERYBODY
    with acting(cast.actor(cast.ali)):
        assert [(row.name, count) for row, count in queries.unread_recipients()] == [("Vaksiner", 1)]
        facts = GroupFacts(name="Vaksiner", kind=GroupKind.STATIC, members=(cast.per,))
        change_group(group.id, facts, expected_version=group.version + 1)
        assert queries.unread_recipients() == []
    assert holders(cast, thread) == {"Kari", "Per"}


@pytest.mark.req("RCV-12")
def test_the_last_member_who_leaves_takes_nothing_along_and_neither_does_a_group_that_is_removed() -> None:
    cast = make_clinic()
    thread = given_to(cast, picked(cast, cast.anne))
    with acting(cast.actor(cast.ali)):
        services.end_employment(cast.anne.id)
    assert all(inbox(cast, one) == [str(thread.id)] for one in (cast.mona, cast.ali, cast.per))
    group = picked(cast, cast.per, name="Sår")
    other = given_to(cast, group)
    assert inbox(cast, cast.per) == [str(other.id), str(thread.id)]
    assert inbox(cast, cast.ali) == [str(thread.id)]
    with acting(cast.actor(cast.ali)):
        remove_group(group.id)
    assert inbox(cast, cast.ali) == [str(other.id), str(thread.id)]


@pytest.mark.req("ORG-15", "RCV-12")
def test_who_logs_out_of_a_group_or_a_function_gets_none_of_its_mail_until_logged_in_again() -> None:
    cast = make_clinic()
    group = picked(cast, cast.anne, cast.per)
    thread = given_to(cast, group)
    with acting(cast.actor(cast.anne)):
        sign_out(cast.anne, group.id)
        sign_out(cast.anne, group.id)
    assert holders(cast, thread) == {"Per"}
    with acting(cast.actor(cast.per)):
        sign_out(cast.per, group.id)
    assert holders(cast, thread) == EVERYBODY - {"Kari"}
    with acting(cast.actor(cast.anne)):
        sign_in(cast.anne, group.id)
    assert holders(cast, thread) == {"Anne"}
    with acting(cast.actor(cast.mona)), pytest.raises(NotFoundError):
        sign_out(cast.mona, group.id)
    desk = given_to(cast, reception(cast))
    with acting(cast.actor(cast.ali)):
        tone = hire(given_name="Tone", family_name="Eide", role="secretary")
        set_function(cast.ali, StaffFunction.RECEPTION, on=False)
        assert (StaffFunction.RECEPTION, False) in organisation.functions_of(Employee.objects.get(id=cast.ali.id))
        with pytest.raises(NotFoundError):
            set_function(cast.ali, StaffFunction.LABORATORY, on=False)
    assert str(desk.id) in inbox(cast, tone)
    assert holders(cast, desk) == set()
    with acting(cast.actor(cast.ali)):
        set_function(cast.ali, StaffFunction.RECEPTION, on=True)
    assert holders(cast, desk) == {"Ali"}


@pytest.mark.req("ORG-4", "ORG-7")
def test_groups_are_the_administrators_and_the_second_of_two_is_told() -> None:
    cast = make_clinic()
    group = picked(cast, cast.anne)
    facts = GroupFacts(name="Vaksiner", kind=GroupKind.STATIC)
    with acting(cast.actor(cast.anne)):
        for refused in (
            lambda: add_group(facts),
            lambda: change_group(group.id, facts, expected_version=1),
            lambda: remove_group(group.id),
            lambda: set_recipients(None, ()),
        ):
            with pytest.raises(errors.NotAllowedError):
                refused()
    with acting(cast.actor(cast.ali)):
        with pytest.raises(ChangedError, match="Ali Khan"):
            change_group(group.id, facts, expected_version=group.version - 1)
        assert [one.action for one in events_about("group", group.id)] == ["group.changed"]


@pytest.mark.req("ORG-6", "RCV-12", "MSG-24")
def test_a_gp_who_leaves_with_open_threads_gives_them_to_the_catch_all_and_it_is_told() -> None:
    cast = make_clinic()
    start = question(cast)
    waiting, answered = receive(cast, start), receive(cast, question(cast, patient=cast.nora))
    with acting(cast.actor(cast.kari)):
        services.answer(answered, text="Ja.")
    with acting(cast.actor(cast.ali)):
        set_recipients(None, [Recipient(group_id=reception(cast).id)])
        assert services.end_employment(cast.kari.id) == 2
        told = Alert.objects.get()
        assert (told.kind, told.about, told.count) == ("handed_over", "Kari Lunde", 2)
    assert inbox(cast, cast.ali) == [str(waiting.id)]
    assert inbox(cast, cast.ali, "aapne") == [str(answered.id)]
    assert inbox(cast, cast.anne) == []
    with acting(cast.actor(cast.ali)):
        view = queries.thread_view(waiting)
        assert (view.responsible_name, [one.note for one in view.events if one.kind == "handed_over"]) == (
            "",
            ["Kari Lunde"],
        )
    new = receive(cast, question(cast, patient=cast.astrid))
    assert set(inbox(cast, cast.ali)) == {str(waiting.id), str(new.id)}
    receive(cast, reply(cast, start))
    assert str(waiting.id) in inbox(cast, cast.ali)


@pytest.mark.req("ORG-13", "RCV-13")
def test_what_comes_to_a_service_goes_to_its_recipients_else_to_the_clinics_own_row() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        vacant = register_party(her_id=fresh_her_id(), kind=PartyKind.SERVICE, name="Liste uten fast lege")
        vaccines = register_party(her_id=fresh_her_id(), kind=PartyKind.SERVICE, name="Vaksinasjon")
    to = {"kind": E_CONTACT, "party_her_id": vacant.her_id}
    assert holders(cast, receive(cast, question(cast, **to))) == EVERYBODY
    group = picked(cast, cast.per)
    with acting(cast.actor(cast.ali)):
        chosen = [Recipient(group_id=group.id), Recipient(role_id=cast.anne.held_role_id)]
        set_recipients(vacant.id, chosen)
        set_recipients(None, [Recipient(employee_id=cast.mona.id)])
    assert holders(cast, receive(cast, question(cast, **to))) == {"Per", "Anne"}
    elsewhere = {"kind": E_CONTACT, "party_her_id": vaccines.her_id}
    assert holders(cast, receive(cast, question(cast, **elsewhere))) == {"Mona"}
    assert holders(cast, receive(cast, question(cast, party_her_id="999"))) == {"Mona"}
    assert holders(cast, receive(cast, question(cast, kind=E_CONTACT))) == EVERYBODY
    with acting(cast.actor(cast.ali)):
        told = events_about("recipients", vacant.id)[0].detail
        assert [set(one) for one in told["new"]] == [{"group"}, {"role"}]
        with pytest.raises(InUseError):
            remove_group(group.id)
        with pytest.raises(ChangedError):
            set_recipients(vacant.id, [], before=[])
        with pytest.raises(InvalidError):
            set_recipients(vacant.id, [Recipient(employee_id=cast.mona.id), Recipient()], before=chosen)
        with pytest.raises(NotFoundError):
            set_recipients(cast.kari_party.id, chosen)


def test_a_participant_is_one_and_of_the_own_clinic() -> None:
    cast, other = make_clinic(), make_clinic()
    thread, theirs = receive(cast, question(cast)), picked(other, other.anne)
    with acting(cast.actor(cast.kari)), pytest.raises(NotFoundError):
        services.forward(thread, to=theirs)
    with acting(cast.system):
        assert [one.employee_id for one in Participant.objects.filter(thread=thread)] == [cast.kari.id]
