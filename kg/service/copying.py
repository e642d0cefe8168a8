"""Moving the whole graph from one engine to another."""

from __future__ import annotations

from kg.errors import InputError
from kg.graph.copy import CopyReport, Place, Progress, copy
from kg.graph.neo4j.server import is_address
from kg.ontology import load_vocabulary
from kg.service.engines import EMBEDDED, open_store, open_views
from kg.settings import Settings


def copy_graph(settings: Settings, source: str, target: str, progress: Progress | None = None) -> CopyReport:
    """Bring `target` to what `source` holds, verified; both are named as the setting `graph` names an engine.

    Neo4j's user, password and database are those of the settings, the embedded graph is that of the data directory.
    Raises `InputError` for a name that is no engine or twice the same, and what `kg.graph.copy.copy` raises.
    """
    for name in (source, target):
        if name != EMBEDDED and not is_address(name):
            raise InputError(
                f"{name!r} is no engine.", hint="Give `ladybug`, or the address of a Neo4j server (neo4j://host:7687)."
            )
    if source == target:
        raise InputError("Source and target are the same engine.", hint="Name two different ones.")
    vocabulary = load_vocabulary(sorted((settings.data / "schemes").glob("*.ttl")), settings.models / "vocabulary")
    places: list[Place] = []
    try:
        for name in (source, target):
            one = settings.model_copy(update={"graph": name})
            places.append(Place(open_store(one), open_views(one)))
        return copy(places[0], places[1], vocabulary, progress)
    finally:
        for place in places:
            place.views.close()
            place.store.close()
