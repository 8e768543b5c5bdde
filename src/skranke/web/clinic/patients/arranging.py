"""Arranging the patient card: each employee's own, the same for all patients (PAT-5)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.patients import cards
from skranke.patients.models import CardArea
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell


@require_http_methods(["GET", "POST"])
@clinic_view
def arrange(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The areas in their order, each to be moved or left out."""
    if request.method == "POST":
        _change(request.POST.get("gjor", ""), request.POST.get("area", ""))
        return HttpResponseRedirect(reverse("patient-card-layout", args=[slug_of(request)]))
    context = {"shell": shell(request, actor, "patients"), "layout": cards.layout(), "slug": slug_of(request)}
    return render(request, "clinic/patients/layout.html", context)


def _change(what: str, name: str) -> None:
    if what == "nullstill":
        cards.reset_card()
        return
    if name not in set(CardArea):
        raise NotFoundError("The card has no such area.")
    area = CardArea(name)
    if what in {"opp", "ned"}:
        cards.move_area(area, steps=-1 if what == "opp" else 1)
    else:
        cards.show_area(area, shown=what == "vis")
