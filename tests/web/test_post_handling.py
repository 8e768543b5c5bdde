"""Who takes part in a thread, and how it is treated (MSG-11, MSG-13 to MSG-16)."""

from datetime import date, timedelta

import pytest
from lxml import html

from skranke.clinics.models import Employee, Group
from skranke.clinics.organisation.groups import sign_out
from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, field, logged_in
from support.dialog import E_CONTACT, holders, inbox, question, receive
from support.patient_pages import as_patient
from support.portal import answer, start


def _press(client, cast: Cast, route: str, thread: Thread, **facts: object):
    page = body(client.get(address(cast, "thread", thread.id)))
    return client.post(address(cast, route, thread.id), {"versjon": field(page, "versjon"), **facts}, headers=HTMX)


def _until(days: int) -> date:
    return clock.today() + timedelta(days=days)


@pytest.mark.req("MSG-11", "MSG-24")
def test_participants_are_added_and_taken_out() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari = logged_in(cast, cast.kari)
    anne = logged_in(cast, cast.anne)
    assert anne.get(address(cast, "thread", thread.id)).status_code == 404
    added = body(_press(kari, cast, "thread-participant-add", thread, til=f"employee:{cast.anne.id}"))
    assert "Deltakeren er lagt til" in added
    assert inbox(cast, cast.anne) == inbox(cast, cast.kari) == [str(thread.id)]
    assert "Anne Berg" in added
    gone = _press(kari, cast, "thread-participant-remove", thread, til=f"employee:{cast.anne.id}")
    assert "Deltakeren er tatt ut" in body(gone)
    assert anne.get(address(cast, "thread", thread.id)).status_code == 404
    events = body(kari.get(address(cast, "thread", thread.id, query="?vis=hendelser")))
    assert "la til Anne Berg" in events
    assert "tok ut Anne Berg" in events


@pytest.mark.req("MSG-11")
def test_who_got_it_by_name_cannot_leave_but_may_close_and_the_last_stays() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari, mona = Api(cast, cast.kari), Api(cast, cast.mona)
    path, kari_id, mona_id = (
        f"threads/{thread.id}",
        {"employee_id": str(cast.kari.id)},
        {"employee_id": str(cast.mona.id)},
    )
    kari.post(f"{path}/participants", mona_id)
    for one, own in ((kari, kari_id), (mona, mona_id)):
        refused = one.post(f"{path}/participants/remove", own)
        assert (refused.status, refused.body["code"]) == (409, "participant_stays")
        assert "gitt til deg" in refused.body["detail"]
    assert kari.post(f"{path}/participants/remove", mona_id).status == 204
    assert mona.get(path).status == 404
    started = start(cast, cast.ali)
    own = Api(cast, cast.ali).post(f"threads/{started.id}/participants/remove", {"employee_id": str(cast.ali.id)})
    assert (own.status, own.body["code"]) == (409, "participant_stays")
    assert "Minst én må delta" in own.body["detail"]
    # The one who began it got it from nobody, and may leave it to another.
    Api(cast, cast.ali).post(f"threads/{started.id}/participants", kari_id)
    leave = _press(logged_in(cast, cast.ali), cast, "thread-participant-remove", started, til=f"employee:{cast.ali.id}")
    assert leave.status_code == 200
    with acting(cast.system):
        assert [row.employee_id for row in started.participants.all()] == [cast.kari.id]


@pytest.mark.req("MSG-13")
def test_a_private_thread_is_read_by_those_who_take_part_and_not_by_those_who_see_all() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.system):
        Employee.objects.filter(id=cast.ali.id).update(sees_clinic_open=True, sees_clinic_archive=True)
    ali, kari, page = logged_in(cast, cast.ali), logged_in(cast, cast.kari), address(cast, "thread", thread.id)
    shared = address(cast, "post", query="?boks=klinikkens_aapne")
    assert ali.get(page).status_code == 200
    assert "Utslett" in body(ali.get(shared))
    shown = body(_press(kari, cast, "thread-handling", thread, privat="ja"))
    assert "Endringen er lagret." in shown
    assert ali.get(page).status_code == 404
    assert "Utslett" not in body(ali.get(shared))
    assert "Utslett" not in body(ali.get(address(cast, "post-rows", query="?boks=klinikkens_aapne&q=utslett")))
    assert kari.get(page).status_code == 200
    # Who sees all and makes it private, reads it still.
    other = receive(cast, question(cast))
    assert "Privat" in body(_press(ali, cast, "thread-handling", other, privat="ja"))


