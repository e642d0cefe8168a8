"""One line of work that writes: jobs run one after the other on a thread of their own, and can be asked to stop."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType

from kg.errors import Busy, Interrupted

Work = Callable[["Stop"], None]
_log = logging.getLogger("symbiograph.jobs")


class Stop:
    """Says whether work should end at the next point where nothing is half done."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ask(self) -> None:
        """Ask the work to end."""
        self._event.set()

    def check(self) -> None:
        """Raise `Interrupted` when the work was asked to end: to be called where stopping is safe."""
        if self._event.is_set():
            raise Interrupted("The work was interrupted.", hint="Start it again: what is done is not done twice.")


class Follower:
    """Does one piece of work again after every nudge, on a thread of its own, beside the work that nudges it.

    A context: leaving it waits for the thread. What the work raises is raised by `finish`, and ends the following.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._nudged = False
        self._ended = False
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="symbiograph-follower", daemon=True)

    def __enter__(self) -> Follower:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def nudge(self) -> None:
        """Let the work be done once more, after what it is doing now."""
        with self._changed:
            self._nudged = True
            self._changed.notify()

    def finish(self) -> None:
        """Wait until the work has followed the last nudge; raise what it raised."""
        self._end()
        if self._problem is not None:
            raise self._problem

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while self._next():
                self._work()
        except BaseException as problem:  # noqa: BLE001 - raised again where the following is finished
            self._problem = problem

    def _next(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._nudged or self._ended)
            nudged, self._nudged = self._nudged, False
            return nudged


class Jobs:
    """A queue with one thread. A job tells of its own failure; what it does not catch is logged as a bug."""

    def __init__(self, most_waiting: int) -> None:
        self._most_waiting = most_waiting
        self._waiting: deque[Work] = deque()
        self._changed = threading.Condition()
        self._stop = Stop()
        self._closed = False
        self._running = False
        self._thread: threading.Thread | None = None

    def add(self, work: Work) -> None:
        """Put work at the end of the line; raises `Busy` when too much waits already."""
        with self._changed:
            if len(self._waiting) >= self._most_waiting:
                raise Busy(f"{len(self._waiting)} jobs wait already.", hint="Try again when one of them has finished.")
            self._waiting.append(work)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="symbiograph-jobs", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long for the line to be empty, and say whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running and not self._waiting, seconds)

    def close(self) -> None:
        """Ask the running job to stop, drop those that wait, and wait for the thread to end."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._stop.ask()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                work(self._stop)
            except Exception:  # noqa: BLE001 - the line must go on after a bug
                _log.exception("a job failed")
            finally:
                with self._changed:
                    self._running = False
                    self._changed.notify_all()

    def _next(self) -> Work | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._waiting))
            if self._closed:
                return None
            self._running = True
            return self._waiting.popleft()
