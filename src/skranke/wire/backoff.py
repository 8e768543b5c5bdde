"""Growing pauses between attempts to reach a bus that is away."""

import random
import time
from dataclasses import dataclass

_FIRST, _LONGEST, _GROWTH = 0.2, 30.0, 2.0


@dataclass(slots=True)
class Backoff:
    """When the next attempt may be made. Seconds of the machine's monotonic clock: waiting is not business time."""

    _pause: float = 0.0
    _next: float = 0.0

    def wait(self, longest: float) -> bool:
        """Sleep until the next attempt may be made, at most `longest` seconds; whether it may be made now."""
        left = self._next - time.monotonic()
        if left > 0:
            time.sleep(min(left, longest))
        return left <= longest

    def failed(self) -> None:
        """An attempt failed: the pause doubles, with a random share so that not everybody comes back at once."""
        self._pause = min(self._pause * _GROWTH or _FIRST, _LONGEST)
        self._next = time.monotonic() + self._pause * random.uniform(0.5, 1.0)  # noqa: S311 - no secret

    def succeeded(self) -> None:
        """Back to no pause."""
        self._pause = self._next = 0.0
