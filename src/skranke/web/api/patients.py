"""Patients and their journal over REST."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from skranke.blobs.services import open_blob
from skranke.dialog.services import tell_issued
from skranke.journal import access as journal_access
from skranke.journal import queries as journal
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import NationalId
from skranke.patients import queries
from skranke.patients.access import get_patient_for
from skranke.patients.exemption import note_exemption
from skranke.patients.models import Exemption, Patient, ResidenceReading
from skranke.patients.reaching import ask_ahead
from skranke.patients.residing import ask_where
from skranke.patients.rules import is_exempt
from skranke.tenancy.work import current_actor
from skranke.web.api import asked, schemas
from skranke.web.api.persons import AddressOut, ExemptionIn, ExemptionOut, RegisterState
from skranke.web.api.prescriptions import IssuedIn, IssuedOut
from skranke.web.api.text import Text
from skranke.web.api.work import answer, created, reads, writes
from skranke.web.files import file_headers

router = Router(tags=["patients"])


@router.get("/patients", response=schemas.PatientList)
@reads
def find_patients(request: HttpRequest, national_id: str = "", q: Text = "") -> Any:
    """The patients with a national id, or those a search by name or birth date finds."""
    if national_id:
        try:
            wanted = NationalId(national_id)
        except ValueError as error:
            raise InvalidError(str(error), field="national_id") from None
        return schemas.PatientList(items=[_patient(one) for one in queries.find(wanted.value)])
    return schemas.PatientList(items=[_patient(one) for one in queries.find(q)])


@router.get("/patients/{patient_id}", response=schemas.PatientOut)
@reads
def read_patient(request: HttpRequest, patient_id: UUID) -> Any:
    """One patient."""
    return answer(_patient(get_patient_for(current_actor(), patient_id)))


@router.get("/patients/{patient_id}/reachability", response=schemas.ReachabilityOut)
@reads
def read_reachability(request: HttpRequest, patient_id: UUID) -> Any:
    """Whether a dialog may be started with the patient in HelseNorge."""
    reach = ask_ahead(get_patient_for(current_actor(), patient_id))
    return schemas.ReachabilityOut(
        reachable=reach.ok, reason=str(reach.reason), detail=reach.sentence, state=reach.state, as_of=reach.as_of
    )


@router.get("/patients/{patient_id}/address", response=AddressOut)
@reads
def read_address(request: HttpRequest, patient_id: UUID) -> Any:
    """Where the patient lives, with who told it; asks Folkeregisteret, as making the patient active does (PAT-8)."""
    patient = get_patient_for(current_actor(), patient_id)
    reading = ask_where(patient)
    return AddressOut(
        line=patient.address_line,
        postal_code=patient.postal_code,
        city=patient.city,
        source=patient.address_source,
        as_of=patient.address_at,
        confidential=bool(patient.confidentiality),
        register_state=_register_state(reading),
        register_read_at=reading.read_at if reading else None,
    )


@router.get("/patients/{patient_id}/exemption-card", response=ExemptionOut)
@reads
def read_exemption(request: HttpRequest, patient_id: UUID) -> Any:
    """Whether the patient has an exemption card for user fees (PAT-7)."""
    return answer(_exemption(get_patient_for(current_actor(), patient_id)))


@router.put("/patients/{patient_id}/exemption-card", response=ExemptionOut)
@writes
def write_exemption(request: HttpRequest, patient_id: UUID, body: ExemptionIn) -> Any:
    """Tell what the record system knows of the exemption card; the answer is what stands here afterwards."""
    patient = get_patient_for(current_actor(), patient_id)
    told_at = body.as_of or clock.now()
    return answer(_exemption(note_exemption(patient, Exemption(body.state), body.valid_until, as_of=told_at)))


@router.post("/patients/{patient_id}/prescriptions", response={201: IssuedOut})
@writes
def tell_of_prescription(request: HttpRequest, patient_id: UUID, body: IssuedIn) -> Any:
    """Tell that a prescription has been issued, so that an answer "renewed" needs no warning (RX-11)."""
    patient = get_patient_for(current_actor(), patient_id)
    return created(IssuedOut.from_orm(tell_issued(patient, name=body.name, issued_at=body.issued_at)))


@router.get("/journal", response=schemas.JournalList)
@reads
def read_journal(request: HttpRequest, wanted: Query[asked.JournalQuery]) -> Any:
    """A patient's journal, newest first."""
    actor = current_actor()
    before = journal_access.get_entry_for(actor, wanted.cursor) if wanted.cursor else None
    entries = journal.entries_for(get_patient_for(actor, wanted.patient), limit=wanted.limit, before=before)
    more = str(entries[-1].id) if len(entries) == wanted.limit else ""
    return schemas.JournalList(items=[_entry(one) for one in entries], next_cursor=more)


@router.get("/journal/attachments/{attachment_id}")
@reads
def read_journal_attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """The content of a file in the journal."""
    attachment = journal_access.get_attachment_for(current_actor(), attachment_id)
    content = b"".join(open_blob(attachment.blob_id))
    return HttpResponse(content, headers=file_headers(attachment.name, attachment.media_type, download=True))


def _exemption(row: Patient) -> ExemptionOut:
    return ExemptionOut(
        state=row.exemption,
        valid_until=row.exemption_until,
        holds=is_exempt(row, clock.today()),
        source=row.exemption_source,
        told_by=row.exemption_by,
        as_of=row.exemption_at,
    )


def _register_state(reading: ResidenceReading | None) -> RegisterState:
    if reading is None:
        return "not_asked"
    if reading.due_at is not None:
        return "away" if reading.reason else "asking"
    return "failed" if reading.reason else cast("RegisterState", reading.told)


def _patient(row: Patient) -> schemas.PatientOut:
    return schemas.PatientOut(
        id=row.id,
        national_id=row.national_id,
        name=row.name,
        given_name=row.given_name,
        family_name=row.family_name,
        birth_date=row.birth_date,
        gp_id=row.gp_id,
        gp_name=row.gp.name if row.gp else "",
        on_gp_list=row.on_gp_list,
        helsenorge_state=row.helsenorge_state,
    )


def _entry(row: JournalEntry) -> schemas.JournalEntryOut:
    return schemas.JournalEntryOut(
        id=row.id,
        at=row.at,
        kind=row.kind,
        title=row.title,
        text=row.text,
        problem=row.problem,
        author_name=row.author_name,
        recipient_name=row.recipient_name,
        on_behalf_of=row.on_behalf_of,
        thread_id=row.thread_id,
        attachments=[schemas.AttachmentOut.from_orm(one) for one in row.attachments.all()],
    )
