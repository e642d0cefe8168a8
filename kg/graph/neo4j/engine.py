"""Neo4j behind the one store: the shared Cypher runs as it is, in managed transactions of the driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from neo4j import ManagedTransaction

from kg.graph.engine import Run
from kg.graph.neo4j import schema as defined
from kg.graph.neo4j.server import Neo4jServer, run
from kg.ontology.schema import PropertyType, Schema

T = TypeVar("T")


class Neo4jEngine:
    """`Engine` on a Neo4j server or cluster."""

    name = "neo4j"
    alone = False

    def __init__(self, server: Neo4jServer) -> None:
        self.server = server
        self._prepared = False

    def prepare(self, schema: Schema) -> None:
        """Create constraints and indexes, and wait until they can be used. Idempotent."""
        defined.prepare(self.server, defined.definitions(schema))
        self._prepared = True

    def prepared(self) -> bool:
        """Whether the constraint on the state node is there: nothing can be written before it."""
        if not self._prepared:
            self._prepared = bool(self.server.rows("SHOW CONSTRAINTS YIELD name WHERE name = 'meta_id' RETURN name"))
        return self._prepared

    def read(self, work: Callable[[Run], T]) -> T:
        """Run `work` in one read transaction, on a replica where there is one."""
        return self.server.read(lambda tx: work(_runner(tx)))

    def write(self, work: Callable[[Run], T]) -> T:
        """Run `work` in one write transaction: all or nothing, and durable on return."""
        return self.server.write(lambda tx: work(_runner(tx)))

    def typed(self, expression: str, given: PropertyType) -> str:
        """The expression as it is: Neo4j takes the type from the value."""
        return expression

    def keep(self, texts: Sequence[str]) -> list[str]:
        """The texts themselves: Neo4j stores long ones well."""
        return list(texts)

    def recall(self, kept: Sequence[str]) -> list[str]:
        """The texts themselves."""
        return list(kept)

    def settle(self) -> None:
        """Nothing to do: the server looks after its memory."""

    def close(self) -> None:
        """Close the connections."""
        self.server.close()


def _runner(tx: ManagedTransaction) -> Run:
    return partial(run, tx)
