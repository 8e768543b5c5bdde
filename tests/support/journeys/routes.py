"""The address tables of both programs: what can be opened there, read from the code and not from a list of ours."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import URLPattern, get_resolver

from support.journeys.demo import SRC

# The REST API has its own description and its own tests.
_NOT_PAGES = ("api/",)
_SANDBOX = {
    "DJANGO_SETTINGS_MODULE": "skranke.sandbox.settings",
    "SKRANKE_SANDBOX_DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
    "SKRANKE_SANDBOX_SECRET_KEY": "a synthetic key that signs nothing",
    "SKRANKE_SANDBOX_WORLD_FILE": "/nothing",
}


@dataclass(frozen=True)
class Route:
    """An address that can be opened with GET."""

    name: str
    pattern: str


def clinic() -> list[Route]:
    """Those of the clinic portal."""
    return list(_opened(get_resolver("skranke.config.urls")))


def sandbox() -> list[Route]:
    """Those of the sandbox, asked in a process of its own: it has settings of its own."""
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "support.journeys.routes"],
        env=os.environ | _SANDBOX | {"PYTHONPATH": f"{SRC}{os.pathsep}{SRC.parent / 'tests'}"},
        check=True,
        capture_output=True,
        text=True,
    )
    return [Route(**one) for one in json.loads(answer.stdout)]


def names(routes: list[Route], addresses: set[str]) -> set[str]:
    """Which routes these addresses lead to."""
    paths = {urlsplit(address).path.removeprefix("/") for address in addresses}
    return {next((one.name for one in routes if re.match(one.pattern, path)), "") for path in paths}


def _opened(resolver: Any, before: str = "") -> Iterator[Route]:
    for one in resolver.url_patterns:
        pattern = before + one.pattern.regex.pattern.removeprefix("^")
        if pattern.startswith(_NOT_PAGES):
            continue
        if not isinstance(one, URLPattern):
            yield from _opened(one, pattern)
        elif "GET" in _methods(one.callback):
            yield Route(str(one.name), f"^{pattern}")


def _methods(view: Any) -> list[str]:
    """The methods that Django's require_http_methods lets through; GET where nobody asked."""
    cells = [cell.cell_contents for cell in view.__closure__ or ()]
    return next((one for one in cells if isinstance(one, list)), ["GET"])


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps([one.__dict__ for one in _opened(get_resolver("skranke.sandbox.urls"))]))
