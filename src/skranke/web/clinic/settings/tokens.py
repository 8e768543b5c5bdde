"""API-nøkler: which programs may do what in whose name, and until when."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.clinics.tokens import end_token, held_tokens, make_token
from skranke.kernel.actor import Actor
from skranke.ui.forms import offer
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.settings.frame import settings_page, settings_view

_PAGE = "settings-tokens"
_OWN, _PROGRAM = "own", "program"
_SCOPES = {"read": ("read",), "write": ("read", "write")}
_LENGTHS = [(30, _("30 dager")), (90, _("90 dager")), (365, _("ett år"))]
_UNPROCESSABLE = 422


class TokenForm(forms.Form):
    """A new key. `who` offers what the actor may choose."""

    name = forms.CharField(
        label=_("Hva skal bruke nøkkelen?"), max_length=100, help_text=_("Står i loggen, for eksempel «Labsystemet».")
    )
    who = forms.ChoiceField(label=_("Handler som"))
    scope = forms.ChoiceField(
        label=_("Kan"), choices=[("read", _("bare lese")), ("write", _("lese og endre"))], initial="read"
    )
    days = forms.TypedChoiceField(label=_("Varer i"), coerce=int, choices=_LENGTHS, initial=90)

    def __init__(self, actor: Actor, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a request's form, or nothing
        choices = [(_OWN, actor.name)]
        if may(actor, Permission.CHANGE_SETTINGS):
            choices.insert(0, (_PROGRAM, str(_("programmet selv"))))
        offer(self, "who", choices)


@require_http_methods(["GET", "POST"])
@settings_view()
def tokens(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The keys one may end, and a new one; what it reads is shown this once."""
    form = TokenForm(actor, request.POST or None)
    made = _made(actor, form) if request.method == "POST" and form.is_valid() else ""
    if made:
        form = TokenForm(actor)
    context = {"form": form, "made": made, "held": held_tokens(actor)}
    status = _UNPROCESSABLE if form.errors else 200
    return settings_page(request, actor, _PAGE, "clinic/settings/tokens.html", context, status=status)


@require_POST
@settings_view()
def end(request: HttpRequest, actor: Actor, token_id: UUID) -> HttpResponse:
    """Make a key worthless."""
    end_token(actor, token_id)
    return HttpResponseRedirect(reverse(_PAGE, args=[slug_of(request)]))


def _made(actor: Actor, form: TokenForm) -> str:
    facts = form.cleaned_data
    own = facts["who"] == _OWN
    return make_token(actor, name=facts["name"], own=own, scopes=_SCOPES[facts["scope"]], days=facts["days"])
