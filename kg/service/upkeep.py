"""Making the index anew, in the background."""

from __future__ import annotations

from kg.errors import SymbiographError
from kg.service.answers import Rebuild
from kg.service.jobs import Jobs, Stop
from kg.service.parts import Parts


class Upkeep:
    """Keeps the index of one data directory."""

    def __init__(self, parts: Parts, jobs: Jobs) -> None:
        self._parts = parts
        self._jobs = jobs
        self._state = Rebuild("none")

    def rebuild(self) -> Rebuild:
        """Begin to make the index anew from the graph; what was encoded before is not encoded again.

        Raises `NotInitialised` without a graph, `Unavailable` when it cannot be asked, `Busy` when too much waits.
        """
        self._parts.require_graph()
        self._parts.store.sequence()
        if self._state.state != "running":
            self._jobs.add(self._work)
            self._state = Rebuild("running")
        return self._state

    def state(self) -> Rebuild:
        """How far that is."""
        return self._state

    def _work(self, stop: Stop) -> None:
        def told(done: int, total: int) -> None:
            self._state = Rebuild("running", done, total)
            stop.check()

        try:
            self._parts.index_anew(told)
        except SymbiographError as error:
            self._state = Rebuild("failed", problem=f"{error.message} {error.hint}".strip())
        except BaseException:
            self._state = Rebuild("failed", problem="A fault of the service; its log tells more.")
            raise
        else:
            total = self._parts.views.count()
            self._state = Rebuild("done", total, total)
