"""What can be wrong with stored content."""

from skranke.kernel.errors import NotFoundError, SkrankeError


class BlobNotFoundError(NotFoundError):
    """No such content in this clinic."""

    code = "blob_not_found"


class BlobDamagedError(SkrankeError):
    """The stored pieces are not the content that was stored: an operator must look at the database."""

    code = "blob_damaged"
    http_status = 500
