"""The error vocabulary: every error of ours is permanent or temporary, has a stable code, and says what to do.

A room's own errors subclass SkrankeError in its `errors.py`. Unknown exceptions count as temporary, with an alarm.
"""

from typing import ClassVar


class SkrankeError(Exception):
    """Base of every expected error.

    `code` is stable and may be relied on by programs; `permanent` says whether trying again unchanged can help;
    the message says what happened, that nothing was lost, and what to do. It never holds a person's data.
    """

    code: ClassVar[str] = "error"
    permanent: ClassVar[bool] = True
    http_status: ClassVar[int] = 400


class NotFoundError(SkrankeError):
    """What was asked for does not exist, or is not for this actor: the two look the same (house rule 3)."""

    code = "not_found"
    http_status = 404


class ForbiddenError(SkrankeError):
    """The actor may see the thing but not do this with it."""

    code = "forbidden"
    http_status = 403


class InvalidError(SkrankeError):
    """A value breaks a rule; `field` names the form field where one does."""

    code = "invalid"
    http_status = 422

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ConflictError(SkrankeError):
    """Somebody else was first. Nothing was lost: read again and decide anew."""

    code = "conflict"
    http_status = 409


class ChangedError(ConflictError):
    """The thing was changed since the caller read it. Nothing was done: read it again and decide anew."""

    code = "changed"


class TemporaryError(SkrankeError):
    """A condition that passes by itself; the same call may succeed later."""

    code = "temporary"
    permanent = False
    http_status = 503
