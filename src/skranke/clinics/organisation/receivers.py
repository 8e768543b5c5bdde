"""Who receives each type of message from HelseNorge (RCV-2 to RCV-14): the set-up, and changing it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.models import Clinic, Employee, Group, ReceiverChoice, ReceiverSetUp, Role, Service
from skranke.clinics.organisation import rules
from skranke.clinics.organisation.locking import told
from skranke.clinics.organisation.memory import RECEIVERS
from skranke.clinics.organisation.queries import readers
from skranke.clinics.organisation.values import WHOLE_CLINIC, Recipient
from skranke.clinics.permissions import Permission
from skranke.clinics.words import role_name
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.tenancy import live
from skranke.tenancy.work import current_actor, forget, once

RECEIVED = (Service.E_CONSULTATION, Service.E_CONTACT, Service.PRESCRIPTION_RENEWAL)
"""The types patients start in HelseNorge and the clinic chooses receivers of, as pages list them (RCV-1, RCV-4)."""
SUBJECT = "receivers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """The set-up of one type. id: of its row, None and version 0 while the standard holds (RCV-9)."""

    kind: str
    format: ReceiverFormat
    recipients: tuple[Recipient, ...]
    id: UUID | None = None
    version: int = 0


def is_received(kind: str) -> bool:
    """Whether the clinic chooses who receives this type (RCV-2)."""
    return kind in RECEIVED


def receivers_of(kind: str) -> Receivers:
    """The set-up of one type; asked for once in a unit of work."""
    found = once(RECEIVERS, _stored).get(kind)
    if found is not None:
        return found
    wanted = rules.standard_format(kind)
    recipients = (WHOLE_CLINIC,) if rules.takes_recipients(wanted) else ()
    return Receivers(kind=kind, format=wanted, recipients=recipients)


def _stored() -> dict[str, Receivers]:
    """What the clinic has set up, by type, in one statement."""
    columns = ("kind", "id", "format", "version", "choices", "choices__employee", "choices__group", "choices__role")
    found: dict[str, Receivers] = {}
    for kind, row_id, wanted, version, choice, *who in ReceiverSetUp.objects.order_by("choices").values_list(*columns):
        chosen = found[kind].recipients if kind in found else ()
        if choice is not None:
            chosen = (*chosen, Recipient(*who))
        found[kind] = Receivers(kind=kind, format=ReceiverFormat(wanted), recipients=chosen, id=row_id, version=version)
    return found


def all_receivers() -> list[Receivers]:
    """The set-up of every type, for who may change it. Raises NotAllowedError."""
    require(current_actor(), Permission.SET_RECEIVERS)
    return [receivers_of(kind) for kind in RECEIVED]


def chosen_in_set_up() -> set[Recipient]:
    """Everybody that is set as a receiver of some type."""
    rows = ReceiverChoice.objects.values_list("employee", "group", "role")
    return {Recipient(*row) for row in rows}


def set_receivers(
    kind: str, wanted: ReceiverFormat | str, recipients: Collection[Recipient], *, expected_version: int | None
) -> Receivers:
    """Choose who receives a type from now on; open threads keep who takes part (RCV-11).

    expected_version: what the caller had read; None: any.
    In the format "patient's practitioner" recipients are left out. A change is logged with old and new (RCV-14).
    Raises NotAllowedError, ChangedError when somebody else was first, InvalidError for nobody (RCV-10) or one whom
    nobody reads for.
    """
    actor = current_actor()
    require(actor, Permission.SET_RECEIVERS)
    # The clinic's row: the type may have none yet, and the first two to change it must wait for each other, too.
    Clinic.objects.select_for_update(no_key=True).get(id=actor.clinic_id)
    forget(RECEIVERS)
    standing = receivers_of(kind)
    if expected_version not in {None, standing.version}:
        raise ChangedError(told(SUBJECT, standing.id or actor.clinic_id))
    wanted = ReceiverFormat(wanted)
    chosen = tuple(dict.fromkeys(recipients)) if rules.takes_recipients(wanted) else ()
    _check(wanted, chosen, standing)
    row = _write(standing, wanted, chosen)
    forget(RECEIVERS)
    new = Receivers(kind=kind, format=wanted, recipients=chosen, id=row.id, version=row.version)
    detail = {"kind": kind, "old": _told(standing), "new": _told(new)}
    record(Action.RECEIVERS_CHANGED, subject_kind=SUBJECT, subject_id=row.id, detail=detail)
    live.announce(SUBJECT, row.id)
    return new


def names_of(recipients: Collection[Recipient]) -> list[str]:
    """What recipients are called, also those who have left; the whole clinic is an empty name."""
    people = Employee.objects.in_bulk([one.employee_id for one in recipients if one.employee_id])
    groups = Group.objects.in_bulk([one.group_id for one in recipients if one.group_id])
    roles = Role.objects.in_bulk([one.role_id for one in recipients if one.role_id])
    return [_name(one, people, groups, roles) for one in recipients]


def _name(one: Recipient, people: dict[UUID, Employee], groups: dict[UUID, Group], roles: dict[UUID, Role]) -> str:
    if one.employee_id is not None:
        return people[one.employee_id].name
    if one.group_id is not None:
        return groups[one.group_id].name
    return role_name(roles[one.role_id]) if one.role_id is not None else ""


def _write(standing: Receivers, wanted: ReceiverFormat, chosen: tuple[Recipient, ...]) -> ReceiverSetUp:
    own = {"clinic_id": current_actor().clinic_id}
    row = ReceiverSetUp.objects.filter(kind=standing.kind).first() or ReceiverSetUp(kind=standing.kind, **own)
    row.format, row.version = wanted, standing.version + 1
    row.save()
    row.choices.all().delete()
    rows = [(one.employee_id, one.group_id, one.role_id) for one in chosen]
    ReceiverChoice.objects.bulk_create(
        ReceiverChoice(set_up=row, employee_id=employee, group_id=group, role_id=role, **own)
        for employee, group, role in rows
    )
    return row


def _check(wanted: ReceiverFormat, chosen: tuple[Recipient, ...], standing: Receivers) -> None:
    if not rules.has_somebody(wanted, chosen):
        raise InvalidError(_("Velg minst én mottaker. Ingenting er lagret."), field="recipients")
    if any(not readers(one) for one in set(chosen) - set(standing.recipients)):
        raise InvalidError(_("En av mottakerne har ingen som kan lese. Ingenting er lagret."), field="recipients")


def _told(one: Receivers) -> dict[str, object]:
    return {"format": str(one.format), "recipients": names_of(one.recipients)}
