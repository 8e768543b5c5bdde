"""Who is logged in as operator. An operator acts in a clinic as one, and is given no patient's data there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from skranke.identity import passkeys
from skranke.kernel.actor import Actor, ActorKind
from skranke.web import providers
from skranke.web.sessions import OPERATOR, dismiss, session_of, to_login

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Operator:
    """The person who runs the installation."""

    account_id: UUID
    name: str

    def at(self, clinic_id: UUID) -> Actor:
        """The actor this operator works as in one clinic: `with acting(operator.at(clinic_id)):`."""
        return Actor(
            kind=ActorKind.OPERATOR, clinic_id=clinic_id, person_id=self.account_id, name=self.name, role="operator"
        )


View = Callable[Concatenate[HttpRequest, Operator, P], HttpResponseBase]


def operator_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Make a view of the operator's pages: `view(request, operator, ...)` for an address `/drift/...`.

    Who is not logged in is sent to the log-in. The view opens a unit of work for each clinic it works in.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        session = session_of(request, OPERATOR)
        if session is None or session.account is None:
            return to_login(request, OPERATOR)
        if passkeys.is_missing(session):
            words = urlencode({"neste": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('operator-passkey')}?{words}")
        response = view(request, Operator(session.account.id, session.account.display_name), *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    leave = providers.leaving(request, OPERATOR)
    return leave(dismiss(request, OPERATOR))
