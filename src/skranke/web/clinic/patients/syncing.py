"""Reading the GPs' lists anew, and what each reading changed (PAT-16, PAT-17)."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
from skranke.patients.listing import queries as listing
from skranke.patients.listing.errors import ListSyncOpenError
from skranke.patients.listing.syncing import ask_for_sync
from skranke.patients.models import GPListSync, ListSyncState
from skranke.registers.errors import RegisterNotSetUpError
from skranke.web.clinic.post.place import is_htmx, slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell

TEMPLATES = "clinic/patients/lists"


@require_http_methods(["GET", "POST"])
@clinic_view
def sync(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask before the lists are read, then show how far it has come."""
    if request.method == "POST":
        try:
            with transaction.atomic():
                ask_for_sync()
        except (RegisterNotSetUpError, ListSyncOpenError) as error:
            return _sync_page(request, actor, status=409, problem=_why(error))
        return HttpResponseRedirect(reverse("list-sync", args=[slug_of(request)]))
    return _sync_page(request, actor)


@require_GET
@clinic_view
def changes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The readings that changed something, to choose from."""
    return _changes_page(request, actor, None)


@require_GET
@clinic_view
def run_changes(request: HttpRequest, actor: Actor, sync_id: UUID) -> HttpResponse:
    """Who one reading put on which list, and took off it."""
    return _changes_page(request, actor, listing.get_sync_for(actor, sync_id))


def reason_text(run: GPListSync) -> str:
    """Why a reading came to nothing."""
    return {
        "register_not_set_up": _("Klinikken mangler HER-id eller tilgang til Fastlegeregisteret."),
    }.get(run.reason, _("Fastlegeregisteret svarte ikke, eller svaret kunne ikke leses."))


def _sync_page(request: HttpRequest, actor: Actor, *, status: int = 200, problem: str = "") -> HttpResponse:
    run = listing.latest_sync()
    context: dict[str, Any] = {
        "slug": slug_of(request),
        "run": run,
        "reads": run is not None and run.state in {ListSyncState.WAITING, ListSyncState.RUNNING},
        "problem": problem,
        "reason": reason_text(run) if run is not None and run.state == ListSyncState.FAILED else "",
    }
    if is_htmx(request):
        return render(request, f"{TEMPLATES}/progress.html", context)
    return render(
        request, f"{TEMPLATES}/sync.html", context | {"shell": shell(request, actor, "patients")}, status=status
    )


def _changes_page(request: HttpRequest, actor: Actor, chosen: GPListSync | None) -> HttpResponse:
    context = {
        "shell": shell(request, actor, "patients"),
        "slug": slug_of(request),
        "runs": listing.kept_syncs(),
        "chosen": chosen,
        "changes": listing.changes_of(chosen) if chosen is not None else (),
        "lists": listing.gp_lists(),
    }
    return render(request, f"{TEMPLATES}/changes.html", context)


def _why(error: SkrankeError) -> str:
    if isinstance(error, ListSyncOpenError):
        return _("Listene leses allerede. Vent til det er ferdig.")
    return _("Listene kan ikke leses: klinikken mangler HER-id eller tilgang til Fastlegeregisteret. Si fra til drift.")
