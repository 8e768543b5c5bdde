"""axe-core, which looks for breaches of WCAG 2.1 A and AA. It is no dependency: a file that the tests are told of.

`SKRANKE_TEST_AXE` names axe.min.js; without it the file is fetched once with npm into the user's cache folder.
"""

import functools
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from support.required import required

VERSION = "4.14.1"
AXE = "SKRANKE_TEST_AXE"
_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
_FETCH_SECONDS = 120


@functools.cache
def script() -> str:
    """The program's text; empty when it cannot be had, and then the reason is printed once."""
    named = os.environ.get(AXE)
    try:
        return (Path(named) if named else _fetched()).read_text(encoding="utf-8")
    except (OSError, subprocess.SubprocessError) as error:
        if named or "browser" in required():
            raise
        print(f"axe is left out: it could not be fetched ({error}); name a file with {AXE}")
        return ""


def violations(page: Any) -> list[str]:
    """What axe finds on a page as it stands: rule, why, and where."""
    if not script():
        return []
    if not page.evaluate("'axe' in window"):
        # Through the debugger's door, so that the page's own policy needs no hole for the tests.
        page.evaluate(script())
    found = page.evaluate("rules => axe.run(document, rules)", _RULES)["violations"]
    return [
        f"{one['id']}: {one['help']}\n"
        + "\n".join(f"    {node['target']} {node['html'][:160]}" for node in one["nodes"])
        for one in found
    ]


def _fetched() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skranke-tests"
    wanted = cache / f"axe-core-{VERSION}" / "axe.min.js"
    if wanted.exists():
        return wanted
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("there is no npm here")
    wanted.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [npm, "pack", f"axe-core@{VERSION}"], cwd=cache, check=True, capture_output=True, timeout=_FETCH_SECONDS
    )
    with tarfile.open(cache / f"axe-core-{VERSION}.tgz") as packed:
        content = packed.extractfile("package/axe.min.js")
        assert content is not None
        wanted.write_bytes(content.read())
    return wanted
