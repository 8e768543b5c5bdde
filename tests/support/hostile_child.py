"""Reads one hostile document in a process of its own and says what that cost. Started by tests/gateway/test_hostile.py.

Argument: the name of a document. Prints JSON: the error, seconds, extra memory (peak resident set, bytes), the length
of the document, and what the reader opened or connected to.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from skranke.gateway.facts import without_attachments
from skranke.standards.errors import StandardsError
from skranke.standards.parse import parse_document, parse_header

MIB = 1024 * 1024
BAIT = os.environ.get("SKRANKE_TEST_BAIT", "http://127.0.0.1:9/bait")
HEAD = b'<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="x"/>'
WATCHED = (
    "open",
    "socket.",
    "subprocess.",
    "os.system",
    "os.listdir",
    "urllib.",
    "ctypes.",
    "import",
    "exec",
    "compile",
)


def doctype(subset: str, body: str = "&x;") -> bytes:
    return f"<?xml version='1.0'?><!DOCTYPE MsgHead [{subset}]><MsgHead>{body}</MsgHead>".encode()


def laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    return doctype(f'<!ENTITY l0 "lol">{lines}', "&l19;")


def quadratic() -> bytes:
    return doctype(f'<!ENTITY x "{"a" * 5 * MIB}">', "&x;" * 1_000_000)


def external(kind: str, address: str) -> bytes:
    return doctype(f'<!ENTITY {kind} SYSTEM "{address}">', "" if kind.startswith("%") else "&x;")


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "a billion laughs": laughs,
    "one long entity a million times": quadratic,
    "an entity that is a file": lambda: external("x", "file:///etc/hostname"),
    "an entity on the web": lambda: external("x", BAIT),
    "a parameter entity on the web": lambda: doctype(f'<!ENTITY % x SYSTEM "{BAIT}"> %x;', ""),
    "a document type on the web": f'<!DOCTYPE MsgHead SYSTEM "{BAIT}"><MsgHead/>'.encode,
    "a document type behind 19 MiB of comments": lambda: b"<!--" + b"x" * 19 * MIB + b"-->" + laughs(),
    "a document type behind a million instructions": lambda: b"<?x?>" * 1_000_000 + b"<!DOCTYPE x><x/>",
    "19 MiB of comment without an end": lambda: b"<!--" * (19 * MIB // 4),
    "19 MiB of white space": lambda: b" " * 19 * MIB + b"<!DOCTYPE x><x/>",
    "a document type in UTF-16": lambda: laughs().decode().encode("utf-16"),
    "a document type in UTF-7": lambda: b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE x+AD4-<x/>",
    "100,000 levels": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
    "100,000 levels of namespaces": lambda: b'<a xmlns="urn:x">' * 100_000 + b"</a>" * 100_000,
    "100,000 levels in the head": lambda: HEAD + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</MsgInfo></MsgHead>",
    "100,000 levels that never end": lambda: HEAD + b"<Sender>" * 100_000,
    "19 MiB of empty elements": lambda: b"<MsgHead>" + b"<a/>" * (19 * MIB // 4) + b"</MsgHead>",
    "19 MiB of attributes": lambda: b"<MsgHead " + b" ".join(b"a%d=''" % number for number in range(1_800_000)) + b"/>",
    "19 MiB of openings of attachments": lambda: b"<Base64Container " * (19 * MIB // 17),
    "19 MiB of text": lambda: HEAD + b"<x>" + b"a" * 19 * MIB + b"</x></MsgInfo></MsgHead>",
}


def read(data: bytes) -> str:
    """All that the gateway does with a payload that it cannot act on."""
    try:
        parse_document(data)
        error = "accepted"
    except StandardsError as found:
        error = type(found).__name__
    parse_header(data)
    without_attachments(data)
    return error


def peak(*, again: bool = False) -> int:
    """Bytes this process has held at most; again: count from now on, where the system can (Linux)."""
    if again:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    touched: list[str] = []
    watching = False

    def hook(event: str, arguments: tuple) -> None:
        if watching and event.startswith(WATCHED):
            touched.append(f"{event} {arguments[0] if arguments else ''}"[:200])

    read(HEAD + b"</MsgInfo></MsgHead>")  # what is loaded at the first use is loaded now
    data = DOCUMENTS[sys.argv[1]]()
    sys.addaudithook(hook)
    before, began = peak(again=True), time.monotonic()
    watching = True
    os.write(2, b"BEGIN\n")
    error = read(data)
    os.write(2, b"END\n")
    watching = False
    seconds, after = time.monotonic() - began, peak()
    watching = True
    if "control" in sys.argv:
        open(os.devnull, "rb").close()  # noqa: PTH123 - the hook must notice this
    watching = False
    print(
        json.dumps(
            {
                "error": error,
                "seconds": round(seconds, 3),
                "extra": after - before,
                "length": len(data),
                "touched": touched,
            }
        )
    )


if __name__ == "__main__":
    main()
