"""Fill the demo's clinics through the same verbs the pages use. Run as a program of its own, with Django set up.

Safe to run again: a second start keeps the clinic, tells it where the bus is now, and plans the weeks ahead.
"""

import json
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import django

from skranke.cli.demo.contract import Links, User
from skranke.cli.demo.layout import Layout


def read_users(layout: Layout) -> list[User]:
    """The users that `main` made, in the order of the cast."""
    users = json.loads((layout.folder / "users.json").read_text(encoding="utf-8"))
    return [User(**user) for user in users]


def read_links(layout: Layout) -> Links:
    """The log-in links of the operator and the citizens that `main` made."""
    return Links(**json.loads((layout.folder / "links.json").read_text(encoding="utf-8")))


def main(words: list[str]) -> None:
    """Run `python -m skranke.cli.demo.seed FOLDER PORT DAY`."""
    folder, port, day = words
    django.setup()
    # By name: the rows and verbs it imports exist only after Django's set-up.
    clinic = import_module("skranke.cli.demo.clinic")
    layout = Layout(Path(folder), int(port))
    clinic.fill(layout, date.fromisoformat(day))
    import_module("skranke.cli.demo.second").fill(layout)


if __name__ == "__main__":
    main(sys.argv[1:])
