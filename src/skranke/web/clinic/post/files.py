"""Files as they are shown and fetched: of the kind they are, and able to do nothing in the browser."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from skranke.dialog.access import get_attachment_for
from skranke.dialog.models import Attachment
from skranke.dialog.services.uploads import existing_files, look_into
from skranke.journal import access as journal
from skranke.kernel.actor import Actor
from skranke.patients.models import Patient
from skranke.tenancy.work import acting
from skranke.web.clinic.session import asking_view
from skranke.web.drafts import Written
from skranke.web.files import file_response


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
def journal_attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of a journal entry."""
    with acting(actor):
        row = journal.get_attachment_for(actor, attachment_id)
        look_into(row.blob_id)
    with acting(actor):
        return file_response(request, actor, row)
