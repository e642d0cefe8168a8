"""What is written of a card and of the index is what the one definition says they hold."""

from __future__ import annotations

import numpy as np
from search_cards import STAMP, card

from kg.graph.neo4j import cards
from kg.graph.neo4j.schema import search_definitions
from kg.ontology.schema import NodeType, schema


def node(label: str) -> NodeType:
    return next(one for one in schema().search.nodes if one.label == label)


def test_a_card_holds_the_properties_that_are_defined() -> None:
    (row,) = cards.rows([card("a")], np.ones((1, 4), dtype=np.float32))
    assert set(row["card"]) == {"id", *(given.name for given in node("Card").properties)}
    for given in node("Card").properties:
        value = row["card"][given.name]
        assert isinstance(value, list) is given.many, given.name
        assert isinstance(value, bytes) is (given.datatype == "bytes"), given.name


def test_the_index_node_holds_the_properties_that_are_defined() -> None:
    assert set(cards.fresh_state(STAMP, "first")) == {given.name for given in node("SearchIndex").properties}


def test_filters_are_inside_the_vector_index() -> None:
    statement = next(d.statement for d in search_definitions(schema(), 384) if d.name == cards.VECTOR_INDEX)
    assert statement == (
        "CYPHER 25 CREATE VECTOR INDEX card_vector IF NOT EXISTS FOR (n:`Card`) ON (n.`vector`) WITH [n.`country`, "
        "n.`kind`, n.`place`, n.`programme`, n.`provider_sector`, n.`receiver_sector`, n.`status`, n.`year`] OPTIONS "
        "{indexConfig: {`vector.dimensions`: 384, `vector.similarity_function`: 'cosine', "
        "`vector.quantization.enabled`: false}}"
    )
