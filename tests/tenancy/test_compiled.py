"""Queries whose SQL is kept: nobody gets an answer that was meant for whoever asked first."""

from datetime import timedelta

import pytest

from skranke.clinics.models import GroupKind
from skranke.clinics.organisation import queries as organisation
from skranke.clinics.organisation.groups import GroupFacts, add_group
from skranke.clinics.substitutes.models import Substitute
from skranke.dialog import presence, queries, services
from skranke.dialog.models import Thread
from skranke.dialog.values import Mailbox
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import new_id
from skranke.tenancy import compiled
from skranke.tenancy.compiled import UnknownParameterError
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.dialog import E_CONTACT, question, receive


def busy_clinic(*, ali_sees_open: bool) -> Cast:
    """Threads of single employees, of a group, of everybody, closed ones and one that somebody has open."""
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        group = add_group(GroupFacts(name="Vaksiner", kind=GroupKind.STATIC, members=(cast.kari,)))
    with acting(cast.system):
        type(cast.ali).objects.filter(id=cast.ali.id).update(sees_clinic_open=ali_sees_open, sees_clinic_archive=False)
        if ali_sees_open:
            Substitute.objects.create(
                clinic_id=cast.clinic.id, gp=cast.kari, employee=cast.anne, starts_on=clock.today()
            )
    threads = [receive(cast, question(cast, kind=E_CONTACT)) for _ in range(5)]
    with acting(cast.actor(cast.kari)):
        services.close_thread(threads[0])
        services.forward(threads[1], to=cast.anne)
        services.forward(threads[2], to=None)
        services.forward(threads[3], to=next(one for one in organisation.groups() if one.id == group.id))
        presence.note(threads[4].id)
    return cast


def seen(cast: Cast, employee) -> list[object]:
    """All that compiled queries answer an employee."""
    found: list[object] = []
    with acting(cast.actor(employee)):
        for box in Mailbox:
            for order in ("due", "newest"):
                try:
                    found.append([row.id for row in queries.mailbox(box, order=order).rows])
                except NotFoundError:
                    found.append("refused")
        for q in ("vondt", "vondt kari", "nordmann"):
            found += [[row.id for row in queries.mailbox(box, q=q).rows] for box in (Mailbox.INBOX, Mailbox.ARCHIVE)]
        found += [queries.counts(), queries.unread(), presence.open_by(), services.draft_counts()]
    return found


@pytest.mark.req("NFR-2", "ORG-11")
def test_who_asks_later_gets_what_a_query_of_their_own_would_have_answered(monkeypatch) -> None:
    monkeypatch.setattr(compiled, "always_checked", False)
    casts = [busy_clinic(ali_sees_open=True), busy_clinic(ali_sees_open=False)]
    people = [(cast, one) for cast in casts for one in (cast.ali, cast.kari, cast.anne)]
    kept = [seen(cast, one) for cast, one in people]
    monkeypatch.setattr(compiled, "_kept", lambda key: [])
    assert kept == [seen(cast, one) for cast, one in people]
    assert len({str(one) for one in kept}) == len(people)
    assert kept[0].count("refused") < kept[3].count("refused")


def ask(build, *values, name="test"):
    return compiled.compiled(build, (name, new_id()), values)


@pytest.mark.req("NFR-2")
def test_a_query_that_depends_on_what_it_was_not_told_of_is_refused() -> None:
    cast = make_clinic()
    somebody, moment = new_id(), clock.now()
    with acting(cast.system):
        for build in (
            lambda: Thread.objects.filter(patient_id=somebody),
            lambda: Thread.objects.filter(last_message_at__gt=moment),
            lambda: Thread.objects.filter(answer_due=moment.date()),
        ):
            with pytest.raises(UnknownParameterError):
                ask(build)
        with pytest.raises(UnknownParameterError):
            ask(lambda: Thread.objects.filter(patient_id=somebody), somebody, somebody)
        assert ask(lambda: Thread.objects.filter(patient_id=somebody), somebody).rows(Thread) == []


@pytest.mark.req("NFR-2")
def test_a_query_whose_text_changes_without_its_shape_is_found_by_the_tests() -> None:
    cast, shape = make_clinic(), ("changing", new_id())
    with acting(cast.system):
        compiled.compiled(lambda: Thread.objects.filter(state="open"), shape, ())
        with pytest.raises(UnknownParameterError):
            compiled.compiled(lambda: Thread.objects.filter(state="closed"), shape, ())


def test_a_kept_query_is_asked_with_the_values_and_the_clinic_of_now() -> None:
    first, second = make_clinic(), make_clinic()
    shape, found = ("twice", new_id()), []
    for cast in (first, second):
        since, thread = clock.now() - timedelta(days=30), receive(cast, question(cast))
        with acting(cast.system):
            asked = compiled.compiled(lambda at=since: Thread.objects.filter(last_message_at__gt=at), shape, (since,))
            found.append([row.id for row in asked.rows(Thread)] == [thread.id])
            assert [one["id"] for one in asked.dicts()] == [thread.id]
    assert found == [True, True]
