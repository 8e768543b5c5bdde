"""Konfigurasjon > Post > Bestemt ved oppstart: what the office decides before its patients write and book (ACT-17)."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics.activation import queries, rules, services
from skranke.clinics.models import OnboardingAnswer, OnboardingQuestion
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.settings.frame import settings_page, settings_view

ROUTE = "settings-start"


@dataclass(frozen=True, slots=True)
class _Row:
    """A question with the answer that stands, and what was typed where it could not be saved."""

    question: str
    text: str
    hint: str
    answer: OnboardingAnswer | None
    typed: str
    problem: str


@dataclass(frozen=True, slots=True)
class _Refused:
    """What was typed to a question, and why it was not saved."""

    question: str
    typed: str
    problem: str
    status: int


@require_GET
@settings_view(Permission.CHANGE_SETTINGS)
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The questions, and what has been decided."""
    return _page(request, actor)


@require_POST
@settings_view(Permission.CHANGE_SETTINGS)
def answer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Write down what was decided about one question."""
    question, typed = request.POST.get("question", ""), request.POST.get("text", "")
    if question not in OnboardingQuestion.values or not request.POST.get("version", "").isdecimal():
        raise Http404
    try:
        services.answer_onboarding(question, typed, expected_version=int(request.POST["version"]))
    except (ChangedError, InvalidError) as error:
        return _page(request, actor, _Refused(question, typed, str(error), error.http_status))
    return HttpResponseRedirect(f"{reverse(ROUTE, args=[slug_of(request)])}?lagret={question}#{question}")


def _page(request: HttpRequest, actor: Actor, refused: _Refused | None = None) -> HttpResponse:
    answers = queries.onboarding()
    rows = [
        _Row(
            question,
            text,
            hint,
            answers.get(question),
            refused.typed if refused and refused.question == question else _text(answers.get(question)),
            refused.problem if refused and refused.question == question else "",
        )
        for question, (text, hint) in _questions().items()
    ]
    context = {
        "rows": rows,
        "most": rules.ONBOARDING_CHARACTERS,
        "decided": sum(1 for row in rows if row.answer is not None),
        "saved": request.GET.get("lagret", "") if refused is None else "",
    }
    status = refused.status if refused else 200
    return settings_page(request, actor, ROUTE, "clinic/settings/start.html", context, status=status)


def _text(found: OnboardingAnswer | None) -> str:
    return found.text if found is not None else ""


def _questions() -> dict[str, tuple[str, str]]:
    return {
        OnboardingQuestion.WHO_HANDLES.value: (
            _("Hvem behandler meldingene?"),
            _("For eksempel: resepsjonen tar e-Kontakt og resepter, legen tar eKonsultasjon."),
        ),
        OnboardingQuestion.HOW_OFTEN.value: (
            _("Hvor ofte?"),
            _("For eksempel: klokken 9 og 13 hver dag. Pasienten skal ha svar på en eKonsultasjon på fem virkedager."),
        ),
        OnboardingQuestion.PLANNED_ABSENCE.value: (
            _("Hva skjer ved planlagt fravær?"),
            _("Ferie og kurs: hvem tar over meldingene, og hva gjøres med ledige timer?"),
        ),
        OnboardingQuestion.SUDDEN_ABSENCE.value: (
            _("Hva skjer når noen blir syke?"),
            _("Hvem ser etter uleste meldinger og ringer pasientene som har time?"),
        ),
        OnboardingQuestion.OPEN_SLOTS.value: (
            _("Hvilke timer kan pasientene bestille selv?"),
            _("Hvor mange om dagen, hvilke timetyper, og hvor lang tid i forveien?"),
        ),
        OnboardingQuestion.RENEWALS.value: (
            _("Hvilke resepter kan fornyes uten konsultasjon?"),
            _("Og hvilke krever alltid en time hos legen?"),
        ),
    }
