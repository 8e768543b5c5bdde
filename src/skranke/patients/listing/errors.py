"""What can stand in the way of reading the lists."""

from skranke.kernel.errors import ConflictError


class ListSyncOpenError(ConflictError):
    """The clinic's lists are being read already. Wait until that is done."""

    code = "list_sync_open"
