"""The graph store on a Neo4j server."""

from __future__ import annotations

from kg.graph.neo4j import schema
from kg.graph.neo4j.engine import Neo4jEngine
from kg.graph.neo4j.server import Neo4jServer
from kg.graph.store import CypherStore
from kg.ontology.schema import schema as shipped
from kg.settings import Settings


class Neo4jStore(CypherStore):
    """The graph on the server that `settings.graph` names. Nothing connects before the first question."""

    def __init__(self, settings: Settings) -> None:
        self.server = Neo4jServer(settings)
        super().__init__(Neo4jEngine(self.server))

    def problems(self) -> list[str]:
        """What is missing or wrong in the graph's constraints and indexes, each in one sentence."""
        return schema.problems(self.server, schema.definitions(shipped()))
