"""The cards' Cypher (Neo4j's own dialect) and how a search document becomes a card and comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields

import numpy as np

from kg.errors import StaleIndex
from kg.graph.ladybug.views_cards import CARD_VERSION, from_bytes, to_bytes
from kg.graph.neo4j.conditions import Conditions
from kg.graph.neo4j.schema import name_of
from kg.graph.neo4j.server import Row
from kg.graph.protocol import Filters, IndexStamp, SearchDocument, Vector
from kg.ontology.schema import schema as shipped

BATCH = 500
"""Cards sent in one query: about 2 MB of vectors."""

MOST_AT_ONCE = 2_000
"""Cards written in one transaction: about 30 MB of a server's transaction memory."""

FACETS = ("country", "kind", "status", "programme", "year", "receiver_sector", "provider_sector")

_VECTORS, _WORDS = shipped().search.index("vector"), shipped().search.index("full-text")
VECTOR_INDEX, WORD_INDEX = name_of(_VECTORS), name_of(_WORDS)

READ_STATE = "MATCH (s:SearchIndex {id: 'cards'}) RETURN properties(s) AS state"
FORGET_STATE = "MATCH (s:SearchIndex {id: 'cards'}) DELETE s"
WRITE_STATE = "MERGE (s:SearchIndex {id: 'cards'}) SET s = $state, s.id = 'cards'"
MOVE_SEQUENCE = "MATCH (s:SearchIndex {id: 'cards'}) SET s.sequence = $sequence RETURN s.sequence AS sequence"
HOLD_STATE = (
    "MATCH (s:SearchIndex {id: 'cards'}) "
    "SET s.countries = s.countries + [x IN $countries WHERE NOT x IN s.countries] "
    "RETURN s.sequence AS sequence, s.build AS build"
)
DELETE_CARDS = "MATCH (c:Card) CALL (c) { DETACH DELETE c } IN TRANSACTIONS OF 2000 ROWS"
DELETE_TAGS = "MATCH (t:Tag) CALL (t) { DETACH DELETE t } IN TRANSACTIONS OF 2000 ROWS"
DELETE_SOME = "MATCH (c:Card) WHERE c.id IN $ids DETACH DELETE c"
UPSERT = "UNWIND $rows AS row MERGE (c:Card {id: row.card.id}) SET c = row.card"
TAG = """
UNWIND $rows AS row
MATCH (c:Card {id: row.id})
CALL (c) { MATCH (c)-[old:TAGGED]->() DELETE old }
UNWIND row.tags AS tag
MERGE (t:Tag {id: tag})
MERGE (c)-[:TAGGED]->(t)
"""
VECTOR_OUTLOOK = """
MATCH (s:SearchIndex {id: 'cards'})
RETURN s.countries AS countries, COUNT { MATCH (:Card) } AS total,
       CASE WHEN size($groups) + size($hidden_ids) = 0 THEN 0
            ELSE COUNT { MATCH (h:Card) WHERE h.group IN $groups }
               + COUNT { MATCH (h:Card) WHERE h.id IN $hidden_ids } END AS hidden
"""
READ_DOCUMENTS = "MATCH (c:Card) WHERE c.id IN $ids RETURN c.id AS id, c.document AS document"
READ_VECTORS = "MATCH (c:Card) WHERE c.id IN $ids RETURN c.id AS id, c.packed AS packed"

_CLIP = "ORDER BY score DESC, id LIMIT $limit"
_LUCENE_SPECIAL = frozenset('+-&|!(){}[]^"~*?:\\/<>=')


def nearest(inside: Conditions, after: Conditions) -> str:
    """Search through the vector index. Neo4j's score is (1 + cosine) / 2."""
    return (
        f"CYPHER 25 MATCH (c:Card) SEARCH c IN (VECTOR INDEX {VECTOR_INDEX} FOR $vector {inside.where} LIMIT $fetch) "
        f"SCORE AS near WITH c, 2 * near - 1 AS score {after.where} RETURN c.id AS id, score {_CLIP}"
    )


