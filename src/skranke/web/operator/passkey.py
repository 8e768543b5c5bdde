"""The operator's second factor: the page where a passkey is used, or the first one made."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from skranke.identity import passkeys
from skranke.identity.errors import PasskeyRefusedError
from skranke.identity.models import Session
from skranke.web.sessions import OPERATOR, session_of, to_login, wanted


@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Ask for the passkey, and go on when it is the right one."""
    session = session_of(request, OPERATOR)
    if session is None:
        return to_login(request, OPERATOR)
    address = wanted(request, request.GET.get("neste", ""), reverse("operator-home"))
    if not passkeys.is_missing(session):
        return HttpResponseRedirect(address)
    if request.method != "POST":
        return _page(request, session)
    try:
        passkeys.finish(session, _site(request), request.POST.get("answer", ""))
    except PasskeyRefusedError as error:
        return _page(request, session, status=error.http_status)
    return HttpResponseRedirect(address)


def _page(request: HttpRequest, session: Session, *, status: int = 200) -> HttpResponse:
    context = {
        "known": passkeys.has_one(session),
        "asked": passkeys.begin(session, _site(request)),
        "refused": status != 200,  # noqa: PLR2004 - the status of a page that asks for the first time
        "name": session.account.display_name if session.account else "",
        "logout_url": reverse("operator-logout"),
    }
    return render(request, "operator/passkey.html", context, status=status)


def _site(request: HttpRequest) -> passkeys.Site:
    """The site by the host in the address, which Django has found among those allowed."""
    host = request.get_host()
    return passkeys.Site(host.rpartition(":")[0] if ":" in host else host, f"{request.scheme}://{host}")
