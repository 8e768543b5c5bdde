"""One lane as a process: `python -m skranke.gateway.lane sync|async|error|outbound [NUMBER] [--clinic ID]`."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from uuid import UUID

import django

from skranke.gateway.database import prepare_statements
from skranke.gateway.memory import return_large_blocks


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the lane until SIGTERM or SIGINT; what it holds then goes back to its queue."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skranke.config.settings")
    django.setup()
    # By name, because the rooms' models can be imported only once Django is set up.
    lanes = import_module("skranke.gateway.lanes")
    parser = argparse.ArgumentParser(prog="skranke.gateway.lane", description=__doc__)
    parser.add_argument("name", choices=[name.value for name in lanes.LaneName])
    parser.add_argument("number", nargs="?", type=int, default=1)
    parser.add_argument("--clinic", action="append", type=UUID, default=[], help="Serve only this clinic.")
    chosen = parser.parse_args(arguments)
    prepare_statements()
    return_large_blocks()
    # What is loaded by now stays: the collector need not walk through it with every few messages.
    gc.collect()
    gc.freeze()
    lane = lanes.Lane(lanes.LaneName(chosen.name), chosen.number, chosen.clinic)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: lane.stop.set())
    lane.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
