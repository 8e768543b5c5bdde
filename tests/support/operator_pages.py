"""The operator's pages as a browser meets them."""

from django.test import Client
from django.urls import reverse

from skranke.identity.models import SessionKind
from skranke.identity.services import create_account
from skranke.kernel.ids import new_id
from skranke.web.links import link_for

from cast import Cast


def operator(name: str = "Synne Drift") -> Client:
    """A browser in which a new operator is logged in."""
    account = create_account(f"drift-{new_id().hex}", name, is_operator=True)
    client = Client(SERVER_NAME="127.0.0.1")
    assert client.get(link_for(SessionKind.OPERATOR, str(account.id))).status_code == 302
    return client


def place(cast: Cast, name: str = "operator-clinic", *args: object) -> str:
    """One of the operator's pages about the cast's clinic."""
    return reverse(name, args=[cast.clinic.id, *args])
