"""Templates: made, changed, taken away, used (TPL-1 to TPL-6)."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import ProtectedError, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Employee
from skranke.clinics.organisation.errors import InUseError
from skranke.clinics.organisation.locking import told
from skranke.clinics.organisation.naming import unique_name
from skranke.clinics.organisation.queries import choices, chosen, staff
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.clinics.rules import may
from skranke.dialog import access, filling, rules
from skranke.dialog.errors import AttachmentsTooLargeError
from skranke.dialog.filling import Word
from skranke.dialog.models import Attachment, DialogKind, MessageTemplate, TaskFor
from skranke.dialog.services.uploads import copy_to, require_room, uploads_of
from skranke.dialog.values import Filled, Handling, Task, TemplateFacts, TemplateTask
from skranke.kernel import clock
from skranke.kernel.errors import ChangedError, InvalidError, NotFoundError
from skranke.patients.models import Patient
from skranke.tenancy.work import current_actor
from skranke.ui.dates import format_date

LONGEST_TITLE, LONGEST_DESCRIPTION, MOST_DAYS = 100, 300, 365
KIND = "message_template"


def templates(kind: str = "", q: str = "") -> QuerySet[MessageTemplate]:
    """The templates there are for the acting employee, by title. kind: only those that dialogs of it may be made from.

    q: whose title holds these words.
    """
    found = access.visible_templates(access.employee_of(current_actor()))
    if kind:
        found = found.filter(kind__in=["", *rules.template_kinds(kind)])
    for word in q.replace("\x00", "").split():
        found = found.filter(title__icontains=word)
    return found.order_by(Lower("title"), "id")


def save_template(
    facts: TemplateFacts, template: MessageTemplate | None = None, *, expected_version: int | None = None
) -> MessageTemplate:
    """Make a template, or change one; a shared one is the administrator's alone (TPL-2).

    Raises NotAllowedError, NotFoundError, ChangedError, NameTakenError, InvalidError, AttachmentsTooLargeError.
    """
    employee = access.employee_of(current_actor())
    if template is None:
        row = MessageTemplate(clinic_id=employee.clinic_id, version=0)
    else:
        row = _locked(template, expected_version)
        require_changeable(row)
    row.owner = None if facts.shared else employee
    require_changeable(row)
    _fill_row(row, facts)
    if template is not None and row.appointment_types.exists():
        require_automatic(row)
    with unique_name(_("En annen mal heter dette. Ingenting er lagret. Velg en annen tittel.")):
        row.save()
    _keep_files(row, facts.attachment_ids, employee)
    _record(Action.TEMPLATE_CHANGED, row)
    return row


def remove_template(template: MessageTemplate, *, expected_version: int | None = None) -> None:
    """Take a template away; what was written from it stays. Raises NotAllowedError, NotFoundError, InUseError."""
    row = _locked(template, expected_version)
    require_changeable(row)
    _record(Action.TEMPLATE_REMOVED, row)
    try:
        row.delete()
    except ProtectedError:
        raise InUseError(
            _("Malen sendes automatisk til pasienter som bestiller time. Ingenting er endret. Ta den bort der først.")
        ) from None


def use_template(
    template: MessageTemplate,
    *,
    kind: DialogKind | str,
    patient: Patient | None,
    beside: Sequence[Attachment] = (),
    takes_files: bool = True,
    answers: bool = False,
) -> Filled:
    """What the acting employee finds in the form when a template is chosen; its files are copied (TPL-4, TPL-5).

    beside: what is attached already. takes_files: False where the message can have none. answers: it has no subject.
    Raises InvalidError for a kind of dialog that the template is not for, AttachmentsTooLargeError (TPL-6).
    """
    employee = access.employee_of(current_actor())
    if template.kind and template.kind not in rules.template_kinds(kind):
        raise InvalidError(_("Malen er for en annen type melding. Velg en annen mal."), field="template")
    files = list(template.attachments.order_by("number", "id")) if takes_files else []
    require_room([*beside, *files])
    known = known_values(patient, employee.name)
    to, subject = _present(template), "" if answers else template.subject
    _record(Action.TEMPLATE_USED, template, patient)
    return Filled(
        subject=filling.fill(subject, known),
        text=filling.fill(template.text, known),
        missing=tuple(filling.lacking(f"{subject}\n{template.text}", known)),
        to=to,
        gone=len(template.to) - len(to),
        to_patient=template.to_patient,
        uploads=copy_to(employee, files),
        handling=handling_of(template, employee.id),
    )


def require_automatic(template: MessageTemplate) -> None:
    """Refuse a template that nobody could send by itself to a patient, before it is set to be. Raises InvalidError."""
    why = ""
    if template.owner_id is not None:
        why = _("Bare delte maler kan sendes automatisk, og denne er privat.")
    elif template.kind and template.kind != DialogKind.E_DIALOG:
        why = _("En automatisk dialog er en E-dialog, og malen er for en annen type melding.")
    elif not template.subject or not template.text:
        why = _("En mal som sendes automatisk, må ha emne og melding.")
    elif not template.to_patient:
        why = _("En mal som sendes automatisk, må ha pasienten som deltaker.")
    elif template.task_for == TaskFor.USER:
        why = _("Ingen bruker malen når den sendes automatisk. Gi oppgaven til pasienten eller en ansatt.")
    if why:
        raise InvalidError(why + " " + _("Ingenting er lagret."), field="automatic")


def known_values(patient: Patient | None, writer: str, appointment: str = "") -> dict[Word, str]:
    """What the words of a template stand for now; empty what is not known. writer: in whose name it is sent."""
    clinic = this_clinic()
    gp = patient.gp if patient is not None else None
    values = {
        Word.PATIENT: patient.name if patient is not None else "",
        Word.GIVEN_NAME: patient.given_name if patient is not None else "",
        Word.GP: gp.name if gp is not None else "",
        Word.CLINIC: clinic.name,
        Word.PHONE: clinic.phone,
        Word.WRITER: writer,
        Word.TODAY: format_date(clock.today(), "lang"),
        Word.APPOINTMENT: appointment,
    }
    return {word: rules.clean_line(value) for word, value in values.items()}


def handling_of(template: MessageTemplate, user_id: UUID | None) -> Handling:
    """How the dialog is to be treated from today on. user_id: whose a task of "whoever uses it" is.

    A task of somebody who does not work here any more is the user's.
    """
    task = None
    if template.task_for:
        doers = {TaskFor.USER.value: user_id, TaskFor.PATIENT.value: None}
        working = {one.id for one in staff()}
        doer = template.task_employee_id if template.task_employee_id in working else user_id
        task = Task(
            employee_id=doers.get(template.task_for, doer),
            due=_in(template.task_days),
            text=template.task_text,
        )
    due = _in(template.reply_days)
    return Handling(private=template.private, important=template.important, reply_due=due, task=task)


def facts_of(template: MessageTemplate) -> TemplateFacts:
    """A template as it stands, with the ids of its own files."""
    task = None
    if template.task_for:
        task = TemplateTask(
            whose=TaskFor(template.task_for),
            employee_id=template.task_employee_id,
            days=template.task_days,
            text=template.task_text,
        )
    names = ("title", "description", "kind", "to_patient", "to_user", "subject", "text", "private", "important")
    return TemplateFacts(
        **{name: getattr(template, name) for name in names},
        shared=template.owner_id is None,
        to=tuple(template.to),
        attachment_ids=tuple(one.id for one in template.attachments.order_by("number", "id")),
        reply_days=template.reply_days,
        task=task,
    )


def may_change(template: MessageTemplate) -> bool:
    """Whether the actor may: a shared one is an administrator's, any other its owner's (the matrix of section 2)."""
    actor = current_actor()
    return may(actor, _needed(template), owns=template.owner_id == actor.person_id)


def require_changeable(template: MessageTemplate) -> None:
    """As `may_change`. Raises NotAllowedError."""
    actor = current_actor()
    require(actor, _needed(template), owns=template.owner_id == actor.person_id)


def _needed(template: MessageTemplate) -> Permission:
    return Permission.SHARED_TEMPLATE if template.owner_id is None else Permission.PRIVATE_TEMPLATE


def present(template: MessageTemplate) -> list[Recipient]:
    """Who takes part by the template and is still here."""
    possible = choices()
    found = [chosen(one, possible) for one in template.to]
    return [one for one in found if one is not None]


def _locked(template: MessageTemplate, expected_version: int | None) -> MessageTemplate:
    visible = access.visible_templates(access.employee_of(current_actor()))
    row = visible.select_for_update(of=("self",)).filter(id=template.id).first()
    if row is None:
        raise access.nothing()
    if expected_version is not None and row.version != expected_version:
        raise ChangedError(told(KIND, row.id))
    return row


def _fill_row(row: MessageTemplate, facts: TemplateFacts) -> None:
    row.title = rules.clean_line(facts.title)
    row.description = rules.clean_line(facts.description)
    row.kind = _checked_kind(facts.kind)
    row.subject, row.text = rules.clean_line(facts.subject), rules.clean_text(facts.text)
    _check_words(row)
    row.to, row.to_patient, row.to_user = _checked_to(facts.to), facts.to_patient, facts.to_user
    row.private, row.important = facts.private, facts.important
    row.reply_days = _checked_days(facts.reply_days, "reply_days")
    _set_task(row, facts.task)
    row.version, row.changed_at = row.version + 1, clock.now()


def _checked_kind(kind: str) -> str:
    if kind and kind not in set(DialogKind) - {DialogKind.UNKNOWN}:
        raise InvalidError(_("Velg hvilken type melding malen er for. Ingenting er lagret."), field="kind")
    return kind


def _check_words(row: MessageTemplate) -> None:
    """That the title finds it, and that its words can be filled in and fit where they are to stand (CMP-16)."""
    if not row.title or len(row.title) > LONGEST_TITLE:
        raise InvalidError(_("Gi malen en tittel på høyst 100 tegn. Ingenting er lagret."), field="title")
    if len(row.description) > LONGEST_DESCRIPTION:
        raise InvalidError(_("Beskrivelsen kan ha høyst 300 tegn. Ingenting er lagret."), field="description")
    kind = DialogKind(row.kind or DialogKind.E_DIALOG)
    for text, most, field in (
        (row.subject, rules.MAX_SUBJECT[kind], "subject"),
        (row.text, rules.MAX_TEXT[kind], "text"),
    ):
        filling.require_known(text, field)
        if len(text) > most:
            raise InvalidError(
                _("Her er det plass til høyst %(limit)d tegn. Ingenting er lagret.") % {"limit": most}, field=field
            )


def _checked_to(wanted: Sequence[str]) -> list[str]:
    possible = choices()
    if any(chosen(one, possible) is None for one in wanted):
        raise InvalidError(
            _("En av dem du har valgt, er ikke her lenger. Velg på nytt. Ingenting er lagret."), field="to"
        )
    return list(dict.fromkeys(wanted))


def _present(template: MessageTemplate) -> tuple[str, ...]:
    possible = choices()
    return tuple(one for one in template.to if chosen(one, possible) is not None)


def _set_task(row: MessageTemplate, task: TemplateTask | None) -> None:
    row.task_for, row.task_employee, row.task_days, row.task_text = "", None, None, ""
    if task is None:
        return
    if task.whose == TaskFor.EMPLOYEE:
        row.task_employee = next((one for one in staff() if one.id == task.employee_id), None)
        if row.task_employee is None:
            raise InvalidError(_("Velg hvem som skal gjøre oppgaven. Ingenting er lagret."), field="task")
    row.task_for, row.task_days = task.whose, _checked_days(task.days, "task_days")
    row.task_text = rules.clean_line(task.text)[:LONGEST_DESCRIPTION]


def _checked_days(days: int | None, field: str) -> int | None:
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise InvalidError(_("Skriv et antall dager fra 0 til 365. Ingenting er lagret."), field=field)
    return days


def _in(days: int | None) -> date | None:
    return None if days is None else clock.today() + timedelta(days=days)


def _keep_files(row: MessageTemplate, wanted: Sequence[UUID], employee: Employee) -> None:
    """Let these be the template's files: its own that it keeps, and uploads of the writer's (CMP-11, TPL-6)."""
    ids = list(dict.fromkeys(wanted))
    own = {one.id: one for one in row.attachments.all()}
    uploads = {one.id: one for one in uploads_of(employee).select_for_update().filter(id__in=ids).order_by("id")}
    if any(one not in own and one not in uploads for one in ids):
        raise NotFoundError(_("Vedlegget finnes ikke lenger. Last det opp på nytt."))
    files = [own.get(one) or uploads[one] for one in ids]
    _require_sendable(files)
    row.attachments.exclude(id__in=ids).delete()
    for number, file in enumerate(files):
        file.template, file.number = row, number
        file.save(update_fields=["template", "number"])


def _require_sendable(files: Sequence[Attachment]) -> None:
    most = int(settings.OURS.attachment_total_bytes)
    if sum(one.size for one in files) > most:
        raise AttachmentsTooLargeError(
            _("Malens vedlegg kan til sammen være %(limit)d MB, mer tar ikke helsenorge.no imot. Ingenting er lagret.")
            % {"limit": most // (1024 * 1024)},
            field="attachments",
        )


def _record(action: Action, row: MessageTemplate, patient: Patient | None = None) -> None:
    record(
        action,
        subject_kind=KIND,
        subject_id=row.id,
        patient_id=patient.id if patient is not None else None,
        detail={"shared": row.owner_id is None},
    )
