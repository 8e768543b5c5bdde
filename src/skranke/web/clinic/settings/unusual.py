"""What in the audit log is out of the ordinary: looks at patients, held against what the clinic has to do with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from skranke.audit.review import Look, Wanted, at_work, looks
from skranke.audit.rules import Unusual, unusual
from skranke.clinics.models import Employee
from skranke.clinics.organisation.hours import opening_hours
from skranke.dialog.models import Message
from skranke.identity.models import Account
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment

MOST_SHOWN = 50
AROUND = timedelta(days=7)
"""How near in time a message or an appointment must be for the patient to have business with the clinic."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A look at a patient, and what is out of the ordinary in it."""

    look: Look
    reasons: tuple[Unusual, ...]


def unusual_looks(wanted: Wanted) -> tuple[Sequence[Odd], int]:
    """The gravest first, MOST_SHOWN at most, and how many there are."""
    found = looks(replace(wanted, deed=None))
    ids = {look.patient_id for look in found}
    # What was done with a row that was merged into another was done with the patient who remains.
    into = dict(Patient.objects.filter(id__in=ids, merged_into__isnull=False).values_list("id", "merged_into_id"))
    ids |= set(into.values())
    gps = dict(Patient.objects.filter(id__in=ids, gp__isnull=False).values_list("id", "gp_id"))
    business, colleagues, work = _with_business(wanted), _colleagues(), at_work(wanted)
    odd, hours = [], opening_hours()
    for look in found:
        patient_id = into.get(look.patient_id, look.patient_id)
        related = (
            gps.get(patient_id) == look.actor_id
            or not work.isdisjoint({(look.actor_id, patient_id), (look.actor_id, look.patient_id)})
            or patient_id in business
        )
        colleague = patient_id in colleagues
        reasons = unusual(look.first, look.last, related=related, colleague=colleague, hours=hours)
        if reasons:
            odd.append(Odd(look, reasons))
    odd.sort(key=lambda one: [reason in one.reasons for reason in Unusual], reverse=True)
    return odd[:MOST_SHOWN], len(odd)


def _with_business(wanted: Wanted) -> set[UUID | None]:
    """The patients who have an appointment or a message in the time that is asked about, or near it."""
    since, until = wanted.since - AROUND, wanted.until + AROUND
    booked = Appointment.objects.filter(starts__gte=since, starts__lt=until)
    written = Message.objects.filter(generated_at__gte=since, generated_at__lt=until)
    return {
        *booked.values_list("patient_id", flat=True).distinct(),
        *written.values_list("thread__patient_id", flat=True).distinct(),
    }


def _colleagues() -> set[UUID]:
    """The patients who work at the clinic, as the log-in provider knows them."""
    accounts = Employee.objects.filter(account_id__isnull=False).values("account_id")
    people = Account.objects.filter(id__in=accounts).exclude(national_id="").values("national_id")
    return set(Patient.objects.filter(national_id__in=people).values_list("id", flat=True))
