"""Play HelseNorge against a running Skranke, knowing it only by `demo.json`, the bus and the REST API.

    skranke demo --data DIR --bus amqp://guest:guest@127.0.0.1:5672/NAMESPACE --helsenorge external
    python tests/external/helsenorge.py DIR/demo.json [--only SCENE ...]

Imports nothing of Skranke: the standard library, Qpid Proton, lxml, and the `openssl` command. Prints one JSON object:
how each scene went, every broken rule, how many messages were opened and how many were valid by the national schemas.
Exit status 0 when every scene went well and nothing was to complain of.
"""

import argparse
import json
import sys
from pathlib import Path

from peer import demo, national, stage
from peer.party import HelseNorge
from scenes import booking, dialogs, faults, races

_ACTS = (dialogs, booking, races, faults)


def main() -> int:
    parser = argparse.ArgumentParser(description="Play HelseNorge against a running Skranke.")
    parser.add_argument("demo", type=Path, help="the demo.json of a demo that was started with --helsenorge external")
    parser.add_argument("--only", nargs="+", choices=list(stage.SCENES), metavar="SCENE", help="some scenes only")
    options = parser.parse_args()
    told = demo.read(options.demo)
    hn = HelseNorge(told)
    play = stage.Play(told, hn)
    results = []
    for name in options.only or stage.SCENES:
        results.append(stage.run(name, play))
        print(
            f"{'ok  ' if results[-1].ok else 'FAIL'} {results[-1].seconds:6.2f} s  {name}", file=sys.stderr, flush=True
        )
    hn.close()
    modules = sorted({name.partition(".")[0] for name in sys.modules})
    found = stage.report(results, hn) | {"schemas": str(national.folder() or ""), "modules": modules}
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if all(result.ok for result in results) and not hn.complaints else 1


if __name__ == "__main__":
    sys.exit(main())
