"""What can go wrong between two workers of the outbox."""

from skranke.kernel.errors import ConflictError


class WithdrawnError(ConflictError):
    """The row was withdrawn before it was rendered: send nothing."""

    code = "outbox_withdrawn"
