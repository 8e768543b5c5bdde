"""Messages that wait for HelseNorge to tell whether the patient can be reached (PAT-10)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Count, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog import access
from skranke.dialog.models import DialogKind, KeptDraft
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.patients.queries import reachability
from skranke.tenancy import live
from skranke.tenancy.work import current_actor


def keep_draft(
    *,
    patient: Patient,
    kind: DialogKind | str,
    subject: str,
    text: str,
    attachment_ids: Sequence[UUID] = (),
    instead_of: KeptDraft | None = None,
) -> KeptDraft:
    """Keep what the acting employee has written to a patient; the employee is told when HelseNorge answers.

    instead_of: the draft it was opened from, which is then forgotten.
    """
    employee = access.employee_of(current_actor())
    draft = KeptDraft.objects.create(
        clinic_id=employee.clinic_id,
        employee=employee,
        patient=patient,
        kind=DialogKind(kind),
        subject=subject,
        text=text,
        attachment_ids=list(attachment_ids),
        created_at=clock.now(),
    )
    _record(Action.DRAFT_KEPT, draft)
    if instead_of is not None:
        discard_draft(instead_of)
    return draft


def discard_draft(draft: KeptDraft) -> None:
    """Forget a draft, sent or not."""
    _record(Action.DRAFT_DISCARDED, draft)
    draft.delete()


def tell_of_drafts(patients: Iterable[Patient]) -> None:
    """HelseNorge has told of these patients: note it on the drafts that wait for it, and tell their writers."""
    waiting = KeptDraft.objects.filter(patient__in=list(patients), answered_at=None).select_related("patient__gp")
    for draft in waiting:
        draft.answered_at, draft.reachable = clock.now(), reachability(draft.patient).ok
        draft.save(update_fields=["answered_at", "reachable"])
        live.announce("draft", draft.id)


def drafts() -> QuerySet[KeptDraft]:
    """The acting employee's drafts, those that HelseNorge has answered first."""
    employee = access.employee_of(current_actor())
    own = KeptDraft.objects.filter(employee=employee).select_related("patient__gp")
    return own.order_by("answered_at", "-created_at", "id")


def draft_counts() -> tuple[int, int]:
    """How many drafts the acting employee has, and how many of them HelseNorge has answered."""
    found = drafts().order_by().aggregate(all=Count("id"), answered=Count("answered_at"))
    return found["all"], found["answered"]


def _record(action: Action, draft: KeptDraft) -> None:
    record(action, subject_kind="draft", subject_id=draft.id, patient_id=draft.patient_id, detail={"kind": draft.kind})
