"""What the one store needs of a property-graph engine: parameterised Cypher in transactions, and little more.

Ladybug and Neo4j each implement it; `kg.graph.store.CypherStore` is the same for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from kg.ontology.schema import PropertyType, Schema

Row = dict[str, Any]
Run = Callable[[str, Mapping[str, Any]], list[Row]]
"""Runs one query with parameters and returns all its rows."""

T = TypeVar("T")


class Engine(Protocol):
    """One engine. Every method raises `Unavailable` (or `StorageFailed`) when it cannot answer."""

    name: str
    alone: bool
    """Whether only this process can write the graph, so that what was read may be kept until it does."""

    def prepare(self, schema: Schema) -> None:
        """Declare what the schema needs: tables, or constraints and indexes, waited for. Idempotent."""

    def prepared(self) -> bool:
        """Whether `prepare` has been done, so that queries may name the schema's labels."""

    def read(self, work: Callable[[Run], T]) -> T:
        """Run `work` on one snapshot of the graph. It may run more than once."""

    def write(self, work: Callable[[Run], T]) -> T:
        """Run `work` in one transaction, all or nothing, durable on return. It may run more than once."""

    def typed(self, expression: str, given: PropertyType) -> str:
        """The expression as a value of the property's type, for engines that cannot tell the type of a null."""

    def keep(self, texts: Sequence[str]) -> list[str]:
        """What to write in the graph for long texts: themselves, or keys under which they are durably kept."""

    def recall(self, kept: Sequence[str]) -> list[str]:
        """The long texts again."""

    def settle(self) -> None:
        """Called after a large refresh, when memory may be given back. May do nothing."""

    def close(self) -> None:
        """Release the engine. Harmless when repeated."""
