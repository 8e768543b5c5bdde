"""`python -m django sandbox_load [FILE]`: put the world into the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from skranke.sandbox.seed import load_world


class Command(BaseCommand):
    """See the module."""

    help = "Load parties and citizens of the world file (default: the one of the settings)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, optional."""
        parser.add_argument("file", nargs="?", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load it."""
        load_world(Path(options["file"] or settings.OURS.world))
