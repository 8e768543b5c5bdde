"""Who may see which thread and file. What is absent and what is forbidden look the same (house rule 3)."""

from collections.abc import Hashable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.clinics.organisation.queries import shares, staff
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import actor_of
from skranke.clinics.rules import may
from skranke.clinics.substitutes.queries import stands_in_for
from skranke.dialog import rules
from skranke.dialog.models import (
    Attachment,
    Channel,
    KeptDraft,
    Message,
    MessageTemplate,
    Participant,
    Reading,
    Thread,
    ThreadState,
)
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.patients.models import Patient
from skranke.tenancy.compiled import Build, Compiled, compiled
from skranke.tenancy.work import forget, remember, remembered

_READ = "thread read"


def employee_of(actor: Actor) -> Employee:
    """The active employee who acts. Raises NotFoundError for every other actor: nobody else has a mailbox."""
    employee = None
    if actor.kind == ActorKind.EMPLOYEE and actor.person_id is not None:
        employee = next((one for one in staff() if one.id == actor.person_id), None)
    if employee is None:
        raise nothing()
    return employee


def patient_of(actor: Actor) -> Patient:
    """The patient who acts. Raises NotFoundError for every other actor: nobody else has threads of their own."""
    patient = None
    if actor.kind == ActorKind.PATIENT and actor.person_id is not None:
        patient = Patient.objects.filter(id=actor.person_id, clinic_id=actor.clinic_id).first()
    if patient is None:
        raise nothing()
    return patient


def participated_by(employee: Employee) -> Q:
    """Threads the employee takes part in, also as one of a group, of a role or of the whole clinic (RCV-8)."""
    whose = Q(employee=employee) | shared_with(employee)
    return Q(Exists(Participant.objects.filter(whose, thread=OuterRef("pk"))))


def shared_with(employee: Employee) -> Q:
    """Participations that are the employee's together with others; what nobody else reads is everybody's (RCV-12).

    So are those of a GP for whom the employee stands in today (`through_gp`).
    """
    through = through_gp(employee)
    return _common(employee) if through is None else _common(employee) | through


def _common(employee: Employee) -> Q:
    not_for = shares(employee)
    return Q(employee__isnull=True) & ~Q(group_id__in=not_for.others_groups) & ~Q(role_id__in=not_for.others_roles)


def only_stands_in(employee: Employee, thread: Thread) -> bool:
    """Whether the employee finds the thread only as a GP's substitute, and takes no part in it."""
    through = through_gp(employee)
    if through is None:
        return False
    rows = Participant.objects.filter(thread=thread)
    return rows.filter(through).exists() and not rows.filter(Q(employee=employee) | _common(employee)).exists()


def through_gp(employee: Employee) -> Q | None:
    """Participations that are the employee's while he or she stands in for their GP (ABS-5); None for who does not.

    Also earlier and private ones; but no dialog between colleagues, and none that the GP reads as one of a group, of a
    role or of the whole clinic: those are participations of theirs, not of the GP's. When the substitute's last day is
    over, or it is ended, what is left is what he or she takes part in (ABS-7).
    """
    gps = stands_in_for(employee)
    return Q(employee_id__in=gps) & ~Q(thread__channel=Channel.INTERNAL) if gps else None


def reads_for_another(employee: Employee, thread: Thread, participant_id: UUID | None) -> bool:
    """As `through_gp`, of one participant of a thread that has been read."""
    return thread.channel != Channel.INTERNAL and participant_id in stands_in_for(employee)


def compiled_for(employee: Employee, build: Build, shape: tuple[Hashable, ...], *about: UUID | date | str) -> Compiled:
    """A query about what the employee may read, its SQL put together once for all who share in as many groups.

    build: makes it from nothing but the employee, `shape` and `about`: see `tenancy.compiled`.
    """
    not_for, granted = shares(employee), granted_states(employee)
    groups, roles, gps = sorted(not_for.others_groups), sorted(not_for.others_roles), stands_in_for(employee)
    shape = (*shape, *granted, len(groups), len(roles), len(gps))
    return compiled(build, shape, [employee.id, *groups, *roles, *gps, *about])


def granted_states(employee: Employee) -> list[ThreadState]:
    """Of which of the clinic's threads the employee may read all: the open ones, the archive (ORG-11)."""
    grants = {ThreadState.OPEN: employee.sees_clinic_open, ThreadState.CLOSED: employee.sees_clinic_archive}
    actor = actor_of(employee)
    return [state for state, given in grants.items() if may(actor, Permission.READ_CLINIC_MAIL, granted=given)]


def visible_threads(employee: Employee) -> QuerySet[Thread]:
    """The threads the employee may read: own ones, and the clinic's open or closed ones when granted (ORG-11).

    Private ones are read by those who take part alone (MSG-13).
    """
    allowed = participated_by(employee) | Q(state__in=granted_states(employee), private=False)
    return Thread.objects.filter(allowed, clinic_id=employee.clinic_id)


