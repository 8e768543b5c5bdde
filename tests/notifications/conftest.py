"""A clinic that sends notices of its own, for each test that asks for one."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def desk() -> Iterator[object]:
    from support.notice_desk import open_desk

    with open_desk() as made:
        yield made
