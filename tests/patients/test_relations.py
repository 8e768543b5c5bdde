"""Who may act for a patient, who decides it, and that a confidential address cannot be kept."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import ForbiddenError, NotFoundError
from skranke.kernel.ids import NationalId
from skranke.patients import rules
from skranke.patients.access import get_relation_for
from skranke.patients.models import CardArea, Patient, Relation
from skranke.patients.queries import represented_persons
from skranke.patients.relating import add_relation, end_relation, relation_of, set_access
from skranke.tenancy.work import acting

from cast import make_clinic


@pytest.mark.req("PAT-20")
def test_only_the_clinic_adds_a_relation_or_gives_access() -> None:
    cast = make_clinic()
    facts = {"national_id": cast.ola.national_id, "kind": "father", "access": True}
    for actor in (cast.actor(cast.nora), cast.system, Actor(kind=ActorKind.OPERATOR, clinic_id=cast.clinic.id)):
        with acting(actor), pytest.raises(ForbiddenError):
            add_relation(cast.nora, **facts)
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, **(facts | {"access": False}))
    with acting(cast.actor(cast.nora)), pytest.raises(ForbiddenError):
        set_access(relation, access=True)


@pytest.mark.req("PAT-20", "PAT-21")
def test_the_patient_takes_the_access_back_at_any_time() -> None:
    cast = make_clinic()
    father = NationalId(cast.ola.national_id)
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, national_id=father.value, kind="father", access=True)
        assert [one.patient_id for one in represented_persons(father.value)] == [cast.nora.id]
        assert relation_of(cast.nora, father) == relation
    with acting(cast.actor(cast.nora)) as nora:
        ended = end_relation(get_relation_for(nora, relation.id))
        assert (ended.revoked, ended.access, ended.ended_by_name) == (True, False, "Nora Nordmann")
        assert end_relation(relation).ended_at == ended.ended_at
        assert relation_of(cast.nora, father) is None
    assert not represented_persons(father.value)
    with acting(cast.actor(cast.ali)):
        again = add_relation(cast.nora, national_id=father.value, kind="father", access=True)
        assert not end_relation(again).revoked


@pytest.mark.req("PAT-20", "NFR-2")
def test_a_relation_is_the_represented_patients_and_nobody_elses() -> None:
    cast, other = make_clinic(), make_clinic()
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, national_id=cast.ola.national_id, kind="father", access=True)
    for actor in (cast.actor(cast.ola), cast.actor(cast.astrid), other.actor(other.ali), other.system):
        with acting(actor), pytest.raises(NotFoundError):
            get_relation_for(actor, relation.id)


@pytest.mark.req("PAT-20")
@pytest.mark.parametrize(
    "wrong", [{"ended": True, "access": True}, {"revoked": True}, {"national_id": "123"}, {"again": True}]
)
def test_the_database_refuses_what_no_relation_is(wrong: dict[str, object]) -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, national_id=cast.ola.national_id, kind="father")
        if wrong.pop("ended", False):
            relation.ended_at = relation.created_at
        if wrong.pop("again", False):
            relation = Relation(
                clinic_id=cast.clinic.id, patient=cast.nora, national_id=cast.ola.national_id, name="x", kind="other"
            )
        for name, value in wrong.items():
            setattr(relation, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            relation.save()


@pytest.mark.req("NFR-2")
def test_the_database_keeps_no_address_that_is_confidential() -> None:
    cast = make_clinic()
    for secret in ("6", "7"):
        with acting(cast.system), pytest.raises(IntegrityError), transaction.atomic():
            Patient.objects.filter(id=cast.ola.id).update(confidentiality=secret, address_line="Hemmeligveien 7")


@pytest.mark.req("PAT-5")
def test_areas_are_moved_within_the_card_and_new_ones_come_last() -> None:
    first, second, *_, last = CardArea
    assert rules.in_order([last, "gone"])[:2] == (last, first)
    assert rules.in_order([]) == tuple(CardArea)
    assert rules.moved([*CardArea], first, -1) == tuple(CardArea)
    assert rules.moved([*CardArea], last, 1) == tuple(CardArea)
    assert rules.moved([*CardArea], first, 1)[:2] == (second, first)
