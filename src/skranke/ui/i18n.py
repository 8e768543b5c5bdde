"""Which language a page speaks, and how a person changes it.

The cookie `skranke_lang` decides, then Accept-Language, then bokmål. Messages to patients do not come here: they use
the patient's own language.
"""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_POST

COOKIE = "skranke_lang"
LANGUAGES = ("nb", "nn", "en")
DEFAULT = "nb"
_ONE_YEAR = 365 * 24 * 3600
# A browser may say "no" (Norwegian): that is bokmål here.
_SAME_AS = {"no": "nb"}


def kept_gettext(text: str) -> str:
    """`gettext`, looked up once in each language: a long page asks for the same few words hundreds of times."""
    return _in(translation.get_language(), text)


@lru_cache(maxsize=8192)
def _in(language: str | None, text: str) -> str:  # noqa: ARG001 - the language that is active, to tell them apart
    return translation.gettext(text)


class LanguageMiddleware:
    """Sets the language for the request, says it in Content-Language, and puts the old one back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, rendered in the language chosen."""
        chosen = choose(request)
        with translation.override(chosen):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def choose(request: HttpRequest) -> str:
    """nb, nn or en for this request."""
    cookie = request.COOKIES.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        base = code.split("-")[0]
        language = _SAME_AS.get(base, base)
        if language in LANGUAGES:
            return language
    return DEFAULT


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language posted as `language` and go back to `next` (a path of ours, else the front page)."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    wanted = request.POST.get("language", "")
    if wanted in LANGUAGES:
        remember(request, response, wanted)
    return response


def remember(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Let this browser speak the language from now on."""
    response.set_cookie(COOKIE, language, max_age=_ONE_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
