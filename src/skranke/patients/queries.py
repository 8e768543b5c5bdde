"""Finding patients, and whether they can be reached."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import CommunicationParty
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import NationalId
from skranke.patients import rules
from skranke.patients.models import NamePart, Patient
from skranke.patients.rules import Reachability
from skranke.tenancy.work import remember, remembered

SEARCH_LIMIT = 50
_AFTER_EVERY_SIGN = "\U0010ffff"


def find(q: str, *, limit: int = SEARCH_LIMIT) -> list[Patient]:
    """The patients a search means, by name (PAT-1): a national id, a date of birth, or the beginnings of name words.

    A date reads dd.mm.yyyy or ddmmyy. Every word must begin some word of the name, in any order. Nothing typed finds
    nothing. The search is written in the audit log: what it went by and how many it found, not what was typed.
    """
    how, matches = _matches(q)
    found = list(matches.select_related("gp").order_by("sort_key", "birth_date", "id")[:limit])
    record(Action.PATIENT_SEARCHED, subject_kind="patient", subject_id=None, detail={"by": how, "found": len(found)})
    return found


def _matches(q: str) -> tuple[str, QuerySet[Patient]]:
    if national_id := rules.as_national_id(q):
        return "national_id", Patient.objects.filter(national_id=national_id)
    if dates := rules.as_birth_dates(q):
        return "birth_date", Patient.objects.filter(birth_date__in=dates)
    words = rules.name_parts(q)
    matches = Patient.objects.all() if words else Patient.objects.none()
    for word in words:
        parts = NamePart.objects.filter(patient=OuterRef("pk"), key__gte=word, key__lt=word + _AFTER_EVERY_SIGN)
        matches = matches.filter(Exists(parts))
    return "name", matches


def by_national_id(national_id: NationalId) -> Patient | None:
    """The patient a message is about. The verb that acts on it writes the audit log, not this question."""
    ahead: Patient | None = remembered(f"patient {national_id}")
    return ahead or _listed().filter(national_id=str(national_id)).first()


def look_ahead(national_ids: Collection[NationalId]) -> None:
    """Ask at once for several patients that `by_national_id` will be asked for in the present unit of work."""
    for patient in _listed().filter(national_id__in={str(one) for one in national_ids}):
        remember(f"patient {patient.national_id}", patient)


def _listed() -> QuerySet[Patient]:
    return Patient.objects.select_related("gp")


def clinics_of(national_id: str) -> list[UUID]:
    """The clinics that have a person as a patient; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_of_person(%s)", [national_id])
        return [row[0] for row in cursor.fetchall()]


def actor_of(national_id: str) -> Actor:
    """The patient of the current clinic as who acts. Raises NotFoundError."""
    patient = Patient.objects.filter(national_id=national_id).first()
    if patient is None:
        raise NotFoundError("The patient does not exist.")
    return Actor(kind=ActorKind.PATIENT, clinic_id=patient.clinic_id, person_id=patient.id, name=patient.name)


def reachability(patient: Patient) -> Reachability:
    """Whether a dialog may be started with the patient in HelseNorge (PAT-9)."""
    if patient.gp_id is None:
        return rules.reachability(patient, gp_is_live=False)
    live = CommunicationParty.objects.filter(employee_id=patient.gp_id, employee__active=True, active=True)
    return rules.reachability(patient, gp_is_live=live.exclude(services=[]).exists())
