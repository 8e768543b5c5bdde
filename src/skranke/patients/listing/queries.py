"""The lists and their readings, for screens."""

from uuid import UUID

from django.db.models import Count, Q

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.patients.models import GPList, GPListChange, GPListSync, ListSyncState

RUNS = 36
"""As many readings as a screen offers: three years of one a month."""


def gp_lists() -> list[GPList]:
    """The lists with their GPs and the number of patients on each (`listed`), the active ones first."""
    rows = GPList.objects.select_related("gp").annotate(listed=Count("patients"))
    return list(rows.order_by("state", "doctor", "contract_id"))


def latest_sync() -> GPListSync | None:
    """The reading that was asked for last: under way, done or failed."""
    return GPListSync.objects.order_by("-asked_at").first()


def kept_syncs() -> list[GPListSync]:
    """The readings that changed something (PAT-16), the newest first."""
    changed = GPListSync.objects.filter(Q(added__gt=0) | Q(removed__gt=0)).exclude(state=ListSyncState.WAITING)
    return list(changed.order_by("-asked_at")[:RUNS])


def get_sync_for(actor: Actor, sync_id: UUID) -> GPListSync:
    """A reading of the actor's clinic; for its employees only. Raises NotFoundError."""
    run = GPListSync.objects.filter(id=sync_id, clinic_id=actor.clinic_id).first()
    if run is None or actor.kind in {ActorKind.PATIENT, ActorKind.OPERATOR}:
        raise NotFoundError("The reading does not exist.")
    return run


def changes_of(sync: GPListSync) -> list[GPListChange]:
    """Who was put on and taken off which list, by list and name. The reading of them is written in the audit log."""
    rows = sync.changes.select_related("patient", "gp_list", "gp_list__gp")
    found = list(rows.order_by("gp_list__doctor", "gp_list_id", "kind", "patient__sort_key", "patient_id"))
    record(
        Action.LIST_CHANGES_READ,
        subject_kind="gp_list_sync",
        subject_id=sync.id,
        detail={"changes": len(found)},
    )
    return found
