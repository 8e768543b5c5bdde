"""What is written and not sent yet (MSG-20), also while HelseNorge has not told who can be reached (PAT-10)."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.dialog import access
from skranke.dialog.errors import DraftExistsError
from skranke.dialog.models import DialogKind, KeptDraft, Thread
from skranke.dialog.values import DraftContent
from skranke.kernel import clock
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.kernel.ids import new_id
from skranke.patients.models import Patient
from skranke.patients.queries import reachability
from skranke.tenancy import live
from skranke.tenancy.work import current_actor

MOST_KEPT_CHARACTERS = 100_000


def save_new(draft_id: UUID, content: DraftContent, *, kind: DialogKind, patient: Patient | None) -> KeptDraft | None:
    """Keep a message that is to start a dialog as it stands now; None when nothing is written, and nothing is kept.

    draft_id: of the form it stands in, however often it is saved. Raises NotFoundError for an id that is another's.
    """
    employee = access.employee_of(current_actor())
    return _save(employee, content, Q(id=draft_id), KeptDraft(id=draft_id, kind=kind, patient=patient))


def save_answer(thread: Thread, content: DraftContent) -> KeptDraft | None:
    """Keep the acting employee's answer in a thread as it stands now; None when nothing is written, nothing is kept.

    Raises NotFoundError where the actor may not see the thread.
    """
    actor = current_actor()
    employee, thread = access.employee_of(actor), access.get_thread_for(actor, thread.id)
    fresh = KeptDraft(id=new_id(), kind=thread.kind, patient=thread.patient, thread=thread)
    return _save(employee, content, Q(thread=thread), fresh)


def begin_draft(
    content: DraftContent, *, kind: DialogKind, patient: Patient | None = None, thread: Thread | None = None
) -> KeptDraft:
    """A new draft of the acting employee's: an answer in a thread, which then says kind and patient, or a message.

    Raises InvalidError where nothing is written, DraftExistsError where there is an answer begun in the thread.
    """
    _require_words(content)
    if thread is None:
        made = save_new(new_id(), content, kind=kind, patient=patient)
    elif draft_in(thread) is not None:
        raise DraftExistsError(_("Du har begynt på et svar i samtalen fra før. Ingenting er endret."))
    else:
        made = save_answer(thread, content)
    assert made is not None, "what has words is kept"
    return made


def change_draft(
    draft: KeptDraft,
    content: DraftContent,
    *,
    kind: DialogKind,
    patient: Patient | None,
    expected_version: int | None = None,
) -> KeptDraft:
    """Keep other words in a draft. An answer stays in its thread, whatever kind and patient say.

    Raises InvalidError where nothing is written, ChangedError, NotFoundError when it is gone.
    """
    _require_words(content)
    held = lock_draft(draft, expected_version)
    if held.thread_id is None:
        held.kind, held.patient = kind, patient
    _fill(held, content)
    held.version += 1
    held.save()
    return held


def lock_draft(draft: KeptDraft, expected_version: int | None) -> KeptDraft:
    """The draft as it stands now, locked until commit. Raises NotFoundError when it is gone, ChangedError."""
    held = KeptDraft.objects.select_for_update(of=("self",)).filter(id=draft.id, employee=draft.employee_id).first()
    if held is None:
        raise access.nothing()
    if expected_version is not None and held.version != expected_version:
        raise ChangedError(_("Kladden er endret siden du leste den. Ingenting er gjort. Les den på nytt."))
    return held


def _require_words(content: DraftContent) -> None:
    if content.is_empty:
        raise InvalidError(_("Kladden er tom. Skriv noe, eller slett den."), field="text")


def draft_in(thread: Thread) -> KeptDraft | None:
    """The acting employee's unsent answer in a thread."""
    return KeptDraft.objects.filter(employee=access.employee_of(current_actor()), thread=thread).first()


