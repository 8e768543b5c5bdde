"""Chooses a measurement, gives it a place to work, and says when its answer was wrong."""

import argparse
import signal
import sys
from collections.abc import Callable
from importlib import import_module

from skranke.cli.bench import place
from skranke.cli.bench.figures import Options, WrongAnswerError

NAMES = ("slots", "booking", "race", "pipeline", "pages", "audit")


def run(options: argparse.Namespace) -> int:
    """Run one measurement, or all; 1 when an answer was wrong."""
    signal.signal(signal.SIGTERM, _stop)
    chosen = Options(
        runs=options.runs,
        messages=options.messages,
        questions=options.questions,
        threads=options.threads,
        rows=options.rows,
        bus="" if options.bus == "embedded" else options.bus,
    )
    with place.opened() as where:
        # The rooms' models can be imported only once Django is set up, which `opened` did.
        measure: Callable[[place.Place, Options], None] = import_module(f"skranke.cli.bench.{options.name}").run
        try:
            measure(where, chosen)
        except WrongAnswerError as error:
            print(f"Wrong answer: {error}", file=sys.stderr)
            return 1
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    usual = Options()
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--runs", type=int, default=usual.runs, help="of each measurement")
    parser.add_argument("--messages", type=int, default=usual.messages, help="pipeline: how many wait in the queue")
    parser.add_argument("--questions", type=int, default=usual.questions, help="pipeline: slot questions meanwhile")
    parser.add_argument("--bus", default="embedded", metavar="embedded|amqp://...", help="pipeline: the bus to use")
    parser.add_argument("--threads", type=int, default=usual.threads, help="pages: threads in the inbox")
    parser.add_argument("--rows", type=int, default=usual.rows, help="audit: rows of the log")
    parser.set_defaults(run=run)


def _stop(number: int, _frame: object) -> None:
    """Leave by way of the clean-up."""
    sys.exit(128 + number)
