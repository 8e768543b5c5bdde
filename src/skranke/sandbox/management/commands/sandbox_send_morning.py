"""`python -m django sandbox_send_morning`: a morning's messages and bookings, once."""

from typing import Any

from django.core.management.base import BaseCommand

from skranke.sandbox.morning import send


class Command(BaseCommand):
    """See the module."""

    help = "Send a morning's messages and bookings over the wire; does nothing where a citizen has written already."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Send them."""
        send()
