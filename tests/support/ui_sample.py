"""Pages that use every part of the shared look, for the browser tests: an URLconf of its own."""

import json
import queue
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.urls import include, path

from skranke.ui.backend import Jinja2
from skranke.ui.shell import Action, ActivePatient, ClinicShell, Live, NavItem, PatientShell, SandboxShell

EVENTS: "queue.Queue[dict[str, str] | None]" = queue.Queue()
SEEN: list[str] = []
PAGES = Path(__file__).parent / "ui_pages"
NAV = (NavItem("/post", "Post", "post", True, 14, "uleste"), NavItem("/timebok", "Timebok", "cal"))
PATIENT = ActivePatient(
    "Ola Nordli",
    date(1988, 3, 14),
    "14838812345",
    "#main",
    "Kari Lunde",
    "Kan nås på helsenorge.no",
    close_url="/lukk",
    actions=(Action("#kort", "Pasientkort", "card", "Alt+P"),),
)


class Sample(forms.Form):
    """One of each kind of field."""

    subject = forms.CharField(label="Emne", help_text="Pasienten ser det.")
    text = forms.CharField(label="Tekst", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(label="Type", choices=[("a", "eKonsultasjon")])
    how = forms.ChoiceField(label="Kontaktflate", choices=[("o", "Oppmøte")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(label="Hvem", choices=[("a", "En")], widget=forms.CheckboxSelectMultiple)
    hide = forms.BooleanField(label="Skjul timen", required=False)


def _source(name: str) -> str:
    return (PAGES / f"{name}.html").read_text(encoding="utf-8")


def _page(request: HttpRequest, shell_template: str, name: str, shell: Any, **context: Any) -> HttpResponse:
    engine = next(one for one in engines.all() if isinstance(one, Jinja2))
    head = '{% block head %}<link rel="stylesheet" href="{{ static(\'ui/grid.css\') }}">{% endblock %}'
    main = "{% block main %}" + _source(name) + "{% endblock %}"
    source = '{% extends "' + shell_template + '" %}' + _source("imports") + head + main
    return HttpResponse(engine.from_string(source).render({"shell": shell, **context}, request))


def _clinic(*, live: bool = False) -> ClinicShell:
    return ClinicShell(
        "Eksempelvik legekontor",
        "Kari Lunde",
        "Fastlege",
        NAV,
        search_url="/search",
        logout_url="/ut",
        patient=PATIENT,
        live=Live("/stream", "/ticket") if live else None,
    )


def post(request: HttpRequest) -> HttpResponse:
    """Post with three panes and live news."""
    shell = _clinic(live="live" in request.GET)
    return _page(request, "ui/clinic.html", "post", shell, pane=request.GET.get("pane", "thread"))


def timebok(request: HttpRequest) -> HttpResponse:
    """A schedule of two lanes."""
    return _page(request, "ui/clinic.html", "timebok", _clinic())


def form(request: HttpRequest) -> HttpResponse:
    """A form, with errors when asked for."""
    return _page(request, "ui/clinic.html", "form", _clinic(), f=Sample({} if "errors" in request.GET else None))


def sandbox(request: HttpRequest) -> HttpResponse:
    """The sandbox's frame."""
    return _page(request, "ui/sandbox.html", "sandbox", SandboxShell(NAV, move_url="/flytt"))


def patient(request: HttpRequest) -> HttpResponse:
    """The patient portal's frame."""
    shell = PatientShell("Eksempelvik legekontor", NAV, "Ola Nordli", logout_url="/ut")
    return _page(request, "ui/patient.html", "patient", shell)


def panel(request: HttpRequest) -> HttpResponse:
    """A panel, and nothing when it is closed."""
    if "closed" in request.GET:
        return HttpResponse("")
    engine = next(one for one in engines.all() if isinstance(one, Jinja2))
    return HttpResponse(engine.from_string(_source("imports") + _source("panel")).render({}, request))


def news(request: HttpRequest) -> HttpResponse:
    """Counts how often it is asked."""
    SEEN.append(request.headers.get("HX-Request", ""))
    return HttpResponse(f"news {len(SEEN)}")


def echo(request: HttpRequest) -> HttpResponse:
    """What was posted."""
    return HttpResponse("fikk " + request.POST["svar"], content_type="text/plain")


def search(request: HttpRequest) -> HttpResponse:
    """Hits of the patient search."""
    return HttpResponse(f'<a href="#hit" id="hit">{request.GET.get("q") or "Sist åpnet"}</a>')


def ticket(_request: HttpRequest) -> HttpResponse:
    """A ticket for the stream."""
    return JsonResponse({"ticket": "good"})


def stream(request: HttpRequest) -> HttpResponse:
    """Events put in EVENTS, until None."""
    if request.GET.get("ticket") != "good":
        return HttpResponse(status=403)

    def lines() -> Iterator[str]:
        yield ": hello\n\n"
        while (event := EVENTS.get()) is not None:
            yield f"data: {json.dumps(event)}\n\n"

    return StreamingHttpResponse(lines(), content_type="text/event-stream")


def boom(_request: HttpRequest) -> HttpResponse:
    """Our fault."""
    raise ZeroDivisionError


urlpatterns = [
    path("ui/", include("skranke.ui.urls")),
    path("post", post),
    path("timebok", timebok),
    path("form", form),
    path("sandbox", sandbox),
    path("patient", patient),
    path("panel", panel),
    path("news", news),
    path("echo", echo),
    path("search", search),
    path("ticket", ticket),
    path("stream", stream),
    path("boom", boom),
]
handler404 = "skranke.ui.views.page_not_found"
handler500 = "skranke.ui.views.server_error"
