"""What can go wrong when a register is asked. Nothing is lost by any of it: what was read before still stands."""

from skranke.kernel.errors import NotFoundError, SkrankeError, TemporaryError


class RegisterAwayError(TemporaryError):
    """The register does not answer, is too slow, or has a fault of its own. Try again later."""

    code = "register_away"


class RegisterUnreadableError(TemporaryError):
    """The answer is not what the register's contract says. Unknown means temporary: it is asked again."""

    code = "register_unreadable"


class RegisterDeniedError(SkrankeError):
    """The register does not accept the user name and password. Put them right; nothing was read."""

    code = "register_denied"
    http_status = 502


class RegisterFaultError(SkrankeError):
    """The register understood the question and refuses it. `fault`: its own code."""

    code = "register_fault"
    http_status = 502

    def __init__(self, message: str, *, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault


class RegisterNotSetUpError(SkrankeError):
    """No address of the register is set. The operator sets it; until then what the clinic knows itself decides."""

    code = "register_not_set_up"
    http_status = 503


class UnknownHerIdError(NotFoundError):
    """Adresseregisteret has no party with this HER-id."""

    code = "register_unknown_her_id"


class NoCertificateError(NotFoundError):
    """Adresseregisteret has no certificate of the party."""

    code = "register_no_certificate"
