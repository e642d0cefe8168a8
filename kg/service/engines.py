"""Which engine keeps graph and index: the embedded one beside the data, or a Neo4j server."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from kg.graph.protocol import CandidateViews, GraphStore
from kg.settings import Settings

EMBEDDED = "ladybug"


@runtime_checkable
class Watched(Protocol):
    """An engine whose constraints and indexes somebody else could drop."""

    def problems(self) -> list[str]:
        """Each missing or wrong one, in one sentence."""


def is_embedded(settings: Settings) -> bool:
    """Whether graph and index are files in the data directory."""
    return settings.graph == EMBEDDED


def engine_exists(settings: Settings) -> bool:
    """Whether a graph was made; asking makes none. A server counts as one: what it holds is asked of it."""
    return not is_embedded(settings) or any((settings.data / "graph").glob("*.lbdb"))


def open_store(settings: Settings) -> GraphStore:
    """The graph, made when there is none. Raises `DataDirectoryLocked`, `StorageFailed` or `Unavailable`."""
    if not is_embedded(settings):
        from kg.graph.neo4j.store import Neo4jStore

        return Neo4jStore(settings)
    from kg.graph.ladybug.store import LadybugStore

    return LadybugStore(settings)


def open_views(settings: Settings) -> CandidateViews:
    """The index; one that is damaged raises `StaleIndex` when it is asked, not here."""
    if not is_embedded(settings):
        from kg.graph.neo4j.views import Neo4jViews

        return Neo4jViews(settings)
    from kg.graph.ladybug.views import EmbeddedViews

    return EmbeddedViews(settings.data / "index")


def problems(store: GraphStore, views: CandidateViews) -> list[str]:
    """What is missing or wrong in a server's constraints and indexes, in sentences; the embedded engine has none."""
    return [sentence for part in (store, views) if isinstance(part, Watched) for sentence in part.problems()]
