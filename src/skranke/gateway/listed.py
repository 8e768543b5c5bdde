"""Whether the citizen stands on the list, where the clinic's own list says no or knows nobody (ACT-6).

The local list is asked first, in the message's own transaction. Where it says no, that transaction is rolled back, and
Fastlegeregisteret is asked with nothing open; what it says corrects the local list in a transaction of its own, and the
message is done anew. Only the register's "no" refuses. The synchronous lane never waits for the register: it answers
from the local list, and has the register asked afterwards, so that the next question is answered right.
"""

import queue
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from skranke.gateway.alarms import alarm
from skranke.gateway.errors import ListNotCheckedError
from skranke.gateway.facts import Facts, ListCheck
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.errors import SkrankeError
from skranke.kernel.ids import NationalId
from skranke.kernel.log import get_logger
from skranke.patients.errors import PatientKnownError
from skranke.patients.listing.placing import here, note_listing, register_listed
from skranke.patients.listing.rules import is_ours
from skranke.patients.models import Patient
from skranke.registers.clients import gp_register
from skranke.registers.errors import RegisterNotSetUpError
from skranke.registers.soap import IN_A_LANE
from skranke.registers.values import Listing
from skranke.standards.msghead import MsgHead
from skranke.tenancy.work import acting

log = get_logger(__name__)

PATIENCE = timedelta(minutes=15)
"""How long a message waits for a register that does not answer (ACT-6)."""
_ASKED_RECENTLY = timedelta(minutes=1)
_MOST_WAITING = 100


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Whom a message is about, as it says."""

    clinic_id: UUID
    national_id: NationalId
    given_name: str
    family_name: str


def person_of(facts: Facts) -> Person | None:
    """The message's patient; None for one without a complete number."""
    wire = facts.document.info.patient if isinstance(facts.document, MsgHead) else None
    if wire is None or wire.national_id is None:
        return None
    return Person(facts.clinic_id, wire.national_id, wire.given_name, wire.family_name)


def check(facts: Facts) -> ListCheck:
    """Ask the register about the message's patient and correct the local list; how that went.

    Raises ListNotCheckedError while the register does not answer and the message may still wait.
    """
    person = person_of(facts)
    if person is None:
        return ListCheck.ASKED
    try:
        correct(person)
    except RegisterNotSetUpError:
        return ListCheck.ASKED  # what the clinic knows itself is all there is
    except SkrankeError as error:
        if clock.now() < (facts.first_tried_at or facts.received_at) + PATIENCE:
            raise ListNotCheckedError(
                "Fastlegeregisteret does not answer. The message waits, and is tried again."
            ) from error
        alarm(error)
        return ListCheck.UNREACHABLE
    return ListCheck.ASKED


def correct(person: Person) -> None:
    """Ask the register, then write what it says; a person on a list of ours who is no patient yet becomes one."""
    read_at = clock.now()
    listing = gp_register().listing(person.national_id, IN_A_LANE)
    with acting(system(person.clinic_id)):
        patient = Patient.objects.filter(national_id=str(person.national_id)).first()
        if patient is not None:
            note_listing(patient, listing, read_at=read_at)
        elif listing is not None and is_ours(listing, here(), read_at):
            _make(person, listing, read_at)


def _make(person: Person, listing: Listing, read_at: datetime) -> None:
    """The names are the register's, else the message's."""
    given = listing.given_name if listing.family_name else person.given_name
    try:
        register_listed(
            listing, given_name=given, family_name=listing.family_name or person.family_name, read_at=read_at
        )
    except PatientKnownError:
        log.info("patient_made_meanwhile")  # by another message of the same person's: it has asked the register too


class Later:
    """Asks the register in a thread of its own, for who cannot wait. What is lost with the process is asked again."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Person] = queue.Queue(_MOST_WAITING)
        self._asked: dict[tuple[UUID, NationalId], datetime] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, person: Person) -> None:
        """Ask about a person soon, unless that was done a moment ago or too many wait already."""
        now, key = clock.now(), (person.clinic_id, person.national_id)
        with self._lock:
            self._asked = {one: at for one, at in self._asked.items() if at <= now < at + _ASKED_RECENTLY}
            if key in self._asked or self._waiting.full():
                return
            self._asked[key] = now
            self._waiting.put_nowait(person)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="listed", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while True:
            person = self._waiting.get()
            try:
                correct(person)
            except RegisterNotSetUpError:
                pass
            except Exception as error:  # noqa: BLE001 - whatever it was, the next person is asked about
                alarm(error)
            finally:
                connection.close()


LATER = Later()
"""One for the process."""
