"""Betalinger: the patient sees what the finished invoice cards come to, and a relative with access does too."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.billing.models import InvoiceCard
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.patients.relating import add_relation, set_access
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book, create_type
from skranke.tenancy.work import acting
from skranke.ui.filters import number

from cast import Cast, make_clinic
from support.clinic_pages import address, body, logged_in
from support.patient_pages import as_patient
from support.timebok import make_timebok, weekday_at

NOTHING = "Legekontoret har ikke ført noe"


def _card(cast: Cast, patient: Patient, *codes: str, day: str = "", ready: bool = True) -> InvoiceCard:
    """A card that Ali fills in on the screen, and finishes."""
    client = logged_in(cast, cast.ali)
    made = client.post(address(cast, "invoice-new", query=f"?pasient={patient.id}"), {"nytt": "ja"})["Location"]
    day = day or clock.today().isoformat()
    sent = {"version": "1", "day": day, "start": "10:00", "end": "10:20", "codes": codes}
    assert client.post(made, sent).status_code == 302
    if ready:
        assert client.post(f"{made}/ferdig", {"version": "2"}).status_code == 302
    with acting(cast.system):
        return InvoiceCard.objects.get(id=made.rpartition("/")[2])


def _payments(cast: Cast, client, whom: str = "") -> str:
    return body(client.get(f"/min/{cast.clinic.slug}/{whom}meg/betalinger"))


@pytest.mark.req("POR-3", "NFR-1")
def test_a_patient_sees_what_is_charged_by_year_and_what_it_comes_to() -> None:
    cast = make_timebok().cast
    client = as_patient(cast.ola)
    assert address(cast, "patient-payments") in body(client.get(address(cast, "patient-me")))
    assert NOTHING in _payments(cast, client)
    _card(cast, cast.ola, "2ad")
    last_year = clock.today().year - 1
    _card(cast, cast.ola, "GEBYR", day=f"{last_year}-03-02")
    draft = _card(cast, cast.ola, "2bd", ready=False)
    _card(cast, cast.nora, "2ad", "GEBYR")
    page = _payments(cast, client)
    with acting(cast.system):
        fees = {one.codes: one for one in _sums(cast.ola)}
        assert (
            AuditEvent.objects.filter(action="invoice.read", patient_id=cast.ola.id, actor_id=cast.ola.id).count() == 2
        )
    assert f"{clock.today().year}: {fees['2ad'].text} kr i egenandeler" in page
    assert f"{last_year}: {fees['GEBYR'].text} kr i egenandeler" in page
    assert page.index(f"{clock.today().year}:") < page.index(f"{last_year}:")
    assert page.count("Du betaler") == 2
    assert "2bd" not in page
    with acting(cast.system):
        assert draft.created_by_name not in page


class _Sum:
    def __init__(self, card: InvoiceCard) -> None:
        lines = list(card.lines.all())
        self.codes = "+".join(sorted(one.code for one in lines))
        self.text = number(sum(one.user_fee for one in lines), 2)


def _sums(patient: Patient) -> list[_Sum]:
    return [_Sum(card) for card in InvoiceCard.objects.filter(patient=patient).prefetch_related("lines")]


@pytest.mark.req("PAT-21")
def test_a_relative_with_access_sees_the_childs_and_not_after_it_is_taken_back() -> None:
    cast = make_timebok().cast
    _card(cast, cast.nora, "2ad")
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, national_id=cast.ola.national_id, kind="father", access=True, name="")
    father, theirs = as_patient(cast.ola), f"for/{cast.nora.id}/"
    page = _payments(cast, father, theirs)
    assert "Ingen egenandel for barn og unge under 16 år." in page
    assert f"{clock.today().year}: 0 kr i egenandeler" in page
    assert NOTHING in _payments(cast, father)
    with acting(cast.actor(cast.ali)):
        set_access(relation, access=False)
    assert father.get(f"/min/{cast.clinic.slug}/{theirs}meg/betalinger").status_code == 404


@pytest.mark.req("TYP-4", "NFR-2")
def test_the_card_of_a_hidden_appointment_is_neither_shown_nor_told_of_in_the_log() -> None:
    timebok = make_timebok()
    cast, other = timebok.cast, make_clinic()
    with acting(cast.system):
        secret = create_type(name="Samtale om noe hemmelig", minutes=20, visibility="hidden")
    staff = logged_in(cast, cast.ali)
    for hour, kind in ((9, secret), (10, timebok.ordinary)):
        with acting(cast.actor(cast.ali)):
            booked = book(slot=timebok.slot(weekday_at(hour), type=kind), patient=cast.ola, through=BookedThrough.STAFF)
        made = staff.post(address(cast, "invoice-new", query=f"?time={booked.id}"), {"nytt": "ja"})["Location"]
        day = clock.oslo(weekday_at(hour)).date().isoformat()
        sent = {"version": "1", "day": day, "start": f"{hour:02}:00", "end": f"{hour:02}:20"}
        assert staff.post(made, sent | {"codes": ["2ad"]}).status_code == 302
        assert staff.post(f"{made}/ferdig", {"version": "2"}).status_code == 302
        shown = made
    clock.move(timedelta(hours=1))
    client = as_patient(cast.ola)
    assert _payments(cast, client).count("Du betaler") == 1
    seen = body(client.get(address(cast, "patient-seen")))
    with acting(cast.system):
        of_shown = AuditEvent.objects.filter(subject_id=shown.rpartition("/")[2]).exclude(actor_kind="patient").count()
    assert f"Arbeidet med regningen din ({of_shown} ganger)" in seen
    assert NOTHING in _payments(other, as_patient(other.ola))