@pytest.mark.req("MSG-14")
def test_an_important_thread_stands_on_top_of_the_inbox_and_among_the_alerts() -> None:
    cast = make_clinic()
    old, new = (receive(cast, question(cast, kind=E_CONTACT, subject=word)) for word in ("Eldst", "Nyest"))
    assert inbox(cast, cast.ali) == [str(new.id), str(old.id)]
    ali = logged_in(cast, cast.ali)
    alerts = address(cast, "post-rows", query="?boks=viktige")
    assert "Eldst" not in body(ali.get(alerts))
    assert "Viktig" in body(_press(ali, cast, "thread-handling", old, viktig="ja"))
    assert inbox(cast, cast.ali) == [str(old.id), str(new.id)]
    assert "Eldst" in body(ali.get(alerts))
    assert "Nyest" not in body(ali.get(alerts))
    first = Api(cast, cast.ali).get("threads", mailbox="innboks", limit=1).body
    rest = Api(cast, cast.ali).get("threads", mailbox="innboks", limit=1, cursor=first["next_cursor"]).body
    assert [one["items"][0]["id"] for one in (first, rest)] == [str(old.id), str(new.id)]


@pytest.mark.req("MSG-15", "MSG-8")
def test_a_task_of_a_colleagues_is_found_done_and_archived() -> None:
    cast = make_clinic()
    thread = start(cast, cast.ali)
    facts = {
        "oppgave": "ja",
        "oppgave_hvem": str(cast.anne.id),
        "oppgave_frist": str(_until(3)),
        "oppgave_tekst": "Ring",
    }
    shown = body(_press(logged_in(cast, cast.ali), cast, "thread-handling", thread, **facts))
    assert "Oppgave: Anne Berg" in shown
    anne = logged_in(cast, cast.anne)
    assert inbox(cast, cast.anne) == [str(thread.id)]
    assert "Prøvesvar" in body(anne.get(address(cast, "post-rows", query="?boks=viktige")))
    done = body(_press(anne, cast, "thread-complete", thread))
    assert "Oppgaven er fullført, og samtalen ligger i arkivet." in done
    assert inbox(cast, cast.anne, "arkiv") == [str(thread.id)]
    assert "Prøvesvar" not in body(anne.get(address(cast, "post-rows", query="?boks=viktige")))
    again = Api(cast, cast.anne).post(f"threads/{thread.id}/complete")
    assert (again.status, again.body["code"]) == (409, "no_task")


@pytest.mark.req("MSG-15", "MSG-9")
def test_the_task_of_a_consultation_that_waits_is_answered_first() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    kari, path = Api(cast, cast.kari), f"threads/{thread.id}"
    own = kari.put(f"{path}/handling", {"important": True, "task": {"employee_id": str(cast.kari.id)}})
    assert own.body["may_complete"]
    assert kari.post(f"{path}/complete").body["code"] == "answer_required"
    assert holders(cast, thread) == {"Kari"}


@pytest.mark.req("MSG-15", "MSG-16")
def test_the_patient_sees_the_task_and_until_when_to_answer_and_an_answer_ends_it() -> None:
    cast = make_clinic()
    thread = start(cast)
    task = {"employee_id": None, "due": str(_until(5)), "text": "Ta blodprøve"}
    demanded = {"reply_due": str(_until(2)), "task": task}
    assert Api(cast, cast.kari).put(f"threads/{thread.id}/handling", demanded).body["handling"]["task"] == task
    shown = body(as_patient(cast.ola).get(address(cast, "patient-message", thread.id)))
    assert "Legekontoret ber deg om: Ta blodprøve" in shown
    assert "Legekontoret ber om svar innen" in shown
    kari = logged_in(cast, cast.kari)
    assert "Krever svar innen" in body(kari.get(address(cast, "thread", thread.id)))
    answer(cast, thread)
    page = body(kari.get(address(cast, "thread", thread.id)))
    assert "Oppgave: pasienten" in page
    assert 'chip warn">' in page
    with acting(cast.system):
        thread.refresh_from_db()
        assert thread.reply_due is None


