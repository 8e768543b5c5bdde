"""Reading the clinic, its people and its addresses; and finding the clinic before a unit of work can be opened."""

from dataclasses import replace
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from skranke.clinics.access import get_employee_for
from skranke.clinics.errors import NotConnectedError, UnknownCounterpartError
from skranke.clinics.models import Clinic, CommunicationParty, CommunicationProfile, Counterpart, Employee, EmployeeRole
from skranke.identity.queries import Grant, grant_of_token
from skranke.identity.rules import is_use_news
from skranke.identity.services import note_token_use
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind, system
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import HerId
from skranke.tenancy.compiled import compiled
from skranke.tenancy.work import acting, current_actor, once


def clinic_id_of_slug(slug: str) -> UUID | None:
    """The clinic with this address; needs no unit of work."""
    return _one_id("SELECT clinic_of_slug(%s)", slug)


def clinic_id_of_her_id(her_id: HerId | str) -> UUID | None:
    """The clinic that owns a HER-id, its own or one of its parties'; needs no unit of work."""
    return _one_id("SELECT clinic_of_her_id(%s)", str(her_id))


def clinics_on_the_bus() -> list[UUID]:
    """The clinics that are connected; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_on_the_bus()")
        return [row[0] for row in cursor.fetchall()]


def all_clinics() -> list[UUID]:
    """Every clinic of the installation, for its operator; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT all_clinics()")
        return [row[0] for row in cursor.fetchall()]


def positions_of(account_id: UUID) -> list[tuple[UUID, UUID]]:
    """(clinic id, employee id) of each active position of an account, the oldest first; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinic_id, employee_id FROM positions_of_account(%s)", [account_id])
        # Ids grow with time: an account's home is the clinic where it has worked longest.
        return sorted(((row[0], row[1]) for row in cursor.fetchall()), key=lambda position: position[1])


def hpr_numbers_of(account_id: UUID) -> set[str]:
    """The HPR numbers that the clinics have on the active positions of an account; needs no unit of work."""
    found = set()
    for clinic_id, employee_id in positions_of(account_id):
        with acting(system(clinic_id)) as clerk:
            found.add(get_employee_for(clerk, employee_id).hpr_number)
    return found - {""}


def actor_for_employee(clinic_id: UUID, employee_id: UUID) -> Actor:
    """The actor an active employee works as; opens a unit of work of its own.

    Raises NotFoundError when the clinic has no such active employee.
    """
    with acting(system(clinic_id)) as clerk:
        return actor_of(get_employee_for(clerk, employee_id))


def actor_for_token(token: str) -> Actor | None:
    """The actor a program with this API token works as; None when the token or its employee is no longer good.

    That the token is used is noted, once an hour.
    """
    grant = grant_of_token(token)
    if grant is None:
        return None
    try:
        actor = _actor_of_grant(grant)
    except NotFoundError:
        return None
    if is_use_news(grant.used_at, now=clock.now()):
        with acting(actor):
            note_token_use(grant.token_id)
    return actor


def _actor_of_grant(grant: Grant) -> Actor:
    if grant.employee_id is not None:
        return replace(actor_for_employee(grant.clinic_id, grant.employee_id), scopes=grant.scopes)
    return Actor(
        kind=ActorKind.PROGRAM,
        clinic_id=grant.clinic_id,
        person_id=grant.token_id,
        name=grant.name,
        role="program",
        scopes=grant.scopes,
    )


def actor_of(employee: Employee) -> Actor:
    """The actor an employee works as."""
    return Actor(
        kind=ActorKind.EMPLOYEE,
        clinic_id=employee.clinic_id,
        person_id=employee.id,
        name=employee.name,
        role=employee.role,
        is_admin=employee.is_admin,
    )


def this_clinic() -> Clinic:
    """The clinic of the current unit of work, asked for once in it. Raises NotFoundError when it does not exist."""
    clinic = once("clinic", lambda: Clinic.objects.filter(id=current_actor().clinic_id).first())
    if clinic is None:
        raise NotFoundError("The clinic does not exist.")
    return clinic


def employees() -> list[Employee]:
    """The active employees, by family name."""
    return compiled(lambda: by_name(active=True), ("employees",), ()).rows(Employee)


def former_employees() -> list[Employee]:
    """Those who do not work here any more, by family name: what they took part in is still there."""
    return compiled(lambda: by_name(active=False), ("former employees",), ()).rows(Employee)


def by_name(*, active: bool) -> QuerySet[Employee]:
    """Who works here, or does not any more, in the order of the lists."""
    return Employee.objects.filter(active=active).order_by("family_name", "given_name", "id")


def gps() -> list[Employee]:
    """The active GPs, by family name."""
    return [employee for employee in employees() if employee.role == EmployeeRole.GP]


def parties() -> list[CommunicationParty]:
    """The clinic's active parties with their employees, by HER-id."""
    return list(CommunicationParty.objects.filter(active=True).select_related("employee").order_by("her_id"))


def party_of_her_id(her_id: HerId | str) -> CommunicationParty | None:
    """The active party a message addresses, with its employee; asked for once in a unit of work."""
    return once(
        f"party {her_id}",
        lambda: CommunicationParty.objects.filter(her_id=str(her_id), active=True).select_related("employee").first(),
    )


def party_of_employee(employee: Employee) -> CommunicationParty | None:
    """The active party of an employee."""
    return CommunicationParty.objects.filter(employee=employee, active=True).select_related("employee").first()


def profile() -> CommunicationProfile:
    """How the current clinic reaches the bus. Raises NotConnectedError."""
    found = CommunicationProfile.objects.filter(active=True).first()
    if found is None:
        raise NotConnectedError("The clinic is not connected to the bus. Set up its communication profile.")
    return found


def is_connected() -> bool:
    """Whether the current clinic is connected to the bus."""
    return CommunicationProfile.objects.filter(active=True).exists()


def counterpart(her_id: HerId | str | None = None) -> Counterpart:
    """HelseNorge as it is known to the clinic: the one with this HER-id, or the one read last.

    Raises UnknownCounterpartError.
    """
    known = Counterpart.objects.order_by("-read_at", "id")
    found = known.first() if her_id is None else known.filter(her_id=str(her_id)).first()
    if found is None:
        raise UnknownCounterpartError("The counterpart is unknown. Read it from Adresseregisteret.")
    return found


def _one_id(question: str, wanted: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(question, [wanted])
        row = cursor.fetchone()
    return row[0] if row else None
