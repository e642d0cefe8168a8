"""Constraints and indexes: made from the definition, idempotent, and named when one is missing or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kg.errors import InputError, StaleIndex
from kg.graph.neo4j import cards, schema
from kg.graph.neo4j.server import Neo4jServer
from kg.graph.neo4j.views import Neo4jViews
from kg.graph.protocol import IndexStamp
from kg.ontology.schema import schema as shipped
from kg.settings import Settings

pytestmark = pytest.mark.integration

STAMP = IndexStamp("test", "hash", 32, "vocabulary", "1")


@pytest.fixture
def server(clean_neo4j: Settings) -> Iterator[Neo4jServer]:
    found = Neo4jServer(clean_neo4j)
    schema.prepare(found, shipped())
    yield found
    schema.prepare(found, shipped())
    found.close()


@pytest.fixture
def views(clean_neo4j: Settings) -> Iterator[Neo4jViews]:
    found = Neo4jViews(clean_neo4j)
    found.reset(STAMP)
    yield found
    found.close()


def test_every_node_type_has_its_key_and_every_indexed_property_its_index(server: Neo4jServer) -> None:
    unique = server.rows(
        "SHOW CONSTRAINTS YIELD labelsOrTypes, properties RETURN labelsOrTypes[0] AS label, properties"
    )
    assert {node.label for node in shipped().nodes} <= {r["label"] for r in unique if r["properties"] == ["id"]}
    indexed = server.rows(
        "SHOW INDEXES YIELD type, labelsOrTypes AS labels, properties WHERE type IN ['RANGE', 'TEXT'] "
        "RETURN labels[0] AS label, properties[0] AS property"
    )
    wanted = {(node.label, given.name) for node in shipped().nodes for given in node.properties if given.indexed}
    assert wanted <= {(row["label"], row["property"]) for row in indexed}


def test_preparing_again_changes_nothing(server: Neo4jServer) -> None:
    before = server.rows("SHOW INDEXES YIELD name, id RETURN name, id ORDER BY name")
    schema.prepare(server, shipped())
    assert server.rows("SHOW INDEXES YIELD name, id RETURN name, id ORDER BY name") == before
    assert schema.problems(server, shipped()) == []


def test_a_missing_constraint_is_named(server: Neo4jServer) -> None:
    server.define("DROP CONSTRAINT synergy_id")
    assert schema.problems(server, shipped()) == ["The uniqueness constraint synergy_id on Synergy(id) is missing."]


def test_an_index_of_another_shape_is_named(server: Neo4jServer) -> None:
    server.define("DROP INDEX synergy_country")
    server.define("CREATE INDEX synergy_country FOR (n:Synergy) ON (n.place)")
    try:
        assert schema.problems(server, shipped()) == [
            "The text index synergy_country on Synergy(country) is of another shape."
        ]
    finally:
        schema.prepare(server, shipped())
    assert schema.problems(server, shipped()) == []


def test_a_text_too_long_for_an_index_is_the_users_to_shorten(server: Neo4jServer) -> None:
    server.change("CREATE (:Programme {id: 'p', name: $name})", name="名" * 10_000)
    with pytest.raises(InputError, match="too long"):
        server.change("CREATE (:Programme {id: $id})", id="x" * 10_000)


def test_a_missing_search_index_is_named_and_mended(views: Neo4jViews, server: Neo4jServer) -> None:
    assert views.problems() == []
    server.define(f"DROP INDEX {cards.VECTOR_INDEX}")
    assert views.problems() == [f"The vector index {cards.VECTOR_INDEX} is missing."]
    views.reset(replace(STAMP, dimension=16))
    assert views.problems() == []


def test_a_search_index_of_another_size_is_named(views: Neo4jViews, server: Neo4jServer) -> None:
    server.change("MATCH (s:SearchIndex {id: 'cards'}) SET s.dimension = 64")
    assert views.problems() == [f"The vector index {cards.VECTOR_INDEX} is of another shape."]


def test_cards_of_another_version_are_refused(views: Neo4jViews, server: Neo4jServer) -> None:
    server.change("MATCH (s:SearchIndex {id: 'cards'}) SET s.card = 'older'")
    with pytest.raises(StaleIndex, match="another version"):
        views.stamp()
