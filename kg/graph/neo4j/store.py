"""The graph store on a Neo4j server."""

from __future__ import annotations

from kg.graph.neo4j import cards, schema
from kg.graph.neo4j.engine import Neo4jEngine
from kg.graph.neo4j.server import Neo4jServer
from kg.graph.neo4j.views import Neo4jViews
from kg.graph.store import CypherStore
from kg.ontology.schema import schema as shipped
from kg.settings import Settings


class Neo4jStore(CypherStore):
    """The graph on the server that `settings.graph` names. Nothing connects before the first question."""

    def __init__(self, settings: Settings) -> None:
        self.server = Neo4jServer(settings)
        super().__init__(Neo4jEngine(self.server))

    def views(self) -> Neo4jViews:
        """The search views in the same database, through the same connections."""
        return Neo4jViews(self.server)

    def problems(self) -> list[str]:
        """What is missing or wrong in the database's constraints and indexes, each in one sentence."""
        return [*schema.problems(self.server, shipped()), *cards.problems(self.server)]
