"""The demo's log-in by a signed link, as `demo.json` hands it out. Only where the installation's setting allows it."""

from django.conf import settings
from django.core import signing
from django.http import Http404
from django.urls import reverse

from skranke.identity.models import LogInMethod, SessionKind
from skranke.identity.queries import account_of_id
from skranke.identity.sessions import Proof

LEVEL = 4
_SALT = "skranke.demo-login"
_ROUTES = {
    SessionKind.STAFF: "login-by-link",
    SessionKind.PATIENT: "patient-login-by-link",
    SessionKind.OPERATOR: "operator-login-by-link",
}


def link_for(kind: SessionKind, who: str) -> str:
    """The path of a log-in link. who: the id of an account, or a patient's national id."""
    return reverse(_ROUTES[kind], args=[signing.dumps([kind.value, who], salt=_SALT, compress=True)])


def proof_of(kind: SessionKind, ticket: str) -> Proof:
    """What a link proves. Raises Http404 for one that is forged, of another kind, or not allowed here."""
    try:
        of_kind, who = signing.loads(ticket, salt=_SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    if not settings.OURS.demo_login or of_kind != kind:
        raise Http404
    if kind == SessionKind.PATIENT:
        return Proof(kind=kind, method=LogInMethod.LINK, level=LEVEL, national_id=who)
    account = account_of_id(who)
    if account is None or (kind == SessionKind.OPERATOR and not account.is_operator):
        raise Http404
    return Proof(kind=kind, method=LogInMethod.LINK, level=LEVEL, account_id=account.id)
