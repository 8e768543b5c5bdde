"""The exemption card (frikort) stands on the card and in the header; staff and the record system tell of it (PAT-7)."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.work import acting

from cast import make_clinic
from support.api import Api
from support.clinic_pages import address, body, field, logged_in

pytestmark = pytest.mark.req("PAT-7")


def test_staff_write_the_card_and_it_stands_on_every_page_until_it_has_run_out() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    edit, card, post = (
        address(cast, "patient-exemption", cast.ola.id), address(cast, "patient", cast.ola.id), address(cast, "post")
    )  # fmt: skip
    client.post(address(cast, "patient-choose", cast.ola.id))
    assert "Frikort ikke kjent" in body(client.get(card))
    assert "Frikort ikke kjent" in body(client.get(post))
    until = clock.today() + timedelta(days=3)
    form = body(client.get(edit))
    version = field(form, "version")
    without_day = client.post(edit, {"version": version, "state": "yes", "valid_until": ""})
    assert (without_day.status_code, "Skriv hvilken dag" in body(without_day)) == (422, True)
    sent = {"version": version, "state": "yes", "valid_until": until.isoformat()}
    assert client.post(edit, sent)["Location"] == card
    for page in (body(client.get(card)), body(client.get(post))):
        assert "Frikort til" in page
        assert "av klinikken (Ali Demir)" in page or f"av klinikken ({cast.ali.name})" in page
    # Who saves on an older page is told, with what was typed kept.
    late = client.post(edit, {"version": version, "state": "no", "valid_until": ""})
    assert (late.status_code, "Frikort til" in body(late)) == (409, True)
    with acting(cast.system):
        event = AuditEvent.objects.get(action="patient.changed", patient_id=cast.ola.id)
        assert event.detail == {"field": "exemption"}
    clock.move(timedelta(days=4))
    later = logged_in(cast, cast.ali)
    assert "Frikort utløpt" in body(later.get(card))
    assert Api(cast, cast.ali).get(f"patients/{cast.ola.id}/exemption-card").body["holds"] is False


def test_the_record_system_tells_and_what_it_knew_before_changes_nothing() -> None:
    cast = make_clinic()
    api, path = Api(cast, cast.ali), f"patients/{cast.ola.id}/exemption-card"
    now, until = clock.now(), clock.today() + timedelta(days=30)
    told = api.put(path, {"state": "yes", "valid_until": until.isoformat(), "as_of": now.isoformat()})
    assert told.status == 200
    assert (told.body["state"], told.body["source"], told.body["holds"]) == ("yes", "record_system", True)
    older = (now - timedelta(days=1)).isoformat()
    assert api.put(path, {"state": "no", "as_of": older}).body["state"] == "yes"
    assert api.put(path, {"state": "yes"}).status == 422
    assert api.put(path, {"state": "no", "as_of": (now + timedelta(days=1)).isoformat()}).status == 422
    assert "av journalsystemet" in body(logged_in(cast, cast.ali).get(address(cast, "patient", cast.ola.id)))
    assert api.put(path, {"state": "no"}).body["valid_until"] is None
    with acting(cast.system):
        assert Patient.objects.get(id=cast.ola.id).exemption == "no"


def test_another_clinic_neither_sees_nor_writes_it() -> None:
    cast, other = make_clinic(), make_clinic()
    stranger = logged_in(other, other.ali)
    edit = address(other, "patient-exemption", cast.ola.id)
    assert stranger.get(edit).status_code == 404
    assert stranger.post(edit, {"version": "1", "state": "no"}).status_code == 404
    assert Api(other, other.ali).put(f"patients/{cast.ola.id}/exemption-card", {"state": "no"}).status == 404
