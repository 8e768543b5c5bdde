"""Konfigurasjon > Post > Maler (TPL-1 to TPL-3)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.dialog.access import get_template_for
from skranke.dialog.filling import shown
from skranke.dialog.models import Attachment, MessageTemplate
from skranke.dialog.services import remove_template, save_template, templates
from skranke.dialog.services.templates import facts_of, may_change, require_changeable
from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling.access import get_type_for
from skranke.scheduling.services.automatic import set_types, types
from skranke.web.clinic.post import words
from skranke.web.clinic.post.screens import attachment_room
from skranke.web.clinic.settings.editing import is_removal, posted, refusal, save
from skranke.web.clinic.settings.frame import address, settings_page, settings_view, to
from skranke.web.clinic.settings.template_form import WORDS, TemplateForm
from skranke.web.drafts import Attempt, Written, accepted, attempt

ROUTE, TEMPLATES = "settings-templates", "clinic/settings"


@require_GET
@settings_view()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The shared ones, and one's own."""
    rows = list(templates())
    parts = [(False, [one for one in rows if one.owner_id is None]), (True, [one for one in rows if one.owner_id])]
    facts = {"parts": parts, "words": words, "may_share": may(actor, Permission.SHARED_TEMPLATE)}
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/templates.html", facts)


@require_http_methods(["GET", "POST"])
@settings_view()
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Another template (Ny mal)."""
    may_share = may(actor, Permission.SHARED_TEMPLATE)
    form = TemplateForm(posted(request), initial={"to_patient": True, "to_user": True}, may_share=may_share)
    written = _save(request, actor, form, None) if request.method == "POST" else Attempt(draft=Written(), value=200)
    return _page(request, actor, form, written, heading=_("Ny mal"))


@require_http_methods(["GET", "POST"])
@settings_view()
def template(request: HttpRequest, actor: Actor, template_id: UUID) -> HttpResponse:
    """Change a template, or away with it; a shared one is read by everybody and changed by an administrator."""
    row = get_template_for(actor, template_id)
    if request.method == "POST":
        require_changeable(row)
    facts = facts_of(row)
    form = TemplateForm.of(facts, row.version, posted(request), may_share=may(actor, Permission.SHARED_TEMPLATE))
    written = Attempt(draft=_held(row), value=200)
    error = refusal(lambda: remove_template(row)) if is_removal(request) else None
    if form.is_bound:
        written = _save(request, actor, form, row)
    elif is_removal(request):
        written = Attempt(draft=_held(row), value=error.http_status if error is not None else 0)
    changeable = may_change(row)
    if not changeable:
        for field in form.fields.values():
            field.disabled = True
    return _page(request, actor, form, written, heading=row.title, row=row, error=error, changeable=changeable)


@require_POST
@settings_view(Permission.EDIT_TIMETYPE)
def automatic(request: HttpRequest, actor: Actor, template_id: UUID) -> HttpResponse:
    """Choose the appointment types whose patients are sent it when they book (BOK-15)."""
    row = get_template_for(actor, template_id)
    kinds = [get_type_for(actor, uuid_or_none(one) or row.id) for one in request.POST.getlist("type")]
    error = refusal(lambda: set_types(row, kinds))
    if error is None:
        return to(request, "settings-template", row.id)
    form = TemplateForm.of(facts_of(row), row.version, None, may_share=may(actor, Permission.SHARED_TEMPLATE))
    written: Attempt[Written, int] = Attempt(draft=_held(row), value=error.http_status)
    return _page(request, actor, form, written, heading=row.title, row=row, error=error)


def _held(row: MessageTemplate) -> Written:
    return Written(uploads=tuple(row.attachments.order_by("number", "id")))


def _save(request: HttpRequest, actor: Actor, form: TemplateForm, row: MessageTemplate | None) -> Attempt[Written, int]:
    """Take in the files, then save; what is refused stays in the form, files included. The value: as `save`."""

    def verb(draft: Written) -> int:
        def change(facts: dict[str, Any]) -> object:
            version = facts["version"] if row is not None else None
            return save_template(form.facts(draft.attachment_ids), row, expected_version=version)

        return save(form, change, lambda: MessageTemplate.objects.get(id=row.id).version if row is not None else 0)

    return attempt(request, actor, Written(), verb)


def _page(
    request: HttpRequest,
    actor: Actor,
    form: TemplateForm,
    written: Attempt[Written, int],
    *,
    heading: str,
    row: MessageTemplate | None = None,
    error: SkrankeError | None = None,
    changeable: bool = True,
) -> HttpResponse:
    if written.value == 0:
        return to(request, ROUTE)
    files: tuple[Attachment, ...] = written.draft.uploads
    context = {
        "form": form,
        "heading": heading,
        "back": address(request, ROUTE),
        "draft": written.draft,
        "error": error or written.error,
        "row": row,
        "changeable": changeable,
        "words": [(shown([word]), text) for word, text in WORDS.items()],
        "files_held": files,
        "room": attachment_room(written.draft),
        **accepted(),
        "types": list(types()) if row is not None and row.owner_id is None else [],
        "may_edit_types": may(actor, Permission.EDIT_TIMETYPE),
    }
    status = 422 if written.error is not None else written.value or 200
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/template.html", context, status=status)
