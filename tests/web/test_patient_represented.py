"""Who has been given access acts for a patient in the portal, under the own name, until it is taken back (PAT-21)."""

from uuid import uuid4

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Message
from skranke.patients.models import Confidentiality, Patient, Relation
from skranke.patients.relating import add_relation, end_relation, set_access
from skranke.scheduling.models import Appointment, BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address as clinic_address
from support.clinic_pages import body, field, logged_in
from support.patient_pages import as_patient
from support.portal import start
from support.timebok import make_timebok, weekday_at


def _given(cast: Cast, *, access: bool = True) -> Relation:
    """Ola may act for Nora, his daughter."""
    with acting(cast.actor(cast.ali)):
        return add_relation(cast.nora, national_id=cast.ola.national_id, kind="father", access=access, name="")


def _for_nora(cast: Cast, path: str = "") -> str:
    return f"/min/{cast.clinic.slug}/for/{cast.nora.id}/{path}"


PAGES = ("", "meldinger", "timer", "meg", "meg/kontakt", "meg/tilgang")


@pytest.mark.req("PAT-21", "PAT-22", "RCV-17")
def test_a_father_reads_and_answers_for_his_daughter_under_his_own_name() -> None:
    cast = make_clinic()
    _given(cast)
    thread = start(cast, to=cast.nora, subject="Vaksine", text="Nora kan få vaksine nå.")
    client = as_patient(cast.ola)
    choice = body(client.get("/min/"))
    assert "For Nora Nordmann" in choice
    assert "For deg selv" in choice
    home = body(client.get(_for_nora(cast)))
    assert "Du handler for Nora Nordmann" in home
    assert "Ny melding fra Kari Lunde" in home
    where = _for_nora(cast, f"meldinger/{thread.id}")
    sent = client.post(where, {"skjema": field(body(client.get(where)), "skjema"), "text": "Takk, vi kommer."})
    assert sent["Location"].startswith(where)
    assert "<b>Du</b>" in body(client.get(where))
    noras = body(as_patient(cast.nora).get(clinic_address(cast, "patient-message", thread.id)))
    assert "Ola Nordmann" in noras
    staff = body(logged_in(cast, cast.kari).get(clinic_address(cast, "thread", thread.id)))
    assert "Far, på vegne av Nora Nordmann" in staff
    with acting(cast.system):
        message = Message.objects.get(text="Takk, vi kommer.")
        assert (message.author_name, message.on_behalf_of) == ("Ola Nordmann", "Nora Nordmann")
        assert message.thread.patient_id == cast.nora.id


@pytest.mark.req("PAT-21", "NFR-1")
def test_what_he_does_is_logged_as_his_and_told_to_her_as_anothers() -> None:
    cast = make_clinic()
    relation = _given(cast)
    start(cast, to=cast.nora)
    as_patient(cast.ola).get(_for_nora(cast, "meldinger"))
    with acting(cast.system):
        row = AuditEvent.objects.get(action="thread.listed")
        assert (row.actor_id, row.patient_id, row.actor_name) == (relation.id, cast.nora.id, "Ola Nordmann")
    page = body(as_patient(cast.nora).get(clinic_address(cast, "patient-seen")))
    assert "En som handler på dine vegne" in page


@pytest.mark.req("PAT-20")
def test_the_page_promises_nothing_that_a_relative_cannot_do_here() -> None:
    cast = make_clinic()
    _given(cast)
    page = body(as_patient(cast.nora).get(clinic_address(cast, "patient-representatives")))
    assert "bestille og avbestille timer" in page
    assert "betal" not in page