def keep_draft(
    content: DraftContent, *, patient: Patient, kind: DialogKind | str, instead_of: KeptDraft | None = None
) -> KeptDraft:
    """Keep what the acting employee has written to a patient; the employee is told when HelseNorge answers.

    instead_of: the draft it was opened from, which is then forgotten.
    """
    employee = access.employee_of(current_actor())
    draft = KeptDraft(kind=DialogKind(kind), patient=patient, asked=True)
    _insert(draft, employee, content)
    if instead_of is not None:
        discard_draft(instead_of)
    return draft


def discard_draft(draft: KeptDraft) -> None:
    """Forget a draft, sent or not."""
    _record(Action.DRAFT_DISCARDED, draft)
    draft.delete()


def discard_answer(thread: Thread, employee: Employee) -> None:
    """The answer is sent: the draft it was is forgotten."""
    KeptDraft.objects.filter(employee=employee, thread=thread).delete()


def tell_of_drafts(patients: Iterable[Patient]) -> None:
    """HelseNorge has told of these patients: note it on the drafts that wait for it, and tell their writers."""
    asked = KeptDraft.objects.filter(asked=True, answered_at=None, patient__in=list(patients))
    for draft in asked.select_related("patient__gp"):
        assert draft.patient is not None, "the database refuses a draft that asks of nobody"
        draft.answered_at, draft.reachable = clock.now(), reachability(draft.patient).ok
        draft.save(update_fields=["answered_at", "reachable"])
        live.announce("draft", draft.id)


def drafts() -> QuerySet[KeptDraft]:
    """The acting employee's drafts, those that HelseNorge has answered first; none of a thread unseen."""
    employee = access.employee_of(current_actor())
    return access.own_drafts(employee).order_by("answered_at", "-changed_at", "id")


def draft_counts() -> tuple[int, int]:
    """How many drafts the acting employee has, and how many of them HelseNorge has answered."""
    employee = access.employee_of(current_actor())
    found = access.compiled_for(employee, lambda: _counted(employee), ("drafts",)).dicts()
    return sum(one["number"] for one in found), sum(one["answered"] for one in found)


def _counted(employee: Employee) -> QuerySet[Any, Any]:
    own = access.own_drafts(employee).order_by().values("employee_id")
    return own.annotate(number=Count("id"), answered=Count("answered_at"))


def _save(employee: Employee, content: DraftContent, which: Q, fresh: KeptDraft) -> KeptDraft | None:
    held = KeptDraft.objects.select_for_update(of=("self",)).filter(which, employee=employee).first()
    if content.is_empty:
        if held is not None:
            discard_draft(held)
        return None
    if held is None:
        try:
            with transaction.atomic():
                return _insert(fresh, employee, content)
        except IntegrityError:
            # Another window of the same person was first, or the id is somebody else's.
            held = KeptDraft.objects.filter(which, employee=employee).first()
            if held is None:
                raise access.nothing() from None
    held.kind, held.patient = fresh.kind, fresh.patient
    _fill(held, content)
    held.version += 1
    held.save()
    return held


def _insert(draft: KeptDraft, employee: Employee, content: DraftContent) -> KeptDraft:
    draft.clinic_id, draft.employee = employee.clinic_id, employee
    _fill(draft, content)
    draft.save(force_insert=True)
    _record(Action.DRAFT_KEPT, draft)
    return draft


def _fill(draft: KeptDraft, content: DraftContent) -> None:
    for name, value in asdict(content).items():
        setattr(draft, name, list(value) if isinstance(value, tuple) else value)
    draft.subject, draft.text = _storable(draft.subject), _storable(draft.text)
    draft.closing = None if content.closing is None else _storable(content.closing)
    draft.handling = {name: _storable(value) for name, value in content.handling.items()}
    draft.changed_at = clock.now()


def _storable(text: str) -> str:
    """The sign NUL is in no text that the database can hold: it is lost, and the words around it are kept."""
    return text.replace("\x00", "")[:MOST_KEPT_CHARACTERS]


def _record(action: Action, draft: KeptDraft) -> None:
    record(action, subject_kind="draft", subject_id=draft.id, patient_id=draft.patient_id, detail={"kind": draft.kind})
