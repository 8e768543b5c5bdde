"""What an account or a token can be refused for."""

from skranke.kernel.errors import ConflictError, NotFoundError


class UsernameTakenError(ConflictError):
    """Another account has this username."""

    code = "username_taken"


class PersonHasAccountError(ConflictError):
    """Another account belongs to the person with this national id."""

    code = "person_has_account"


class DemoLogInOffError(NotFoundError):
    """This installation has no log-in by choosing a user: the page does not exist."""

    code = "demo_log_in_off"
