"""What a clinic has before anybody has set it up: a department, roles as they are needed, and Resepsjon (ORG-9)."""

from skranke.clinics.models import Clinic, Department, EmployeeRole, Group, GroupKind, Role, StaffFunction
from skranke.clinics.organisation.rules import RECEPTION_GROUP, standard_accesses, standard_functions
from skranke.tenancy.work import current_actor


def organise(clinic: Clinic) -> None:
    """Give a new clinic its first department and its group Resepsjon (ORG-1, ORG-9)."""
    Department.objects.create(clinic_id=clinic.id, name=clinic.name[:100])
    Group.objects.create(
        clinic_id=clinic.id, name=RECEPTION_GROUP, kind=GroupKind.DYNAMIC, functions=[StaffFunction.RECEPTION]
    )


def first_department() -> Department:
    """The department that a position is in when none is named."""
    return Department.objects.order_by("id")[0]


def standard_role(position_type: EmployeeRole, department: Department) -> Role:
    """The role of this position type that has no name of its own, made where it is missing (ORG-2)."""
    role, _ = Role.objects.get_or_create(
        clinic_id=current_actor().clinic_id,
        department=department,
        position_type=position_type,
        name="",
        defaults={"functions": standard_functions(position_type), "accesses": standard_accesses(position_type)},
    )
    return role