def exact(passing: Conditions, filters: Filters) -> str:
    """Exact cosine over the cards that pass, entered by their tags where the filter names concepts."""
    entry = "MATCH (c:Card)"
    for field in ("materials", "technologies"):
        if getattr(filters, field):
            entry = (
                f"UNWIND $f_{field} AS tag MATCH (t:Tag {{id: tag}})<-[:TAGGED]-(c:Card) USING INDEX SEEK t:Tag(id) "
                "WITH DISTINCT c"
            )
            break
    return (
        f"{entry} {passing.where} "
        f"RETURN c.id AS id, 2 * vector.similarity.cosine(c.vector, $vector) - 1 AS score {_CLIP}"
    )


def words(passing: Conditions) -> str:
    """Full-text search; every hit streams through the filters before the limit."""
    return (
        f"CALL db.index.fulltext.queryNodes('{WORD_INDEX}', $asked) YIELD node AS c, score "
        f"WITH c, score {passing.where} RETURN c.id AS id, score {_CLIP}"
    )


def tagged(passing: Conditions) -> str:
    """Cards of the weighted tags, each with its best weight."""
    return (
        "UNWIND $weights AS w MATCH (t:Tag {id: w.id})<-[:TAGGED]-(c:Card) USING INDEX SEEK t:Tag(id) "
        f"WITH c, max(w.weight) AS score {passing.where} RETURN c.id AS id, score {_CLIP}"
    )


def count_facets(passing: Conditions) -> str:
    """Number of cards by each facet's values, in one pass."""
    pairs = ", ".join(f"['{name}', c.{name}]" for name in FACETS)
    return (
        f"MATCH (c:Card) {passing.where} UNWIND [{pairs}] AS pair "
        "RETURN pair[0] AS facet, pair[1] AS value, count(*) AS count"
    )


def lucene(terms: Sequence[str], most: int) -> str:
    """Terms as a Lucene question: each word once, weighted by how often it was asked, nothing taken as syntax."""
    counted = list(Counter(term for term in terms if term).items())[:most]
    return " ".join(f"{_escape(term)}^{count}" if count > 1 else _escape(term) for term, count in counted)


def _escape(term: str) -> str:
    lowered = term.lower() if term in ("AND", "OR", "NOT") else term
    return "".join(f"\\{char}" if char in _LUCENE_SPECIAL or char.isspace() else char for char in lowered)


def rows(documents: Sequence[SearchDocument], vectors: Vector) -> list[Row]:
    """Parameters of `UPSERT` and `TAG`: row i of `vectors` belongs to document i."""
    return [_row(document, vector) for document, vector in zip(documents, vectors, strict=True)]


def _row(given: SearchDocument, vector: Vector) -> Row:
    packed = to_bytes(given)
    document = from_bytes(packed)  # as it will read back: the properties must not differ from the whole
    kept = {name: getattr(document, name) for name in ("id", "title", "group", *_VECTORS.filters)}
    card = {
        **kept,
        "materials": list(document.materials),
        "technologies": list(document.technologies),
        "terms": " ".join(document.terms),
        "document": packed,
        "vector": vector.tolist(),
        "packed": np.ascontiguousarray(vector, dtype="<f4").tobytes(),
    }
    named = {*document.materials, *document.technologies, document.waste_code}
    return {"card": card, "tags": sorted(named - {""})}


def fresh_state(stamp: IndexStamp, build: str) -> dict[str, object]:
    """Properties of the state node of an empty index: its stamp, the version of the cards, which making it is."""
    return {**asdict(stamp), "card": CARD_VERSION, "build": build, "sequence": 0, "countries": []}


def stamp_of(state: Row) -> IndexStamp:
    """The index stamp of a state node. Raises `StaleIndex` when its cards are of another version of ours."""
    if state.get("card") != CARD_VERSION:
        raise StaleIndex("The search index was written by another version.", hint="Run `symbiograph rebuild`.")
    return IndexStamp(**{f.name: state[f.name] for f in fields(IndexStamp)})
