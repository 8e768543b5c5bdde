"""Patient lists: looked at, kept, exported (PAT-14, PAT-15, PAT-18, PAT-19)."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.kernel.ids import age_on
from skranke.patients import lists, rules
from skranke.patients.access import get_patient_for
from skranke.patients.listing import queries as listing
from skranke.patients.lists import Listed
from skranke.patients.models import Patient, PatientList
from skranke.web.clinic.patients.forms import ListForm, add_error
from skranke.web.clinic.patients.spreadsheet import spreadsheet
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import active_patient, shell
from skranke.web.files import file_headers
from skranke.web.numbers import number_of

TEMPLATES = "clinic/patients/lists"
_ROWS = 50


@require_GET
@clinic_view
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every list that this person may use, and when the GPs' were read last."""
    context = {
        "shell": shell(request, actor, "patients"),
        "slug": slug_of(request),
        "clinic_list": lists.clinic_list(),
        "clinic_size": lists.clinic_list().patients.count(),
        "gp_lists": lists.gp_lists(),
        "kept": lists.kept_lists(),
        "sync": listing.latest_sync(),
    }
    return render(request, f"{TEMPLATES}/overview.html", context)


@require_GET
@clinic_view
def show(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """A page of one list."""
    listed, start = lists.get_listed_for(actor, key), number_of(request.GET.get("fra", ""))
    found = lists.page_of(listed, start=start, size=_ROWS + 1)
    context = {
        "shell": shell(request, actor, "patients"),
        "slug": slug_of(request),
        "listed": listed,
        "title": list_text(listed),
        "patients": found[:_ROWS],
        "newer": max(0, start - _ROWS) if start else None,
        "older": start + _ROWS if len(found) > _ROWS else None,
        "may_change": listed.kept is not None and rules.may_change_list(actor, listed.kept),
        "active": active_patient(request, actor) if listed.kept is not None else None,
    }
    return render(request, f"{TEMPLATES}/list.html", context)


@require_POST
@clinic_view
def export(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The whole list as a spreadsheet (PAT-18)."""
    listed = lists.get_listed_for(actor, key)
    head = (_("Navn"), _("Alder"), _("E-post"), _("Telefon"))
    content = spreadsheet(head, map(_row, lists.exported(listed)))
    name = f"{list_text(listed)} {clock.today().isoformat()}.csv"
    return HttpResponse(content, headers=file_headers(name, "text/csv", download=True))


@require_http_methods(["GET", "POST"])
@clinic_view
def make(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new list."""
    form = ListForm(request.POST or None)
    if request.method == "POST":
        made = _attempt(form, lambda: lists.make_list(**form.facts()))
        if made is not None:
            return _to(request, str(made.id))
    return _form_page(request, actor, form)


@require_http_methods(["GET", "POST"])
@clinic_view
def change(request: HttpRequest, actor: Actor, list_id: UUID) -> HttpResponse:
    """Rename or share a list; who saves second is told, with what was typed kept."""
    kept = lists.get_list_for(actor, list_id)
    if request.method != "POST":
        return _form_page(request, actor, ListForm.of(kept), kept)
    form = ListForm(request.POST, kept=kept)
    version = number_of(request.POST.get("version", ""))
    done = _attempt(form, lambda: lists.change_list(kept, **form.changes(), expected_version=version))
    if done is not None:
        return _to(request, str(kept.id))
    kept.refresh_from_db()
    return _form_page(request, actor, form.at(kept.version), kept)


@require_POST
@clinic_view
def delete(request: HttpRequest, actor: Actor, list_id: UUID) -> HttpResponse:
    """Delete a list."""
    lists.delete_list(lists.get_list_for(actor, list_id))
    return HttpResponseRedirect(reverse("patient-lists", args=[slug_of(request)]))


@require_POST
@clinic_view
def member(request: HttpRequest, actor: Actor, list_id: UUID, patient_id: UUID) -> HttpResponse:
    """Put a patient on a list, or take the patient off."""
    kept, patient = lists.get_list_for(actor, list_id), get_patient_for(actor, patient_id)
    verb = lists.remove_member if request.POST.get("gjor") == "fjern" else lists.add_member
    verb(kept, patient)
    return _to(request, str(kept.id))


def list_text(listed: Listed) -> str:
    """What a list is called."""
    if listed.kept is not None:
        return listed.kept.name
    return _("Fastlegeliste %(name)s") % {"name": listed.gp.name} if listed.gp is not None else _("Klinikkliste")


def _row(patient: Patient) -> tuple[str, ...]:
    """A patient's line. Who lives at a confidential address leaves nothing to be found by."""
    age = str(age_on(patient.birth_date, clock.today()))
    contact = (patient.email, patient.phone) if not patient.confidentiality else ("", "")
    return (patient.name, age, *contact)


def _attempt(form: ListForm, verb: Callable[[], PatientList]) -> PatientList | None:
    if not form.is_valid():
        return None
    try:
        with transaction.atomic():
            return verb()
    except (InvalidError, ConflictError) as error:
        add_error(form, error)
        return None


def _form_page(request: HttpRequest, actor: Actor, form: ListForm, kept: PatientList | None = None) -> HttpResponse:
    context = {"shell": shell(request, actor, "patients"), "slug": slug_of(request), "form": form, "kept": kept}
    return render(request, f"{TEMPLATES}/edit.html", context, status=422 if form.errors else 200)


def _to(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("patient-list", args=[slug_of(request), key]))
