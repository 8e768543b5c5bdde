"""Files as they are shown and fetched: of the kind they are, and able to do nothing in the browser."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from skranke.blobs.first_page import first_page
from skranke.dialog.access import get_attachment_for, nothing
from skranke.dialog.models import Attachment
from skranke.dialog.services.uploads import existing_files, look_into
from skranke.journal import access as journal
from skranke.kernel.actor import Actor
from skranke.patients.models import Patient
from skranke.tenancy.work import acting
from skranke.web.clinic.session import asking_view
from skranke.web.drafts import Written
from skranke.web.files import content_of, file_response, page_response

PDF = "application/pdf"


def shown_files(patient: Patient | None, channel: str, draft: Written) -> list[Attachment]:
    """What can be attached without being uploaded (CMP-10), but for what is attached already."""
    attached = {one.blob_id for one in draft.uploads}
    return [one for one in existing_files(patient, channel) if one.blob_id not in attached]


@require_GET
@asking_view
def attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of a message, or one uploaded and not yet sent."""
    with acting(actor):
        row = get_attachment_for(actor, attachment_id)
        look_into(row.blob_id)
    with acting(actor):
        return file_response(request, actor, row)


@require_GET
@asking_view
def attachment_page(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The first page of a PDF as a picture; the sign of a file for one that cannot be shown (CMP-10).

    Whoever may have the file may see it, and both are logged alike. It is drawn outside every unit of work.
    """
    with acting(actor):
        row = get_attachment_for(actor, attachment_id)
        if row.media_type != PDF:
            raise nothing()
        look_into(row.blob_id)
    return page_response(first_page(content_of(actor, row)))


@require_GET
@asking_view
def journal_attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of a journal entry."""
    with acting(actor):
        row = journal.get_attachment_for(actor, attachment_id)
        look_into(row.blob_id)
    with acting(actor):
        return file_response(request, actor, row)
