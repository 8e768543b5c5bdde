"""Drafts of invoice cards: begun from where the work was done, filled in by dated data, ready for the accounts."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.billing.models import InvoiceCard
from skranke.dialog.models import Thread
from skranke.dialog.services import answer
from skranke.kernel import clock
from skranke.patients.exemption import set_exemption
from skranke.patients.models import Exemption, Patient
from skranke.scheduling.models import Appointment, AppointmentState, BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.dialog import question, receive
from support.timebok import Timebok, make_timebok, weekday_at

NO_FEE = "Ingen egenandel"


def booked(book_: Timebok, hour: int = 9) -> Appointment:
    with acting(book_.cast.actor(book_.cast.ali)):
        made = book(slot=book_.slot(weekday_at(hour)), patient=book_.cast.ola, through=BookedThrough.STAFF)
    with acting(book_.cast.system):
        return Appointment.objects.get(id=made.id)


def new(cast, query: str) -> str:
    return address(cast, "invoice-new", query=query)


def card_of(cast) -> InvoiceCard:
    with acting(cast.system):
        found = InvoiceCard.objects.prefetch_related("lines").order_by("-created_at", "-id").first()
        assert found is not None
        found.codes = {one.code: (one.fee, one.user_fee) for one in found.lines.all()}
        return found


@pytest.mark.req("BIL-1", "BIL-4", "TYP-9")
def test_the_card_of_an_appointment_has_its_time_and_the_codes_of_its_type_in_its_timebok() -> None:
    timebok = make_timebok()
    cast, one = timebok.cast, booked(timebok)
    codes = address(cast, "settings-type-codes", timebok.ordinary.id)
    client = logged_in(cast, cast.ali)
    assert client.post(codes, {f"takst-{timebok.schedule.id}": ["2ad", "2bd"]}).status_code == 302
    panel = body(client.get(address(cast, "schedule-appointment", one.id)))
    assert f"{address(cast, 'invoice-new')}?time={one.id}" in panel
    made = client.post(new(cast, f"?time={one.id}"))
    card = card_of(cast)
    assert made["Location"] == address(cast, "invoice-card", card.id)
    assert (card.appointment_id, card.source, card.starts, card.ends) == (one.id, "appointment", one.starts, one.ends)
    assert set(card.codes) == {"2ad", "2bd"}
    assert client.post(new(cast, f"?time={one.id}"), {"nytt": "ja"}).status_code == 409
    with acting(cast.system):
        assert AuditEvent.objects.filter(action="invoice.opened", patient_id=cast.ola.id).count() == 1


@pytest.mark.req("BIL-1", "BIL-2", "PAT-6")
def test_from_the_header_the_card_is_the_last_days_appointments_and_stands_under_okonomi() -> None:
    timebok = make_timebok()
    cast, one = timebok.cast, booked(timebok)
    client = logged_in(cast, cast.ali)
    client.post(address(cast, "patient-choose", cast.ola.id))
    card_page = address(cast, "patient", cast.ola.id)
    page = body(client.get(card_page))
    assert 'data-shortcut="Alt+B"' in page
    assert "Ingen regningskort." in page
    clock.move_to(one.ends + timedelta(hours=23))
    client = logged_in(cast, cast.ali)
    client.post(new(cast, f"?pasient={cast.ola.id}"))
    first = card_of(cast)
    assert (first.appointment_id, first.starts) == (one.id, one.starts)
    # The time can be overridden, and another card of the same time is told of.
    opened = address(cast, "invoice-card", first.id)
    wall = clock.oslo(clock.now())
    sent = {"version": "1", "day": wall.date().isoformat(), "start": "10:00", "end": "10:30", "codes": ["2ad"]}
    assert client.post(opened, sent).status_code == 302
    clock.move(timedelta(hours=2))
    client = logged_in(cast, cast.ali)
    client.post(new(cast, f"?pasient={cast.ola.id}"), {"nytt": "ja"})
    second = card_of(cast)
    assert second.appointment_id is None
    client.post(address(cast, "invoice-card", second.id), sent | {"start": "10:15", "end": "10:45"})
    assert "Tiden overlapper et annet regningskort" in body(client.get(address(cast, "invoice-card", second.id)))
    assert opened in body(client.get(card_page))
    backwards = client.post(opened, sent | {"version": "2", "end": "09:00"})
    assert backwards.status_code == 422


@pytest.mark.req("BIL-3")
def test_a_draft_of_anybody_at_the_clinic_gives_the_choice_to_go_on_or_begin_anew() -> None:
    cast = make_timebok().cast
    logged_in(cast, cast.ali).post(new(cast, f"?pasient={cast.ola.id}"))
    first, anne = card_of(cast), logged_in(cast, cast.anne)
    page = body(anne.get(new(cast, f"?pasient={cast.ola.id}")))
    assert address(cast, "invoice-card", first.id) in page
    assert "Vil du fortsette" in page
    assert anne.post(new(cast, f"?pasient={cast.ola.id}")).status_code == 409
    assert anne.post(new(cast, f"?pasient={cast.ola.id}"), {"nytt": "ja"}).status_code == 302
    with acting(cast.system):
        assert InvoiceCard.objects.filter(patient=cast.ola).count() == 2


@pytest.mark.req("BIL-5", "BIL-6")
@pytest.mark.parametrize(("hour", "code"), [(10, "2ae"), (17, "2aek")])
def test_an_answered_consultation_offers_a_card_with_2ae_at_the_time_of_the_answer(hour: int, code: str) -> None:
    cast = make_timebok().cast
    clock.move_to(weekday_at(hour))
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    offer = f"{address(cast, 'invoice-new')}?samtale={thread.id}"
    assert offer not in body(client.get(address(cast, "thread", thread.id)))
    assert client.post(new(cast, f"?samtale={thread.id}")).status_code == 409
    with acting(cast.actor(cast.kari)):
        answer(thread, text="Svar", expected_version=Thread.objects.get(id=thread.id).version)
    assert offer in body(client.get(address(cast, "thread", thread.id)))
    assert client.post(new(cast, f"?samtale={thread.id}")).status_code == 302
    card = card_of(cast)
    assert (card.source, list(card.codes)) == ("e_consultation", [code])
    assert abs(card.starts - weekday_at(hour)) < timedelta(minutes=1)


@pytest.mark.req("BIL-8")
def test_who_did_not_come_or_cancelled_late_is_billed_and_who_cancelled_in_time_is_not() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    client = logged_in(cast, cast.ali)
    missed, late, early = (booked(timebok, hour) for hour in (9, 10, 11))
    with acting(cast.system):
        Appointment.objects.filter(id=missed.id).update(state=AppointmentState.NO_SHOW)
        for one, hours in ((late, 2), (early, 48)):
            Appointment.objects.filter(id=one.id).update(state=AppointmentState.CANCELLED_BY_PATIENT)
            at = one.starts - timedelta(hours=hours)
            one.log.create(clinic_id=one.clinic_id, kind="cancelled", at=at, actor_name="Ola")
    for one, source in ((missed, "no_show"), (late, "late_cancel")):
        assert client.post(new(cast, f"?time={one.id}"), {"nytt": "ja"}).status_code == 302
        card = card_of(cast)
        assert (card.source, list(card.codes)) == (source, ["GEBYR"])
    assert client.post(new(cast, f"?time={early.id}"), {"nytt": "ja"}).status_code == 409


@pytest.mark.req("APT-14")
@pytest.mark.parametrize("why", ["cancelled", "missed"])
def test_at_a_late_cancellation_or_a_no_show_the_card_is_made_at_once_and_codes_give_what_is_to_be_paid(
    why: str,
) -> None:
    timebok = make_timebok()
    cast, one = timebok.cast, booked(timebok)
    clock.move_to(one.starts + timedelta(minutes=5 if why == "missed" else -120))
    client = logged_in(cast, cast.ali)
    panel = {"HX-Request": "true", "HX-Target": "panel"}
    if why == "missed":
        done = client.post(address(cast, "schedule-state", one.id), {"state": "no_show"}, headers=panel)
    else:
        done = client.post(address(cast, "schedule-cancel", one.id), {"by": "patient"}, headers=panel)
    assert f"{address(cast, 'invoice-new')}?time={one.id}" in body(done)
    assert client.post(new(cast, f"?time={one.id}")).status_code == 302
    card = card_of(cast)
    assert (card.appointment_id, list(card.codes)) == (one.id, ["GEBYR"])
    wall = clock.oslo(one.starts)
    sent = {"version": "1", "day": wall.date().isoformat(), "start": "09:00", "end": "09:20"}
    opened = address(cast, "invoice-card", card.id)
    assert client.post(opened, sent | {"codes": ["GEBYR", "2ad"]}).status_code == 302
    codes = card_of(cast).codes
    user_fee = sum(fee for _, fee in codes.values())
    assert codes["2ad"][1] > 0
    assert f"Pasienten betaler {user_fee:.0f} kr av" in body(client.get(opened))


@pytest.mark.req("BIL-9", "BIL-10")
def test_children_and_whoever_has_an_exemption_card_pay_no_user_fee_but_do_pay_for_not_coming() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    client = logged_in(cast, cast.ali)
    child = cast.nora
    for patient, free in ((cast.ola, ""), (child, "under_age")):
        client.post(new(cast, f"?pasient={patient.id}"))
        card = card_of(cast)
        wall = clock.oslo(card.starts)
        sent = {"version": "1", "day": wall.date().isoformat(), "start": "10:00", "end": "10:20"}
        client.post(address(cast, "invoice-card", card.id), sent | {"codes": ["2ad", "GEBYR"]})
        card = card_of(cast)
        assert (card.patient_id, card.free) == (patient.id, free)
        assert (card.codes["2ad"][1] == 0, card.codes["GEBYR"][1] > 0) == (bool(free), True)
        assert card.codes["2ad"][0] > 0
        assert (NO_FEE in body(client.get(address(cast, "invoice-card", card.id)))) is bool(free)
    with acting(cast.actor(cast.ali)):
        ola = Patient.objects.get(id=cast.ola.id)
        set_exemption(ola, Exemption.YES, clock.today(), expected_version=ola.version)
    client.post(new(cast, f"?pasient={cast.ola.id}"), {"nytt": "ja"})
    assert card_of(cast).free == "exemption_card"
    # A code that no tariff has is refused.
    card = card_of(cast)
    wrong = client.post(
        address(cast, "invoice-card", card.id),
        {"version": "1", "day": clock.today().isoformat(), "start": "10:00", "end": "10:20", "codes": ["9zz"]},
    )
    assert (wrong.status_code, "Taksten finnes ikke" in body(wrong)) == (422, True)


@pytest.mark.req("BIL-3")
def test_a_card_is_made_ready_once_and_who_works_on_an_older_page_is_told() -> None:
    cast = make_timebok().cast
    client = logged_in(cast, cast.ali)
    client.post(new(cast, f"?pasient={cast.ola.id}"))
    card = card_of(cast)
    page, done = address(cast, "invoice-card", card.id), address(cast, "invoice-close", card.id)
    assert client.post(done, {"version": "1"}).status_code == 422
    sent = {"version": "1", "day": clock.today().isoformat(), "start": "10:00", "end": "10:20", "codes": ["2ad"]}
    assert client.post(page, sent).status_code == 302
    assert "Noen andre har endret regningskortet" in body(client.post(page, sent))
    assert client.post(done, {"version": "2"}).status_code == 302
    assert card_of(cast).state == "ready"
    assert client.post(page, sent | {"version": "3"}).status_code == 422
    with acting(cast.system):
        actions = list(AuditEvent.objects.filter(subject_id=card.id).values_list("action", flat=True))
    assert {"invoice.opened", "invoice.read", "invoice.changed"} <= set(actions)


@pytest.mark.req("TYP-9")
def test_only_an_administrator_chooses_the_codes() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    codes = address(cast, "settings-type-codes", timebok.ordinary.id)
    assert logged_in(cast, cast.mona).post(codes, {f"takst-{timebok.schedule.id}": "2ad"}).status_code == 403
