"""Who stands near a patient and may act for the patient (PAT-20, PAT-21)."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.kernel.errors import ForbiddenError, InvalidError
from skranke.kernel.ids import NationalId
from skranke.patients import rules
from skranke.patients.errors import RelationKnownError
from skranke.patients.models import Patient, Relation, RelationKind
from skranke.tenancy.work import current_actor

_LONGEST_NAME = 200


def add_relation(
    patient: Patient, *, national_id: str, kind: RelationKind | str, name: str = "", access: bool = False
) -> Relation:
    """Add a relative on the card of the patient who is represented; only the clinic does (PAT-20).

    national_id: the relative's, complete. name: left empty, that of the clinic's own patient with the number.
    Raises ForbiddenError, InvalidError, RelationKnownError.
    """
    actor = current_actor()
    if not rules.may_add_relation(actor):
        raise ForbiddenError(_("Bare klinikken kan legge til en relasjon."))
    number = _complete(national_id)
    if str(number) == patient.national_id:
        raise InvalidError(_("Dette er pasienten selv. Skriv fødselsnummeret til den pårørende."), field="national_id")
    if kind not in set(RelationKind):
        raise InvalidError(_("Velg hva den pårørende er for pasienten."), field="kind")
    relation = Relation(
        clinic_id=patient.clinic_id,
        patient=patient,
        national_id=str(number),
        name=_name(number, name),
        kind=kind,
        access=access,
        created_by_name=actor.name,
    )
    try:
        with transaction.atomic():
            relation.save(force_insert=True)
    except IntegrityError as broken:
        if "relation_once" in str(broken):
            raise RelationKnownError(_("Denne relasjonen står på kortet fra før. Ingenting er endret.")) from None
        raise
    _record(Action.RELATION_ADDED, relation)
    return relation


def set_access(relation: Relation, *, access: bool) -> Relation:
    """The clinic gives or takes the access of a relation that stands. Raises ForbiddenError, InvalidError."""
    if not rules.may_add_relation(current_actor()):
        raise ForbiddenError(_("Bare klinikken kan gi tilgang."))
    relation = _lock(relation)
    if relation.ended_at is not None:
        raise InvalidError(
            _("Relasjonen er avsluttet. Legg den til på nytt hvis pasienten ønsker det."), field="access"
        )
    relation.access = access
    relation.save(update_fields=["access"])
    _record(Action.RELATION_CHANGED, relation)
    return relation


def end_relation(relation: Relation) -> Relation:
    """End a relation, and the access with it. By the patient: at any time, as a revocation (PAT-20).

    Ending it again changes nothing.
    """
    actor, relation = current_actor(), _lock(relation)
    if relation.ended_at is not None:
        return relation
    relation.access, relation.ended_at, relation.ended_by_name = False, clock.now(), actor.name
    relation.revoked = actor.kind == ActorKind.PATIENT
    relation.save(update_fields=["access", "ended_at", "ended_by_name", "revoked"])
    _record(Action.RELATION_ENDED, relation)
    return relation


def relations_of(patient: Patient) -> QuerySet[Relation]:
    """The relations that stand, those with access first."""
    return Relation.objects.filter(patient=patient, ended_at=None).order_by("-access", "name", "id")


def relation_of(patient: Patient, national_id: NationalId) -> Relation | None:
    """What somebody is to the patient on the card; None when the clinic has not entered it."""
    return Relation.objects.filter(Q(ended_at=None), patient=patient, national_id=str(national_id)).first()


def _complete(text: str) -> NationalId:
    try:
        return NationalId("".join(text.split()))
    except ValueError:
        raise InvalidError(
            _("Skriv alle elleve sifrene i den pårørendes fødselsnummer eller D-nummer."), field="national_id"
        ) from None


def _name(number: NationalId, given: str) -> str:
    known = Patient.objects.filter(national_id=str(number)).first()
    name = " ".join(given.split())[:_LONGEST_NAME] or (known.name if known is not None else "")
    if not name:
        raise InvalidError(_("Skriv navnet: den pårørende er ikke pasient her."), field="name")
    return name


def _lock(relation: Relation) -> Relation:
    return Relation.objects.select_for_update().get(id=relation.id)


def _record(action: Action, relation: Relation) -> None:
    record(
        action,
        subject_kind="relation",
        subject_id=relation.id,
        patient_id=relation.patient_id,
        detail={"kind": relation.kind, "access": relation.access, "revoked": relation.revoked},
    )
