"""Setting up a clinic: the clinic itself, its employees, its HER-ids, and its way to the bus."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.db.utils import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics import errors, rules
from skranke.clinics.access import require
from skranke.clinics.models import (
    Clinic,
    CommunicationParty,
    CommunicationProfile,
    Counterpart,
    Department,
    Employee,
    EmployeeRole,
    PartyKind,
    Role,
    Service,
)
from skranke.clinics.organisation.memory import forget_members
from skranke.clinics.organisation.rules import inherited
from skranke.clinics.organisation.standard import first_department, organise, standard_role
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import clinic_id_of_her_id
from skranke.kernel import clock
from skranke.kernel.actor import Actor, system
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.kernel.ids import HerId, HprNumber, new_id
from skranke.tenancy.work import NoActorError, acting, current_actor


def establish(
    *,
    slug: str,
    name: str,
    her_id: HerId | str = "",
    organisation_number: str,
    address: str = "",
    phone: str = "",
    is_test: bool = False,
    grace_seconds: int = 300,
    require_comment: bool = True,
    tells_booked_times: bool = False,
    moves_on_request: bool = False,
    max_self_booked: int | None = None,
    days_ahead: int | None = None,
    booking_deadline_hours: int | None = None,
    cancellation_allowed: bool = True,
    cancellation_deadline_hours: int | None = None,
    shows_practitioners: bool = False,
    has_video: bool = False,
    gp_agreement: bool = True,
) -> Clinic:
    """Make a clinic: a new tenant.

    Outside a unit of work it opens one for the new clinic; inside one, the clinic gets the id the actor names.
    her_id: the clinic's own (level 1), where it has one already. Raises SlugTakenError, HerIdTakenError, InvalidError.
    """
    clinic = Clinic(
        id=_identity_of_the_unit(),
        slug=_slug(slug),
        name=name,
        her_id=checked_her_id(her_id) if str(her_id) else None,
        organisation_number=_organisation_number(organisation_number),
        address=address,
        phone=phone,
        is_test=is_test,
        grace_seconds=grace_seconds,
        require_comment=require_comment,
        tells_booked_times=tells_booked_times,
        moves_on_request=moves_on_request,
        max_self_booked=max_self_booked,
        days_ahead=days_ahead,
        booking_deadline_hours=booking_deadline_hours,
        cancellation_allowed=cancellation_allowed,
        cancellation_deadline_hours=cancellation_deadline_hours,
        shows_practitioners=shows_practitioners,
        has_video=has_video,
        gp_agreement=gp_agreement,
    )
    with acting(_founder(clinic.id)):
        if clinic.her_id is not None:
            refuse_used_her_id(clinic.her_id)
        with refusing_taken(slug=errors.SlugTakenError, her_id=errors.HerIdTakenError):
            clinic.save(force_insert=True)
        organise(clinic)
        record(Action.CLINIC_ESTABLISHED, subject_kind="clinic", subject_id=clinic.id)
    return clinic


def _identity_of_the_unit() -> UUID:
    try:
        return current_actor().clinic_id
    except NoActorError:
        return new_id()


def _founder(clinic_id: UUID) -> Actor:
    try:
        return current_actor()
    except NoActorError:
        return system(clinic_id)


def hire(
    *,
    given_name: str,
    family_name: str,
    role: EmployeeRole | str = "",
    held_role: Role | None = None,
    department: Department | None = None,
    hpr_number: HprNumber | str = "",
    account_id: UUID | None = None,
    email: str = "",
    phone: str = "",
    licence_active: bool = True,
    is_admin: bool | None = None,
    sees_clinic_open: bool | None = None,
    sees_clinic_archive: bool | None = None,
    sees_reports: bool | None = None,
) -> Employee:
    """Give a person a position at the current clinic (ORG-3, ORG-6).

    held_role: what the position is made from (ORG-2); left out, the standard one of the position type `role`.
    Functions are the role's, and so is each access that is left out. The employee is at once a member of every dynamic
    group that matches (ORG-8). The operator hires the first one of a new clinic, and nobody else.
    Raises NotAllowedError, InvalidError (role, HPR number), HprNumberTakenError, PositionTakenError.
    """
    is_founding = rules.may(current_actor(), Permission.ACTIVATE) and not Employee.objects.exists()
    if not is_founding:
        require(current_actor(), Permission.MANAGE_STAFF)
    if held_role is None:
        held_role = standard_role(_role(role), department or first_department())
    given = {
        "is_admin": is_admin,
        "sees_clinic_open": sees_clinic_open,
        "sees_clinic_archive": sees_clinic_archive,
        "sees_reports": sees_reports,
    }
    employee = Employee(
        clinic_id=current_actor().clinic_id,
        given_name=given_name,
        family_name=family_name,
        role=held_role.position_type,
        held_role=held_role,
        department=department or held_role.department,
        functions=held_role.functions,
        hpr_number=checked_hpr_number(hpr_number),
        account_id=account_id,
        email=email,
        phone=phone,
        licence_active=licence_active,
        **(inherited(held_role.accesses) | {name: value for name, value in given.items() if value is not None}),
    )
    with refusing_taken(employee_hpr_once=errors.HprNumberTakenError, employee_one_position=errors.PositionTakenError):
        employee.save(force_insert=True)
    forget_members()
    record(Action.EMPLOYEE_HIRED, subject_kind="employee", subject_id=employee.id, detail={"role": employee.role})
    return employee


def register_party(
    *,
    her_id: HerId | str,
    kind: PartyKind | str,
    name: str,
    employee: Employee | None = None,
    services: Collection[Service | str] = (),
) -> CommunicationParty:
    """Note a HER-id that HelseNorge may address, with the services Adresseregisteret tells of (ACT-9, ACT-11).

    Raises HerIdTakenError, PartyTakenError, NotEligibleError, InvalidError.
    """
    party = CommunicationParty(
        clinic_id=current_actor().clinic_id,
        her_id=checked_her_id(her_id),
        kind=PartyKind(kind),
        name=name,
        employee=employee,
    )
    _refuse_ineligible(party)
    party.services = _services(party, services)
    party.services_read_at = clock.now() if party.services else None
    refuse_used_her_id(party.her_id)
    with refusing_taken(party_one_per_employee=errors.PartyTakenError, her_id=errors.HerIdTakenError):
        party.save(force_insert=True)
    record(Action.PARTY_REGISTERED, subject_kind="party", subject_id=party.id, detail={"services": party.services})
    return party


def set_services(party: CommunicationParty, services: Collection[Service | str]) -> None:
    """Note what Adresseregisteret now tells of a party's services. Raises NotEligibleError."""
    party.services, party.services_read_at = _services(party, services), clock.now()
    party.save(update_fields=["services", "services_read_at"])
    record(Action.PARTY_CHANGED, subject_kind="party", subject_id=party.id, detail={"services": party.services})


