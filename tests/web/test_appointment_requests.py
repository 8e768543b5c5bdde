"""Requests for a time: asked for in the portal, found in a list of chosen columns, answered once (REQ-1, REQ-2)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.patients.relating import add_relation, set_access
from skranke.scheduling.models import Appointment, BookedThrough, Slot
from skranke.scheduling.requests.models import AppointmentRequest, RequestOutcome
from skranke.scheduling.requests.services import RequestEndedError, accept, decline, set_takes_requests
from skranke.scheduling.services import book, cancel, change_schedule, create_type
from skranke.scheduling.services.types import change_type
from skranke.tenancy.work import acting

from cast import make_clinic
from support.clinic_pages import address, body, field, logged_in
from support.database import Clone
from support.news import news
from support.patient_pages import as_patient
from support.timebok import Timebok, make_timebok, weekday_at

FACTS = {"remark": "Vondt i kneet", "wished_time": "any", "type": "", "wished": "", "wished_date": ""}


def opened() -> Timebok:
    """A clinic whose portal takes requests, from all its patients."""
    timebok = make_timebok()
    with acting(timebok.cast.actor(timebok.cast.ali)):
        set_takes_requests(takes=True)
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, audience="all")
    return timebok


def asked(timebok: Timebok, patient: Patient, **facts: object) -> AppointmentRequest:
    """One more request of the patient's, by the form."""
    where = address(timebok.cast, "patient-request-new")
    client = as_patient(patient)
    clock.move(timedelta(seconds=1))
    sent = client.post(where, FACTS | {"skjema": uuid4()} | facts)
    assert sent.status_code == 302, body(sent)
    with acting(timebok.cast.system):
        return AppointmentRequest.objects.filter(patient=patient).latest("created_at")


def wrong(timebok: Timebok, **facts: object) -> tuple[int, str]:
    """What Ola is told of a form that is not right."""
    where = address(timebok.cast, "patient-request-new")
    refused = as_patient(timebok.cast.ola).post(where, FACTS | {"skjema": uuid4()} | facts)
    page = html.fromstring(body(refused))
    return refused.status_code, " ".join(page.xpath("string(//main)").split())


def answer(timebok: Timebok, row: AppointmentRequest, client: Client | None = None, **posted: object):
    """Anne's answer, or another's."""
    client = client or logged_in(timebok.cast, timebok.cast.anne)
    return client.post(address(timebok.cast, "request", row.id), posted)


def lines(client: Client, timebok: Timebok, query: str = "") -> list[str]:
    """The lines of the list as they are read, without when the request came."""
    page = html.fromstring(body(client.get(address(timebok.cast, "request-list", query=query))))
    rows = page.xpath('//section[@id="foresporsler"]//tbody/tr')
    return [" | ".join(" ".join(cell.text_content().split()) for cell in row.xpath("./td")) for row in rows]


