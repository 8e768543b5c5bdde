"""A new clinic from nothing: the clinic itself, and the administrator who fills in the rest."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from skranke.clinics.activation import errors
from skranke.clinics.models import Clinic, EmployeeRole
from skranke.clinics.organisation.standard import first_department, standard_role
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.clinics.services import establish, hire
from skranke.identity.queries import account_of_person
from skranke.identity.services import create_account
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import NationalId
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """The first administrator of a clinic. national_id: as the log-in provider will tell it."""

    given_name: str
    family_name: str
    role: EmployeeRole
    national_id: str


def found_clinic(
    administrator: Administrator,
    *,
    slug: str,
    name: str,
    organisation_number: str,
    her_id: str = "",
    address: str = "",
    phone: str = "",
    is_test: bool = False,
    gp_agreement: bool = True,
) -> Clinic:
    """Make a clinic with its first administrator, inside a unit of work that names the new clinic's id.

    It begins with a role for each kind of position, so that the administrator can employ people at once (ORG-2).
    Who has an account already, because he works at another clinic too, keeps that one.
    Raises OnlyOperatorError, InvalidError, SlugTakenError, HerIdTakenError.
    """
    if not may(current_actor(), Permission.ACTIVATE):
        raise errors.OnlyOperatorError(_("Bare driftsoperatøren kan lage en klinikk."))
    try:
        national_id = NationalId(administrator.national_id)
    except ValueError:
        raise InvalidError(_("Fødselsnummeret er ikke gyldig. Sjekk sifrene."), field="national_id") from None
    clinic = establish(
        slug=slug,
        name=name,
        her_id=her_id,
        organisation_number=organisation_number,
        address=address,
        phone=phone,
        is_test=is_test,
        gp_agreement=gp_agreement,
    )
    for position_type in EmployeeRole:
        standard_role(position_type, first_department())
    full_name = f"{administrator.given_name} {administrator.family_name}"
    account = account_of_person(national_id.value) or create_account(
        f"{slug}-administrator", full_name, national_id=national_id.value
    )
    hire(
        given_name=administrator.given_name,
        family_name=administrator.family_name,
        role=administrator.role,
        account_id=account.id,
        is_admin=True,
        sees_clinic_open=True,
        sees_clinic_archive=True,
    )
    return clinic
