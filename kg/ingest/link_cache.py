"""Links each distinct request once, in batches, through a bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from kg.ingest.linking import Linker, MaterialRequest, TechnologyRequest
from kg.model import Link

_MOST = 50_000
Request = TypeVar("Request", MaterialRequest, TechnologyRequest)
Links = tuple[Link, ...]


class LinkCache:
    """Asks the linker only what it has not answered lately. A blank text is never asked and links to nothing."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._materials: dict[MaterialRequest, Links] = {}
        self._technologies: dict[TechnologyRequest, Links] = {}

    def materials(self, requests: Sequence[MaterialRequest]) -> list[Links]:
        """Links of each resource, in order."""
        return _through(self._materials, requests, self._linker.link_materials)

    def technologies(self, requests: Sequence[TechnologyRequest]) -> list[Links]:
        """Links of each process, in order."""
        return _through(self._technologies, requests, self._linker.link_technologies)


def _through(
    memory: dict[Request, Links], requests: Sequence[Request], ask: Callable[[Sequence[Request]], list[Links]]
) -> list[Links]:
    if len(memory) > _MOST:
        memory.clear()
    new = list(dict.fromkeys(one for one in requests if one.text and one not in memory))
    if new:
        memory.update(zip(new, ask(new), strict=True))
    return [memory.get(one, ()) for one in requests]
