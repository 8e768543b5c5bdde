"""The command `skranke`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from skranke.kernel.settings import SettingError


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = _parser()
    options = parser.parse_args(words)
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        return command(options)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 1


def command_names() -> list[str]:
    """The names of the commands, for the docs' test."""
    actions = [action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001 - argparse has no public way to list them
    return [name for action in actions for name in action.choices]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="skranke", description="An open front desk for Norwegian GP clinics.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="run everything on this machine with a synthetic clinic")
    demo.add_argument(
        "--data", type=Path, default=Path("var/demo"), metavar="DIR", help="where the demo keeps its data"
    )
    demo.add_argument("--port", type=int, default=8000, help="pages; live events and sandbox use the next two")
    demo.add_argument("--bus", default="embedded", metavar="embedded|amqp://...", help="the bus to use")
    demo.add_argument("--helsenorge", choices=["sandbox", "external"], default="sandbox", help="who plays HelseNorge")
    demo.set_defaults(run=_demo)

    web = commands.add_parser("web", help="serve the pages and the REST API")
    _listening(web, 8000)
    web.set_defaults(run=lambda options: _serve(options, "wsgi", "skranke.config.wsgi:application"))

    live = commands.add_parser("live", help="serve the live events")
    _listening(live, 8001)
    live.set_defaults(run=lambda options: _serve(options, "asgi", "skranke.config.asgi:application"))

    gateway = commands.add_parser("gateway", help="exchange messages with the bus: one process per lane")
    gateway.add_argument("--consumers", type=int, default=1, help="processes that read the asynchronous queue")
    gateway.set_defaults(run=_gateway)

    worker = commands.add_parser("worker", help="do what is done by the clock: scheduled work of every clinic")
    worker.set_defaults(run=_worker)

    _for_operators(commands)

    sandbox = commands.add_parser("sandbox", help="a pretend HelseNorge to try or test against")
    parts = sandbox.add_subparsers(required=True, metavar="PART")
    pages = parts.add_parser("web", help="serve the sandbox's pages")
    _listening(pages, 8002)
    pages.set_defaults(run=lambda options: _serve(options, "wsgi", "skranke.sandbox.wsgi:application"))
    parts.add_parser("bus", help="exchange messages with the bus").set_defaults(run=_sandbox_bus)
    filling = parts.add_parser("seed", help="read the world file into the database")
    filling.add_argument("--messages", action="store_true", help="also send a morning's messages, once")
    filling.set_defaults(run=_sandbox_seed)

    bench = commands.add_parser("bench", help="measure speed on a scratch database, beside the machine's limits")
    import_module("skranke.cli.bench.run").add_arguments(bench)

    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=_migrate)

    bus = commands.add_parser("bus", help="the broker's queues")
    actions = bus.add_subparsers(required=True, metavar="ACTION")
    declare = actions.add_parser("declare", help="make exchange, queues and bindings (demo and tests only)")
    declare.add_argument("url", help="amqp://user:password@host:port/NAMESPACE[?vhost=NAME]")
    declare.add_argument("her_id", nargs="+", help="HER-ids whose queues to make")
    declare.add_argument("--queues", choices=["classic", "quorum"], default="classic", help="how the broker keeps them")
    declare.set_defaults(run=_declare)
    return parser


