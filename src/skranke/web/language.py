"""The language of the pages: what a browser is told, and for staff the account keeps it too."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from skranke.identity.queries import account_of_id
from skranke.identity.services import speak
from skranke.ui import i18n
from skranke.web.sessions import STAFF, session_of


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """As `i18n.set_language`; whoever is logged in as staff meets it in every browser from the next log-in on."""
    response = i18n.set_language(request)
    session, language = session_of(request, STAFF), request.POST.get("language", "")
    if session is not None and session.account_id is not None and language in i18n.LANGUAGES:
        speak(session.account_id, language)
    return response


def greet(request: HttpRequest, response: HttpResponse, account_id: UUID) -> None:
    """Let the browser speak the language of who has just logged in there, where that person has chosen one."""
    account = account_of_id(account_id)
    if account is not None and account.language:
        i18n.remember(request, response, account.language)
