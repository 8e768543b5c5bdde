"""The window for prescriptions of the clinic's own record system: who may open it, and where it is (RX-9).

Skranke issues no prescription. It leads whoever may issue them to the record system, which asks who that is by itself.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Clinic
from skranke.clinics.organisation import rules
from skranke.clinics.organisation.queries import staff
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.clinics.rules import may
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import ChangedError, InvalidError, NotFoundError
from skranke.tenancy.work import current_actor


def set_prescription_window(address: str, *, expected: str) -> None:
    """Open this address from now on, or none. expected: the one that the caller has changed.

    Raises NotAllowedError, InvalidError, ChangedError.
    """
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    address = address.strip()
    if address and not rules.is_window_address(address):
        raise InvalidError(
            _("Adressen må begynne med https:// og ha {patient_id} etter vertsnavnet, og ingen andre felt.")
            + " "
            + _("Ingenting er lagret."),
            field="address",
        )
    clinic = Clinic.objects.select_for_update().get(id=actor.clinic_id)
    if expected != clinic.prescription_window:
        raise ChangedError(_("Noen andre har endret adressen i mellomtiden. Se over, og lagre igjen."))
    change = {"old": clinic.prescription_window, "new": address}
    clinic.prescription_window = address
    clinic.save(update_fields=["prescription_window"])
    record(Action.PRESCRIPTION_WINDOW_CHANGED, subject_kind="clinic", subject_id=clinic.id, detail=change)


def may_open_window(actor: Actor) -> bool:
    """Whether there is a window, and the actor is one who issues prescriptions."""
    if actor.kind != ActorKind.EMPLOYEE or not this_clinic().prescription_window:
        return False
    employee = next((one for one in staff() if one.id == actor.person_id), None)
    if employee is None:
        return False
    given = rules.can_prescribe(given=employee.may_prescribe, licence_active=employee.licence_active)
    return may(actor, Permission.PRESCRIBE, granted=given)


def open_window(patient_id: UUID) -> str:
    """The address of a patient's window, for the browser of whoever acts; that it is opened is audited.

    patient_id: of a patient whom the caller has fetched for the actor. It is all that the address tells of the patient.
    Raises NotFoundError where there is no window, and for whoever may not issue prescriptions.
    """
    if not may_open_window(current_actor()):
        raise NotFoundError("The window does not exist.")
    record(Action.PRESCRIPTION_WINDOW_OPENED, subject_kind="patient", subject_id=patient_id, patient_id=patient_id)
    return this_clinic().prescription_window.replace(rules.PATIENT_ID, str(patient_id))
