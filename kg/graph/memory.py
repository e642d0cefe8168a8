"""What a graph was last asked for its whole, kept until it is written: counts cost milliseconds and change rarely."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")

_MOST = 50_000
"""Answers kept; beyond, all are forgotten."""


class Memory:
    """Answers by question until `forget`. Safe between threads.

    With `keeps` false, because somebody else may write the graph, every question is asked anew.
    """

    def __init__(self, keeps: bool) -> None:
        self._keeps = keeps
        self._lock = Lock()
        self._writes = 0
        self._kept: dict[Hashable, Any] = {}

    def recall(self, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer kept, or the one that `ask` gives, which must not be changed by whoever gets it."""
        with self._lock:
            if question in self._kept:
                return cast(T, self._kept[question])
            writes = self._writes
        answer = ask()
        self.keep({question: answer}, writes)
        return answer

    def known(self, questions: list[Hashable]) -> tuple[dict[Hashable, Any], int]:
        """The answers kept of several questions, and the mark to `keep` the others' with."""
        with self._lock:
            return {question: self._kept[question] for question in questions if question in self._kept}, self._writes

    def keep(self, answers: dict[Hashable, Any], mark: int) -> None:
        """Keep answers read since `mark`, unless the graph was written meanwhile."""
        with self._lock:
            if self._keeps and mark == self._writes:
                if len(self._kept) > _MOST:
                    self._kept.clear()
                self._kept.update(answers)

    def forget(self) -> None:
        """The graph was written, or may have been."""
        with self._lock:
            self._writes += 1
            self._kept.clear()
