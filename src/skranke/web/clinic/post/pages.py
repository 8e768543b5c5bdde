"""The pages of Post: the list, one thread, and what is new in either."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from skranke.dialog import columns, presence, queries
from skranke.dialog.access import get_thread_for
from skranke.kernel.actor import Actor
from skranke.kernel.ids import uuid_or_none
from skranke.web.clinic.post.place import place_of
from skranke.web.clinic.post.screens import TEMPLATES, list_context, post_page, third_pane, thread_context, written
from skranke.web.clinic.session import clinic_view


@require_GET
@clinic_view
def post(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A mailbox and nothing open."""
    pane = "boxes" if request.GET.get("vis") == "postbokser" else "list"
    return post_page(request, actor, place_of(request), {"pane": pane})


@require_GET
@clinic_view
def thread(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """A mailbox and one open thread."""
    row = get_thread_for(actor, thread_id)
    place = place_of(request, selected=row.id)
    context = thread_context(request, actor, row, place, done=request.GET.get("gjort", ""))
    return third_pane(request, actor, place, "thread", context)


@require_GET
@clinic_view
def rows(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list's rows for htmx: searched, further down, or as they are now (204 when the browser has them)."""
    place = place_of(request)
    context = list_context(actor, place)
    context |= written(context)
    if request.GET.get("sum") == context["list_sum"]:
        return HttpResponse(status=204)
    queries.note_shown(place.box, context["page"])
    more = request.GET.get("videre") == "1"
    response = render(request, f"{TEMPLATES}/{'more' if more else 'list_swap'}.html", context)
    if request.headers.get("HX-Trigger-Name") == "q":
        response["HX-Replace-Url"] = place.thread_url(place.selected) if place.selected else place.list_url()
    return response


@require_GET
@clinic_view
def news(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """What is new in the open thread (204 when nothing is); the answer being written is left alone."""
    row = get_thread_for(actor, thread_id)
    if request.GET.get("sett") == queries.thread_mark(row):
        return HttpResponse(status=204)
    context = thread_context(request, actor, row, place_of(request, selected=row.id))
    context["others_first"] = request.GET.get("behandlet") != str(context["treated"])
    return render(request, f"{TEMPLATES}/news.html", context)


@require_POST
@clinic_view
def who_is_here(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """What the page says of the thread it shows and of the one it left; answers with who has what open (MSG-5)."""
    left, here = (uuid_or_none(request.POST.get(name, "")) for name in ("forlatt", "samtale"))
    if left is not None:
        presence.leave(left)
    if here is not None:
        presence.enter(here)
    return JsonResponse({"open": {str(one): ", ".join(names) for one, names in presence.open_by().items()}})


@require_POST
@clinic_view
def choose_columns(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Keep how the lists are shown (MSG-6), and show the same list so, from its top."""
    columns.choose_layout(request.POST.getlist("kolonne"), by_patient=bool(request.POST.get("grupper")))
    return HttpResponseRedirect(place_of(request).list_url(cursor=""))
