"""What docs/functions.md says: every message function of the registry, as the code and its tests have it.

What is in the registry (`gateway/types/registry.py`) gets a part; its messages are those of `support/catalogue.py`, one
example of each that our builders make, which other tests validate against the national schemas. Tests are those that
name a row of the conformance checklist about the function.
"""

import re

from skranke.gateway.types.registry import TYPES
from skranke.gateway.values import MessageType
from skranke.standards import namespaces as ns
from skranke.standards.codes import MessageFunction
from skranke.standards.msghead import MsgHead
from skranke.standards.render import render

from support.catalogue import MESSAGES, RECEIPTS
from support.marks import named_requirements

HEAD = """# Message functions

Made by `make functions` from the registry, checked by a test. *in*: from HelseNorge to the clinic; *out*: the other
way. A fixture is one example that our own builders make (`tests/support/catalogue.py`); each is validated against the
national schemas, and read back the same. Every message is a MsgHead 1.2 (2006-05-24) with the parts named here, except
the receipt. Tests name a row of the conformance checklist (DDFL-..) that is about the function.
"""
CHECKLIST = {
    MessageFunction.E_CONTACT: ("EK",),
    MessageFunction.E_CONSULTATION: ("KO", "EK", "ROL"),
    MessageFunction.PRESCRIPTION_RENEWAL: ("RX",),
    MessageFunction.BOOKING: ("HT", "RT", "PU"),
    MessageFunction.APPOINTMENT_WISH: ("TO",),
    MessageFunction.APPOINTMENT_PUSH: ("PU",),
    MessageFunction.APPOINTMENT_CANCELLATION: ("AA",),
    MessageFunction.APPOINTMENT_CANCELLATION_OLD: ("AA",),
    MessageFunction.DIGITAL_USER: ("DB",),
    MessageFunction.PRACTITIONERS: ("BO",),
    MessageFunction.PRACTITIONERS_OLD: ("BO",),
    MessageFunction.TEST: ("KT",),
    MessageFunction.APPREC: ("AR",),
}
"""The parts of the conformance checklist that are about a function."""
PARTS = {
    ns.DIALOG: "Dialogmelding 1.1",
    ns.XCAL: "xCal",
    ns.RELATION: "Pasientrelasjon",
    ns.PRACTITIONERS: "Helsepersonell 2015",
    ns.PRACTITIONERS_2014: "Helsepersonell 2014",
    ns.PERSONS: "Person",
    ns.BASE64: "Base64Container",
    ns.M1_2_5: "M1 2.5",
    ns.M1_2_4: "M1 2.4",
    ns.APPREC: "AppRec 1.1",
}
_ROW = re.compile(r"DDFL-([A-Z]+)-\d+")


def proven_by() -> dict[str, set[str]]:
    """Part of the checklist to the test files that name a row of it."""
    found: dict[str, set[str]] = {}
    for file, identity in named_requirements():
        if row := _ROW.fullmatch(identity):
            found.setdefault(row[1], set()).add(file.as_posix())
    return found


def parts(xml: bytes) -> str:
    """The schemas beside the envelope that a document uses, in their order there."""
    places = {space: xml.find(f'"{space}"'.encode()) for space in PARTS}
    return ", ".join(PARTS[space] for space in sorted(PARTS, key=lambda one: places[one]) if places[space] >= 0)


def rows(function: MessageFunction) -> list[str]:
    """One line for each code and direction of the function's fixtures."""
    lines: dict[tuple[str, str, str, str], tuple[list[str], list[str]]] = {}
    for name, message in MESSAGES.items():
        if message.info.type.v != function.value:
            continue
        key = (_direction(message), message.code.v, message.code.dn, "async" if message.info.wants_receipt else "sync")
        names, schemas = lines.setdefault(key, ([], []))
        names.append(name)
        schemas += [one for one in parts(render(message)).split(", ") if one not in schemas]
    return [
        f"| {way} | {code} | {term} | {mode} | {', '.join(schemas)} | {', '.join(names)} |"
        for (way, code, term, mode), (names, schemas) in sorted(lines.items())
    ]


def _direction(message: MsgHead) -> str:
    """A clinic writes as a person or as a service of its own; HelseNorge in the catalogue as HER-id 4000002."""
    return "in" if str(message.info.sender.her_id) == "4000002" else "out"


def receipts() -> list[str]:
    """The lines of APPREC, which goes both ways."""
    return [
        f"| in, out | {one.status.v} | {one.status.dn} | async | {parts(render(one))} | {name} |"
        for name, one in RECEIPTS.items()
    ] + ["| in | 1, 2 | as above, of 2004 | async | AppRec 1.0 | official samples |"]


def part(kind: MessageType, function: MessageFunction, tests: dict[str, set[str]]) -> str:
    """What the page says of one function."""
    lines = receipts() if function is MessageFunction.APPREC else rows(function)
    files = sorted({name for prefix in CHECKLIST[function] for name in tests.get(prefix, ())})
    named = ", ".join(f"`{name}`" for name in files)
    folder = kind.handle.__module__.split(".")[3]
    how = "Answered synchronously." if kind.answer else "Receipted." if kind.receipted else "Never receipted."
    head = "| direction | code | name | mode | schemas | fixtures |\n|---|---|---|---|---|---|\n"
    return (
        f"\n## {function.value}\n\nCode: `gateway/types/{folder}`. {how}\n\n{head}"
        + "\n".join(lines)
        + f"\n\nTests: {named}.\n"
    )


def table() -> str:
    """The whole page."""
    tests = proven_by()
    known = sorted(((one.value, kind, one) for kind in TYPES for one in kind.functions), key=lambda row: row[0])
    return HEAD + "".join(part(kind, function, tests) for _, kind, function in known)


def without_example(text: str) -> list[str]:
    """The functions of the page that have no fixture or no test."""
    return [part.split("\n", 1)[0] for part in text.split("\n## ")[1:] if "|\n\nTests: `" not in part]
