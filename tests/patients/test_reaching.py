"""Whose list a patient stands on, and whether HelseNorge reaches the patient."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from skranke.clinics.models import PartyKind, Service
from skranke.clinics.services import register_party, set_services
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients import rules
from skranke.patients.models import HelseNorgeState
from skranke.patients.queries import reachability
from skranke.patients.rules import Reason
from skranke.patients.services import block, note_helsenorge_state, place_on_list
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id, make_clinic


def reason(cast: Cast) -> Reason:
    with acting(cast.system):
        answer = reachability(cast.ola)
        assert answer.ok == (answer.reason == "")
        assert answer.sentence
        return answer.reason


@pytest.mark.req("PAT-9")
def test_a_listed_patient_of_a_live_gp_can_be_reached() -> None:
    cast = make_clinic()
    assert reason(cast) == Reason.NONE
    with acting(cast.system):
        note_helsenorge_state(cast.ola, HelseNorgeState.ACTIVE, at=clock.now())
    assert reason(cast) == Reason.NONE


@pytest.mark.req("PAT-9", "ACT-6")
def test_a_patient_on_nobodys_list_cannot() -> None:
    cast = make_clinic()
    with acting(cast.system):
        place_on_list(cast.ola, None)
        assert reachability(cast.jonas).reason == Reason.NOT_ON_LIST
    assert reason(cast) == Reason.NOT_ON_LIST


@pytest.mark.req("PAT-9")
@pytest.mark.parametrize("how", ["no services", "party closed", "gp left"])
def test_a_patient_whose_gp_is_not_live_cannot(how: str) -> None:
    cast = make_clinic()
    with acting(cast.system):
        if how == "no services":
            set_services(cast.kari_party, [])
        elif how == "party closed":
            cast.kari_party.active = False
            cast.kari_party.save()
        else:
            cast.kari.active = False
            cast.kari.save()
    assert reason(cast) == Reason.GP_NOT_LIVE


@pytest.mark.req("PAT-9", "PAT-11")
@pytest.mark.parametrize("digits", ["", "010190", "01019012345"])
def test_a_patient_without_a_complete_national_id_cannot_and_is_told_which_it_is(digits: str) -> None:
    cast = make_clinic()
    cast.ola.national_id = digits
    assert reason(cast) == Reason.NATIONAL_ID_INCOMPLETE
    with acting(cast.system):
        assert "fødselsnummer" in reachability(cast.ola).sentence


@pytest.mark.req("PAT-9", "PAT-11")
def test_a_patient_whom_helsenorge_does_not_reach_cannot_and_no_reason_is_told() -> None:
    cast = make_clinic()
    with acting(cast.system):
        note_helsenorge_state(cast.ola, HelseNorgeState.INACTIVE, at=clock.now())
        sentence = reachability(cast.ola).sentence.lower()
    assert reason(cast) == Reason.NOT_IN_HELSENORGE
    assert not {"samtykke", "konto", "bruker", "aktiv"} & set(sentence.replace(".", "").split())


@pytest.mark.req("PAT-4")
def test_an_older_telling_never_overwrites_a_newer() -> None:
    cast, now = make_clinic(), clock.now()
    with acting(cast.system):
        assert note_helsenorge_state(cast.ola, HelseNorgeState.INACTIVE, at=now)
        assert not note_helsenorge_state(cast.ola, HelseNorgeState.ACTIVE, at=now - timedelta(seconds=1))
        assert not note_helsenorge_state(cast.ola, HelseNorgeState.ACTIVE, at=now)
        assert cast.ola.helsenorge_state == HelseNorgeState.INACTIVE
        assert note_helsenorge_state(cast.ola, HelseNorgeState.ACTIVE, at=now + timedelta(seconds=1))
        cast.ola.refresh_from_db()
    assert cast.ola.helsenorge_state == HelseNorgeState.ACTIVE


@pytest.mark.req("ACT-6")
def test_a_patient_addresses_the_own_gp_or_a_service_party_of_the_clinic() -> None:
    cast = make_clinic()
    with acting(cast.system):
        vacant = register_party(her_id=fresh_her_id(), kind=PartyKind.SERVICE, name="x", services=[Service.BOOKING])
        owned = register_party(her_id=fresh_her_id(), kind=PartyKind.SERVICE, name="y", employee=cast.anne)
    allowed = {
        (patient.given_name, party.name)
        for patient in (cast.ola, cast.astrid, cast.jonas)
        for party in (cast.kari_party, cast.mona_party, vacant, owned)
        if rules.may_address(patient, party)
    }
    assert allowed == {
        ("Ola", "Kari Lunde"),
        ("Ola", "x"),
        ("Ola", "y"),
        ("Astrid", "Mona Dahl"),
        ("Astrid", "x"),
        ("Astrid", "y"),
    }
    assert rules.on_list_of(cast.ola, cast.kari)
    assert not rules.on_list_of(cast.ola, cast.mona)


def test_a_list_belongs_to_a_gp() -> None:
    cast = make_clinic()
    with acting(cast.system):
        with pytest.raises(InvalidError):
            place_on_list(cast.ola, cast.anne)
        cast.jonas.on_gp_list = True
        with pytest.raises(IntegrityError), transaction.atomic():
            cast.jonas.save()
        block(cast.ola, blocked=True)
        cast.ola.refresh_from_db()
        assert cast.ola.blocked
        place_on_list(cast.ola, cast.mona)
        cast.ola.refresh_from_db()
        assert rules.on_list_of(cast.ola, cast.mona)
