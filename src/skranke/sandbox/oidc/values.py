"""The two providers, and what can be wrong with a request to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. path: below the sandbox's address; dpop: it binds tokens to a key of the program's."""

    name: str
    title: str
    path: str
    assertion_types: tuple[str, ...]
    dpop: bool


HELSEID = Provider("helseid", "HelseID", "oidc/helseid", ("client-authentication+jwt",), dpop=True)
ID_PORTEN = Provider("id_porten", "ID-porten", "oidc/id-porten", ("JWT", ""), dpop=False)
PROVIDERS = {"helseid": HELSEID, "id-porten": ID_PORTEN}


class OAuthError(Exception):
    """A request was refused (RFC 6749, section 5.2). error: the protocol's word; what: for the program's developer."""

    def __init__(self, error: str, what: str, *, status: int = 400) -> None:
        """The words of the answer, and its status."""
        super().__init__(what)
        self.error, self.what, self.status = error, what, status
