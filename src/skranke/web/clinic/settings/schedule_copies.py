"""Konfigurasjon > Timebok > Timebøker > Lag nummererte kopier: one timebok for each who offers the same (RES-25)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.scheduling.access import get_schedule_for
from skranke.scheduling.services.copying import MOST_COPIES, copy_schedule, name_of, next_number, parts_of
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.frame import settings_page, settings_view, to
from skranke.web.clinic.settings.schedule_words import owner_text

ROUTE = "settings-schedules"


class CopiesForm(forms.Form):
    """What the copies are called, how many there are to be, and whether they are planned as the first is."""

    name = forms.CharField(label=_("Tjenesten"), max_length=120)
    role = forms.CharField(
        label=_("Hvem som tar imot"), max_length=60, help_text=_("Står i parentes, med nummeret bak.")
    )
    number = forms.IntegerField(
        label=_("Antall kopier"),
        initial=2,
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_COPIES, "inputmode": "numeric"}),
        help_text=_("Én timebok for hver som tar imot samtidig, i tillegg til den du kopierer."),
    )
    with_plan = forms.BooleanField(
        label=_("Kopier også arbeidsplanen"),
        required=False,
        initial=True,
        help_text=_("Kopiene får ledige timer i de samme ukene, fra denne uken av."),
    )


@require_http_methods(["GET", "POST"])
@settings_view(Permission.CHANGE_SETTINGS)
def copies(request: HttpRequest, actor: Actor, schedule_id: UUID) -> HttpResponse:
    """Ask what the copies are to be called, show their names, and make them."""
    row = get_schedule_for(actor, schedule_id)
    name, role = parts_of(row.public_name)
    form = CopiesForm(posted(request), initial={"name": name, "role": role or gettext("helsesekretær")})

    def verb(facts: dict[str, Any]) -> None:
        copy_schedule(row, **facts)

    status = save(form, verb) if form.is_bound else 200
    if not status:
        return to(request, ROUTE)
    context = {"form": form, "row": row, "owner": owner_text(row), "names": _names(form)}
    return settings_page(request, actor, ROUTE, "clinic/settings/schedule_copies.html", context, status=status)


def _names(form: CopiesForm) -> list[str]:
    """What the copies would be called, as the form stands."""
    name, role, number = (form[one].value() for one in ("name", "role", "number"))
    if not (name and role and str(number).isdecimal() and 1 <= int(number) <= MOST_COPIES):
        return []
    first = next_number(name, role)
    return [name_of(name, role, one) for one in range(first, first + int(number))]
