"""Whether a patient can be reached is asked ahead; Send is closed until it is known, and a draft is told of."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from skranke.audit.models import AuditEvent
from skranke.dialog.models import KeptDraft, Message
from skranke.dialog.services import keep_draft, tell_of_drafts
from skranke.dialog.values import DraftContent
from skranke.kernel import clock
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.reaching import note_answer
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in, same
from support.dialog import PDF

ASKING, WAITED = "Spør HelseNorge om pasienten kan nås", "HelseNorge har ikke svart ennå"
WRITTEN = {"emne": "Prøvesvar", "text": "Prøvene er fine.", "svar": "ja"}


def told(cast: Cast, patient: Patient, state: HelseNorgeState, *, hours: float = 0) -> None:
    with acting(cast.system):
        Patient.objects.filter(id=patient.id).update(
            helsenorge_state=state, helsenorge_state_at=clock.now() - timedelta(hours=hours)
        )


def unknown(cast: Cast, patient: Patient) -> None:
    with acting(cast.system):
        Patient.objects.filter(id=patient.id).update(helsenorge_state=HelseNorgeState.UNKNOWN, helsenorge_state_at=None)


def asked(cast: Cast) -> int:
    with acting(cast.system):
        return OutboxItem.objects.filter(intent=Intent.STATUS_CHECK).count()


def answer(cast: Cast, patient: Patient, *, active: bool) -> None:
    """As the gateway notes it when HelseNorge answers (its own test sends the bytes)."""
    with acting(cast.system):
        row = Patient.objects.get(id=patient.id)
        note_answer([row], active={row.national_id} if active else set(), at=clock.now())
        tell_of_drafts([row])


def compose(cast: Cast, patient: Patient, kind: str = "e_contact") -> str:
    return address(cast, "compose", query=f"?type={kind}&pasient={patient.id}")


def reach(cast: Cast, patient: Patient) -> str:
    return address(cast, "compose-reach", query=f"?type=e_contact&pasient={patient.id}")


def may_send(page: str) -> bool:
    button = page.partition('id="act-send"')[2].partition(">")[0]
    return 'id="act-send"' in page and "disabled" not in button


@pytest.mark.req("PAT-10", "PAT-9")
@pytest.mark.parametrize("hours", [0, 23.9, 24.1, 240])
def test_a_state_younger_than_a_day_decides_at_once_and_an_older_one_is_asked_about(hours: float) -> None:
    decided = hours < settings.OURS.reachability_hours
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    for state, chip in ((HelseNorgeState.ACTIVE, "Kan nås på"), (HelseNorgeState.INACTIVE, "Kan ikke nås på")):
        told(cast, cast.ola, state, hours=hours)
        page = body(client.get(compose(cast, cast.ola)))
        assert (ASKING in page) is not decided
        assert (chip in page) is decided
        assert may_send(page) is (decided and state == HelseNorgeState.ACTIVE)
    assert asked(cast) == (0 if decided else 1)


@pytest.mark.req("PAT-10")
def test_the_window_opens_with_send_closed_while_helsenorge_is_asked_and_opens_it_when_it_answers() -> None:
    cast = make_clinic()
    unknown(cast, cast.ola)
    client = logged_in(cast, cast.kari)
    page = body(client.get(compose(cast, cast.ola)))
    assert ASKING in page
    assert 'id="compose-text"' in page
    assert not may_send(page)
    assert "every 1s" in page
    assert asked(cast) == 1
    # Looking again does not ask again, and sending is refused though the browser would.
    assert ASKING in body(client.get(reach(cast, cast.ola), headers=HTMX))
    refused = client.post(compose(cast, cast.ola), WRITTEN)
    assert refused.status_code == 409
    assert "Prøvene er fine." in body(refused)
    assert asked(cast) == 1
    answer(cast, cast.ola, active=True)
    part = body(client.get(reach(cast, cast.ola), headers=HTMX))
    assert may_send(part)
    assert "every 1s" not in part
    assert "data-announce" in part
    assert client.post(compose(cast, cast.ola), WRITTEN).status_code == 302


@pytest.mark.req("PAT-10", "PAT-11")
def test_an_answer_that_says_no_leaves_no_way_to_send() -> None:
    cast = make_clinic()
    unknown(cast, cast.ola)
    client = logged_in(cast, cast.kari)
    client.get(compose(cast, cast.ola))
    answer(cast, cast.ola, active=False)
    part = body(client.get(reach(cast, cast.ola), headers=HTMX))
    assert "Pasienten kan ikke kontaktes gjennom HelseNorge." in part
    assert 'id="act-send"' not in part
    assert client.post(compose(cast, cast.ola), WRITTEN).status_code == 422
    with acting(cast.system):
        assert Message.objects.count() == 0


@pytest.mark.req("PAT-9", "PAT-10", "PAT-11")
def test_what_the_clinic_knows_itself_is_told_without_asking() -> None:
    cast = make_clinic()
    with acting(cast.system):
        Patient.objects.filter(id=cast.nora.id).update(national_id="010120", helsenorge_state_at=None)
    client = logged_in(cast, cast.kari)
    for patient, why in (
        (cast.jonas, "står ikke på listen til en fastlege"),
        (cast.nora, "mangler et fullstendig fødselsnummer"),
    ):
        page = body(client.get(compose(cast, patient)))
        assert why in page
        assert ASKING not in page
    assert asked(cast) == 0


@pytest.mark.req("PAT-10")
def test_without_an_answer_in_ten_seconds_it_is_kept_as_a_draft_and_the_writer_is_told() -> None:
    cast = make_clinic()
    unknown(cast, cast.ola)
    client, post = logged_in(cast, cast.kari), address(cast, "post")
    client.get(compose(cast, cast.ola))
    assert 'name="kladd"' not in body(client.get(reach(cast, cast.ola), headers=HTMX))
    clock.move(timedelta(seconds=10))
    part = body(client.get(reach(cast, cast.ola), headers=HTMX))
    assert WAITED in part
    assert 'name="kladd"' in part
    assert not may_send(part)
    file = SimpleUploadedFile("brev.pdf", PDF, "application/pdf")
    kept = client.post(compose(cast, cast.ola), {**WRITTEN, "kladd": "ja", "vedlegg": [file]})
    assert kept["Location"] == address(cast, "drafts")
    assert "Venter på HelseNorge" in body(client.get(kept["Location"]))
    assert "Kladd" in body(client.get(post))
    news = address(cast, "drafts-told")
    assert "HelseNorge har svart" not in body(client.get(news))
    answer(cast, cast.ola, active=True)
    assert "HelseNorge har svart: Ola Nordmann kan nås." in body(client.get(news))
    assert "Kan nås: åpne og send" in body(client.get(kept["Location"]))
    # Nobody else is told, and nobody else opens it.
    with acting(cast.system):
        draft = KeptDraft.objects.get()
    opened = address(cast, "compose", query=f"?utkast={draft.id}")
    mona = logged_in(cast, cast.mona)
    assert "HelseNorge har svart" not in body(mona.get(news))
    unknown_id = mona.get(address(cast, "compose", query=f"?utkast={uuid4()}"))
    assert same(mona.get(opened)) == same(unknown_id)
    page = body(client.get(opened))
    for text in ("Prøvesvar", "Prøvene er fine.", "brev.pdf"):
        assert text in page
    assert may_send(page)
    assert (
        client.post(opened, {**WRITTEN, "vedlagt": page.partition('name="vedlagt" value="')[2][:36]}).status_code == 302
    )
    with acting(cast.system):
        assert Message.objects.get().attachments.count() == 1
        assert KeptDraft.objects.count() == 0
        events = AuditEvent.objects.filter(subject_kind="draft", patient_id=cast.ola.id).order_by("at")
        assert [event.action for event in events] == ["draft.kept", "draft.discarded"]
    assert "HelseNorge har svart" not in body(client.get(news))


@pytest.mark.req("PAT-10")
def test_a_draft_is_kept_again_in_its_own_place_or_thrown_away() -> None:
    cast, other = make_clinic(), make_clinic()
    unknown(cast, cast.ola)
    client = logged_in(cast, cast.kari)
    client.post(compose(cast, cast.ola), {**WRITTEN, "kladd": "ja"}, headers=HTMX)
    with acting(cast.system):
        first = KeptDraft.objects.get()
    client.post(address(cast, "compose", query=f"?utkast={first.id}"), {"text": "Bedre.", "kladd": "ja"})
    with acting(cast.system):
        draft = KeptDraft.objects.get()
    assert draft.text == "Bedre."
    gone = address(cast, "draft-discard", draft.id)
    assert logged_in(cast, cast.mona).post(gone).status_code == 404
    assert logged_in(other, other.kari).post(address(other, "draft-discard", draft.id)).status_code == 404
    assert client.post(gone).status_code == 302
    with acting(cast.system):
        assert not KeptDraft.objects.exists()
    assert client.get(address(cast, "compose", query="?utkast=tull")).status_code == 404


@pytest.mark.req("PAT-10", "PAT-2")
def test_activating_a_patient_asks_ahead_once() -> None:
    cast = make_clinic()
    unknown(cast, cast.ola)
    client = logged_in(cast, cast.ali)
    for _ in range(2):
        client.post(address(cast, "patient-choose", cast.ola.id), headers=HTMX)
    assert asked(cast) == 1
    client.post(address(cast, "patient-choose", cast.astrid.id), headers=HTMX)
    assert asked(cast) == 1
    clock.move(timedelta(seconds=61))
    client.post(address(cast, "patient-choose", cast.ola.id), headers=HTMX)
    assert asked(cast) == 2


@pytest.mark.req("PAT-4")
def test_the_header_has_three_states_and_follows_the_answer() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    unknown(cast, cast.ola)
    client.post(address(cast, "patient-choose", cast.ola.id))
    page = body(client.get(address(cast, "post")))
    sign = address(cast, "patient-reach", cast.ola.id)
    assert "Ukjent om pasienten kan nås på helsenorge.no" in page
    assert f'hx-get="{sign}"' in page
    for active, text in ((True, "Kan nås på helsenorge.no"), (False, "Kan ikke nås på helsenorge.no")):
        clock.move(timedelta(seconds=1 if active else 2))
        answer(cast, cast.ola, active=active)
        assert text in body(client.get(sign, headers=HTMX))
        page = body(client.get(address(cast, "post")))
        assert text in page
        assert f'hx-get="{sign}"' not in page


@pytest.mark.req("PAT-3")
def test_with_an_active_patient_the_search_field_offers_what_can_be_written() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    search = address(cast, "patient-search")
    assert "e-Kontakt til" not in body(client.get(search, headers=HTMX))
    client.post(address(cast, "patient-choose", cast.ola.id))
    page = body(client.get(search, headers=HTMX))
    for kind, text in (
        ("e_contact", "e-Kontakt til Ola Nordmann"),
        ("e_consultation", "eKonsultasjon til Ola Nordmann"),
    ):
        link = f"{address(cast, 'compose')}?type={kind}&amp;pasient={cast.ola.id}"
        assert link in page
        assert text in page
        assert "Ola Nordmann" in body(client.get(link.replace("&amp;", "&")))
    assert "e-Kontakt til" not in body(client.get(search, {"q": "astrid"}, headers=HTMX))


@pytest.mark.req("NFR-2")
def test_another_clinics_patient_is_not_asked_about() -> None:
    cast, other = make_clinic(), make_clinic()
    unknown(cast, cast.ola)
    client = logged_in(other, other.kari)
    for route, subject in (
        (address(other, "patient-reach", cast.ola.id), address(other, "patient-reach", uuid4())),
        (reach(other, cast.ola), address(other, "compose-reach", query=f"?type=e_contact&pasient={uuid4()}")),
        (address(other, "compose-reach", query="?pasient=velg"), address(other, "compose-reach", query="?pasient=x")),
    ):
        assert client.get(route).status_code == client.get(subject).status_code == 404
    assert asked(cast) == asked(other) == 0
    assert logged_in(cast, cast.kari).get(address(cast, "patient-reach", cast.ola.id)).status_code == 200


@pytest.mark.req("PAT-4", "PAT-10")
def test_a_program_is_told_what_is_known_and_since_when() -> None:
    cast = make_clinic()
    api, path = Api(cast, cast.kari), f"patients/{cast.ola.id}/reachability"
    told(cast, cast.ola, HelseNorgeState.INACTIVE)
    found = api.get(path).body
    assert (found["state"], found["reachable"], found["reason"]) == ("not_reachable", False, "not_in_helsenorge")
    assert found["as_of"]
    unknown(cast, cast.ola)
    found = api.get(path).body
    assert (found["state"], found["reachable"], found["as_of"]) == ("unknown", True, None)
    # HelseNorge itself answers what a program sends meanwhile (PAT-12).
    started = api.post(
        "threads", {"patient_id": str(cast.ola.id), "kind": "e_contact", "subject": "Hei", "text": "Hei."}
    )
    assert started.status == 201


@pytest.mark.req("PAT-10")
def test_a_draft_of_a_colleague_in_the_same_clinic_waits_too() -> None:
    cast = make_clinic()
    unknown(cast, cast.ola)
    for writer in (cast.kari, cast.mona):
        with acting(cast.actor(writer)):
            keep_draft(DraftContent(text="Hei"), patient=cast.ola, kind="e_contact")
    answer(cast, cast.ola, active=False)
    for writer in (cast.kari, cast.mona):
        assert "Ola Nordmann kan ikke nås." in body(logged_in(cast, writer).get(address(cast, "drafts-told")))
