"""How the tests are shared among the workers of a parallel run: file by file, in their order.

What a file's tests share is made once. Folders whose tests share programs that are dear to start, such as the whole
sandbox or a demo, go to one worker.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/sandbox/", "tests/journeys/", "tests/external/")


class Sharing:
    """A pytest plugin for the controller."""

    @pytest.hookimpl
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> "_ByFile":
        # Files in their order: a file with few tests is not a short one.
        config.option.loadscopereorder = False
        return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        return folder or nodeid.split("::", 1)[0]
