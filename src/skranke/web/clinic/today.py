"""I dag: the widgets of what waits for somebody in Post (MSG-4, MSG-15), a click on the name Skranke away."""

from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET
from markupsafe import Markup

from skranke.dialog.queries import counts
from skranke.dialog.today import note_today, today
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.web.clinic.post import words
from skranke.web.clinic.post.place import Place, slug_of
from skranke.web.clinic.post.screens import own_boxes
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell


@require_GET
@clinic_view
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The widgets; for a page that asks anew (`sum`) 204 when it has them as they are."""
    found, numbers = today(), counts()
    place = Place(slug=slug_of(request))
    context: dict[str, Any] = {
        "place": place,
        "boxes": own_boxes(place, numbers),
        "due": found.due.rows,
        "due_total": numbers.due_today,
        "tasks": found.tasks,
        "day": clock.today(),
        "words": words,
    }
    widgets = Markup(render_to_string("clinic/today_widgets.html", context))  # noqa: S704 - a template of ours wrote it
    sum_ = sha256(widgets.encode()).hexdigest()[:16]
    if request.GET.get("sum") == sum_:
        return HttpResponse(status=204)
    note_today(found)
    context |= {
        "shell": shell(request, actor, "today", unread=numbers.unread),
        "widgets": widgets,
        "sum": sum_,
    }
    return render(request, "clinic/today.html", context)
