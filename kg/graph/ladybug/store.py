"""The embedded graph store."""

from __future__ import annotations

from kg.graph.ladybug.engine import LadybugEngine
from kg.graph.store import CypherStore
from kg.settings import Settings


class LadybugStore(CypherStore):
    """The graph in the data directory. Raises `DataDirectoryLocked` when another process owns it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(LadybugEngine(settings.data / "graph", settings.graph_memory))
