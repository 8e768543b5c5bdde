"""Finding patients, and whether they can be reached."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.activation.queries import offered_by
from skranke.clinics.models import CommunicationParty
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import NationalId
from skranke.patients import rules
from skranke.patients.models import NamePart, Patient, Relation
from skranke.patients.rules import Reachability
from skranke.tenancy.work import remember, remembered

SEARCH_LIMIT = 50
_MANY = 2000
_TOGETHER = "SELECT count(*), COALESCE(array_agg(patient_id), '{{}}')::text FROM ({}) AS found"


class Represented(NamedTuple):
    """A patient for whom somebody may act, and the relation that allows it."""

    clinic_id: UUID
    patient_id: UUID
    relation_id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. near: nobody is called what was typed; these are called nearly so."""

    patients: list[Patient]
    near: bool = False


def find(q: str, *, limit: int = SEARCH_LIMIT) -> list[Patient]:
    """The patients a search means, by name (PAT-1): a national id, a date of birth, a phone, or beginnings of names.

    A date reads dd.mm.yyyy, ddmmyyyy or ddmmyy. Every word must begin some word of the name, in any order. Nothing
    typed finds nothing. The search is written in the audit log: what it went by and how many it found, not what was
    typed.
    """
    how, matches = _matches(q)
    return _noted(how, matches, limit)


def search(q: str, *, limit: int = SEARCH_LIMIT) -> Found:
    """As `find`; where nobody has the name that was typed, those whose name is spelt nearly so (PAT-1)."""
    how, matches = _matches(q)
    found = _noted(how, matches, limit)
    if found or how != "name" or not (nearly := _near(q)):
        return Found(found)
    return Found(_noted("near_name", Patient.objects.filter(id__in=nearly), limit), near=True)


def rows_of(patient_id: UUID) -> tuple[UUID, ...]:
    """The rows of one person, the one that remains first, then those merged into it: log rows keep their row's id."""
    into = Patient.objects.filter(id=patient_id).values_list("merged_into_id", flat=True).first()
    kept = into or patient_id
    return (kept, *Patient.objects.filter(merged_into_id=kept).order_by("id").values_list("id", flat=True))


def _noted(how: str, matches: QuerySet[Patient], limit: int) -> list[Patient]:
    found = list(matches.select_related("gp").order_by("sort_key", "birth_date", "id")[:limit])
    record(Action.PATIENT_SEARCHED, subject_kind="patient", subject_id=None, detail={"by": how, "found": len(found)})
    return found


def _matches(q: str) -> tuple[str, QuerySet[Patient]]:
    if national_id := rules.as_national_id(q):
        return "national_id", _having(national_id)
    dates, phone = rules.as_birth_dates(q), rules.as_phone(q)
    if dates:
        # Eight digits may be both a date and a phone number.
        wanted = Q(birth_date__in=dates) | Q(phone_key=phone) if phone else Q(birth_date__in=dates)
        return "birth_date", Patient.objects.filter(wanted, merged_into=None)
    if phone:
        return "phone", Patient.objects.filter(phone_key=phone, merged_into=None)
    return "name", _called(rules.name_parts(q))


def _called(words: Sequence[str]) -> QuerySet[Patient]:
    """Those who have names that begin so; where there are many, each patient is asked, in the order of the list.

    Left to itself the database reads the whole clinic, or asks each also for a name that few have.
    """
    if not words:
        return Patient.objects.none()
    parts = [NamePart.objects.filter(key__gte=word, key__lt=rules.after_beginning(word)) for word in words]
    first, *others = [one.values("patient_id") for one in parts]
    sql, parameters = (first.intersection(*others) if others else first)[:_MANY].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER.format(sql), parameters)
        count, few = cursor.fetchone()
    if count < _MANY:
        # As the database wrote them: nobody here reads hundreds of ids.
        return Patient.objects.filter(Q(RawSQL("patients_patient.id = ANY(%s::uuid[])", [few], BooleanField())))
    # A slice within keeps the database from reading everybody's names first.
    return Patient.objects.filter(*(Q(Exists(one.filter(patient=OuterRef("pk"))[:1])) for one in parts))


def _having(national_id: str) -> QuerySet[Patient]:
    """The patient who has the number; else whoever had it before."""
    found = Patient.objects.filter(national_id=national_id)
    return found if found.exists() else Patient.objects.filter(numbers__national_id=national_id)


def _near(q: str) -> RawSQL | None:
    """The patients each word of a search may mean by ear or with a slip; None when a word cannot tell."""
    words = [rules.loose_key(word) for word in rules.name_parts(q)]
    if not words or not all(rules.may_be_misspelt(word) for word in words):
        return None
    return RawSQL("SELECT patients_named_nearly(%s, %s)", (words, [rules.slips(word) for word in words]))


def by_national_id(national_id: NationalId) -> Patient | None:
    """The patient a message is about, who has the number or had it before.

    The verb that acts on it writes the audit log, not this question.
    """
    ahead: Patient | None = remembered(f"patient {national_id}")
    if ahead is not None:
        return ahead
    current = _listed().filter(national_id=str(national_id)).first()
    return current or _listed().filter(numbers__national_id=str(national_id)).first()


def look_ahead(national_ids: Collection[NationalId]) -> None:
    """Ask at once for several patients that `by_national_id` will be asked for in the present unit of work."""
    for patient in _listed().filter(national_id__in={str(one) for one in national_ids}):
        remember(f"patient {patient.national_id}", patient)


def _listed() -> QuerySet[Patient]:
    return Patient.objects.select_related("gp", "gp_list")


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


def represented_persons(national_id: str) -> list[Represented]:
    """The patients, at any clinic, for whom a person may act by a relation with access (PAT-21); needs no unit of work.

    Nobody with a confidential address is represented, nor represents (HNP-12).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinic_id, patient_id, relation_id FROM represented_by_person(%s)", [national_id])
        return [Represented(*row) for row in cursor.fetchall()]


def actor_for_represented(represented: Represented) -> Actor:
    """Who acts for a patient of the current clinic: the relative, in the patient's stead. Raises NotFoundError."""
    relation = Relation.objects.filter(id=represented.relation_id, access=True, ended_at=None).first()
    if relation is None:
        raise NotFoundError("The relation does not exist.")
    return Actor(
        kind=ActorKind.PATIENT,
        clinic_id=relation.clinic_id,
        person_id=relation.patient_id,
        name=relation.name,
        role=relation.kind,
        relation_id=relation.id,
    )


def reachability(patient: Patient) -> Reachability:
    """Whether a dialog may be started with the patient in HelseNorge (PAT-9)."""
    found = None
    if patient.gp_id is not None:
        found = CommunicationParty.objects.filter(employee_id=patient.gp_id, employee__active=True, active=True).first()
    now = clock.now()
    return rules.reachability(
        patient,
        list_known=rules.list_is_known(patient, now, has_register=bool(settings.OURS.gp_register_url)),
        gp_is_live=found is not None and bool(offered_by(found)),
        now=now,
        fresh=timedelta(hours=settings.OURS.reachability_hours),
    )
