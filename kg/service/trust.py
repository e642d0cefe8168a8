"""How long a process may believe what it last saw of the search index."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

SHARED_FOR = 2.0
"""Seconds between looks at an index that other processes may change; a look is three small queries."""

PATIENCE = 60.0
"""Seconds an index that others keep may stand still behind the graph before this process brings it up itself. Who is
bringing it up needs about that long for a chunk of new texts."""


class Trust:
    """What one process knows of the index: for ever where it is alone, else for a moment. Safe between threads."""

    def __init__(self, alone: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._alone = alone
        self._clock = clock
        self._until = -math.inf
        self._lag: tuple[int, float] | None = None

    def holds(self) -> bool:
        """Whether the index need not be looked at again yet."""
        return self._clock() < self._until

    def renew(self) -> None:
        """The index was seen to fit."""
        self._until = math.inf if self._alone else self._clock() + SHARED_FOR

    def end(self) -> None:
        """The index changed as a whole: look again."""
        self._until = -math.inf

    def must_catch_up(self, held: int, last: int) -> bool:
        """Whether this process has to bring the index from sequence `held` to the graph's `last`.

        An index that is shared lags while another process imports, and can be read all the while; only at this
        process's first look, or when it has stood still for long, nobody else may be at work.
        """
        if held == last:
            self._lag = None
            return False
        if self._alone or self._until == -math.inf:
            return True
        if self._lag is None or self._lag[0] != held:
            self._lag = held, self._clock()
        return self._clock() - self._lag[1] >= PATIENCE
