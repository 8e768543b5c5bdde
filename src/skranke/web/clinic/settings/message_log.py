"""Meldingslogg: the administrator looks through what came and what left, and where each message stands (MSG-23)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from skranke.clinics.permissions import Permission
from skranke.gateway.log_values import LogLine, LogState, Sought
from skranke.gateway.message_log import message_log
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.ui.forms import date_input
from skranke.web.clinic.settings import message_words as words
from skranke.web.clinic.settings.frame import settings_page, settings_view

ROUTE = "settings-message-log"
TEMPLATE = "clinic/settings/message_log.html"
_WAYS = {"inn": True, "ut": False}


class FilterForm(forms.Form):
    """What to look for; all of it may be left empty."""

    q = forms.CharField(label=gettext_lazy("Pasient, eller meldingens id"), max_length=200, required=False)
    retning = forms.ChoiceField(label=gettext_lazy("Retning"), required=False)
    tilstand = forms.ChoiceField(label=gettext_lazy("Tilstand"), required=False)
    fra = forms.DateField(label=gettext_lazy("Fra og med"), required=False, widget=date_input())
    til = forms.DateField(label=gettext_lazy("Til og med"), required=False, widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The choices in the language of who looks."""
        super().__init__(*args, **kwargs)
        way: Any = self.fields["retning"]
        way.choices = [("", _("Begge")), ("inn", _("Inn")), ("ut", _("Ut"))]
        state: Any = self.fields["tilstand"]
        state.choices = [("", _("Alle")), *((one.value, words.state_text(one)) for one in LogState)]

    def clean(self) -> dict[str, Any]:
        """A period does not end before it begins."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("fra") and told.get("til") and told["til"] < told["fra"]:
            self.add_error("til", _("Sluttdatoen er før startdatoen. Velg en senere sluttdato."))
        return told

    def sought(self) -> Sought:
        """The filter in the log's own terms."""
        told = self.cleaned_data
        return Sought(
            q=told["q"],
            incoming=_WAYS.get(told["retning"]),
            state=LogState(told["tilstand"]) if told["tilstand"] else None,
            first=told["fra"],
            last=told["til"],
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the log, and what it is called."""

    line: LogLine
    kind: str
    state: str
    mood: str


@require_GET
@settings_view(Permission.CHANGE_SETTINGS)
def log(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A page of the log, the newest first."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return settings_page(request, actor, ROUTE, TEMPLATE, {"form": form, "rows": None}, status=422)
    try:
        page = message_log(form.sought(), cursor=request.GET.get("etter", ""))
    except InvalidError:  # a link to a page that was changed by hand: the first one is shown
        page = message_log(form.sought())
    kept = {name: str(value) for name, value in request.GET.items() if value and name in form.fields}
    context = {
        "form": form,
        "rows": [
            Row(one, words.kind_text(one.kind), words.state_text(one.state), words.mood(one.state)) for one in page.rows
        ],
        "older_url": "?" + urlencode({**kept, "etter": page.next_cursor}) if page.next_cursor else "",
    }
    return settings_page(request, actor, ROUTE, TEMPLATE, context)