def note_reading(party: CommunicationParty, services: Collection[Service | str]) -> bool:
    """Note what Adresseregisteret tells of a party's services now (ACT-9); whether that is news.

    What the party cannot offer here is left out: the register is not ours to correct.
    """
    told = Counterpart.objects.filter(takes_appointment_process=True).exists()
    role = party.employee.role if party.employee else ""
    possible = rules.services_here(services, kind=party.kind, role=role, tells_of_appointments=told)
    if possible != sorted(party.services):
        set_services(party, possible)
        return True
    party.services_read_at = clock.now()
    party.save(update_fields=["services_read_at"])
    return False


def set_profile(
    *,
    bus_url: str,
    queue_async: str,
    queue_sync: str,
    queue_syncreply: str,
    queue_error: str,
    signing_certificate: str,
    signing_key: str,
    decryption_certificate: str,
    decryption_key: str,
    trust_anchor: str,
    signing_password: str = "",
    decryption_password: str = "",
    previous_decryption_certificate: str = "",
    previous_decryption_key: str = "",
    previous_decryption_password: str = "",
    bus_namespace: str = "",
    address_style: str = "v1",
    active: bool = True,
) -> CommunicationProfile:
    """Say how the current clinic reaches the bus. Keys, certificates and passwords are references (`file:...`)."""
    profile, _made = CommunicationProfile.objects.update_or_create(
        clinic_id=current_actor().clinic_id,
        defaults={
            "bus_url": bus_url,
            "bus_namespace": bus_namespace,
            "address_style": address_style,
            "queue_async": queue_async,
            "queue_sync": queue_sync,
            "queue_syncreply": queue_syncreply,
            "queue_error": queue_error,
            "signing_certificate": signing_certificate,
            "signing_key": signing_key,
            "decryption_certificate": decryption_certificate,
            "decryption_key": decryption_key,
            "trust_anchor": trust_anchor,
            "signing_password": signing_password,
            "decryption_password": decryption_password,
            "previous_decryption_certificate": previous_decryption_certificate,
            "previous_decryption_key": previous_decryption_key,
            "previous_decryption_password": previous_decryption_password,
            "active": active,
        },
    )
    record(Action.PROFILE_CHANGED, subject_kind="profile", subject_id=profile.id, detail={"active": active})
    return profile