@pytest.mark.req("PAT-21")
def test_he_sees_and_cancels_her_times_and_keeps_her_contact_data() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    _given(cast)
    with acting(cast.system):
        booked = book(
            slot=timebok.slot(weekday_at(10)), patient=cast.nora, through=BookedThrough.HELSENORGE, comment="Hoste"
        )
    client = as_patient(cast.ola)
    assert _for_nora(cast, f"timer/{booked.id}") in body(client.get(_for_nora(cast, "timer")))
    where = _for_nora(cast, f"timer/{booked.id}/avbestill")
    done = client.post(where, {"versjon": field(body(client.get(where)), "versjon")}, follow=True)
    assert "er avbestilt" in body(done)
    contact = _for_nora(cast, "meg/kontakt")
    facts = {"phone": "412 34 567", "email": "", "language": "en", "version": "1"}
    saved = client.post(contact, facts, follow=True)
    assert '<html lang="nb"' in body(saved)
    with acting(cast.system):
        held = Appointment.objects.get(id=booked.id)
        assert held.state == "cancelled_by_patient"
        assert held.log.get(kind="cancelled").actor_name == "Ola Nordmann"
        nora = Patient.objects.get(id=cast.nora.id)
        assert (nora.phone, nora.language) == ("412 34 567", "en")


@pytest.mark.req("PAT-20", "PAT-21", "NFR-2")
@pytest.mark.parametrize("how", ["none", "no access", "taken", "revoked", "ended by himself", "other clinic"])
def test_without_access_there_is_no_such_page(how: str) -> None:
    cast, other = make_clinic(), make_clinic()
    thread = start(cast, to=cast.nora, subject="Bare for Nora")
    if how != "none":
        relation = _given(other if how == "other clinic" else cast, access=how != "no access")
    if how == "taken":
        with acting(cast.actor(cast.ali)):
            set_access(relation, access=False)
    if how == "revoked":
        with acting(cast.actor(cast.nora)):
            end_relation(relation)
    client = as_patient(cast.ola)
    if how == "ended by himself":
        gone = client.post(_for_nora(cast, f"meg/tilgang/{relation.id}"))
        assert gone["Location"] == "/min/"
    assert "For Nora" not in body(client.get("/min/", follow=True))
    absent = client.get(f"/min/{cast.clinic.slug}/for/{uuid4()}/")
    assert absent.status_code == 404
    for page in (*PAGES, f"meldinger/{thread.id}"):
        met = client.get(_for_nora(cast, page))
        assert (met.status_code, "Bare for Nora" in body(met)) == (404, False)


@pytest.mark.req("PAT-21", "NFR-2")
def test_he_sees_hers_alone_and_not_who_has_seen_her_record() -> None:
    cast = make_clinic()
    _given(cast)
    his, astrids = start(cast, subject="Bare for Ola"), start(cast, to=cast.astrid, subject="Bare for Astrid")
    client = as_patient(cast.ola)
    for page in PAGES:
        shown = client.get(_for_nora(cast, page))
        assert shown.status_code == 200
        assert "Bare for" not in body(shown)
        assert "innsyn" not in body(shown)
    for thread in (his, astrids):
        assert client.get(_for_nora(cast, f"meldinger/{thread.id}")).status_code == 404
    assert client.get(_for_nora(cast, "innsyn")).status_code == 404
    assert as_patient(cast.astrid).get(_for_nora(cast)).status_code == 404
    # To act for one is not to act for another of the same clinic.
    assert client.get(f"/min/{cast.clinic.slug}/for/{cast.astrid.id}/").status_code == 404


@pytest.mark.req("PAT-21", "HNP-12")
@pytest.mark.parametrize("who", ["ola", "nora"])
def test_nobody_at_a_confidential_address_represents_or_is_represented(who: str) -> None:
    cast = make_clinic()
    _given(cast)
    with acting(cast.system):
        Patient.objects.filter(id=getattr(cast, who).id).update(confidentiality=Confidentiality.STRICT)
    assert as_patient(cast.ola).get(_for_nora(cast)).status_code == 404


@pytest.mark.req("PAT-21")
def test_who_is_a_patient_nowhere_acts_for_another_still() -> None:
    cast, elsewhere = make_clinic(), make_clinic()
    with acting(elsewhere.actor(elsewhere.ali)):
        add_relation(elsewhere.nora, national_id=cast.ola.national_id, kind="guardian", access=True, name="Ola Verge")
    page = body(as_patient(cast.ola).get(f"/min/{elsewhere.clinic.slug}/for/{elsewhere.nora.id}/"))
    assert "Du handler for Nora Nordmann" in page
    assert as_patient(cast.ola).get(f"/min/{elsewhere.clinic.slug}/").status_code == 404
