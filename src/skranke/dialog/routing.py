"""Who a new thread from HelseNorge goes to: what the clinic has set up, and never nobody (RCV-5 to RCV-13)."""

from skranke.clinics.absences.receiving import receivers_now
from skranke.clinics.choices import AlertKind
from skranke.clinics.models import Employee
from skranke.clinics.organisation import rules
from skranke.clinics.organisation.addressing import catch_all
from skranke.clinics.organisation.alerts import alert
from skranke.clinics.organisation.queries import readers
from skranke.clinics.organisation.receivers import Receivers, names_of
from skranke.clinics.organisation.values import WHOLE_CLINIC, Recipient


def meant(set_up: Receivers, practitioner: Employee | None) -> tuple[Recipient, ...]:
    """Who is meant by a set-up, for a patient with this practitioner; None: one who is unknown or has left (RCV-13)."""
    recipients = set_up.recipients if rules.takes_recipients(set_up.format) else ()
    if not rules.takes_practitioner(set_up.format):
        return recipients
    if practitioner is None:
        return recipients or catch_all()
    own = Recipient(employee_id=practitioner.id)
    return (own, *(one for one in recipients if one != own))


def readable(recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
    """Those of them for whom somebody reads now; the whole clinic where that is none (RCV-12)."""
    return tuple(one for one in recipients if one.is_whole_clinic or readers(one)) or (WHOLE_CLINIC,)


def in_force(kind: str, practitioner: Employee | None) -> Receivers:
    """The set-up of a type that holds now for the patients of a practitioner (ABS-15 to ABS-17)."""
    return receivers_now(kind, practitioner.id if practitioner is not None else None)


def receivers(kind: str, practitioner: Employee | None) -> tuple[Recipient, ...]:
    """Who gets a new thread of this type; an administrator is told where nobody of those chosen reads (RCV-12)."""
    set_up = in_force(kind, practitioner)
    wanted = meant(set_up, practitioner)
    found = readable(wanted)
    if set_up.id is not None and not set(found) & set(wanted):
        alert(AlertKind.NOBODY_READS, set_up.id, ", ".join(names_of(wanted)))
    return found


def people(set_up: Receivers, practitioner: Employee | None) -> list[Employee]:
    """Who would get a message of the type in the inbox if it came now, each once."""
    found = {person.id: person for one in readable(meant(set_up, practitioner)) for person in readers(one)}
    return list(found.values())
