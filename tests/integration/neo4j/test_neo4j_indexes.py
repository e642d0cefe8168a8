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

DATA = schema.definitions(shipped())
STAMP = IndexStamp("test", "hash", 32, "vocabulary", "1")


@pytest.fixture
def server(clean_neo4j: Settings) -> Iterator[Neo4jServer]:
    found = Neo4jServer(clean_neo4j)
    schema.prepare(found, DATA)
    yield found
    schema.prepare(found, DATA)
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
    schema.prepare(server, DATA)
    assert server.rows("SHOW INDEXES YIELD name, id RETURN name, id ORDER BY name") == before
    assert schema.problems(server, DATA) == []


def test_a_missing_constraint_is_named(server: Neo4jServer) -> None:
    server.define("DROP CONSTRAINT synergy_id")
    assert schema.problems(server, DATA) == ["The uniqueness constraint synergy_id on Synergy(id) is missing."]


def test_an_index_of_another_shape_is_named(server: Neo4jServer) -> None:
    server.define("DROP INDEX synergy_country")
    server.define("CREATE INDEX synergy_country FOR (n:Synergy) ON (n.place)")
    try:
        assert schema.problems(server, DATA) == [
            "The text index synergy_country on Synergy(country) is of another shape."
        ]
    finally:
        schema.prepare(server, DATA)
    assert schema.problems(server, DATA) == []


def test_a_text_too_long_for_an_index_is_the_users_to_shorten(server: Neo4jServer) -> None:
    server.change("CREATE (:Programme {id: 'p', name: $name})", name="名" * 10_000)
    with pytest.raises(InputError, match="too long"):
        server.change("CREATE (:Programme {id: $id})", id="x" * 10_000)


def test_the_search_index_is_what_the_definition_says(views: Neo4jViews, server: Neo4jServer) -> None:
    there = server.rows(
        "SHOW INDEXES YIELD name, type, labelsOrTypes AS labels, properties, options "
        "WHERE type IN ['VECTOR', 'FULLTEXT'] "
        "RETURN name, type, labels, properties, options.indexConfig AS config ORDER BY type"
    )
    words, vectors = there
    assert (words["name"], words["labels"], words["properties"]) == ("card_terms", ["Card"], ["terms"])
    assert words["config"]["fulltext.analyzer"] == "whitespace"
    assert (vectors["name"], vectors["labels"]) == ("card_vector", ["Card"])
    assert vectors["properties"] == ["vector", *shipped().search.index("vector").filters]
    assert vectors["config"]["vector.dimensions"] == 32
    assert vectors["config"]["vector.similarity_function"] == "COSINE"
    keyed = {
        row["label"] for row in server.rows("SHOW CONSTRAINTS YIELD labelsOrTypes RETURN labelsOrTypes[0] AS label")
    }
    assert {node.label for node in shipped().search.nodes} <= keyed


def test_resetting_again_makes_no_index_anew(views: Neo4jViews, server: Neo4jServer) -> None:
    before = server.rows("SHOW INDEXES YIELD name, id RETURN name, id ORDER BY name")
    views.reset(STAMP)
    assert server.rows("SHOW INDEXES YIELD name, id RETURN name, id ORDER BY name") == before


def test_a_missing_search_index_is_named_and_mended(views: Neo4jViews, server: Neo4jServer) -> None:
    assert views.problems() == []
    server.define(f"DROP INDEX {cards.VECTOR_INDEX}")
    assert views.problems() == [f"The vector index {cards.VECTOR_INDEX} on Card(vector) is missing."]
    views.reset(replace(STAMP, dimension=16))
    assert views.problems() == []


def test_a_search_index_of_another_size_is_named(views: Neo4jViews, server: Neo4jServer) -> None:
    server.change("MATCH (s:SearchIndex {id: 'cards'}) SET s.dimension = 64")
    assert views.problems() == [f"The vector index {cards.VECTOR_INDEX} on Card(vector) is of another shape."]


def test_cards_of_another_version_are_refused(views: Neo4jViews, server: Neo4jServer) -> None:
    server.change("MATCH (s:SearchIndex {id: 'cards'}) SET s.card = 'older'")
    with pytest.raises(StaleIndex, match="another version"):
        views.stamp()
