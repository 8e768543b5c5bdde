"""How long property tests search: `@tried(60)` above `@given(...)`.

The ordinary run tries the same few examples each time; with `SKRANKE_TEST_LONG=1` it tries eight times as many, by
a seed that `--hypothesis-seed` sets and a failure prints.
"""

import os

from hypothesis import HealthCheck, settings

LONG = "SKRANKE_TEST_LONG"
_LONGER = 8


def is_long() -> bool:
    """Whether this run has the time to search and to run tests marked slow."""
    return os.environ.get(LONG, "") not in {"", "0"}


def tried(number: int) -> settings:
    """The settings of a property test that tries `number` examples in the ordinary run."""
    return settings(
        max_examples=number * _LONGER if is_long() else number,
        deadline=None,
        derandomize=not is_long(),
        database=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
