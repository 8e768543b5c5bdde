"""What position types, roles and functions are called on the screen."""

from django.utils.translation import gettext as _

from skranke.clinics.models import EmployeeRole, Role, StaffFunction


def position_text(role: str) -> str:
    """What a position type is called."""
    return {
        EmployeeRole.GP: _("Fastlege"),
        EmployeeRole.SUBSTITUTE: _("Vikar"),
        EmployeeRole.INTERN: _("Turnuslege"),
        EmployeeRole.NURSE: _("Sykepleier"),
        EmployeeRole.SECRETARY: _("Helsesekretær"),
        EmployeeRole.LAB: _("Lab"),
    }.get(EmployeeRole(role), role)


def function_text(function: str) -> str:
    """What a function is called."""
    return {
        StaffFunction.RECEPTION: _("Resepsjon"),
        StaffFunction.TELEPHONE: _("Telefon"),
        StaffFunction.MESSAGES: _("Meldinger fra helsenorge.no"),
        StaffFunction.PRESCRIPTIONS: _("Resepter"),
        StaffFunction.LABORATORY: _("Laboratorium"),
        StaffFunction.INVOICING: _("Oppgjør"),
    }[StaffFunction(function)]


def role_name(role: Role) -> str:
    """The role's own name, or that of its position type (ORG-2)."""
    return role.name or position_text(role.position_type)
