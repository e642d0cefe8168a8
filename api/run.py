"""Runs blocking work beside the event loop, on a few threads of our own.

The framework's own thread hop waits for the thread even when the request has timed out; this one lets the request end
on time, and its bounded pool keeps a flood of slow questions from starving the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import orjson
from fastapi import Response

Result = TypeVar("Result")
THREADS = 8


class Workers:
    """A pool for one application, made when there is work; an application that is started again makes it again."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, or what it raised."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="symbiograph")
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def answer(self, work: Callable[[], object]) -> Response:
        """The result of `work` as JSON, serialised on the same thread. Dataclasses need no second validation."""
        return Response(await self.run(lambda: orjson.dumps(work())), media_type="application/json")

    def close(self) -> None:
        """Let what runs finish and drop what waits."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
