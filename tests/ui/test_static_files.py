"""Vendored files are what they say they are, and a page stays light."""

import gzip
import hashlib
import re
from pathlib import Path

import skranke.ui

STATIC = Path(skranke.ui.__file__).parent / "static"
VENDOR = STATIC / "vendor"
OWN = STATIC / "ui"
LIMIT = 100_000


def test_every_vendored_file_has_its_checksum() -> None:
    stated = dict(line.split("  ")[::-1] for line in (VENDOR / "CHECKSUMS").read_text().splitlines())
    actual = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "CHECKSUMS"
    }
    assert stated == actual


def test_every_vendored_file_has_its_licence() -> None:
    licences = {path.name.removeprefix("LICENSE-") for path in VENDOR.glob("LICENSE-*")}
    for path in VENDOR.glob("*.*s"):
        name = {"htmx.min.js": "htmx", "designsystemet.css": "designsystemet-css"}.get(path.name, path.stem)
        assert name in licences


def test_all_style_and_script_of_a_page_is_under_100_kb_compressed() -> None:
    files = [*VENDOR.glob("*.css"), *VENDOR.glob("*.js"), *OWN.glob("*.css"), *OWN.glob("*.js"), *OWN.glob("*.svg")]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) < LIMIT


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in (*OWN.glob("*.css"), *OWN.glob("*.js"), *VENDOR.glob("*.css")):
        assert not re.search(r"""(url\(|@import|fetch\()\s*["']?(https?:)?//""", path.read_text(encoding="utf-8"))


def test_every_icon_named_in_a_template_exists() -> None:
    names = re.findall(r'id="i-([a-z]+)"', (OWN / "icons.svg").read_text())
    sprite = set(names)
    assert len(names) == len(sprite)
    for path in STATIC.parents[1].glob("**/templates/**/*.html"):
        named = set(re.findall(r"""(?:icon\(|symbol=)["']([a-z]+)["']""", path.read_text(encoding="utf-8")))
        assert named <= sprite, path.name


def test_every_class_and_attribute_the_guide_names_is_in_the_files() -> None:
    guide = (STATIC.parents[3] / "docs" / "ui.md").read_text(encoding="utf-8")
    script = "".join(path.read_text(encoding="utf-8") for path in OWN.glob("*.js"))
    style = "".join(path.read_text(encoding="utf-8") for path in OWN.glob("*.css"))
    templates = "".join(path.read_text(encoding="utf-8") for path in STATIC.parent.glob("templates/**/*.html"))
    for attribute in set(re.findall(r"data-[a-z-]+", guide)) - {"data-pane"}:
        camel = re.sub(r"-([a-z])", lambda found: found[1].upper(), attribute.removeprefix("data-"))
        assert (
            attribute in script
            or f"dataset.{camel}" in script
            or f"dataset?.{camel}" in script
            or attribute in templates
            or f"attr({attribute})" in style
        )
