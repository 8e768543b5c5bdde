"""`python -m django sandbox_bus`: read and write the queues until stopped."""

from typing import Any

from django.core.management.base import BaseCommand

from skranke.sandbox.bus import main


class Command(BaseCommand):
    """See the module."""

    help = "The sandbox's bus process."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        main()
