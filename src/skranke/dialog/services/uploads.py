"""Files on their way out: uploaded first, sent with a message later (CMP-8 to CMP-11)."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.blobs import services as blobs
from skranke.blobs.models import Blob, Scan
from skranke.clinics.models import Employee
from skranke.dialog import access, kinds, rules
from skranke.dialog.errors import (
    AttachmentInfectedError,
    AttachmentKindError,
    AttachmentsTooLargeError,
    ScannerAwayError,
)
from skranke.dialog.kinds import FileKind
from skranke.dialog.models import Attachment, Channel, Message
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.patients.models import Patient
from skranke.tenancy.work import current_actor

_MEBIBYTE = 1024 * 1024
MOST_EXISTING = 50


def store_upload(*, name: str, content: BinaryIO) -> Attachment:
    """Store a file for a message that the acting employee or patient will send; until then it is the writer's own.

    The kind is read from the content, never from the name (CMP-11). content: can be read anew from its beginning.
    Raises AttachmentKindError, AttachmentInfectedError, ScannerAwayError,
    and AttachmentsTooLargeError as soon as more than a whole message's limit is read.
    """
    actor = current_actor()
    writer = access.patient_of(actor) if actor.kind == ActorKind.PATIENT else access.employee_of(actor)
    kind, allowed = kinds.kind_of(name, content), allowed_kinds()
    if kind is None or kind not in allowed:
        raise AttachmentKindError(
            _("Filen er ikke lagt ved. Vi tar %(kinds)s, og ser på innholdet, ikke på navnet.")
            % {"kinds": kinds.words(allowed)},
            field="attachments",
        )
    media_type = kind.media_type
    # A file found too large half-way leaves nothing behind, also when the caller carries on.
    with transaction.atomic():
        blob = blobs.store(cast("BinaryIO", _Limited(content, _limit())), media_type)
        _require_clean(blob)
        attachment = Attachment.objects.create(
            clinic_id=writer.clinic_id,
            uploaded_by=writer if isinstance(writer, Employee) else None,
            uploaded_by_patient=writer if isinstance(writer, Patient) else None,
            blob_id=blob.id,
            name=rules.safe_name(name, media_type),
            media_type=media_type,
            size=blob.size,
            created_at=clock.now(),
        )
    record(
        Action.ATTACHMENT_STORED,
        subject_kind="attachment",
        subject_id=attachment.id,
        patient_id=attachment.uploaded_by_patient_id,
        detail={"size": blob.size, "media_type": media_type},
    )
    return attachment


def _require_clean(blob: Blob) -> None:
    """CMP-11: nothing is sent that holds a virus, or that nobody could look into."""
    if blob.scan == Scan.INFECTED:
        raise AttachmentInfectedError(
            _("Vi fant et virus i filen (%(name)s). Filen er ikke lagt ved.") % {"name": blob.found},
            field="attachments",
        )
    if blob.scan == Scan.WAITING:
        raise ScannerAwayError(
            _("Viruskontrollen svarer ikke nå. Filen er ikke lagt ved, men teksten din er her. Prøv igjen om litt."),
            field="attachments",
        )


def look_into(blob_id: UUID) -> None:
    """Ask the virus scanner about content that waits for it, and show the files that have it as it says (CMP-11).

    In a unit of work of its own, before the content is opened: an opening that is refused leaves nothing.
    """
    blob = blobs.scan_waiting(blob_id)
    state = blob.scan if blob.scan in rules.QUARANTINED else ""
    if state != Scan.WAITING:
        Attachment.objects.filter(blob_id=blob.id, quarantine=Scan.WAITING).update(quarantine=state)


def discard_upload(attachment: Attachment) -> None:
    """Forget an upload of the acting employee's that has not been sent. Raises NotFoundError for any other."""
    employee = access.employee_of(current_actor())
    deleted, _rows = uploads_of(employee).filter(id=attachment.id).delete()
    if not deleted:
        raise _unknown()


def uploads_of(writer: Employee | Patient) -> QuerySet[Attachment]:
    """What the writer has uploaded and not sent yet."""
    unsent = Attachment.objects.filter(clinic_id=writer.clinic_id, message=None, template=None)
    if isinstance(writer, Employee):
        return unsent.filter(uploaded_by=writer)
    return unsent.filter(uploaded_by_patient=writer)


def attach(message: Message, attachment_ids: Sequence[UUID], uploads: QuerySet[Attachment]) -> None:
    """Send some of the writer's `uploads` with a message, in the order given.

    An employee may name files of `existing_files` as well (CMP-10).

    Raises NotFoundError when one is neither that nor the writer's own unsent upload, AttachmentsTooLargeError when all
    of them together are larger than the limit, to the byte (CMP-9), AttachmentKindError for one that its channel does
    not take.
    """
    if not attachment_ids:
        return
    own = uploads.select_for_update().filter(id__in=attachment_ids)
    found = {row.id: row for row in own.order_by("id")}
    wanted = list(dict.fromkeys(attachment_ids))
    _require_readable_still(found.values(), message.thread.patient_id)
    again = [one for one in wanted if one not in found]
    if again:
        found |= dict(zip(again, reuse(again, message.thread.patient_id), strict=True))
    require_room(found.values())
    _require_taken(message.thread.channel, found.values())
    for number, one in enumerate(wanted):
        found[one].message, found[one].number = message, number
        found[one].save(update_fields=["message", "number"])