@pytest.mark.req("REQ-1", "REQ-2")
def test_a_patient_asks_staff_see_who_and_what_and_give_a_time_and_the_patient_is_told() -> None:
    timebok = opened()
    cast = timebok.cast
    slot = timebok.slot(weekday_at(9))
    timebok.slot(weekday_at(15))
    form = body(as_patient(cast.ola).get(address(cast, "patient-request-new")))
    assert f'<option value="{cast.kari.id}" selected>' in form, "the GP is chosen beforehand"
    row = asked(
        timebok,
        cast.ola,
        type=timebok.ordinary.id,
        wished=cast.kari.id,
        wished_date="2027-02-09",
        wished_time="morning",
    )
    own = address(cast, "patient-request", row.id)
    assert "Legekontoret har ikke svart ennå" in body(as_patient(cast.ola).get(own))
    times = body(as_patient(cast.ola).get(address(cast, "patient-times")))
    assert own in times
    assert "Venter på svar" in times
    staff = logged_in(cast, cast.anne)
    assert "Timeforespørsler (1)" in body(staff.get(address(cast, "schedule")))
    wish = "Vanlig time: Vondt i kneet | tir. 9. feb. | Tidlig (før kl. 10)"
    born = f"{cast.ola.birth_date:%d.%m.%Y}"
    assert lines(staff, timebok) == [f"Ola Nordmann | {born} | {wish} | Kari Lunde | Kari Lunde"]
    page = body(staff.get(address(cast, "request", row.id)))
    for told in (cast.ola.name, cast.ola.phone or "ikke kjent", "Vondt i kneet", "Kari Lunde", "Gi en time"):
        assert told in page
    assert page.count("Som ønsket") == 1, "nine is early, three is not"
    assert page.index("kl. 09.00") < page.index("kl. 15.00")
    given = answer(timebok, row, staff, gjor="godta", time=slot.id, tekst="Ta med medisinlisten.")
    assert given.status_code == 302
    with acting(cast.system):
        made = Appointment.objects.get()
        assert (made.patient_id, made.slot_id, made.booked_through) == (cast.ola.id, slot.id, BookedThrough.STAFF)
        assert made.comment == "Vondt i kneet", "whoever meets the patient reads why"
        thread = Thread.objects.get(patient=cast.ola)
        text = thread.messages.get().text
        assert "tirsdag 9. februar" in text
        assert "Ta med medisinlisten." in text
        log = AuditEvent.objects.filter(patient_id=cast.ola.id, action__startswith="appointment_request.")
        assert set(log.values_list("action", "actor_name")) >= {
            ("appointment_request.made", "Ola Nordmann"),
            ("appointment_request.read", cast.anne.name),
            ("appointment_request.ended", cast.anne.name),
        }
    shown = body(as_patient(cast.ola).get(own))
    assert "Du har fått time." in shown
    assert "Ta med medisinlisten." in shown
    assert "tirsdag 9. februar" in shown
    assert address(cast, "patient-time", made.id) not in shown, "staff may still delete it"
    clock.move(timedelta(minutes=6))
    assert address(cast, "patient-time", made.id) in body(as_patient(cast.ola).get(own))
    assert lines(staff, timebok) == []
    assert "Timeforespørsler (" not in body(staff.get(address(cast, "schedule")))
    assert "Fikk time" in lines(staff, timebok, "?vis=besvart")[0]
    with acting(cast.actor(cast.ali)):
        cancel(made, by="clinic")
    assert "gjelder ikke lenger" in body(as_patient(cast.ola).get(own))


@pytest.mark.req("REQ-2")
def test_a_no_needs_a_word_that_the_patient_reads_in_the_portal() -> None:
    timebok = opened()
    cast = timebok.cast
    row = asked(timebok, cast.ola)
    refused = answer(timebok, row, gjor="avsla", tekst="  ")
    assert refused.status_code == 422
    assert "Skriv til pasienten hvorfor" in body(refused)
    assert answer(timebok, row, gjor="avsla", tekst="a" * 1001).status_code == 422
    with acting(cast.system):
        assert not RequestOutcome.objects.exists()
        assert not Thread.objects.exists()
    assert answer(timebok, row, gjor="avsla", tekst="Bruk kveldslegevakta.").status_code == 302
    own = body(as_patient(cast.ola).get(address(cast, "patient-request", row.id)))
    assert "kunne ikke gi deg denne timen" in own
    assert "Bruk kveldslegevakta." in own
    with acting(cast.system):
        assert "Bruk kveldslegevakta." in Thread.objects.get(patient=cast.ola).messages.get().text
        assert not Appointment.objects.exists()


@pytest.mark.req("REQ-2")
def test_one_colleague_alone_can_answer_and_the_database_says_so() -> None:
    timebok = opened()
    cast = timebok.cast
    slots = [timebok.slot(weekday_at(hour)) for hour in (9, 10)]
    row = asked(timebok, cast.ola)
    kari, anne = logged_in(cast, cast.kari), logged_in(cast, cast.anne)
    assert answer(timebok, row, kari, gjor="godta", time=slots[0].id).status_code == 302
    for posted in ({"gjor": "godta", "time": slots[1].id}, {"gjor": "avsla", "tekst": "Nei."}):
        late = answer(timebok, row, anne, **posted)
        assert late.status_code == 409
        assert "besvart eller trukket tilbake fra før" in body(late)
    with acting(cast.system):
        assert Appointment.objects.get().slot_id == slots[0].id
        assert Thread.objects.count() == 1
        facts = {"clinic_id": cast.clinic.id, "by_name": "Anne", "kind": "declined", "text": "Nei."}
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestOutcome.objects.create(request=row, **facts)
    for change in (lambda: RequestOutcome.objects.update(text="Ja."), lambda: RequestOutcome.objects.all().delete()):
        with pytest.raises(ProgrammingError), acting(cast.actor(cast.anne)):
            change()


