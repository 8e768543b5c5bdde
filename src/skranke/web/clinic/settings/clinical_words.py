"""Konfigurasjon > Post > Medisinske ord: what makes Post suggest an e-konsultasjon (IMP-6)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.organisation.clinical_words import SUGGESTED, clinical_words, set_clinical_words
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.web.clinic.settings.editing import CONFLICT, posted, save
from skranke.web.clinic.settings.frame import settings_page, settings_view, to

ROUTE = "settings-clinical-words"


class WordsForm(forms.Form):
    """One word a line. before: the words as they were when the page was opened."""

    before = forms.CharField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(
        label=_("Ordene, ett på hver linje"),
        help_text=_("De finnes også som del av et lengre ord: «smerte» i «magesmerter». Uten ord foreslås ingenting."),
        widget=forms.Textarea(attrs={"rows": 12}),
        required=False,
    )


@require_http_methods(["GET", "POST"])
@settings_view(Permission.CHANGE_SETTINGS)
def words(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The words, and a form to change them; with `forslag` filled with those a clinic may begin with."""
    now = clinical_words()
    suggests = "forslag" in request.GET
    shown = SUGGESTED if suggests and not now else now
    form = WordsForm(posted(request), initial={"before": "\n".join(now), "words": "\n".join(shown)})
    status = 200
    if form.is_bound:
        status = save(form, _verb)
        if not status:
            return to(request, ROUTE)
        if status == CONFLICT and isinstance(form.data, QueryDict):
            # Who saves again, having been told, means it.
            form.data = form.data.copy()
            form.data["before"] = "\n".join(clinical_words())
    context = {"form": form, "may_suggest": not now and not form.is_bound and not suggests}
    return settings_page(request, actor, ROUTE, "clinic/settings/clinical_words.html", context, status=status)


def _verb(facts: dict[str, Any]) -> None:
    set_clinical_words(facts["words"].splitlines(), expected=facts["before"].splitlines())
