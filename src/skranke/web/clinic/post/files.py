"""Files as they are shown and fetched: of the kind they are, and able to do nothing in the browser."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from skranke.dialog.access import get_attachment_for
from skranke.journal import access as journal
from skranke.kernel.actor import Actor
from skranke.web.clinic.session import clinic_view
from skranke.web.files import file_response


@require_GET
@clinic_view
def attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of a message, or one uploaded and not yet sent."""
    return file_response(request, actor, get_attachment_for(actor, attachment_id))


@require_GET
@clinic_view
def journal_attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of a journal entry."""
    return file_response(request, actor, journal.get_attachment_for(actor, attachment_id))
