"""What can be wrong with stored content."""

from django.utils.translation import gettext as _

from skranke.kernel.errors import ConflictError, NotFoundError, SkrankeError, TemporaryError


class BlobNotFoundError(NotFoundError):
    """No such content in this clinic."""

    code = "blob_not_found"


class BlobDamagedError(SkrankeError):
    """The stored pieces are not the content that was stored: an operator must look at the database."""

    code = "blob_damaged"
    http_status = 500


class QuarantinedError(ConflictError):
    """A virus was found in the content: nobody opens it, and it is sent nowhere (CMP-11)."""

    code = "content_infected"


class NotScannedError(TemporaryError):
    """The virus scanner has not seen the content, and does not answer now; it is asked anew the next time (CMP-11)."""

    code = "content_not_scanned"


def quarantined(found: str) -> QuarantinedError:
    """What is said of content with a virus in it."""
    return QuarantinedError(
        _("Vi fant et virus i filen (%(name)s). Den er sperret og kan ikke åpnes.") % {"name": found}
    )


def not_scanned() -> NotScannedError:
    """What is said of content that waits to be scanned."""
    return NotScannedError(
        _("Viruskontrollen svarer ikke nå, så filen kan ikke åpnes ennå. Ingenting er tapt. Prøv igjen om litt.")
    )
