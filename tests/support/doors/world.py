"""A clinic with one patient of whom there is something behind every door, each with the marker in it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from skranke.billing.services import open_for_appointment
from skranke.clinics.organisation.prescribing import set_prescription_window
from skranke.clinics.organisation.values import WHOLE_CLINIC
from skranke.dialog.communication.models import OwnType
from skranke.dialog.communication.set_up import TypeSetUp, set_type
from skranke.dialog.models import Message, Thread
from skranke.dialog.services import add_participant, answer, mark_delivery, save_template, set_handling
from skranke.dialog.services.keeping import keep_draft
from skranke.dialog.values import DraftContent, Handling, Task, TemplateFacts
from skranke.identity.models import ApiToken
from skranke.journal.models import JournalAttachment, JournalEntry
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.outbox.models import OutboxItem
from skranke.patients.lists import add_member, make_list
from skranke.patients.models import GPListSync, Patient
from skranke.patients.relating import add_relation
from skranke.patients.services import register
from skranke.scheduling.calendars import save_group
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.requests.models import AppointmentRequest
from skranke.scheduling.requests.services import decline, set_takes_requests
from skranke.scheduling.services import add_event, book
from skranke.scheduling.smart.services import add_smart_slot
from skranke.scheduling.waiting.models import SlotOffer
from skranke.scheduling.waiting.services import EntryFacts, add_entry
from skranke.tenancy.work import acting

from cast import Cast, fresh_national_id
from support import portal
from support.dialog import E_CONTACT, PDF, RENEWAL, file, question, receive, upload
from support.doors import organisation
from support.timebok import make_timebok, weekday_at

GIVEN_NAME = "Merke"
MARKER = "Kjennemerkesen"


@dataclass(frozen=True)
class World:
    cast: Cast
    patient: Patient
    ids: dict[str, Any]


def make_world() -> World:
    """The clinic, on a Monday with nothing else in it."""
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        patient = register(national_id=fresh_national_id(age=44), given_name=GIVEN_NAME, family_name=MARKER,
                           gp=cast.kari, on_gp_list=True)  # fmt: skip
    with acting(cast.system):
        Patient.objects.filter(id=patient.id).update(helsenorge_state="active", helsenorge_state_at=clock.now())
    files = (file(PDF + MARKER.encode(), f"{MARKER}.pdf"),)
    facts = {"patient": patient, "subject": MARKER, "text": MARKER}
    thread = receive(cast, question(cast, kind=E_CONTACT, **facts))
    consultation = receive(cast, question(cast, attachments=files, **facts))
    slots = [timebok.slot(weekday_at(hour)) for hour in (9, 10, 11, 14)]
    with acting(cast.actor(cast.kari)):
        sent = answer(consultation, text=MARKER, expected_version=Thread.objects.get(id=consultation.id).version)
        appointment = book(slot=slots[0], patient=patient, through=BookedThrough.STAFF, reason=MARKER)
        kept = make_list(name=MARKER, kind="custom", shared=True)
        add_member(kept, patient)
        draft = keep_draft(DraftContent(subject=MARKER, text=MARKER), patient=patient, kind=E_CONTACT)
        template = save_template(TemplateFacts(title=MARKER, subject=MARKER, text=MARKER))
        relation = add_relation(patient, national_id=str(fresh_national_id(age=70)), kind="mother", name=MARKER)
        smart = add_smart_slot(timebok.schedule, start=weekday_at(18), end=weekday_at(19), types=[timebok.ordinary])
        event = add_event(timebok.schedule, start=weekday_at(16), end=weekday_at(17), text=MARKER)
        waiting = add_entry(patient, EntryFacts(type=timebok.ordinary, note=MARKER))
        promised = SlotOffer.objects.create(
            clinic_id=cast.clinic.id, entry=waiting, patient=patient, slot=slots[3], by="portal",
            expires_at=clock.now() + timedelta(hours=24),
        )  # fmt: skip
        asked, refused = (
            AppointmentRequest.objects.create(
                clinic_id=cast.clinic.id, patient=patient, remark=MARKER, form_id=new_id()
            )
            for _ in range(2)
        )
        decline(refused, text=MARKER)
        group = save_group(None, name="Legene", schedules=[timebok.schedule])
        own_file = upload(PDF + MARKER.encode(), f"{MARKER}.pdf")
    with acting(cast.actor(cast.ali)):
        everybody = TypeSetUp(kind=OwnType.E_DIALOG, active=True, recipients=(WHOLE_CLINIC,))
        set_type(everybody, expected_version=0)
        set_takes_requests(takes=True)
        set_prescription_window("https://journal.example.no/{patient_id}", expected="")
        shared = save_template(TemplateFacts(title=f"Delt {MARKER}", shared=True))
    with acting(cast.actor(cast.kari)):
        invoice = open_for_appointment(appointment)
    task = receive(cast, question(cast, kind=E_CONTACT, **facts))
    with acting(cast.actor(cast.kari)):
        task = set_handling(task, Handling(task=Task(employee_id=cast.kari.id, text=MARKER)))
    with acting(cast.actor(cast.kari)):
        add_participant(thread, cast.mona)
    renewal = receive(cast, question(cast, kind=RENEWAL, **facts))
    own = portal.start(cast, to=patient, subject=MARKER, text=MARKER, attachment_ids=(own_file.id,))
    own_consultation = portal.start(cast, to=patient, subject=MARKER, text=MARKER)
    with acting(cast.system):
        Thread.objects.filter(id=own_consultation.id).update(own_type=OwnType.E_CONSULTATION)
    ids = {
        "thread": thread.id,
        "consultation": consultation.id,
        "task": task.id,
        "task_version": task.version,
        "renewal": renewal.id,
        "renewal_version": renewal.version,
        "own_thread": own.id,
        "own_consultation": own_consultation.id,
        "own_consultation_version": own_consultation.version,
        "undelivered": sent.id,
        "patient": patient.id,
        "slot": slots[1].id,
        "other_slot": slots[2].id,
        "schedule": timebok.schedule.id,
        "type": timebok.ordinary.id,
        "appointment": appointment.id,
        "invoice": invoice.id,
        "appointment_version": appointment.version,
        "event": event.id,
        "smart": smart.id,
        "display_group": group.id,
        "waiting_entry": waiting.id,
        "slot_offer": promised.id,
        "appointment_request": asked.id,
        "own_attachment": own_file.id,
        "list": kept.id,
        "sync": _sync(cast),
        "token": _token(cast),
        "draft": draft.id,
        "template": template.id,
        "shared_template": shared.id,
        "relation": relation.id,
        "other_patient": cast.jonas.id,
        "patient_version": patient.version,
        "clinic": cast.clinic.id,
        "employee": cast.mona.id,
        "receiver": f"employee:{cast.mona.id}",
        "party": cast.mona_party.id,
    }
    return World(cast, patient, ids | organisation.things(cast) | _more(cast, ids))


def _sync(cast: Cast) -> UUID:
    with acting(cast.system):
        return GPListSync.objects.create(clinic_id=cast.clinic.id, state="done", finished_at=clock.now()).id


def _token(cast: Cast) -> UUID:
    cast.token(cast.kari)
    with acting(cast.system):
        return ApiToken.objects.get(clinic_id=cast.clinic.id).id


def _more(cast: Cast, ids: dict[str, Any]) -> dict[str, Any]:
    with acting(cast.system):
        sent = Message.objects.get(id=ids["undelivered"])
        mark_delivery(sent.msg_id, "failed", clock.now(), MARKER, "transport:internal-error")
        OutboxItem.objects.filter(subject_id__in=[sent.id, ids["appointment"]]).update(state="failed")
        first = Message.objects.get(thread_id=ids["consultation"], direction="in")
        versions = {name: Thread.objects.get(id=ids[name]).version for name in ("thread", "consultation")}
        return {
            "attachment": first.attachments.get().id,
            "entry": JournalEntry.objects.filter(attachments__isnull=False).get().id,
            "entry_attachment": JournalAttachment.objects.get().id,
            **{f"{name}_version": version for name, version in versions.items()},
        }