@pytest.mark.req("MSG-13", "MSG-14", "MSG-15", "MSG-16", "CMP-6")
def test_it_is_set_already_when_the_dialog_is_begun() -> None:
    cast = make_clinic()
    facts = {
        "emne": "Plan", "text": "Se her.", "deltaker": f"employee:{cast.anne.id}", "viktig": "ja", "privat": "ja",
        "svarfrist": str(_until(1)), "oppgave": "ja", "oppgave_hvem": "meg", "oppgave_tekst": "Purre",
    }  # fmt: skip
    sent = logged_in(cast, cast.ali).post(address(cast, "compose", query="?type=e_dialog&pasient=velg"), facts)
    assert sent.status_code == 302
    with acting(cast.system):
        thread = Thread.objects.get()
    assert (thread.private, thread.important, thread.reply_due) == (True, True, _until(1))
    assert (thread.task_employee_id, thread.task_text) == (cast.ali.id, "Purre")


@pytest.mark.req("MSG-15", "MSG-16")
@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"svarfrist": "i morgen"}, "handle-reply_error"),
        ({"svarfrist": "2020-01-01"}, "handle-reply_error"),
        ({"oppgave": "ja", "oppgave_hvem": "tull"}, "handle-task-who_error"),
        ({"oppgave": "ja", "oppgave_frist": "2020-01-01"}, "handle-task-due_error"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_changed(facts: dict[str, str], place: str) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    refused = _press(logged_in(cast, cast.ali), cast, "thread-handling", thread, **facts)
    assert refused.status_code == 422
    page = html.fromstring(body(refused))
    assert page.get_element_by_id(place) is not None
    assert page.xpath("//details[contains(@class, 'settings')][@open]")
    with acting(cast.system):
        thread.refresh_from_db()
        assert (thread.is_task, thread.reply_due) == (False, None)


@pytest.mark.req("MSG-15")
def test_a_task_that_is_too_long_is_refused_and_never_cut() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    ali = logged_in(cast, cast.ali)
    task = {"oppgave": "ja", "oppgave_hvem": "meg"}
    refused = _press(ali, cast, "thread-handling", thread, **task, oppgave_tekst="a" * 2001)
    assert "høyst 2000 tegn" in body(refused)
    assert _press(ali, cast, "thread-handling", thread, **task, oppgave_tekst="a" * 2000).status_code == 200
    with acting(cast.system):
        assert len(Thread.objects.get(id=thread.id).task_text) == 2000


@pytest.mark.req("MSG-11", "MSG-8")
def test_who_got_it_by_name_is_not_offered_to_leave_and_closes_it_instead() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    _press(logged_in(cast, cast.ali), cast, "thread-forward", thread, til=f"employee:{cast.kari.id}")
    kari = logged_in(cast, cast.kari)
    page = html.fromstring(body(kari.get(address(cast, "thread", thread.id))))
    offered = page.xpath("//form[contains(@action, 'deltaker')]//button/@aria-label")
    assert f"Ta ut {cast.ali.name}" in offered
    assert f"Ta ut {cast.kari.name}" not in offered
    assert _press(kari, cast, "thread-close", thread).status_code == 200
    assert (inbox(cast, cast.kari), inbox(cast, cast.kari, "arkiv")) == ([], [str(thread.id)])


@pytest.mark.req("MSG-11")
@pytest.mark.parametrize("other", ["one who has left", "a group that nobody is in"])
def test_one_who_reads_nothing_counts_for_nobody_when_the_last_is_taken_out(other: str) -> None:
    cast = make_clinic()
    started = start(cast, cast.ali)
    ali = Api(cast, cast.ali)
    with acting(cast.system):
        group = Group.objects.get()
    added = {"employee_id": str(cast.per.id)} if other == "one who has left" else {"group_id": str(group.id)}
    assert ali.post(f"threads/{started.id}/participants", added).status == 200
    with acting(cast.system):
        Employee.objects.filter(id=cast.per.id).update(active=False)
        sign_out(cast.ali, group.id)
    refused = ali.post(f"threads/{started.id}/participants/remove", {"employee_id": str(cast.ali.id)})
    assert (refused.status, refused.body["code"]) == (409, "participant_stays")
    assert ali.get(f"threads/{started.id}").status == 200


@pytest.mark.req("MSG-11", "MSG-18")
def test_who_is_taken_out_is_responsible_no_more() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    _press(logged_in(cast, cast.anne), cast, "thread-take", thread)
    ali = logged_in(cast, cast.ali)
    assert f"Ansvarlig: {cast.anne.name}" in body(ali.get(address(cast, "thread", thread.id)))
    gone = body(_press(ali, cast, "thread-participant-remove", thread, til=f"employee:{cast.anne.id}"))
    assert "Deltakeren er tatt ut" in gone
    assert f"Ansvarlig: {cast.anne.name}" not in gone