def set_counterpart(
    *,
    her_id: HerId | str,
    name: str,
    her_id_level1: HerId | str,
    name_level1: str,
    queue_async: str,
    queue_sync: str,
    queue_error: str,
    signing_certificate: str,
    encryption_certificate: str,
    takes_appointment_process: bool = False,
) -> Counterpart:
    """Note what Adresseregisteret tells of HelseNorge: ids, names, queues and certificates (references)."""
    counterpart, _made = Counterpart.objects.update_or_create(
        clinic_id=current_actor().clinic_id,
        her_id=checked_her_id(her_id),
        defaults={
            "name": name,
            "her_id_level1": checked_her_id(her_id_level1),
            "name_level1": name_level1,
            "queue_async": queue_async,
            "queue_sync": queue_sync,
            "queue_error": queue_error,
            "signing_certificate": signing_certificate,
            "encryption_certificate": encryption_certificate,
            "takes_appointment_process": takes_appointment_process,
            "read_at": clock.now(),
        },
    )
    record(Action.COUNTERPART_CHANGED, subject_kind="counterpart", subject_id=counterpart.id)
    return counterpart


@contextmanager
def refusing_taken(**by_name: type[ConflictError]) -> Iterator[None]:
    """Turn a broken unique constraint into the error that names what is taken; the unit of work lives on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as broken:
        constraint = getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "") or ""
        for part, error in by_name.items():
            if part in constraint:
                raise error(str(_TAKEN[error])) from None
        raise


_TAKEN: dict[type[ConflictError], str | Promise] = {
    errors.SlugTakenError: _("En annen klinikk har denne adressen. Velg en annen."),
    errors.HerIdTakenError: _("HER-id-en tilhører en annen. Sjekk den i Adresseregisteret."),
    errors.HprNumberTakenError: _("En annen ansatt har dette HPR-nummeret. Sjekk det i Helsepersonellregisteret."),
    errors.PositionTakenError: _("Personen har allerede en stilling ved klinikken. Endre den i stedet."),
    errors.PartyTakenError: _("Den ansatte har allerede en HER-id. Endre den i stedet."),
}


def refuse_used_her_id(her_id: str) -> None:
    """A HER-id names one party in the whole country; the database sees each kind of owner by itself only."""
    if clinic_id_of_her_id(her_id) is not None:
        raise errors.HerIdTakenError(str(_TAKEN[errors.HerIdTakenError]))


def _refuse_ineligible(party: CommunicationParty) -> None:
    if party.kind == PartyKind.GP and (party.employee is None or not rules.may_be_personal_party(party.employee.role)):
        raise errors.NotEligibleError("Only a GP or a listed substitute can be a personal party.", field="employee")


def _services(party: CommunicationParty, services: Collection[Service | str]) -> list[str]:
    if services and party.kind == PartyKind.GP and party.employee and not rules.may_offer_services(party.employee.role):
        raise errors.NotEligibleError("Only a GP with a patient list can offer the services.", field="services")
    chosen = {Service(service) for service in services}
    if Service.APPOINTMENT_CANCELLATION in chosen:
        told = Counterpart.objects.filter(takes_appointment_process=True).exists()
        if not rules.may_take_cancellations(tells_of_appointments=told):
            raise errors.NotEligibleError(
                "Cancellation needs AVTALEUTSENDING, which HelseNorge does not take from the clinic.", field="services"
            )
    return sorted(chosen)


def checked_her_id(value: HerId | str) -> str:
    """A HER-id as it is stored. Raises InvalidError with the field (ACT-16)."""
    try:
        return HerId(str(value)).value
    except ValueError:
        raise InvalidError(str(_("En HER-id er et positivt helt tall.")), field="her_id") from None


def checked_hpr_number(value: HprNumber | str) -> str:
    """An HPR number as it is stored, or "" for none. Raises InvalidError with the field (ACT-16)."""
    try:
        return HprNumber(str(value)).value if str(value) else ""
    except ValueError:
        raise InvalidError(str(_("Et HPR-nummer har opptil ni sifre.")), field="hpr_number") from None


def _slug(value: str) -> str:
    if not rules.is_slug(value):
        raise InvalidError(str(_("Adressen har opptil 60 små bokstaver a til z, tall og bindestreker.")), field="slug")
    return value


def _organisation_number(value: str) -> str:
    if not rules.is_organisation_number(value):
        raise InvalidError(str(_("Et organisasjonsnummer har ni sifre.")), field="organisation_number")
    return value


def _role(value: EmployeeRole | str) -> EmployeeRole:
    try:
        return EmployeeRole(value)
    except ValueError:
        raise InvalidError("The role is unknown.", field="role") from None
