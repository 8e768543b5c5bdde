"""The national schemas as a judge: `validate` fails a document that breaks them and counts each it has seen.

The folder is named by SKRANKE_STANDARDS, or is ../shared/standards beside the repository; where it is absent,
`validate` does nothing and the end of the run says so. Any test may call it for any message that leaves us.
"""

import functools
import os
from collections import Counter
from pathlib import Path

from lxml import etree

COUNTS_FOLDER = "SKRANKE_CONFORMANCE_COUNTS"
_ARCHIVE = "sarepta-archive-2020-07"
_REPOSITORY = Path(__file__).resolve().parents[2]


def standards_folder() -> Path | None:
    """Where the schemas and samples lie; None when they are not on this machine."""
    named = os.environ.get("SKRANKE_STANDARDS")
    folder = Path(named) if named else _REPOSITORY.parent / "shared" / "standards"
    return folder if (folder / _ARCHIVE / "skjema" / "ddfl-driver.xsd").is_file() else None


def samples_folder() -> Path | None:
    """The official verifiable examples of the dialog processes."""
    folder = standards_folder()
    return folder / _ARCHIVE / "eksempel" / "digital-dialog" if folder else None


class _Mapping(etree.Resolver):
    """Some schemas import others by their web address or without a folder; both stand in this collection."""

    def __init__(self, schemas: Path) -> None:
        super().__init__()
        common = schemas / "felleskomponenter"
        self._files = {
            "xmldsig-core-schema.xsd": schemas / "w3c" / "xmldsig-core-schema.xsd",
            "kith.xsd": common / "kith.xsd",
            "felleskomponent1.xsd": common / "felleskomponent1.xsd",
        }

    def resolve(self, system_url, public_id, context):  # noqa: ARG002 - lxml calls it so
        mapped = self._files.get((system_url or "").rpartition("/")[2])
        return self.resolve_filename(str(mapped), context) if mapped else None


@functools.cache
def schema() -> etree.XMLSchema | None:
    folder = standards_folder()
    if folder is None:
        return None
    schemas = folder / _ARCHIVE / "skjema"
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Mapping(schemas))
    return etree.XMLSchema(etree.parse(schemas / "ddfl-driver.xsd", parser))


def validate(data: bytes, function: str) -> None:
    """Fail unless the document is valid by the national schemas; count it under its message function."""
    judge = schema()
    if judge is None:
        return
    document = etree.fromstring(data, etree.XMLParser(huge_tree=True, no_network=True, resolve_entities=False))
    assert judge.validate(document), "\n".join(f"line {error.line}: {error.message}" for error in judge.error_log)
    _count(str(function))


def _count(function: str) -> None:
    folder = os.environ.get(COUNTS_FOLDER)
    if folder:
        # One file a process: workers of a parallel run and their children never write to the same one.
        with (Path(folder) / f"{os.getpid()}.txt").open("a", encoding="ascii") as counts:
            counts.write(f"{function}\n")


def counted(folder: str) -> Counter[str]:
    """How many documents of each function have been validated in the run that owns the folder."""
    files = Path(folder).glob("*.txt")
    return Counter(line for file in files for line in file.read_text(encoding="ascii").splitlines())
