"""The lanes' own database connections: they run the same few statements all day, so the server keeps them prepared.

Pages do not: behind a pooler that shares connections between transactions prepared statements would get lost.
"""

from django.db import connections

_AFTER_USES = 3


def prepare_statements() -> None:
    """Let every connection this process opens from now on prepare what it uses often."""
    connections.settings["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": _AFTER_USES}
