"""What an account or a token can be refused for."""

from skranke.identity.oidc.values import Refusal
from skranke.kernel.errors import ConflictError, ForbiddenError, TemporaryError


class UsernameTakenError(ConflictError):
    """Another account has this username."""

    code = "username_taken"


class PersonHasAccountError(ConflictError):
    """Another account belongs to the person with this national id."""

    code = "person_has_account"


class LogInRefusedError(ForbiddenError):
    """A log-in came to nothing; `refusal` says why. Nobody was let in, and nothing was changed."""

    code = "log_in_refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"The log-in was refused: {refusal}. Nothing was changed. Log in again.")
        self.refusal = refusal


class ProviderAwayError(TemporaryError):
    """The log-in provider did not answer. Nobody was let in; the same may succeed later."""

    code = "log_in_provider_away"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__("The log-in provider does not answer. Nothing was changed. Try again in a while.")
        self.refusal = refusal


class PasskeyRefusedError(ForbiddenError):
    """A passkey was not accepted. No page was opened, and nothing was changed."""

    code = "passkey_refused"
