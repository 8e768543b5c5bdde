"""The demo's departments, roles and groups, and who gets what comes to its service. Needs Django set up."""

from skranke.cli.demo import cast
from skranke.clinics.models import Access, Employee, EmployeeRole, GroupKind, PartyKind, Service, StaffFunction
from skranke.clinics.organisation.addressing import set_recipients
from skranke.clinics.organisation.groups import GroupFacts, add_group
from skranke.clinics.organisation.staff import EmployeeCard, change_employee
from skranke.clinics.organisation.structure import RoleFacts, add_department, add_role
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.services import register_party


def make(employees: dict[str, Employee]) -> None:
    """Beside what every clinic has: a laboratory with its leader, the doctors' group, and vaccination."""
    laboratory = add_department("Laboratoriet")
    leader = RoleFacts(
        department=laboratory,
        name="Leder for laboratoriet",
        functions=(StaffFunction.LABORATORY, StaffFunction.TELEPHONE),
        accesses=(Access.CLINIC_OPEN,),
    )
    role = add_role(EmployeeRole.NURSE, leader)
    lise = employees["lise"]
    card = EmployeeCard(
        given_name=lise.given_name,
        family_name=lise.family_name,
        held_role=role,
        department=laboratory,
        functions=tuple(role.functions),
        hpr_number=lise.hpr_number,
        sees_clinic_open=lise.sees_clinic_open,
    )
    change_employee(lise.id, card, expected_version=lise.version)
    add_group(
        GroupFacts(
            name=cast.LAB_NAME,
            kind=GroupKind.STATIC,
            description="Prøver og vaksiner",
            members=(lise, employees["anne"]),
        )
    )
    add_group(GroupFacts(name="Legene", kind=GroupKind.DYNAMIC, position_types=(EmployeeRole.GP,)))
    vaccines = GroupFacts(
        name="Vaksinasjon",
        kind=GroupKind.STATIC,
        description="Reisevaksiner og influensa",
        members=(lise, employees["anne"]),
    )
    party = register_party(
        her_id=cast.SERVICE_HER_ID, kind=PartyKind.SERVICE, name=cast.SERVICE_NAME, services=[Service.BOOKING]
    )
    set_recipients(party.id, [Recipient(group_id=add_group(vaccines).id)])
