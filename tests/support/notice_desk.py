"""A clinic that sends notices of its own, the servers they go to, and the worker that sends them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from skranke.clinics.models import Clinic
from skranke.kernel import clock
from skranke.notifications.models import Notice, NoticeSending
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.relating import add_relation
from skranke.scheduling.models import Appointment, AppointmentType, Schedule
from skranke.scheduling.services import book
from skranke.tenancy.work import acting
from skranke.worker.jobs import JOBS
from skranke.worker.run import look

from cast import Cast
from support.database import as_role
from support.notice_servers import Caught, notice_servers
from support.timebok import Timebok, make_timebok, weekday_at

DECIDE, SEND = (next(one for one in JOBS if one.name == name) for name in ("notices.decide", "notices.send"))


@dataclass
class Desk:
    """The clinic, and what has come to the servers."""

    timebok: Timebok
    caught: Caught

    @property
    def cast(self):
        return self.timebok.cast

    @property
    def ola(self) -> Patient:
        return self.cast.ola

    def patient(self, **facts: object) -> None:
        """Ola's contact data, and whether he is in HelseNorge."""
        with acting(self.cast.system):
            Patient.objects.filter(id=self.ola.id).update(**facts)
            self.ola.refresh_from_db()

    def set(self, *, clinic: bool | None = None, schedule: bool | None = None, kind: bool | None = None) -> None:
        """The three switches."""
        with acting(self.cast.system):
            if clinic is not None:
                Clinic.objects.update(own_notices=clinic)
            if schedule is not None:
                Schedule.objects.filter(id=self.timebok.schedule.id).update(reminders=schedule)
            if kind is not None:
                AppointmentType.objects.filter(id=self.timebok.ordinary.id).update(notifies=kind)

    def book(self, when: datetime | None = None, patient: Patient | None = None) -> Appointment:
        """By Ali, at the desk; on Tuesday in a week when nothing else is said."""
        slot = self.timebok.slot((when or weekday_at(10)).replace(second=0, microsecond=0))
        with acting(self.cast.actor(self.cast.ali)):
            return book(slot=slot, patient=patient or self.ola, through="staff")

    def do(self, verb: Callable[[Appointment], object], appointment: Appointment) -> None:
        """As Ali."""
        with acting(self.cast.actor(self.cast.ali)):
            verb(Appointment.objects.select_related("schedule", "type", "patient").get(id=appointment.id))

    def notices(self) -> list[Notice]:
        with acting(self.cast.system):
            return list(Notice.objects.prefetch_related("sendings").order_by("created_at", "due_at", "id"))

    def route(self, event: str) -> tuple[str, list[tuple[str, str]]]:
        """Of the last notice of an event: its route, and each way with its state."""
        one = [notice for notice in self.notices() if notice.event == event][-1]
        return one.route, sorted((sending.way, sending.state) for sending in one.sendings.all())


def worker(later: timedelta = timedelta()) -> None:
    """Some time goes by; then the worker looks twice at each of its two jobs, as its own role.

    Twice, because another test may have had its jobs done at just this time.
    """
    clock.move(later)
    with as_role("skranke_worker"):
        for _ in range(2):
            clock.move(timedelta(seconds=2))
            look(DECIDE)
            look(SEND)


@contextmanager
def open_desk() -> Iterator[Desk]:
    """All switches on; Ola is not in HelseNorge and has an e-mail address and a phone."""
    with notice_servers() as caught:
        made = Desk(make_timebok(), caught)
        made.set(clinic=True, kind=True)
        made.patient(helsenorge_state=HelseNorgeState.INACTIVE, email="ola@example.no", phone="412 34 567")
        yield made
        # The jobs are for all clinics: none of this one's may go to the next test's servers.
        with acting(made.cast.system):
            NoticeSending.objects.filter(state__in=["waiting", "sending"]).update(state="dropped")
            Notice.objects.filter(state="waiting").delete()


def represent(child: Patient, by: Patient, cast: Cast) -> None:
    """Let somebody act for a child, as Ali writes it on the patient card."""
    with acting(cast.actor(cast.ali)):
        add_relation(child, national_id=by.national_id, name=by.name, kind="father", access=True)
