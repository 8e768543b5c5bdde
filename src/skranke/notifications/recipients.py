"""Who is told by the clinic's own channel, and by which ways that person can be reached now (NOT-7, NOT-8)."""

from dataclasses import dataclass, field
from uuid import UUID

from skranke.kernel import clock
from skranke.kernel.ids import age_on
from skranke.notifications.channels import CHANNELS
from skranke.notifications.rules import NoticeTo, notice_to
from skranke.patients.models import NotifyBy, Patient, Relation
from skranke.patients.rules import notice_routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The one who is told, with the contact data of today."""

    to: NoticeTo
    id: UUID
    email: str = field(repr=False)
    phone: str = field(repr=False)
    language: str
    wish: str

    def address(self, way: NotifyBy) -> str:
        """Where a letter goes by this way; "" when that is not known."""
        return self.email if way == NotifyBy.EMAIL else self.phone

    def ways(self) -> tuple[NotifyBy, ...]:
        """By which ways, after the person's wish and what this installation has."""
        email, phone = (
            self.address(way) if CHANNELS[way].is_set_up() else "" for way in (NotifyBy.EMAIL, NotifyBy.SMS)
        )
        return notice_routes(self.wish, email=email, phone=phone)


def recipient_of(patient: Patient) -> Recipient:
    """Who is told about a patient: whoever answers for a child, where the clinic can reach one, else the patient."""
    age = age_on(patient.birth_date, clock.today())
    answering = _answering(patient) if notice_to(age, has_representative=True) == NoticeTo.REPRESENTATIVE else None
    to = notice_to(age, has_representative=answering is not None)
    return _recipient(to, answering if answering is not None and to == NoticeTo.REPRESENTATIVE else patient)


def recipient_by(to: NoticeTo, person_id: UUID) -> Recipient | None:
    """The one who was decided on, as reached today; None when the row is gone."""
    person = Patient.objects.select_related("merged_into").filter(id=person_id).first()
    return None if person is None else _recipient(to, person.merged_into or person)


def _recipient(to: NoticeTo, person: Patient) -> Recipient:
    return Recipient(
        to=to,
        id=person.id,
        email=person.email,
        phone=person.phone,
        language=person.language,
        wish=person.notify_by,
    )


def _answering(patient: Patient) -> Patient | None:
    """Somebody with access to the child's profile whom the clinic knows as a patient with an address or a phone."""
    numbers = Relation.objects.filter(patient=patient, access=True, ended_at=None).order_by("created_at", "id")
    for number in numbers.values_list("national_id", flat=True):
        person = Patient.objects.filter(national_id=number, merged_into=None).first()
        if person is not None and (person.email or person.phone):
            return person
    return None
