"""The log-in providers' addresses: for programs, and the page where one chooses who to be."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.sandbox.models import Citizen, LogInPerson, PushedRequest
from skranke.sandbox.oidc import checks, services
from skranke.sandbox.oidc.keys import key_of
from skranke.sandbox.oidc.values import HELSEID, PROVIDERS, OAuthError, Provider
from skranke.sandbox.views.frame import shell
from skranke.ui.security import content_security_policy

_MOST_SHOWN = 30
_LEVELS = {"4", "3"}
_CREATED = 201
_ProgramView = Callable[[HttpRequest, Provider], HttpResponse]


def _issuer(provider: Provider) -> str:
    return f"{settings.OURS.url.rstrip('/')}/{provider.path}"


def _provider(slug: str) -> Provider:
    if slug not in PROVIDERS:
        raise Http404
    return PROVIDERS[slug]


def for_programs(view: _ProgramView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Make a view that programs ask: errors in the protocol's words, and a nonce for the next proof."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        provider = _provider(slug)
        try:
            response = view(request, provider)
        except OAuthError as error:
            response = JsonResponse({"error": error.error, "error_description": error.what}, status=error.status)
        if provider.dpop:
            response["DPoP-Nonce"] = checks.new_nonce()
        response["Cache-Control"] = "no-store"
        return response

    return wrapped


@require_GET
def configuration(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """What the provider tells of itself."""
    provider = _provider(slug)
    issuer = _issuer(provider)
    told: dict[str, Any] = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/connect/authorize",
        "token_endpoint": f"{issuer}/connect/token",
        "pushed_authorization_request_endpoint": f"{issuer}/connect/par",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/connect/endsession",
        "require_pushed_authorization_requests": True,
        "authorization_response_iss_parameter_supported": True,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": checks.ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
    }
    if provider.dpop:
        told["dpop_signing_alg_values_supported"] = checks.ALGORITHMS
    return JsonResponse(told)


@require_GET
def jwks(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The provider's public keys."""
    return JsonResponse({"keys": [key_of(_provider(slug)).as_dict(private=False)]})


@for_programs
def par(request: HttpRequest, provider: Provider) -> HttpResponse:
    """A pushed authorization request."""
    form = request.POST.dict()
    client = checks.client_of(provider, _issuer(provider), form)
    checks.proof_of(provider, f"{_issuer(provider)}/connect/par", request.headers.get("DPoP", ""))
    request_uri = services.push(client, form)
    return JsonResponse({"request_uri": request_uri, "expires_in": services.REQUEST_SECONDS}, status=_CREATED)


@for_programs
def token(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Tokens for a code."""
    form = request.POST.dict()
    client = checks.client_of(provider, _issuer(provider), form)
    proof = checks.proof_of(provider, f"{_issuer(provider)}/connect/token", request.headers.get("DPoP", ""))
    return JsonResponse(services.redeem(provider, _issuer(provider), client, form, proof))


@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose who to be, and back to the program."""
    provider = _provider(slug)
    told = request.POST if request.method == "POST" else request.GET
    pushed = services.pushed(provider, told.get("client_id", ""), told.get("request_uri", ""))
    if pushed is None:
        return render(request, "sandbox/oidc_gone.html", {"shell": shell(), "provider": provider}, status=404)
    if request.method == "POST":
        return _back(provider, pushed, request)
    text = request.GET.get("q", "").strip()
    context = {
        "shell": shell(),
        "provider": provider,
        "pushed": pushed,
        "q": text,
        "people": _people(provider, text),
    }
    response = render(request, "sandbox/oidc.html", context)
    back = urlsplit(pushed.parameters["redirect_uri"])
    response["Content-Security-Policy"] = content_security_policy(
        request, form_actions=[f"{back.scheme}://{back.netloc}"]
    )
    return response


@require_GET
def end_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Log out, and back to the program, where it is the one that the hint was given to (RP-Initiated Logout 1.0)."""
    provider = _provider(slug)
    told = request.GET.dict()
    address = services.after_log_out(provider, _issuer(provider), told)
    if not address:
        return render(request, "sandbox/oidc_left.html", {"shell": shell(), "provider": provider})
    state = {"state": told["state"]} if told.get("state") else {}
    return HttpResponseRedirect(f"{address}?{urlencode(state)}" if state else address)


def _back(provider: Provider, pushed: PushedRequest, request: HttpRequest) -> HttpResponse:
    answer = {"state": pushed.parameters.get("state", ""), "iss": _issuer(provider)}
    person, level = request.POST.get("person", ""), request.POST.get("level", "4")
    if not person:
        services.cancel(pushed)
        answer["error"] = "access_denied"
    elif services.name_of(provider, person) is None or level not in _LEVELS:
        raise Http404
    else:
        answer["code"] = services.choose(pushed, person, int(level))
    return HttpResponseRedirect(f"{pushed.parameters['redirect_uri']}?{urlencode(answer)}")


def _people(provider: Provider, text: str) -> list[tuple[str, str]]:
    """(national id, name) of those who may be chosen."""
    if provider is HELSEID:
        known = LogInPerson.objects.filter(name__icontains=text).order_by("name")
        return [(one.national_id, one.name) for one in known]
    found = Citizen.objects.order_by("id")
    for word in text.split():
        found = found.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return [(one.national_id, one.name) for one in found[:_MOST_SHOWN]]
