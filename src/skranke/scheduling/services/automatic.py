"""Automatic dialogs: what a patient who books an appointment of some types is sent (TPL-5, BOK-15).

BOK-15 stands among the rules of the patients' channels: what staff book sends none. A moved appointment is the same one
and sends none again; a hidden one never does (TYP-4). The row that says so is written in the commit of the booking.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.permissions import Permission
from skranke.dialog.models import MessageTemplate, Thread
from skranke.dialog.services.automatic import start_by_itself
from skranke.dialog.services.templates import require_automatic
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.scheduling import rules
from skranke.scheduling.models import Appointment, AppointmentType, AutomaticDialog, AutomaticState, Schedule
from skranke.scheduling.services.booking import locked
from skranke.scheduling.services.record import log
from skranke.tenancy.live import announce
from skranke.tenancy.work import current_actor
from skranke.ui.dates import format_moment


def types() -> QuerySet[AppointmentType]:
    """The types in use, each with the template it sends, by name."""
    return AppointmentType.objects.filter(active=True).select_related("automatic_dialog").order_by("name", "id")


def set_automatic(kind: AppointmentType, template: MessageTemplate | None) -> AppointmentType:
    """Let patients who book this type be sent the dialog of a template from now on; None: of none.

    Raises NotAllowedError, InvalidError for a template that cannot be sent by itself.
    """
    row = AppointmentType.objects.select_for_update(of=("self",)).get(id=kind.id)
    actor = current_actor()
    require(actor, Permission.EDIT_TIMETYPE, owns=row.owner_id is not None and row.owner_id == actor.person_id)
    if template is not None:
        held = MessageTemplate.objects.select_for_update(of=("self",)).get(id=template.id)
        require_automatic(held)
    row.automatic_dialog, row.version = template, row.version + 1
    row.save(update_fields=["automatic_dialog", "version"])
    detail = {"template": str(template.id) if template is not None else ""}
    record(Action.AUTOMATIC_DIALOG_SET, subject_kind="appointment_type", subject_id=row.id, detail=detail)
    announce(kind="schedule", id=row.id)
    return row


def set_types(template: MessageTemplate, kinds: Sequence[AppointmentType]) -> None:
    """Let exactly these types send the template; a type that sent another sends this one instead. Raises as above."""
    wanted = {one.id for one in kinds}
    for kind in AppointmentType.objects.filter(automatic_dialog=template).exclude(id__in=wanted).order_by("id"):
        set_automatic(kind, None)
    for kind in sorted(kinds, key=lambda one: str(one.id)):
        if kind.automatic_dialog_id != template.id:
            set_automatic(kind, template)


def clinics_with_waiting() -> list[UUID]:
    """The clinics of which a dialog is to be sent; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_with_automatic_dialogs()")
        return [row[0] for row in cursor.fetchall()]


def send_automatic() -> bool:
    """Send the oldest that waits in the present clinic; whether there was one. In one commit with the dialog itself."""
    waiting = AutomaticDialog.objects.select_for_update(of=("self",), skip_locked=True)
    row = waiting.filter(state=AutomaticState.WAITING).order_by("created_at", "id").first()
    if row is None:
        return False
    appointment = locked(row.appointment)
    if not rules.still_gets_dialog(appointment.state, hidden=appointment.hidden):
        row.state = AutomaticState.DROPPED
        row.save(update_fields=["state"])
        return True
    try:
        with transaction.atomic():
            row.thread, row.state = _start(row, appointment), AutomaticState.SENT
    except InvalidError as error:
        # A person must look: the next try would end the same way.
        row.state, row.why = AutomaticState.FAILED, str(error)
    row.save(update_fields=["thread", "state", "why"])
    kind = "dialog_sent" if row.state == AutomaticState.SENT else "dialog_not_sent"
    log(appointment, kind, Action.AUTOMATIC_DIALOG, clock.now(), {"why": row.why} if row.why else {})
    return True


def _start(row: AutomaticDialog, appointment: Appointment) -> Thread:
    schedule = Schedule.objects.get(id=appointment.schedule_id)
    template = MessageTemplate.objects.filter(id=row.template_id).first() if row.template_id else None
    if template is None:
        raise InvalidError(_("Malen finnes ikke lenger."), field="template")
    moment = format_moment(appointment.during.lower, "lang")
    owners = [Recipient(employee_id=schedule.owner_id, group_id=schedule.group_id)]
    return start_by_itself(template, patient=appointment.patient, owners=owners, appointment=moment)