def own_threads(actor: Actor) -> QuerySet[Thread]:
    """The threads that a patient who acts finds in our portal: those of the own channel, and no other (CMP-4).

    One that holds nothing but what may still be called back is not there yet.
    Raises NotFoundError for every other actor.
    """
    if actor.kind != ActorKind.PATIENT or actor.person_id is None:
        raise nothing()
    shown = [channel for channel in Channel if rules.is_shown_to_patient(channel)]
    own = Thread.objects.filter(clinic_id=actor.clinic_id, patient_id=actor.person_id, channel__in=shown)
    return own.filter(Exists(Message.objects.filter(rules.is_out(clock.now()), thread=OuterRef("pk"))))


def get_thread_for(actor: Actor, thread_id: UUID) -> Thread:
    """The thread with its patient, party and responsible; for a patient one of `own_threads`. Raises NotFoundError."""
    if actor.kind == ActorKind.PATIENT:
        own = own_threads(actor).filter(id=thread_id).first()
        if own is None:
            raise nothing()
        return own
    employee = employee_of(actor)
    beside = ("patient", "party", "responsible", "task_employee", "undoable")
    threads = visible_threads(employee).select_related(*beside)
    own_reading = Exists(Reading.objects.filter(thread=OuterRef("pk"), employee=employee))
    thread = threads.annotate(is_read=own_reading).filter(id=thread_id).first()
    if thread is None:
        raise nothing()
    remember(_READ, thread)
    return thread


def as_it_stands(actor: Actor, thread: Thread) -> Thread:
    """The thread as `get_thread_for` gives it, not read once more where it is what that gave and nothing changed it.

    Raises NotFoundError.
    """
    return thread if remembered(_READ) is thread else get_thread_for(actor, thread.id)


def is_read_already(thread: Thread) -> bool:
    """Whether the thread is what `get_thread_for` gave, unchanged since, and the employee had read it as it stands."""
    return remembered(_READ) is thread and bool(getattr(thread, "is_read", False))


def forget_thread() -> None:
    """A thread is about to be changed: it is read anew by whoever wants it as it stands."""
    forget(_READ)


def get_attachment_for(actor: Actor, attachment_id: UUID) -> Attachment:
    """A file of a thread or template the actor may read, or the actor's own upload not yet sent. Raises NotFoundError.

    Reading what was sent or received is written in the audit log.
    """
    found = Attachment.objects.filter(_allowed_files(actor), id=attachment_id)
    attachment = found.select_related("message__thread").first()
    if attachment is None:
        raise nothing()
    if attachment.message is not None:
        thread = attachment.message.thread
        record(
            Action.ATTACHMENT_READ,
            subject_kind="attachment",
            subject_id=attachment.id,
            patient_id=thread.patient_id,
            detail={"thread": str(thread.id)},
        )
    return attachment


def _allowed_files(actor: Actor) -> Q:
    if actor.kind == ActorKind.PATIENT:
        own = Q(message__isnull=True, uploaded_by_patient_id=actor.person_id, clinic_id=actor.clinic_id)
        return Q(message__thread__in=own_threads(actor)) & rules.is_out(clock.now(), "message__") | own
    employee = employee_of(actor)
    unsent = Q(message__isnull=True, template__isnull=True, uploaded_by=employee)
    return Q(message__thread__in=visible_threads(employee)) | Q(template__in=visible_templates(employee)) | unsent


def reusable_files(employee: Employee, patient_id: UUID | None) -> QuerySet[Attachment]:
    """Files the employee may read and send anew to a patient (CMP-10): of the patient's threads and of templates.

    patient_id: None where a message is about nobody; then only the templates' are there.
    What the virus scanner has not passed is not among them.
    """
    allowed = Q(template__in=visible_templates(employee))
    if patient_id is not None:
        allowed |= Q(message__thread__in=visible_threads(employee).filter(patient_id=patient_id))
    return Attachment.objects.filter(allowed, clinic_id=employee.clinic_id, quarantine="")


def own_drafts(employee: Employee) -> QuerySet[KeptDraft]:
    """What the employee has written and not sent, but for answers in threads that the employee may read no more."""
    readable = Q(thread=None) | Q(thread__in=visible_threads(employee))
    return KeptDraft.objects.filter(readable, employee=employee).select_related("patient__gp", "thread")


def get_draft_for(actor: Actor, draft_id: UUID) -> KeptDraft:
    """One of the acting employee's `own_drafts`. Raises NotFoundError."""
    draft = own_drafts(employee_of(actor)).filter(id=draft_id).first()
    if draft is None:
        raise nothing()
    return draft


def visible_templates(employee: Employee) -> QuerySet[MessageTemplate]:
    """The templates there are for an employee: the clinic's shared ones, and the employee's own (TPL-2)."""
    allowed = Q(owner=None) | Q(owner=employee)
    return MessageTemplate.objects.filter(allowed, clinic_id=employee.clinic_id)


def get_template_for(actor: Actor, template_id: UUID) -> MessageTemplate:
    """A shared template, or one of the acting employee's own. Raises NotFoundError."""
    found = visible_templates(employee_of(actor)).filter(id=template_id).first()
    if found is None:
        raise nothing()
    return found


def nothing() -> NotFoundError:
    """What is said of whatever an actor may not see, as of what does not exist."""
    return NotFoundError(_("Vi finner ikke det du leter etter. Det kan være flyttet, eller du har ikke tilgang."))
