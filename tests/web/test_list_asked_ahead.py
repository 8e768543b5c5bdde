"""Before a dialog is started with somebody on no list here, Fastlegeregisteret is asked while the window opens."""

from datetime import timedelta

import pytest

from skranke.dialog.models import KeptDraft, Message
from skranke.dialog.services import keep_draft
from skranke.dialog.services.listed import look_up_asked
from skranke.dialog.values import DraftContent
from skranke.kernel import clock
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.reaching import note_answer
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.registers import asked_at_sandbox

pytestmark = pytest.mark.req("ACT-6", "PAT-10")
ASKING = "Spør Fastlegeregisteret"
WRITTEN = {"emne": "Prøvesvar", "text": "Prøvene er fine.", "svar": "ja"}


@pytest.fixture
def cast(sandbox) -> Cast:
    """Jonas is on no list here; the register has Kari under the clinic."""
    with asked_at_sandbox(sandbox):
        made = make_clinic()
        facts = {"clinic_her_id": made.clinic.her_id, "organisation_number": made.clinic.organisation_number}
        sandbox.put_party(made.kari_party.her_id, hpr_number=made.kari.hpr_number, **facts)
        yield made


def compose(cast: Cast) -> str:
    return address(cast, "compose", query=f"?type=e_contact&pasient={cast.jonas.id}")


def reach(cast: Cast) -> str:
    return address(cast, "compose-reach", query=f"?type=e_contact&pasient={cast.jonas.id}")


def fresh(cast: Cast) -> Patient:
    with acting(cast.system):
        return Patient.objects.get(id=cast.jonas.id)


def test_the_register_confirms_the_list_and_then_helsenorge_is_asked(cast, sandbox) -> None:
    sandbox.put_citizen(cast.jonas.national_id, cast.kari_party.her_id, name=cast.jonas.name)
    client = logged_in(cast, cast.kari)
    assert ASKING in body(client.get(compose(cast)))
    look_up_asked()
    jonas = fresh(cast)
    assert (jonas.gp_id, jonas.on_gp_list) == (cast.kari.id, True)
    page = body(client.get(reach(cast)))
    assert "Spør HelseNorge" in page
    with acting(cast.system):
        note_answer([jonas], active={jonas.national_id}, at=clock.now())
    assert "HelseNorge har svart: pasienten kan nås" in body(client.get(reach(cast)))
    assert client.post(compose(cast), WRITTEN).status_code == 302
    with acting(cast.system):
        assert Message.objects.filter(thread__patient=jonas).count() == 1


def test_only_the_registers_no_refuses(cast, sandbox) -> None:
    sandbox.put_citizen(cast.jonas.national_id, None, name=cast.jonas.name)
    client = logged_in(cast, cast.kari)
    assert ASKING in body(client.get(compose(cast)))
    look_up_asked()
    page = body(client.get(reach(cast)))
    assert "Pasienten står ikke på listen til en fastlege ved klinikken" in page
    assert client.post(compose(cast), WRITTEN).status_code == 422
    # What it told within the hour is not asked again; later it is.
    assert ASKING not in body(client.get(compose(cast)))
    clock.move(timedelta(hours=2))
    assert ASKING in body(client.get(compose(cast)))


def test_while_the_register_is_away_nothing_is_sent_and_what_was_written_is_kept(cast, sandbox) -> None:
    client = logged_in(cast, cast.kari)
    with sandbox.away("flr"):
        client.get(compose(cast))
        look_up_asked()
        assert client.post(compose(cast), WRITTEN).status_code == 409
        clock.move(timedelta(seconds=11))
        assert "Fastlegeregisteret har ikke svart ennå" in body(client.get(reach(cast)))
    with acting(cast.actor(cast.kari)):
        keep_draft(DraftContent(subject="Hei", text="Hei på deg."), patient=cast.jonas, kind="e_contact")
    with acting(cast.system):
        Patient.objects.filter(id=cast.jonas.id).update(helsenorge_asked_at=clock.now())
    clock.move(timedelta(seconds=6))  # the register is left alone for a moment
    look_up_asked()
    with acting(cast.system):
        draft = KeptDraft.objects.get()
        assert (draft.reachable, draft.answered_at is not None) == (False, True)
        assert not Message.objects.filter(thread__patient=cast.jonas).exists()


def test_over_rest_the_question_about_reaching_asks_the_register(cast, sandbox) -> None:
    sandbox.put_citizen(cast.jonas.national_id, cast.kari_party.her_id, name=cast.jonas.name)
    api = Api(cast, cast.kari)
    answer = api.get(f"patients/{cast.jonas.id}/reachability").body
    assert (answer["state"], answer["reason"]) == ("unknown", "not_on_list")
    message = {"kind": "e_contact", "patient_id": str(cast.jonas.id), "subject": "Hei", "text": "Hei."}
    refused = api.post("threads", message)
    assert refused.status == 409
    look_up_asked()
    assert api.get(f"patients/{cast.jonas.id}/reachability").body["reason"] == ""


def test_a_patient_whose_gp_is_here_is_not_looked_up(cast, sandbox) -> None:
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(helsenorge_state=HelseNorgeState.UNKNOWN)
    logged_in(cast, cast.kari).get(address(cast, "compose", query=f"?type=e_contact&pasient={cast.ola.id}"))
    look_up_asked()
    with acting(cast.system):
        assert Patient.objects.get(id=cast.ola.id).list_read_at is None
