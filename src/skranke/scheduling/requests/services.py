"""The verbs of the requests for a time: made and taken back by the patient, answered once by the clinic (REQ-2)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import event, record
from skranke.clinics.access import require
from skranke.clinics.models import Clinic
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.permissions import Permission
from skranke.dialog import rules as dialog_rules
from skranke.dialog.access import employee_of, patient_of
from skranke.dialog.services.automatic import tell_by_itself
from skranke.kernel import clock
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment, BookedThrough, Slot
from skranke.scheduling.requests import rules
from skranke.scheduling.requests.models import AppointmentRequest, OutcomeKind, RequestOutcome, TimeOfDay
from skranke.scheduling.requests.queries import SUBJECT, choices
from skranke.scheduling.services.booking import book
from skranke.scheduling.services.locks import Stretch, lock_for_booking
from skranke.tenancy.live import announcement
from skranke.tenancy.rows import insert, insert_once
from skranke.tenancy.work import current_actor, forget
from skranke.ui.dates import format_moment

LIVE = "request"


class RequestEndedError(ConflictError):
    """The request has an outcome already: a colleague was first, or the patient took it back."""

    code = "request_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a patient asks for. type_id, wished_id (the practitioner), wished_date: None: whichever."""

    remark: str
    type_id: UUID | None = None
    wished_id: UUID | None = None
    wished_date: date | None = None
    wished_time: str = TimeOfDay.ANY


def ask(wish: Wish, *, form_id: UUID) -> AppointmentRequest:
    """Ask for a time as the patient who acts, or in the patient's stead. form_id: sent twice, it is one request.

    Raises NotFoundError where the clinic takes no requests from the patient, InvalidError, ConflictError.
    """
    actor = current_actor()
    patient = patient_of(actor)
    lock_for_booking(patient.id)
    own = AppointmentRequest.objects.filter(patient=patient)
    known = own.filter(form_id=form_id).first()
    if known is not None:
        return known
    _check(wish)
    if own.filter(outcome__isnull=True).count() >= rules.MOST_OPEN:
        raise ConflictError(
            _("Du har flere forespørsler som ikke er besvart. Vent på svar, eller trekk en av dem. Ingenting er sendt.")
        )
    row = AppointmentRequest(
        clinic_id=actor.clinic_id,
        patient=patient,
        type_id=wish.type_id,
        remark=wish.remark.strip(),
        wished_date=wish.wished_date,
        wished_time=TimeOfDay(wish.wished_time),
        wished_id=wish.wished_id,
        representative=actor.name[:200] if actor.relation_id is not None else "",
        form_id=form_id,
        created_at=clock.now(),
    )
    made = event(Action.REQUEST_MADE, subject_kind=SUBJECT, subject_id=row.id, patient_id=patient.id)
    insert(row, made, calls=[announcement(LIVE, row.id)])
    return row


def take_back(row: AppointmentRequest) -> None:
    """The patient wants no time any more. Done twice it is done once. Raises RequestEndedError where it is answered."""
    if RequestOutcome.objects.filter(request=row, kind=OutcomeKind.WITHDRAWN).exists():
        return
    with transaction.atomic():
        _end(row, OutcomeKind.WITHDRAWN)


def accept(row: AppointmentRequest, slot: Slot, *, text: str = "") -> Appointment:
    """Give the patient a free time, and tell of it in the portal; text: the clinic's words beside it.

    Raises RequestEndedError, InvalidError (also for a hidden time), SlotTakenError, BookingRefusedError. Nothing has
    been written then.
    """
    actor = current_actor()
    require(actor, Permission.BOOK)
    text = _checked(text)
    with transaction.atomic():
        lock_for_booking(row.patient_id, Stretch(slot.schedule_id, slot.during.lower, slot.during.upper))
        _require_open(row)
        patient = Patient.objects.get(id=row.patient_id)
        given = book(slot=slot, patient=patient, through=BookedThrough.STAFF, comment=row.remark)
        if given.hidden:
            text = _("Timetypen er skjult for pasienten, og svaret forteller om timen. Velg en annen time.")
            raise InvalidError(text, field="time")
        told = _tell(patient, _accepted(patient, slot, text))
        _end(row, OutcomeKind.ACCEPTED, appointment=given, text=text, told=told)
    return given


def decline(row: AppointmentRequest, *, text: str) -> None:
    """Give no time, and say why in the portal. Raises RequestEndedError, InvalidError; nothing is written then."""
    require(current_actor(), Permission.BOOK)
    text = _checked(text)
    if not text:
        raise InvalidError(_("Skriv til pasienten hvorfor. Ingenting er sendt."), field="text")
    with transaction.atomic():
        lock_for_booking(row.patient_id)
        _require_open(row)
        patient = Patient.objects.get(id=row.patient_id)
        told = _tell(patient, _declined(patient, text))
        _end(row, OutcomeKind.DECLINED, text=text, told=told)


