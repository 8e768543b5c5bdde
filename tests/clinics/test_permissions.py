"""The permission matrix of the product specification, typed here anew, against the rule that every page asks."""

from uuid import uuid4

import pytest

from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.kernel.actor import Actor, ActorKind, system

# user, owner of the thing, administrator, operator; "own" and "given" as in the specification's table.
MATRIX = {
    "read_own_mail": ("yes", "yes", "yes", "no"),
    "read_clinic_mail": ("given", "given", "given", "no"),
    "set_receivers": ("no", "no", "yes", "no"),
    "activate": ("no", "no", "no", "yes"),
    "private_template": ("own", "own", "own", "no"),
    "shared_template": ("no", "no", "yes", "no"),
    "communication_types": ("no", "no", "yes", "no"),
    "create_timetype": ("yes", "yes", "yes", "no"),
    "edit_timetype": ("own", "own", "yes", "no"),
    "edit_plan": ("own", "own", "yes", "no"),
    "book": ("yes", "yes", "yes", "no"),
    "set_absence": ("no", "no", "yes", "no"),
    "create_tariff": ("no", "no", "yes", "no"),
    "edit_patients": ("yes", "yes", "yes", "no"),
    "manage_staff": ("no", "no", "yes", "no"),
    "manage_groups": ("no", "no", "yes", "no"),
    "change_settings": ("no", "no", "yes", "no"),
    "see_accounting": ("no", "no", "yes", "no"),
    # Not in the specification's table: how much patients write and how soon they are answered.
    "see_reports": ("given", "given", "yes", "no"),
    # Nor is this: RX-9, only users with prescribing right.
    "prescribe": ("given", "given", "given", "no"),
}


def _actors() -> tuple[Actor, Actor, Actor, Actor]:
    facts = {"clinic_id": uuid4(), "person_id": uuid4()}
    user = Actor(kind=ActorKind.EMPLOYEE, **facts)
    return user, user, Actor(kind=ActorKind.EMPLOYEE, is_admin=True, **facts), Actor(kind=ActorKind.OPERATOR, **facts)


@pytest.mark.req("ORG-4", "ORG-5", "ORG-11", "PLN-3")
@pytest.mark.parametrize("row", MATRIX)
@pytest.mark.parametrize("owns", [False, True])
@pytest.mark.parametrize("granted", [False, True])
def test_the_matrix_holds(*, row: str, owns: bool, granted: bool) -> None:
    for actor, answer in zip(_actors(), MATRIX[row], strict=True):
        wanted = {"yes": True, "no": False, "own": owns, "given": granted}[answer]
        assert may(actor, Permission(row), owns=owns, granted=granted) is wanted


def test_every_permission_is_in_the_matrix_and_a_patient_has_none() -> None:
    assert set(MATRIX) == set(Permission)
    patient = Actor(kind=ActorKind.PATIENT, clinic_id=uuid4(), person_id=uuid4(), is_admin=True)
    assert not any(may(patient, one, owns=True, granted=True) for one in Permission)
    assert all(may(system(uuid4()), one) for one in Permission)
