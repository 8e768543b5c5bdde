"""Asking HelseNorge which patients are active there, and noting the answer (PAT-4; HITS 1217 3.9)."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.services import event, record
from skranke.clinics.activation.queries import offered_by
from skranke.clinics.models import CommunicationParty
from skranke.clinics.queries import parties
from skranke.kernel import clock
from skranke.outbox.intents import Intent, status_stream
from skranke.outbox.services import enqueue
from skranke.patients import rules
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.queries import reachability
from skranke.patients.rules import Reachability
from skranke.tenancy import live
from skranke.tenancy.rows import insert

AT_ONCE = 500
"""How many persons one question names at most (protocol-messages 3.3)."""

_TRIES = 4
_FIRST_PAUSE = timedelta(minutes=15)


def ask_helsenorge(patients: Iterable[Patient], *, not_before: datetime | None = None, tries: int = 1) -> int:
    """Ask about those who stand on a list of ours and have a complete national id; how many were asked about.

    One message for each GP and at most AT_ONCE patients. The answer comes when it comes.
    """
    asked = 0
    for party, listed in _by_party(patients).items():
        for start in range(0, len(listed), AT_ONCE):
            some = listed[start : start + AT_ONCE]
            enqueue(
                stream=status_stream(party.id),
                intent=Intent.STATUS_CHECK,
                subject_id=party.id,
                not_before=not_before,
                detail={"patients": [str(patient.id) for patient in some], "tries": tries},
            )
            record(
                Action.PATIENTS_ASKED_ABOUT,
                subject_kind="communication_party",
                subject_id=party.id,
                detail={"patients": len(some)},
            )
            asked += len(some)
    return asked


def ask_about_everybody() -> None:
    """Once a night the clinic asks about everybody on its lists (HITS 1217 3.9.2, PAT-4)."""
    ask_helsenorge(Patient.objects.filter(on_gp_list=True))


def ask_ahead(patient: Patient) -> Reachability:
    """Whether the patient can be reached; asks HelseNorge when only it can tell, and nobody has just asked (PAT-10).

    Of somebody on no list here Fastlegeregisteret is asked first (ACT-6): the worker does it, for whoever waits.
    """
    reach, now = reachability(patient), clock.now()
    if reach.known or not rules.may_ask(patient, now):
        return reach
    waited = Patient.objects.filter(id=patient.id, helsenorge_asked_at=patient.helsenorge_asked_at)
    # Of two who look at once, one asks.
    if waited.update(helsenorge_asked_at=now):
        ask_helsenorge([patient])
    patient.helsenorge_asked_at = now
    return reach


def ask_again(patients: Iterable[Patient], *, tries: int) -> int:
    """HelseNorge could not tell: ask the same once more after a pause that doubles, until it has been tried enough."""
    if tries >= _TRIES:
        return 0
    return ask_helsenorge(patients, not_before=clock.now() + _FIRST_PAUSE * 2 ** (tries - 1), tries=tries + 1)


def note_answer(asked: Collection[Patient], *, active: Collection[str], at: datetime) -> int:
    """Note who of those asked about is active (by national id) at an instant; for how many that is news.

    What was told of somebody later than that stands.
    """
    changed: list[UUID] = []
    for state, is_active in ((HelseNorgeState.ACTIVE, True), (HelseNorgeState.INACTIVE, False)):
        ids = [patient.id for patient in asked if (patient.national_id in active) is is_active]
        rows = Patient.objects.filter(id__in=ids).exclude(helsenorge_state_at__gte=at)
        changed += list(rows.exclude(helsenorge_state=state).values_list("id", flat=True))
        rows.update(helsenorge_state=state, helsenorge_state_at=at)
    if changed:
        insert(*(_changed(patient_id) for patient_id in changed))
    stop_waiting(asked)
    return len(changed)


def stop_waiting(told: Collection[Patient]) -> None:
    """HelseNorge has told of these patients: who waits for it sees the answer on the open page."""
    waited = Patient.objects.filter(id__in=[one.id for one in told], helsenorge_asked_at__isnull=False)
    ids = list(waited.values_list("id", flat=True))
    waited.update(helsenorge_asked_at=None)
    for patient_id in ids:
        live.announce("patient", patient_id)


def _changed(patient_id: UUID) -> AuditEvent:
    return event(
        Action.PATIENT_CHANGED,
        subject_kind="patient",
        subject_id=patient_id,
        patient_id=patient_id,
        detail={"field": "helsenorge_state"},
    )


def _by_party(patients: Iterable[Patient]) -> dict[CommunicationParty, list[Patient]]:
    """The patients that may be asked about, by the live party of their GP."""
    live = {party.employee_id: party for party in parties() if offered_by(party)}
    found: dict[CommunicationParty, list[Patient]] = {}
    for patient in patients:
        party = live.get(patient.gp_id) if patient.gp_id else None
        if party is not None and rules.is_listed(patient) and rules.has_complete_national_id(patient):
            found.setdefault(party, []).append(patient)
    return found
