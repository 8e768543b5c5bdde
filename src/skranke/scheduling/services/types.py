"""Appointment types: made by anybody, changed by whoever may, deleted only while nothing uses them (TYP-1..12)."""

from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.errors import NotAllowedError
from skranke.clinics.models import Employee
from skranke.clinics.organisation.locking import told
from skranke.clinics.queries import this_clinic
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.scheduling import rules
from skranke.scheduling.errors import TypeInUseError, VideoModuleError
from skranke.scheduling.models import AppointmentType, Colour, ContactInterface, ResourceCategory, TypeIcon, Visibility
from skranke.scheduling.services.limits import check_limits
from skranke.scheduling.services.telltale import differences
from skranke.tenancy.live import announce
from skranke.tenancy.work import current_actor

SUBJECT = "appointment_type"
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_TEXT = 200, 300, 2000
CHOICES: dict[str, type[models.TextChoices]] = {
    "colour": Colour,
    "visibility": Visibility,
    "contact": ContactInterface,
    "category": ResourceCategory,
    "icon": TypeIcon,
}
MAY_BE_EMPTY = ("category", "icon")
LONGEST, MOST_PATIENTS, DEAREST = 24 * 60, 200, 100_000
FEWEST_PATIENTS = 2


def create_type(
    *, name: str, minutes: int, visibility: Visibility | str = Visibility.NORMAL, **fields: Any
) -> AppointmentType:
    """Make an appointment type, which all in the clinic may use (TYP-1, TYP-2). fields: further ones of the row.

    Raises NotAllowedError, InvalidError, VideoModuleError.
    """
    kind = AppointmentType(
        clinic_id=current_actor().clinic_id, name=name, minutes=minutes, visibility=visibility, **fields
    )
    check_may_edit(None)
    _check(kind, None)
    _make_room(kind)
    kind.save(force_insert=True)
    record(Action.APPOINTMENT_TYPE_CREATED, subject_kind=SUBJECT, subject_id=kind.id)
    return kind


def change_type(kind: AppointmentType, *, expected_version: int | None = None, **fields: Any) -> AppointmentType:
    """Change fields of a type: they count from the next question on, its length for new slots only (TYP-10).

    Raises NotAllowedError, InvalidError, VideoModuleError, ChangedError.
    """
    before = _held(kind, expected_version)
    kind.refresh_from_db()
    for name, value in fields.items():
        setattr(kind, name, value)
    _check(kind, before)
    _make_room(kind)
    kind.version = before.version + 1
    kind.save(update_fields=[*fields, "capacity", "version"])
    detail = {"changes": differences(before, kind, fields)}
    record(Action.APPOINTMENT_TYPE_CHANGED, subject_kind=SUBJECT, subject_id=kind.id, detail=detail)
    announce(SUBJECT, kind.id)
    return kind


def remove_type(kind: AppointmentType, *, expected_version: int | None = None) -> None:
    """Delete a type that nothing has used (TYP-11). Raises NotAllowedError, ChangedError, TypeInUseError."""
    held = _held(kind, expected_version)
    type_id = held.id
    try:
        with transaction.atomic():
            held.delete()
    except ProtectedError:
        raise TypeInUseError(
            _("Timetypen er brukt i timer, ledige timer eller ukemaler. Ingenting er slettet. Gjør den inaktiv.")
        ) from None
    record(Action.APPOINTMENT_TYPE_REMOVED, subject_kind=SUBJECT, subject_id=type_id, detail={"name": kind.name})


def check_may_edit(owner: Employee | None) -> None:
    """TYP-1. Raises NotAllowedError, which names the owner."""
    if rules.may_edit_type(current_actor(), owner.id if owner is not None else None):
        return
    if owner is None:
        raise NotAllowedError(_("Du kan ikke lage eller endre timetyper. Ingenting er endret."))
    text = _("Timetypen eies av %(name)s. Bare eieren eller en administrator kan endre den. Ingenting er endret.")
    raise NotAllowedError(text % {"name": owner.name})


def _held(kind: AppointmentType, expected_version: int | None) -> AppointmentType:
    rows = AppointmentType.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    held = rows.get(id=kind.id)
    check_may_edit(held.owner)
    if expected_version is not None and held.version != expected_version:
        raise ChangedError(told(SUBJECT, kind.id))
    return held


def _make_room(kind: AppointmentType) -> None:
    """One type alone is the clinic's default, and only a group has room for several."""
    if kind.visibility != Visibility.GROUP:
        kind.capacity = 1
    if kind.is_default:
        AppointmentType.objects.filter(is_default=True).exclude(id=kind.id).update(is_default=False)


def _check(kind: AppointmentType, before: AppointmentType | None) -> None:
    kind.name = kind.name.strip()
    if not 1 <= len(kind.name) <= LONGEST_NAME:
        raise InvalidError(_("Gi timetypen et navn på høyst 200 tegn. Ingenting er lagret."), field="name")
    if kind.minutes < 1:
        raise InvalidError(_("En time må vare minst ett minutt."), field="minutes")
    _check_number(kind.minutes, "minutes", LONGEST)
    _check_number(kind.capacity, "capacity", MOST_PATIENTS)
    if kind.visibility == Visibility.GROUP and kind.capacity < FEWEST_PATIENTS:
        raise InvalidError(_("En gruppe har minst to plasser. Ingenting er lagret."), field="capacity")
    if kind.price is not None:
        _check_number(kind.price + 1, "price", DEAREST + 1)
    if len(kind.address) > LONGEST_ADDRESS or len(kind.information) > LONGEST_TEXT:
        field = "address" if len(kind.address) > LONGEST_ADDRESS else "information"
        raise InvalidError(_("Teksten er for lang. Ingenting er lagret."), field=field)
    for name, choices in CHOICES.items():
        value = getattr(kind, name)
        if value not in choices.values and (value or name not in MAY_BE_EMPTY):
            raise InvalidError(_("Velg én av mulighetene. Ingenting er lagret."), field=name)
    new_owner = before is None or before.owner_id != kind.owner_id
    if new_owner and not rules.may_give_type(current_actor(), kind.owner_id):
        raise NotAllowedError(_("Bare en administrator kan gi timetypen til en annen. Ingenting er lagret."))
    has_been = before is not None and before.contact == ContactInterface.VIDEO
    if kind.contact == ContactInterface.VIDEO and not has_been and not this_clinic().has_video:
        raise VideoModuleError(
            _("Klinikken har ikke videomodulen, og kan ikke ha timer på video. Ingenting er lagret."), field="contact"
        )
    check_limits(kind)


def _check_number(value: int, field: str, most: int) -> None:
    if not 1 <= value <= most:
        raise InvalidError(_("Tallet er for lite eller for stort. Ingenting er lagret."), field=field)