def _for_operators(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What is asked and done by hand while the programs run."""
    replay = commands.add_parser("replay", help="list the messages that were set aside, or do one of them anew")
    replay.add_argument("id", nargs="?", type=UUID, help="the message; left out: list them")
    replay.set_defaults(run=_replay)
    asking = commands.add_parser("reachability", help="ask HelseNorge which patients are active there")
    asking.add_argument("clinic", help="the clinic's name in its address")
    asking.add_argument("patient", nargs="*", type=UUID, help="ids of patients; left out: everybody on a list")
    asking.set_defaults(run=_reachability)
    dead = commands.add_parser("dead-letters", help="what the broker set aside: list it, or deal with one message")
    dead.add_argument("clinic", help="the clinic's name in its address")
    dead.add_argument("action", nargs="?", choices=["show", "put-back", "set-aside"], help="left out: list")
    dead.add_argument("message_id", nargs="?", default="", help="of the message to deal with")
    dead.add_argument("--queue", default="", help="the dead letter queue's name, where it is not HER-ID_dead")
    dead.set_defaults(run=_dead_letters)
    audit = commands.add_parser("audit", help="the audit log")
    actions = audit.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="tell every row that is not as it was sealed")
    verify.add_argument("--clinic", default="", help="the clinic's name in its address; left out: all, one by one")
    verify.add_argument(
        "--head", action="append", default=[], metavar="POSITION:HASH", help="a head that was kept elsewhere; --clinic"
    )
    verify.set_defaults(run=_audit_verify)
    registers = commands.add_parser("registers", help="what the registers say of a clinic, and how old it is")
    registers.add_argument("clinic", help="the clinic's name in its address")
    registers.add_argument("action", nargs="?", choices=["refresh"], help="read it anew; left out: show")
    registers.set_defaults(run=_registers)
    operator = commands.add_parser("operator", help="who runs the installation")
    actions = operator.add_subparsers(required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="make an operator; the national id is read from standard input")
    adding.add_argument("username")
    adding.add_argument("name")
    adding.set_defaults(run=lambda options: int(_of_clinics("operators").add(options.username, options.name)))
    forgetting = actions.add_parser("forget-passkeys", help="help an operator who has lost the passkey")
    forgetting.add_argument("username")
    forgetting.set_defaults(run=lambda options: int(_of_clinics("operators").forget_passkeys(options.username)))
    ping = commands.add_parser("ping", help="send HelseNorge a communication test and tell how long the answer took")
    ping.add_argument("clinic", help="the clinic's name in its address")
    ping.add_argument("--party", default="", metavar="HER-ID", help="as which party; left out: the first")
    ping.set_defaults(run=_ping)


def _listening(parser: argparse.ArgumentParser, port: int) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--workers", type=int, default=1)


# Each command imports what it needs by name when it runs: `skranke migrate` must not load the web server, the demo
# must not set up Django in its own process, and the sandbox must never load the clinic's settings.


def _demo(options: argparse.Namespace) -> int:
    run = import_module("skranke.cli.demo.run")
    chosen = run.Options(
        data=options.data,
        port=options.port,
        bus="" if options.bus == "embedded" else options.bus,
        external_helsenorge=options.helsenorge == "external",
    )
    try:
        status: int = run.run(chosen)
    except run.DemoError as error:
        print(error, file=sys.stderr)
        return 1
    return status


def _serve(options: argparse.Namespace, interface: str, target: str) -> int:
    _settings("skranke.sandbox.settings" if target.startswith("skranke.sandbox") else "skranke.config.settings")
    return int(import_module("skranke.cli.serve").serve(options, interface, target))


def _gateway(options: argparse.Namespace) -> int:
    supervisor = import_module("skranke.gateway.supervisor")
    _settings("skranke.config.settings")
    supervisor.run({**supervisor.LANES, "async": options.consumers})
    return 0


def _worker(options: argparse.Namespace) -> int:  # noqa: ARG001 - every command has the same signature
    _settings("skranke.config.settings")
    import_module("django").setup()
    import_module("skranke.worker.run").run()
    return 0


def _replay(options: argparse.Namespace) -> int:
    return int(_of_clinics("replay").run(options.id))


def _reachability(options: argparse.Namespace) -> int:
    return int(_of_clinics("reachability").run(options.clinic, options.patient))


def _dead_letters(options: argparse.Namespace) -> int:
    run = _of_clinics("dead_letters").run
    return int(run(options.clinic, options.action or "", options.message_id, options.queue))


def _audit_verify(options: argparse.Namespace) -> int:
    return int(_of_clinics("audit").run(options.clinic, options.head))


def _registers(options: argparse.Namespace) -> int:
    return int(_of_clinics("registers").run(options.clinic, options.action or ""))


def _ping(options: argparse.Namespace) -> int:
    return int(_of_clinics("ping").run(options.clinic, options.party))


def _of_clinics(name: str) -> Any:
    """The module of a command that works with the clinics' rows."""
    _settings("skranke.config.settings")
    import_module("django").setup()
    return import_module(f"skranke.cli.{name}")


def _sandbox_bus(options: argparse.Namespace) -> int:  # noqa: ARG001 - every command has the same signature
    return _sandbox_command("sandbox_bus")


def _sandbox_seed(options: argparse.Namespace) -> int:
    return _sandbox_command("sandbox_send_morning" if options.messages else "sandbox_load")


def _sandbox_command(*words: str) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "skranke.sandbox.settings"
    import_module("django.core.management").execute_from_command_line(["skranke sandbox", *words])
    return 0


def _settings(module: str) -> None:
    """Whose settings count; read at once, so that what cannot work is told before anything starts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)
    import_module(f"{module.rpartition('.')[0]}.environment").load()


def _migrate(options: argparse.Namespace) -> int:  # noqa: ARG001 - every command has the same signature
    database = import_module("skranke.cli.database")
    environment = import_module("skranke.config.environment")
    url = environment.load().database_url
    environment.database(url)
    try:
        database.migrate(url)
    except subprocess.CalledProcessError as error:
        return int(error.returncode)  # what went wrong it has told itself
    if not database.knows_letters(url):
        print(database.LETTERS, file=sys.stderr)
    return 0


def _declare(options: argparse.Namespace) -> int:
    queues, ids, connect = (import_module(f"skranke.{name}") for name in ("wire.queues", "kernel.ids", "wire.connect"))
    try:
        specs = [spec for text in options.her_id for spec in queues.queues_of(ids.HerId(text)).specs()]
        connect.declare_module().declare(options.url, specs, queues.QueueKind(options.queues))
    except (ValueError, import_module("skranke.wire.errors").WireError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Declared {len(specs)} {options.queues} queues.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
