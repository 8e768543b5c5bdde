"""The limits of one level, checked, and those of the clinic, changed (CAL-6, CAL-7)."""

from typing import Any

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.choices import FirstOnly
from skranke.clinics.models import Clinic
from skranke.clinics.organisation.locking import told
from skranke.clinics.permissions import Permission
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.scheduling import rules
from skranke.scheduling.models import Limits
from skranke.scheduling.services.telltale import differences
from skranke.tenancy.work import current_actor, forget

SUBJECT = "booking_limits"
NAMES = (
    "max_self_booked",
    "days_ahead",
    "booking_deadline_hours",
    "first_only",
    "cancellation_allowed",
    "cancellation_deadline_hours",
)


def set_clinic_limits(*, expected_version: int | None = None, **limits: Any) -> Clinic:
    """Change some of the clinic's limits; they count where neither schedule nor type sets its own (BOK-8).

    Raises NotAllowedError, InvalidError, ChangedError.
    """
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    clinic = Clinic.objects.select_for_update(no_key=True).get(id=actor.clinic_id)
    if expected_version is not None and clinic.limits_version != expected_version:
        raise ChangedError(told(SUBJECT, clinic.id))
    before = Clinic.objects.get(id=clinic.id)
    for name in NAMES:
        setattr(clinic, name, limits.get(name, getattr(clinic, name)))
    # Nothing above the clinic could say otherwise: all of them is what an empty value means.
    clinic.first_only = "" if clinic.first_only == FirstOnly.ALL else clinic.first_only
    check_limits(clinic)
    if clinic.cancellation_allowed is None:
        raise InvalidError(_("Si om pasientene kan avbestille. Ingenting er lagret."), field="cancellation_allowed")
    clinic.limits_version += 1
    clinic.save(update_fields=[*NAMES, "limits_version"])
    forget("clinic")
    detail = {"changes": differences(before, clinic, NAMES)}
    record(Action.BOOKING_LIMITS_CHANGED, subject_kind=SUBJECT, subject_id=clinic.id, detail=detail)
    return clinic


def check_limits(level: Limits | Clinic) -> None:
    """CAL-6: numbers that somebody can mean. Raises InvalidError at the first that is not."""
    for name, most in rules.MOST.items():
        value = getattr(level, name)
        if value is not None and not rules.is_sensible(name, value):
            least = int(name == "max_self_booked")
            text = _("Skriv et helt tall fra %(least)s til %(most)s, eller la feltet stå tomt. Ingenting er lagret.")
            raise InvalidError(text % {"least": least, "most": most}, field=name)
    if level.first_only and level.first_only not in FirstOnly.values:
        raise InvalidError(_("Velg én av mulighetene. Ingenting er lagret."), field="first_only")
