"""The national schemas as a judge of every message, where their folder is on this machine."""

import os
from pathlib import Path

from lxml import etree

_ARCHIVE = Path("sarepta-archive-2020-07") / "skjema"
_REPOSITORY = Path(__file__).resolve().parents[3]


class _ByName(etree.Resolver):
    """Some schemas import others by web address or without a folder; all of them stand in one collection."""

    def __init__(self, schemas: Path) -> None:
        super().__init__()
        self._files = {
            "xmldsig-core-schema.xsd": schemas / "w3c" / "xmldsig-core-schema.xsd",
            "kith.xsd": schemas / "felleskomponenter" / "kith.xsd",
            "felleskomponent1.xsd": schemas / "felleskomponenter" / "felleskomponent1.xsd",
        }

    def resolve(self, system_url, public_id, context):  # noqa: ARG002 - lxml's signature
        found = self._files.get((system_url or "").rsplit("/", 1)[-1])
        return self.resolve_filename(str(found), context) if found else None


def folder() -> Path | None:
    """Where the schemas lie: SKRANKE_STANDARDS, or ../shared/standards beside the repository; None when absent."""
    named = os.environ.get("SKRANKE_STANDARDS")
    schemas = (Path(named) if named else _REPOSITORY.parent / "shared" / "standards") / _ARCHIVE
    return schemas if (schemas / "ddfl-driver.xsd").is_file() else None


class Judge:
    """Validates documents and counts them; without the schemas it counts nothing and finds nothing."""

    def __init__(self) -> None:
        schemas = folder()
        self.counts: dict[str, int] = {}
        self._schema = None
        if schemas is not None:
            parser = etree.XMLParser(no_network=True)
            parser.resolvers.add(_ByName(schemas))
            self._schema = etree.XMLSchema(etree.parse(schemas / "ddfl-driver.xsd", parser))

    def faults(self, document: etree._Element, function: str) -> list[str]:
        """What is wrong with a document by the schemas."""
        if self._schema is None:
            return []
        self.counts[function] = self.counts.get(function, 0) + 1
        if self._schema.validate(document):
            return []
        return [f"{function}: line {error.line}: {error.message}" for error in self._schema.error_log]
