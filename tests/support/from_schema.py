"""Makes documents from a national schema: every element that it allows stands once, in its order.

Only what the M1 schemas use of XML Schema is known here: sequences, choices, references, extensions and simple types.
"""

from pathlib import Path

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
_COMMON = "http://www.kith.no/xmlstds/felleskomponent1"
_TEXTS = {
    "string": "x",
    "boolean": "true",
    "date": "2026-11-20",
    "dateTime": "2026-11-20T10:00:00",
    "time": "10:00:00",
    "duration": "P1Y",
    "int": "3",
    "decimal": "1.5",
    "double": "1.5",
}
_VALUES = {"CV": "1", "CS": "1", "PQ": "2", "MO": "2", "TS": "2026-11-20", "URL": "http://example.no"}


class Maker:
    """choice: which branch of every choice is taken, counted around."""

    def __init__(self, *schemas: Path, choice: int) -> None:
        self._roots = [etree.parse(one).getroot() for one in schemas]
        self._choice, self._names = choice, 0

    def make(self, name: str) -> etree._Element:
        """A global element of the first schema."""
        root = self._roots[0]
        made = etree.Element(f"{{{root.get('targetNamespace')}}}{name}")
        self._fill(made, self._named(root, "element", name), root)
        return made

    def _named(self, root, kind: str, name: str):
        return next(one for one in root.findall(f"{XS}{kind}") if one.get("name") == name)

    def _resolved(self, place, qname: str):
        """The schema of a qualified name, or None when it is XML Schema's own or another file's; and its local name."""
        prefix, _, local = qname.rpartition(":")
        space = place.nsmap.get(prefix or None)
        return next((one for one in self._roots if one.get("targetNamespace") == space), None), space, local

    def _fill(self, made, declared, root) -> None:
        if declared.get("type"):
            self._typed(made, declared, declared.get("type"))
        else:
            self._complex(made, declared.find(f"{XS}complexType"), root)

    def _typed(self, made, place, qname: str) -> None:
        root, space, local = self._resolved(place, qname)
        if root is not None:
            self._complex(made, self._named(root, "complexType", local), root)
        elif local in _VALUES:
            made.set("V", _VALUES[local])
        elif local in {"ID", "IDREF"}:
            self._names += local == "ID"
            made.text = f"ID_{self._names}"
        elif space == _COMMON:
            self._common(made, local)
        else:
            made.text = _TEXTS[local]

    def _common(self, made, local: str) -> None:
        if local == "Ident":
            etree.SubElement(made, f"{{{_COMMON}}}Id").text = "9144889"
            etree.SubElement(made, f"{{{_COMMON}}}TypeId", V="HPR", S="2.16.578.1.12.4.1.1.8116")
        else:
            etree.SubElement(made, f"{{{_COMMON}}}City").text = "Lyngheia"

    def _complex(self, made, declared, root) -> None:
        extension = declared.find(f"{XS}complexContent/{XS}extension")
        if extension is not None:
            self._typed(made, extension, extension.get("base"))
        within = declared if extension is None else extension
        for group in within:
            self._group(made, group, root)

    def _group(self, made, group, root) -> None:
        kind = etree.QName(group).localname
        if kind == "element":
            self._element(made, group, root)
        elif kind == "choice":
            self._group(made, group[self._choice % len(group)], root)
        elif kind == "sequence":
            for one in group:
                self._group(made, one, root)

    def _element(self, made, declared, root) -> None:
        if declared.get("ref"):
            root, _, local = self._resolved(declared, declared.get("ref"))
            declared = self._named(root, "element", local)
        name = f"{{{root.get('targetNamespace')}}}{declared.get('name')}"
        self._fill(etree.SubElement(made, name), declared, root)