@pytest.mark.req("REQ-2")
def test_two_who_answer_at_once_leave_one_answer_and_nothing_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one has looked before the first was done: only the row of the outcome is left to stop it."""
    timebok = opened()
    cast = timebok.cast
    slot = timebok.slot(weekday_at(9))
    row = asked(timebok, cast.ola)
    with acting(cast.actor(cast.kari)):
        decline(row, text="Ring oss.")
    from skranke.scheduling.requests import services

    monkeypatch.setattr(services, "_require_open", lambda _row: None)
    with acting(cast.actor(cast.anne)), pytest.raises(RequestEndedError):
        accept(row, slot)
    with acting(cast.system):
        assert RequestOutcome.objects.get().kind == "declined"
        assert not Appointment.objects.exists()
        assert Thread.objects.count() == 1


@pytest.mark.req("REQ-1")
def test_each_chooses_the_columns_and_the_search_looks_in_those_that_are_shown() -> None:
    timebok = opened()
    cast = timebok.cast
    asked(timebok, cast.ola, remark="Hoste", wished_time="afternoon")
    asked(timebok, cast.astrid, remark="Resept", wished=cast.kari.id, wished_date="2027-02-12")
    anne, mona = logged_in(cast, cast.anne), logged_in(cast, cast.mona)

    def names(query: str) -> list[str]:
        return [line.partition(" | ")[0] for line in lines(anne, timebok, query)]

    assert names("") == [cast.ola.name, cast.astrid.name], "the longest first"
    assert names("?q=hoste") == [cast.ola.name]
    assert names("?q=12.+feb") == [cast.astrid.name]
    assert names(f"?q={cast.astrid.birth_date:%d.%m.%Y}") == [cast.astrid.name]
    assert names("?q=etter+kl.+14") == [cast.ola.name]
    assert names("?q=mona") == [cast.astrid.name], "her GP"
    assert names("?q=ola+resept") == [], "every word, in one line"
    saved = anne.post(address(cast, "request-columns", query="?q=lunde"), {"kolonne": ["patient", "wished"]})
    assert saved["Location"] == address(cast, "request-list", query="?q=lunde")
    assert lines(anne, timebok) == [f"{cast.ola.name} | –", f"{cast.astrid.name} | Kari Lunde"]
    assert names("?q=lunde") == [cast.astrid.name], "Ola's GP is not shown any more"
    assert names("?q=hoste") == []
    assert len(lines(mona, timebok, "?q=hoste")) == 1, "it is Anne's choice alone"
    assert len(lines(logged_in(cast, cast.anne), timebok, "?q=lunde")) == 1, "and it is kept"
    assert anne.post(address(cast, "request-columns"), {"kolonne": ["patient", "notat"]}).status_code == 422
    assert len(lines(anne, timebok, "?q=lunde")) == 1
    anne.post(address(cast, "request-columns"))
    assert lines(anne, timebok) == ["", ""]


@pytest.mark.req("REQ-1")
def test_each_sees_the_own_requests_and_no_other_clinic_any() -> None:
    timebok = opened()
    cast = timebok.cast
    row = asked(timebok, cast.ola)
    where = address(cast, "patient-request", row.id)
    assert as_patient(cast.ola).get(where).status_code == 200
    nora = as_patient(cast.nora)
    assert nora.get(where).status_code == 404
    assert nora.post(where).status_code == 404
    assert "Vondt i kneet" not in body(nora.get(address(cast, "patient-times")))
    theirs = make_clinic()
    stranger = logged_in(theirs, theirs.ali)
    assert stranger.get(address(theirs, "request", row.id)).status_code == 404
    assert stranger.get(address(cast, "request", row.id)).status_code == 404
    assert stranger.get(address(cast, "request-list")).status_code == 404
    with acting(cast.system):
        assert not RequestOutcome.objects.exists()


@pytest.mark.req("REQ-1", "PAT-21", "PAT-22")
def test_a_parent_with_access_asks_for_the_child_under_the_own_name() -> None:
    timebok = opened()
    cast = timebok.cast
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, national_id=cast.ola.national_id, kind="father", access=True, name="")
    place = f"/min/{cast.clinic.slug}/for/{cast.nora.id}/timeforesporsel"
    client = as_patient(cast.ola)
    sent = client.post(place, FACTS | {"skjema": uuid4()})
    assert sent["Location"].startswith(place)
    assert "Vondt i kneet" in body(client.get(sent["Location"]))
    with acting(cast.system):
        row = AppointmentRequest.objects.get()
        assert (row.patient_id, row.representative) == (cast.nora.id, "Ola Nordmann")
    staff = body(logged_in(cast, cast.anne).get(address(cast, "request", row.id)))
    assert "sendt av Ola Nordmann" in staff
    assert client.get(address(cast, "patient-request", row.id)).status_code == 404, "it is not his own"
    with acting(cast.actor(cast.ali)):
        set_access(relation, access=False)
    assert client.get(sent["Location"]).status_code == 404
    assert client.post(place, FACTS | {"skjema": uuid4()}).status_code == 404


@pytest.mark.req("REQ-1")
def test_the_portal_takes_requests_where_the_clinic_says_so_and_from_whom_it_has_not_shut_out() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    new, times = address(cast, "patient-request-new"), address(cast, "patient-times")
    ola = as_patient(cast.ola)
    assert ola.get(new).status_code == 404
    assert new not in body(ola.get(times))
    assert logged_in(cast, cast.anne).post(address(cast, "request-taking"), {"mottak": "ja"}).status_code == 403
    assert logged_in(cast, cast.ali).post(address(cast, "request-taking"), {"mottak": "ja"}).status_code == 302
    assert new in body(ola.get(times))
    assert new in body(ola.get(address(cast, "patient-book")))
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(blocked=True)
    assert ola.post(new, FACTS | {"skjema": uuid4()}).status_code == 404
    assert new not in body(ola.get(times))
    with acting(cast.system):
        assert not AppointmentRequest.objects.exists()
    row = asked(timebok, cast.nora)
    assert logged_in(cast, cast.ali).post(address(cast, "request-taking"), {"mottak": "nei"}).status_code == 302
    assert as_patient(cast.nora).get(new).status_code == 404
    assert answer(timebok, row, gjor="avsla", tekst="Ring oss.").status_code == 302, "what has come is answered"


@pytest.mark.req("REQ-1", "TYP-4")
def test_a_hidden_type_is_neither_offered_nor_told_nor_given() -> None:
    timebok = opened()
    cast = timebok.cast
    with acting(cast.system):
        secret = create_type(name="Skjult time", minutes=20, visibility="hidden")
        later = create_type(name="Snart skjult", minutes=20)
    hidden = timebok.slot(weekday_at(9), type=secret)
    timebok.slot(weekday_at(10))
    form = body(as_patient(cast.ola).get(address(cast, "patient-request-new")))
    assert "Skjult time" not in form
    assert "Snart skjult" in form
    told = [(wrong(timebok, type=one), str(one)) for one in (secret.id, uuid4())]
    assert len({(status, text.replace(one, "")) for (status, text), one in told}) == 1, "as one that does not exist"
    assert told[0][0][0] == 422
    row = asked(timebok, cast.ola, type=later.id)
    own = address(cast, "patient-request", row.id)
    assert "Snart skjult" in body(as_patient(cast.ola).get(own))
    with acting(cast.system):
        change_type(later, visibility="hidden")
    assert "Snart skjult" not in body(as_patient(cast.ola).get(own))
    staff = logged_in(cast, cast.anne)
    page = body(staff.get(address(cast, "request", row.id)))
    assert f'value="{hidden.id}"' not in page
    refused = answer(timebok, row, staff, gjor="godta", time=hidden.id)
    assert refused.status_code == 422
    assert "Timetypen er skjult for pasienten" in body(refused)
    with acting(cast.system):
        assert not Appointment.objects.exists()
        assert not RequestOutcome.objects.exists()
        assert not Thread.objects.exists()


@pytest.mark.req("REQ-1")
def test_what_is_not_right_is_told_at_its_field_and_a_form_sent_twice_is_one_request() -> None:
    timebok = opened()
    cast = timebok.cast
    assert wrong(timebok, remark=" ")[0] == 422
    assert wrong(timebok, remark="a" * 1001)[0] == 422
    for day in ("2027-01-31", "2028-03-01"):
        status, text = wrong(timebok, wished_date=day)
        assert status == 422
        assert "høyst ett år fram" in text
    assert wrong(timebok, wished=cast.anne.id)[0] == 422, "she has no timebok"
    assert wrong(timebok, wished_time="natt")[0] == 422
    form_id = uuid4()
    first, again = (asked(timebok, cast.ola, skjema=form_id) for _ in range(2))
    assert first.id == again.id
    for _ in range(2):
        asked(timebok, cast.ola)
    status, text = wrong(timebok)
    assert status == 409
    assert "flere forespørsler som ikke er besvart" in text
    with acting(cast.system):
        assert AppointmentRequest.objects.filter(patient=cast.ola).count() == 3


@pytest.mark.req("REQ-2")
def test_a_patient_takes_back_what_nobody_has_answered() -> None:
    timebok = opened()
    cast = timebok.cast
    slot = timebok.slot(weekday_at(9))
    row, other = asked(timebok, cast.ola), asked(timebok, cast.ola)
    ola, where = as_patient(cast.ola), address(cast, "patient-request", row.id)
    for _ in range(2):
        assert ola.post(where).status_code == 302
    assert "Du har trukket forespørselen" in body(ola.get(where))
    late = answer(timebok, row, gjor="godta", time=slot.id)
    assert late.status_code == 409
    assert "Trukket av pasienten" in lines(logged_in(cast, cast.anne), timebok, "?vis=besvart")[0]
    answer(timebok, other, gjor="avsla", tekst="Ring oss.")
    refused = ola.post(address(cast, "patient-request", other.id))
    assert refused.status_code == 409
    assert "Ring oss." in body(refused)
    with acting(cast.system):
        assert sorted(RequestOutcome.objects.values_list("kind", flat=True)) == ["declined", "withdrawn"]
        assert not Appointment.objects.exists()


@pytest.mark.req("REQ-2", "APT-24")
def test_a_time_that_is_taken_meanwhile_is_not_given_and_another_can_be() -> None:
    timebok = opened()
    cast = timebok.cast
    taken, free = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10))
    row = asked(timebok, cast.ola)
    with acting(cast.system):
        book(slot=taken, patient=cast.nora, through=BookedThrough.STAFF)
    none = answer(timebok, row, gjor="godta")
    assert none.status_code == 422
    assert "Velg en time." in body(none)
    refused = answer(timebok, row, gjor="godta", time=taken.id, tekst="Velkommen.")
    assert refused.status_code == 409
    assert "Velkommen." in body(refused), "what was written stays"
    with acting(cast.system):
        assert not RequestOutcome.objects.exists()
        assert not Thread.objects.exists()
    assert answer(timebok, row, gjor="godta", time=free.id).status_code == 302


@pytest.mark.req("REQ-2")
def test_who_cannot_be_told_in_the_portal_is_to_be_called() -> None:
    timebok = opened()
    cast = timebok.cast
    slot = timebok.slot(weekday_at(9))
    row = asked(timebok, cast.ola)
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(national_id=cast.ola.national_id[:6])
    assert answer(timebok, row, gjor="godta", time=slot.id).status_code == 302
    with acting(cast.system):
        assert not Thread.objects.exists()
        assert Slot.objects.get(id=slot.id).state == "open"
    page = body(logged_in(cast, cast.anne).get(address(cast, "request", row.id)))
    assert "Ring pasienten." in page


@pytest.mark.req("REQ-1")
def test_staff_look_for_times_of_another_day_or_timebok_than_was_wished_for() -> None:
    timebok = opened()
    cast = timebok.cast
    with acting(cast.system):
        other = timebok.second_schedule(cast.mona)
    early, late = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(9, weeks=2))
    monas = timebok.slot(weekday_at(11), other)
    row = asked(timebok, cast.ola, wished=cast.kari.id, wished_date="2027-02-12")
    client = logged_in(cast, cast.anne)

    def shown(query: str = "") -> set[str]:
        page = html.fromstring(body(client.get(address(cast, "request", row.id, query=query))))
        return set(page.xpath('//input[@name="time"]/@value'))

    assert shown() == {str(late.id)}, "from the wished day, at the wished practitioner's"
    assert shown("?dag=&timebok=alle") == {str(one.id) for one in (early, late, monas)}
    assert shown(f"?dag=2027-02-08&timebok={other.id}") == {str(monas.id)}


@pytest.mark.req("REQ-1")
def test_open_pages_learn_of_a_new_request_and_of_an_answer(database: Clone) -> None:
    timebok = opened()
    cast = timebok.cast
    with news(database.dsn("skranke_web")) as heard:
        row = asked(timebok, cast.ola)
    assert {"clinic": str(cast.clinic.id), "kind": "request", "id": str(row.id)} in heard
    with news(database.dsn("skranke_web")) as heard:
        answer(timebok, row, gjor="avsla", tekst="Ring oss.")
    assert {"clinic": str(cast.clinic.id), "kind": "request", "id": str(row.id)} in heard
    page = body(logged_in(cast, cast.anne).get(address(cast, "request-list")))
    assert 'data-live="request"' in page


@pytest.mark.req("REQ-1")
def test_the_form_keeps_what_was_written_when_something_is_wrong() -> None:
    timebok = opened()
    where = address(timebok.cast, "patient-request-new")
    page = body(as_patient(timebok.cast.ola).post(where, FACTS | {"skjema": uuid4(), "wished_date": "2020-01-01"}))
    assert "Vondt i kneet" in page
    assert field(page, "skjema")