def set_takes_requests(*, takes: bool) -> Clinic:
    """Open the portal for requests, or shut it; those that have come stay. Raises NotAllowedError."""
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    clinic = Clinic.objects.select_for_update(no_key=True).get(id=actor.clinic_id)
    before, clinic.takes_requests = clinic.takes_requests, takes
    clinic.save(update_fields=["takes_requests"])
    forget("clinic")
    detail = {"changes": {"takes_requests": [before, takes]}}
    record(Action.BOOKING_LIMITS_CHANGED, subject_kind="appointment_requests", subject_id=clinic.id, detail=detail)
    return clinic


def _check(wish: Wish) -> None:
    offered = choices(current_actor())
    remark = wish.remark.strip()
    if not remark:
        raise InvalidError(_("Skriv hva timen gjelder."), field="remark")
    if len(remark) > rules.MAX_REMARK:
        raise InvalidError(_("Skriv høyst %(limit)d tegn.") % {"limit": rules.MAX_REMARK}, field="remark")
    if wish.wished_date is not None and not rules.is_sensible(wish.wished_date, clock.today()):
        raise InvalidError(_("Velg en dag fra i dag og høyst ett år fram."), field="wished_date")
    if wish.wished_time not in TimeOfDay.values:
        raise InvalidError(_("Velg når på dagen det passer."), field="wished_time")
    # What is not among the choices may exist: nobody is told (TYP-4).
    if wish.type_id is not None and wish.type_id not in {one for one, _name in offered.types}:
        raise InvalidError(_("Velg en timetype fra listen."), field="type")
    if wish.wished_id is not None and wish.wished_id not in {one for one, _name in offered.people}:
        raise InvalidError(_("Velg en behandler fra listen."), field="wished")


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) > rules.MAX_TEXT:
        raise InvalidError(_("Skriv høyst %(limit)d tegn.") % {"limit": rules.MAX_TEXT}, field="text")
    return text


def _require_open(row: AppointmentRequest) -> None:
    if RequestOutcome.objects.filter(request=row).exists():
        raise _ended()


def _ended() -> RequestEndedError:
    return RequestEndedError(_("Forespørselen er besvart eller trukket tilbake fra før. Ingenting er endret."))


def _end(
    row: AppointmentRequest,
    kind: OutcomeKind,
    *,
    appointment: Appointment | None = None,
    text: str = "",
    told: bool = False,
) -> None:
    """Store the outcome; the database takes one alone, whoever else answers meanwhile. Raises RequestEndedError."""
    outcome = RequestOutcome(
        clinic_id=row.clinic_id,
        request=row,
        kind=kind,
        at=clock.now(),
        by_name=current_actor().name[:200],
        appointment=appointment,
        text=text,
        told=told,
    )
    if not insert_once(outcome):
        raise _ended()
    ended = event(
        Action.REQUEST_ENDED,
        subject_kind=SUBJECT,
        subject_id=row.id,
        patient_id=row.patient_id,
        detail={"outcome": kind.value},
    )
    insert(ended, calls=[announcement(LIVE, row.id)])


def _tell(patient: Patient, words: tuple[str, str]) -> bool:
    """A message in the portal, to which the one who answers may be written back; whether it could be sent."""
    if not dialog_rules.reachability_in_portal(patient).ok:
        return False
    subject, text = words
    owner = Recipient(employee_id=employee_of(current_actor()).id)
    tell_by_itself(patient, subject=subject, text=text, owners=[owner])
    return True


def _accepted(patient: Patient, slot: Slot, text: str) -> tuple[str, str]:
    """Subject and text in the patient's language."""
    with translation.override(patient.language):
        told = _(
            "Hei, %(fornavn)s!\n\nDu har bedt om en time, og legekontoret har gitt deg en: %(tid)s hos %(hvem)s."
        ) % {
            "fornavn": patient.given_name,
            "tid": format_moment(slot.during.lower, "lang"),
            "hvem": slot.schedule.public_name,
        }
        return _("Du har fått time"), f"{told}\n\n{text}".strip()


def _declined(patient: Patient, text: str) -> tuple[str, str]:
    with translation.override(patient.language):
        told = _("Hei, %(fornavn)s!\n\nDu har bedt om en time. Legekontoret kan ikke gi deg den:") % {
            "fornavn": patient.given_name
        }
        return _("Svar på timeforespørselen"), f"{told}\n\n{text}"