def require_room(files: Iterable[Attachment]) -> None:
    """Refuse files that one message cannot hold together. Raises AttachmentsTooLargeError (CMP-9, TPL-6)."""
    if sum(one.size for one in files) > _limit():
        raise _too_large()


def allowed_kinds(channel: str = "") -> tuple[FileKind, ...]:
    """What may be sent in a channel; left out: in any. HelseNorge takes fewer than we do (HITS 1217 2.10, CMP-11)."""
    ours = kinds.named(settings.OURS.file_kinds())
    return tuple(kind for kind in ours if kind.on_the_wire) if channel == Channel.HELSENORGE else ours


def _require_taken(channel: str, files: Iterable[Attachment]) -> None:
    stray = next(
        (one for one in files if channel == Channel.HELSENORGE and not kinds.on_the_wire(one.media_type)), None
    )
    if stray is not None:
        facts = {"name": stray.name, "kinds": kinds.words(allowed_kinds(channel))}
        raise AttachmentKindError(
            _("HelseNorge tar ikke «%(name)s», bare %(kinds)s. Lagre filen som PDF. Ingenting er sendt.") % facts,
            field="attachments",
        )


def existing_files(patient: Patient | None, channel: str = "") -> list[Attachment]:
    """What the acting employee may send anew without uploading it (CMP-10), newest first, the same content once.

    patient: whom the message is about, if anybody. channel: only what may be sent in it. At most MOST_EXISTING files.
    """
    employee = access.employee_of(current_actor())
    taken = [kind.media_type for kind in allowed_kinds(channel)]
    rows = access.reusable_files(employee, patient.id if patient else None).filter(media_type__in=taken)
    once = rows.order_by("blob_id", "-created_at", "id").distinct("blob_id").values("id")
    found = Attachment.objects.filter(id__in=once).select_related("message__thread", "template")
    return list(found.order_by("-created_at", "id")[:MOST_EXISTING])


def reuse(attachment_ids: Sequence[UUID], patient_id: UUID | None) -> tuple[Attachment, ...]:
    """Uploads of the acting employee's own with the content of files that are here already, in the order given.

    The content is stored once; each file is written in the audit log as read. Raises NotFoundError for one that is not
    among those of `existing_files`, AttachmentInfectedError, ScannerAwayError.
    """
    actor = current_actor()
    if actor.kind != ActorKind.EMPLOYEE:
        raise _unknown()
    employee = access.employee_of(actor)
    allowed = {row.id: row for row in access.reusable_files(employee, patient_id).filter(id__in=attachment_ids)}
    if any(one not in allowed for one in attachment_ids):
        raise _unknown()
    for one in attachment_ids:
        _require_clean(blobs.get_blob(access.get_attachment_for(actor, one).blob_id))
    return copy_to(employee, (allowed[one] for one in attachment_ids), of_archive=True)


def _require_readable_still(files: Iterable[Attachment], patient_id: UUID | None) -> None:
    """What was chosen among those that were here must be among them still, for whom the message is to (CMP-10)."""
    chosen = [one for one in files if one.copy_of is not None]
    if not chosen:
        return
    employee = access.employee_of(current_actor())
    of = {one.copy_of for one in chosen if one.copy_of}
    there = set(access.reusable_files(employee, patient_id).filter(id__in=of).values_list("id", flat=True))
    lost = next((one for one in chosen if one.copy_of not in there), None)
    if lost is not None:
        text = _("Du har ikke lenger tilgang til «%(name)s». Ta filen bort. Ingenting er sendt.")
        raise InvalidError(text % {"name": lost.name}, field="attachments")


def copy_to(writer: Employee, files: Iterable[Attachment], *, of_archive: bool = False) -> tuple[Attachment, ...]:
    """Uploads of the writer's own with the content of files that stay where they are.

    of_archive: whoever sends them must be allowed to read those then, too.
    """
    return tuple(
        Attachment.objects.create(
            clinic_id=writer.clinic_id,
            uploaded_by=writer,
            blob_id=one.blob_id,
            name=one.name,
            media_type=one.media_type,
            size=one.size,
            copy_of=one.id if of_archive else None,
            created_at=clock.now(),
        )
        for one in files
    )


class _Limited:
    """A stream that refuses to give more than the limit."""

    def __init__(self, content: BinaryIO, limit: int) -> None:
        self._content, self._left = content, limit

    def read(self, size: int = -1) -> bytes:
        part = self._content.read(size)
        self._left -= len(part)
        if self._left < 0:
            raise _too_large()
        return part


def _limit() -> int:
    return int(settings.OURS.attachment_total_bytes)


def _too_large() -> AttachmentsTooLargeError:
    megabytes = _limit() // _MEBIBYTE
    return AttachmentsTooLargeError(
        _("Vedleggene er for store. De kan til sammen være %(limit)d MB. Ingenting er sendt.") % {"limit": megabytes},
        field="attachments",
    )


def _unknown() -> NotFoundError:
    return NotFoundError(_("Vedlegget finnes ikke lenger. Last det opp på nytt."))
