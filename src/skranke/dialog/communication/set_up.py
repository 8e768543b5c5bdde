"""The clinic's set-up of what patients may start in our own channel: an administrator's alone (RCV-20)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Clinic, Employee
from skranke.clinics.organisation.locking import told
from skranke.clinics.organisation.queries import readers
from skranke.clinics.organisation.receivers import names_of
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.permissions import Permission
from skranke.dialog.communication import rules
from skranke.dialog.communication.models import (
    CommunicationType,
    OwnType,
    RecipientFormat,
    Senders,
    TypeList,
    TypeRecipient,
)
from skranke.kernel.errors import ChangedError, InvalidError, NotFoundError
from skranke.patients.models import PatientList
from skranke.tenancy import live
from skranke.tenancy.work import current_actor

SUBJECT = "communication_type"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSetUp:
    """How one type is set up. id: of its row, None and version 0 while the clinic has not set it up."""

    kind: OwnType
    active: bool = False
    senders: Senders = Senders.CLINIC
    lists: tuple[UUID, ...] = ()
    format: RecipientFormat = RecipientFormat.UNITS
    recipients: tuple[Recipient, ...] = ()
    id: UUID | None = None
    version: int = 0


def all_types() -> list[TypeSetUp]:
    """The set-up of every type, for who may change it. Raises NotAllowedError."""
    require(current_actor(), Permission.COMMUNICATION_TYPES)
    return [type_of(kind) for kind in OwnType]


def type_of(kind: OwnType) -> TypeSetUp:
    """The set-up of one type as it stands."""
    row = CommunicationType.objects.filter(kind=kind).first()
    if row is None:
        return TypeSetUp(kind=kind, format=rules.formats(kind)[0])
    columns = ("employee", "group", "role")
    return TypeSetUp(
        kind=kind,
        active=row.active,
        senders=Senders(row.senders),
        lists=tuple(row.lists.order_by("id").values_list("patient_list", flat=True)),
        format=RecipientFormat(row.format),
        recipients=tuple(Recipient(*one) for one in row.recipients.order_by("id").values_list(*columns)),
        id=row.id,
        version=row.version,
    )


def set_type(wanted: TypeSetUp, *, expected_version: int | None) -> TypeSetUp:
    """Set up a type, on or off, from now on; threads there are stay as they are. Logged with old and new (RCV-14).

    Lists count for the senders LISTS alone. expected_version: what the caller had read; None: any.
    Raises NotAllowedError, ChangedError when somebody else was first, InvalidError for nobody to send or receive, for a
    recipient of the wrong sort (RCV-22, RCV-23) or one for whom nobody reads.
    """
    standing = _locked(wanted.kind, expected_version)
    lists = tuple(dict.fromkeys(wanted.lists)) if wanted.senders == Senders.LISTS else ()
    wanted = replace(wanted, lists=lists, recipients=tuple(dict.fromkeys(wanted.recipients)))
    _check(wanted, standing)
    row = CommunicationType.objects.filter(kind=wanted.kind).first() or CommunicationType(
        kind=wanted.kind, clinic_id=current_actor().clinic_id
    )
    row.active, row.senders, row.format = wanted.active, wanted.senders, wanted.format
    row.version = standing.version + 1
    row.save()
    _fill(row, wanted)
    new = replace(wanted, id=row.id, version=row.version)
    detail = {"kind": str(wanted.kind), "old": _told(standing), "new": _told(new)}
    record(Action.COMMUNICATION_TYPE_CHANGED, subject_kind=SUBJECT, subject_id=row.id, detail=detail)
    live.announce(SUBJECT, row.id)
    return new


def delete_type(kind: OwnType, *, expected_version: int | None) -> None:
    """Take a type away; what patients have written by it stays, and can be answered (RCV-20).

    Raises NotAllowedError, ChangedError, NotFoundError when it is not set up.
    """
    standing = _locked(kind, expected_version)
    if standing.id is None:
        raise NotFoundError(_("Typen er ikke satt opp, så det er ingenting å slette."))
    CommunicationType.objects.filter(id=standing.id).delete()
    detail = {"kind": str(kind), "old": _told(standing), "new": {}}
    record(Action.COMMUNICATION_TYPE_DELETED, subject_kind=SUBJECT, subject_id=standing.id, detail=detail)
    live.announce(SUBJECT, standing.id)


def list_names(lists: Collection[UUID]) -> list[str]:
    """What lists are called, in this order."""
    found = PatientList.objects.in_bulk(list(lists))
    return [found[one].name for one in lists if one in found]


def set_recipients() -> set[Recipient]:
    """Every unit that is set as a recipient of some type."""
    return {Recipient(*row) for row in TypeRecipient.objects.values_list("employee", "group", "role")}


def _locked(kind: OwnType, expected_version: int | None) -> TypeSetUp:
    actor = current_actor()
    require(actor, Permission.COMMUNICATION_TYPES)
    # The clinic's row: the type may have none yet, and the first two to change it must wait for each other, too.
    Clinic.objects.select_for_update(no_key=True).get(id=actor.clinic_id)
    standing = type_of(kind)
    if expected_version not in {None, standing.version}:
        raise ChangedError(told(SUBJECT, standing.id or actor.clinic_id))
    return standing


def _check(wanted: TypeSetUp, standing: TypeSetUp) -> None:
    if wanted.senders == Senders.LISTS and not wanted.lists:
        raise InvalidError(_("Velg minst én pasientliste. Ingenting er lagret."), field="lists")
    if wanted.format not in rules.formats(wanted.kind):
        raise InvalidError(_("E-konsultasjon går til leger som pasienten velger. Ingenting er lagret."), field="format")
    if not wanted.recipients:
        raise InvalidError(_("Velg minst én mottaker. Ingenting er lagret."), field="recipients")
    if any(not rules.fits(wanted.format, one) for one in wanted.recipients):
        raise InvalidError(_("Mottakerne passer ikke til mottakerformatet. Ingenting er lagret."), field="recipients")
    new = set(wanted.recipients) - set(standing.recipients)
    if any(not readers(one) for one in new):
        raise InvalidError(_("En av mottakerne har ingen som kan lese. Ingenting er lagret."), field="recipients")
    people = Employee.objects.in_bulk([one.employee_id for one in new if one.employee_id])
    if any(not rules.may_be_listed(wanted.kind, one) for one in people.values()):
        raise InvalidError(_("Bare leger kan få e-konsultasjoner. Ingenting er lagret."), field="recipients")


def _fill(row: CommunicationType, wanted: TypeSetUp) -> None:
    row.recipients.all().delete()
    row.lists.all().delete()
    TypeRecipient.objects.bulk_create(
        TypeRecipient(
            clinic_id=row.clinic_id,
            type=row,
            employee_id=one.employee_id,
            group_id=one.group_id,
            role_id=one.role_id,
        )
        for one in wanted.recipients
    )
    TypeList.objects.bulk_create(
        TypeList(clinic_id=row.clinic_id, type=row, patient_list_id=one) for one in wanted.lists
    )


def _told(one: TypeSetUp) -> dict[str, object]:
    """A set-up as the log keeps it, with the names as they were; empty for a type that is not set up."""
    if one.id is None:
        return {}
    return {
        "active": one.active,
        "senders": str(one.senders),
        "lists": list_names(one.lists),
        "format": str(one.format),
        "recipients": names_of(one.recipients),
    }
