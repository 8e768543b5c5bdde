"""Setting up a clinic refuses what cannot be, and its people and addresses are found again."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from skranke.audit.queries import events_about
from skranke.clinics import errors, queries
from skranke.clinics.access import get_employee_for, get_party_for
from skranke.clinics.models import EmployeeRole, PartyKind, Service
from skranke.clinics.services import establish, hire, register_party, set_profile, set_services
from skranke.kernel.actor import system
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import fresh_her_id, make_clinic


def test_a_clinic_is_found_by_its_address_and_by_each_of_its_her_ids() -> None:
    cast = make_clinic(slug="vik-" + new_id().hex)
    assert queries.clinic_id_of_slug(cast.clinic.slug) == cast.clinic.id
    for her_id in (cast.clinic.her_id, cast.kari_party.her_id, cast.mona_party.her_id):
        assert queries.clinic_id_of_her_id(her_id) == cast.clinic.id
    assert queries.clinic_id_of_her_id(fresh_her_id()) is None
    assert queries.clinic_id_of_slug("finnes-ikke") is None
    assert cast.clinic.id in queries.clinics_on_the_bus()


def test_a_clinic_made_inside_a_unit_of_work_is_the_one_the_actor_names() -> None:
    identity = new_id()
    with acting(system(identity)):
        clinic = establish(slug=f"k{identity.hex}", name="A", her_id=fresh_her_id(), organisation_number="999999999")
        assert clinic.id == identity
        assert queries.this_clinic() == clinic
        assert [event.action for event in events_about("clinic", clinic.id)] == ["clinic.established"]


@pytest.mark.req("ACT-16")
@pytest.mark.parametrize("her_id", ["0", "-1", "12a", "", "01", "99999999999"])
def test_a_her_id_is_a_positive_whole_number(her_id: str) -> None:
    cast = make_clinic()
    with acting(cast.system), pytest.raises(InvalidError) as refused:
        register_party(her_id=her_id, kind=PartyKind.SERVICE, name="Liste uten fast lege")
    assert refused.value.field == "her_id"


@pytest.mark.req("ACT-16")
@pytest.mark.parametrize("hpr_number", ["1234567890", "12a", "-1"])
def test_an_hpr_number_has_up_to_nine_digits(hpr_number: str) -> None:
    with acting(make_clinic().system), pytest.raises(InvalidError) as refused:
        hire(given_name="Eva", family_name="Moe", role=EmployeeRole.NURSE, hpr_number=hpr_number)
    assert refused.value.field == "hpr_number"


@pytest.mark.req("ACT-16")
def test_what_is_taken_is_refused_by_name_and_the_unit_of_work_lives_on() -> None:
    cast, other = make_clinic(), make_clinic()
    nurse = {"given_name": "Eva", "family_name": "Moe", "role": EmployeeRole.NURSE}
    vacant = {"kind": PartyKind.SERVICE, "name": "Liste uten fast lege"}
    with acting(cast.system):
        with pytest.raises(errors.HprNumberTakenError):
            hire(**nurse, hpr_number=cast.kari.hpr_number)
        with pytest.raises(errors.PositionTakenError):
            hire(**nurse, account_id=cast.kari.account_id)
        for taken in (cast.kari_party.her_id, cast.clinic.her_id, other.kari_party.her_id, other.clinic.her_id):
            with pytest.raises(errors.HerIdTakenError):
                register_party(her_id=taken, **vacant)
        with pytest.raises(errors.PartyTakenError):
            register_party(her_id=fresh_her_id(), kind=PartyKind.GP, name="Kari", employee=cast.kari)
        assert hire(**nurse, hpr_number=other.kari.hpr_number).name == "Eva Moe"
    with pytest.raises(errors.SlugTakenError):
        establish(slug=cast.clinic.slug, name="B", her_id=fresh_her_id(), organisation_number="999999999")
    with pytest.raises(errors.HerIdTakenError):
        establish(slug=new_id().hex, name="B", her_id=cast.kari_party.her_id, organisation_number="999999999")


@pytest.mark.req("ACT-4", "ACT-12")
def test_only_a_gp_offers_services_and_only_a_gp_or_substitute_is_a_personal_party() -> None:
    cast = make_clinic()
    with acting(cast.system):
        for employee in (cast.ali, cast.anne, None):
            with pytest.raises(errors.NotEligibleError):
                register_party(her_id=fresh_her_id(), kind=PartyKind.GP, name="x", employee=employee)
        per = register_party(her_id=fresh_her_id(), kind=PartyKind.GP, name="Per Vik", employee=cast.per)
        with pytest.raises(errors.NotEligibleError):
            set_services(per, [Service.BOOKING])


@pytest.mark.req("ACT-11")
def test_services_are_kept_one_by_one() -> None:
    cast = make_clinic()
    with acting(cast.system):
        set_services(cast.kari_party, [Service.E_CONTACT])
        found = queries.party_of_her_id(cast.kari_party.her_id)
        assert found is not None
        assert found.services == ["e_contact"]
        assert found.employee == cast.kari
        assert queries.party_of_employee(cast.per) is None


@pytest.mark.req("ORG-3", "ORG-4")
def test_an_employee_becomes_an_actor_while_active() -> None:
    cast = make_clinic()
    actor = queries.actor_for_employee(cast.clinic.id, cast.ali.id)
    assert (actor.name, actor.role, actor.is_admin, actor.person_id) == ("Ali Khan", "secretary", True, cast.ali.id)
    assert actor == cast.actor(cast.ali)
    assert queries.positions_of(cast.ali.account_id) == [(cast.clinic.id, cast.ali.id)]
    with acting(cast.system):
        cast.ali.active = False
        cast.ali.save()
    with pytest.raises(NotFoundError):
        queries.actor_for_employee(cast.clinic.id, cast.ali.id)
    assert queries.positions_of(cast.ali.account_id) == []


def test_people_and_parties_of_another_clinic_do_not_exist() -> None:
    ours, theirs = make_clinic(), make_clinic()
    with acting(ours.actor(ours.ali)) as ali:
        assert get_employee_for(ali, ours.kari.id) == ours.kari
        assert get_party_for(ali, ours.kari_party.id) == ours.kari_party
        for fetch, wanted in ((get_employee_for, theirs.kari.id), (get_party_for, theirs.kari_party.id)):
            with pytest.raises(NotFoundError) as foreign:
                fetch(ali, wanted)
            with pytest.raises(NotFoundError) as absent:
                fetch(ali, new_id())
            assert str(foreign.value) == str(absent.value)
        assert {party.clinic_id for party in queries.parties()} == {ours.clinic.id}
        assert queries.gps() == [ours.mona, ours.kari]


def test_the_profile_is_one_and_the_counterpart_is_found_by_her_id_or_as_the_last_read() -> None:
    cast = make_clinic(counterpart={"her_id": fresh_her_id(), "name": "HelseNorge"})
    with acting(cast.system):
        fields = {f.name: getattr(cast.profile, f.name) for f in cast.profile._meta.fields}
        set_profile(**{k: v for k, v in fields.items() if k not in ("id", "clinic_id")} | {"bus_url": "amqp://x"})
        assert queries.profile().bus_url == "amqp://x"
        assert queries.profile().id == cast.profile.id
        assert queries.counterpart() == queries.counterpart(cast.counterpart.her_id) == cast.counterpart
        with pytest.raises(errors.UnknownCounterpartError):
            queries.counterpart(fresh_her_id())
        cast.profile.delete()
        with pytest.raises(errors.NotConnectedError):
            queries.profile()


def test_the_database_itself_refuses_a_her_id_that_is_none() -> None:
    cast = make_clinic()
    with acting(cast.system):
        for row, field in ((cast.kari_party, "her_id"), (cast.clinic, "her_id"), (cast.kari, "hpr_number")):
            setattr(row, field, "12x")
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()


@pytest.mark.parametrize("slug", ["Vik", "vik legesenter", "prøvevik", "", "-", "vik/", "../vik"])
def test_an_address_is_small_ascii_letters_digits_and_hyphens(slug: str) -> None:
    with pytest.raises(InvalidError) as refused:
        establish(slug=slug, name="B", her_id=fresh_her_id(), organisation_number="999999999")
    assert refused.value.field == "slug"


@pytest.mark.parametrize("number", ["", "12345678", "1234567890", "99999999x"])
def test_an_organisation_number_has_nine_digits(number: str) -> None:
    with pytest.raises(InvalidError) as refused:
        establish(slug=new_id().hex, name="B", her_id=fresh_her_id(), organisation_number=number)
    assert refused.value.field == "organisation_number"
