"""A RabbitMQ node of a test's own, to be stopped, killed and started again. The machine's own broker is left alone."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.ports import free_ports
from support.run import mark

NAMESPACE = "TESTServiceBus"
_SERVERS = "/usr/lib/rabbitmq/bin:/usr/local/lib/rabbitmq/bin:/opt/rabbitmq/sbin"  # not the wrapper that changes user
_START_SECONDS = 90


def why_no_node() -> str | None:
    """Why a node of its own cannot be started here; None when it can."""
    return None if _program("rabbitmq-server") else "no rabbitmq-server is installed here"


@dataclass
class Node:
    """Starts with the first `start`; what it stored is there after the next."""

    folder: Path
    port: int
    name: str
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{NAMESPACE}"

    def start(self) -> None:
        """Until it takes connections."""
        program = _program("rabbitmq-server")
        assert program is not None
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                [program], env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.port):
            told = (self.folder / "out").read_text(errors="replace")[-2000:]
            assert self.process.poll() is None, f"the node ended: {told}"
            assert time.monotonic() < deadline, f"the node does not answer: {told}"
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """SIGTERM: as an operator stops it; SIGKILL: as a machine dies."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(_START_SECONDS)
            self.process = None

    def control(self, *words: str) -> str:
        """What `rabbitmqctl` of this node says."""
        program = _program("rabbitmqctl")
        assert program is not None
        done = subprocess.run(
            [program, "-q", "-n", self.name, *words], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def node(settings: str = "") -> Iterator[Node]:
    """A node, started. settings: lines of its rabbitmq.conf."""
    with tempfile.TemporaryDirectory(prefix="node-") as name:
        folder = Path(name)
        port = free_ports(2)
        distribution = port + 1
        called = f"skranke-{mark()}@localhost"
        (folder / "enabled_plugins").write_text("[rabbitmq_amqp1_0].\n")
        (folder / "env.conf").write_text("")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.local = 127.0.0.1:{port}\nlog.console = false\nlog.file.level = warning\n{settings}"
        )
        made = Node(folder, port, called, _environment(folder, called, distribution))
        try:
            made.start()
            yield made
        finally:
            made.stop(signal.SIGKILL)


def _environment(folder: Path, name: str, distribution: int) -> dict[str, str]:
    # Without a shell around it, so that our signals reach the node itself.
    return os.environ | {
        "RUNNING_UNDER_SYSTEMD": "true",
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
    }


def _program(name: str) -> str | None:
    return shutil.which(name, path=_SERVERS)


def _answers(port: int) -> bool:
    """It also speaks: the port is open some moments before."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.settimeout(2)
            line.sendall(b"AMQP\x03\x01\x00\x00")  # SASL, as an AMQP 1.0 client begins
            return line.recv(8) == b"AMQP\x03\x01\x00\x00"
    except OSError:
        return False
