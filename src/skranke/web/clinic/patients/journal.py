"""The journal, as far as messages stand in it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from skranke.dialog.access import employee_of, visible_threads
from skranke.journal.access import get_entry_for
from skranke.kernel.actor import Actor
from skranke.web.clinic.post import words
from skranke.web.clinic.post.place import Place, slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell


@require_GET
@clinic_view
def entry(request: HttpRequest, actor: Actor, entry_id: UUID) -> HttpResponse:
    """One journal entry with its files, and the way to the thread it came from (JRN-8)."""
    row = get_entry_for(actor, entry_id)
    context = {
        "shell": shell(request, actor, "patients"),
        "entry": row,
        # A thread that was called back before anything left is gone, and another's private one is not for everybody.
        "to_thread": visible_threads(employee_of(actor)).filter(id=row.thread_id).exists() if row.thread_id else False,
        "attachments": list(row.attachments.order_by("number", "id")),
        "words": words,
        "place": Place(slug=slug_of(request)),
    }
    return render(request, "clinic/patients/entry.html", context)
