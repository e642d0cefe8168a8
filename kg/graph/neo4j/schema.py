"""Constraints and indexes of the graph, derived from the one definition, and what is wrong with those that exist."""

from __future__ import annotations

from dataclasses import dataclass

from kg.graph.neo4j.server import Neo4jServer
from kg.ontology.schema import KEY, Schema

AWAIT = "CALL db.awaitIndexes(300)"
"""Waits until every index is filled; 300 s is far above what ours take, and a failed index raises at once."""

_SHOW = (
    "SHOW INDEXES YIELD name, type, state, labelsOrTypes, properties, options, owningConstraint "
    "RETURN name, type, state, labelsOrTypes AS labels, properties, options.indexConfig AS config, "
    "owningConstraint AS constraint"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One index as it should be. `unique` is a uniqueness constraint with the index it owns."""

    name: str
    label: str
    properties: tuple[str, ...]
    unique: bool

    @property
    def statement(self) -> str:
        """The command that creates it, harmless when it exists."""
        if self.unique:
            return f"CREATE CONSTRAINT {self.name} IF NOT EXISTS FOR (n:`{self.label}`) REQUIRE n.`{KEY}` IS UNIQUE"
        named = ", ".join(f"n.`{prop}`" for prop in self.properties)
        return f"CREATE INDEX {self.name} IF NOT EXISTS FOR (n:`{self.label}`) ON ({named})"

    @property
    def words(self) -> str:
        """How a person knows it."""
        kind = "uniqueness constraint" if self.unique else "range index"
        return f"{kind} {self.name} on {self.label}({', '.join(self.properties)})"


def definitions(schema: Schema) -> tuple[Definition, ...]:
    """A uniqueness constraint for the key of each node type, and a range index for each indexed property."""
    found = []
    for node in schema.nodes:
        found.append(Definition(f"{node.label.lower()}_id", node.label, (KEY,), unique=True))
        found += [
            Definition(f"{node.label.lower()}_{given.name}", node.label, (given.name,), unique=False)
            for given in node.properties
            if given.indexed
        ]
    return tuple(found)


def prepare(server: Neo4jServer, schema: Schema) -> None:
    """Create what is missing and wait until it can be used. Idempotent; raises when one of ours is of another shape."""
    for definition in definitions(schema):
        server.define(definition.statement)
    server.define(AWAIT)


def problems(server: Neo4jServer, schema: Schema) -> list[str]:
    """Every constraint or index that is missing, of another shape, or not filled, each in one sentence; none when
    all is well."""
    there = {row["name"]: row for row in server.rows(_SHOW)}
    found = []
    for wanted in definitions(schema):
        row = there.get(wanted.name)
        if row is None:
            found.append(f"The {wanted.words} is missing.")
        elif (row["labels"], row["properties"], bool(row["constraint"])) != (
            [wanted.label],
            list(wanted.properties),
            wanted.unique,
        ):
            found.append(f"The {wanted.words} is of another shape.")
        elif row["state"] != "ONLINE":
            found.append(f"The {wanted.words} is {str(row['state']).lower()}.")
    return found
