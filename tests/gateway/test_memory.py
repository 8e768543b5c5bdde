"""What a lane held of a large message goes back to the system when the message is done."""

import platform
import subprocess
import sys

import pytest

CHILD = """
from skranke.gateway.memory import return_large_blocks

def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))

def hold():
    return bytearray(b"x") * (16 << 20)

ACT
hold()  # the first one is what misleads the C library
before = resident()
large = [hold() for _ in range(4)]
small = [bytes(600) for _ in range(10_000)]  # what stays, above them
del large
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps large blocks")
def test_large_blocks_go_back_to_the_system() -> None:
    kept, returned = (int(_child(act)) for act in ("", "return_large_blocks()"))
    assert returned < 16 < kept, "the second figure shows that it is needed"


def _child(act: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CHILD.replace("ACT", act)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout
