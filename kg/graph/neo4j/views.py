"""The three candidate views on Neo4j's own vector and full-text indexes; no document stays in this process.

A *card* is a node that holds a search document whole, its vector (as the index wants it, and packed, which
reads back fifty times faster), and the properties filters ask for. Cards know nothing of the record nodes: the index
is rebuilt without touching the graph, as the embedded one is. Each call is one query, a vector search two at most;
`gather` is one transaction.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from neo4j import ManagedTransaction

from kg.errors import Conflict, StaleIndex
from kg.graph.ladybug.views_cards import from_bytes
from kg.graph.neo4j import cards, schema
from kg.graph.neo4j.conditions import Conditions, hidden, over_cards
from kg.graph.neo4j.gathering import MOST_WORDS, Gathering, Outlook, by_vector
from kg.graph.neo4j.server import Neo4jServer, Row, run
from kg.graph.protocol import Filters, Gathered, IndexStamp, Proposal, SearchDocument, Vector, Wanted
from kg.ontology.schema import schema as shipped
from kg.settings import Settings

_Facets = Mapping[str, Mapping[str, int]]


class Neo4jViews:
    """`CandidateViews` on a Neo4j server. Any number of processes may share the index; one writes at a time."""

    def __init__(self, settings: Settings) -> None:
        """Views in the database that the settings name. Nothing connects before the first question."""
        self._server = Neo4jServer(settings)
        self._seen = threading.local()
        self._counted: tuple[tuple[str, int], _Facets] | None = None
        self._gathering = Gathering(settings.graph_cards)

    def stamp(self) -> IndexStamp | None:
        """What built the index, or None when there is none."""
        state = self._look()
        return cards.stamp_of(state) if state else None

    def sequence(self) -> int:
        """Sequence of the last graph batch the index holds; 0 when there is no index."""
        state = self._look()
        return int(state["sequence"]) if state else 0

    def reset(self, stamp: IndexStamp) -> None:
        """Empty the index and stamp it. Until that is done the index has no stamp, so that nobody reads half of it."""
        self._server.change(cards.FORGET_STATE)
        self._server.define(cards.DELETE_CARDS)
        self._server.define(cards.DELETE_TAGS)
        schema.prepare(self._server, schema.search_definitions(shipped(), stamp.dimension))
        self._seen.build = uuid.uuid4().hex
        self._server.change(cards.WRITE_STATE, state=cards.fresh_state(stamp, self._seen.build))

    def apply(self, sequence: int, upserts: Sequence[SearchDocument], vectors: Vector, deletes: Sequence[str]) -> None:
        """Bring documents up to `sequence`. Deletes go first: an id in both is updated.

        Up to `cards.MOST_AT_ONCE` documents it is one transaction. More are written in several, the last of which moves
        the sequence: interrupted, the index still tells the old one, and applying again gives the same index.

        Several processes may bring the index up. What one brings that the index has passed meanwhile is left, being
        older. Raises `Conflict` when another process has begun to make the index anew since this thread last asked for
        its stamp or sequence: what it would write belongs to an index that is gone.
        """
        state = self._require_state()
        self._gathering.forget()
        if len(upserts) and vectors.shape != (len(upserts), state["dimension"]):
            raise ValueError(f"{len(upserts)} documents with vectors of shape {vectors.shape}")
        last = max(len(upserts), 1)
        for start in range(0, last, cards.MOST_AT_ONCE):
            part = slice(start, start + cards.MOST_AT_ONCE)
            write = _Write(
                deletes=list(deletes) if start == 0 else [],
                documents=upserts[part],
                vectors=vectors[part],
                sequence=sequence,
                last=part.stop >= last,
                build=getattr(self._seen, "build", None) or state.get("build"),
            )
            self._server.write(write)
        self._counted = None

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Proposal]:
        """Nearest by cosine, through the vector index, or exactly where few cards pass."""
        if limit <= 0:
            return []
        state = self._server.rows(cards.VECTOR_OUTLOOK, **hidden(filters))
        if not state:
            raise _missing()
        asked = by_vector(vector, filters, limit, Outlook(**state[0]))
        return _proposals(self._server.rows(asked.query, limit=limit, **asked.parameters))

    def by_words(self, terms: Sequence[str], filters: Filters, limit: int) -> list[Proposal]:
        """Best by Lucene's BM25 over the analysed terms; the filters hold before the limit."""
        if limit <= 0 or not terms:
            return []
        passing = over_cards(filters)
        asked = cards.lucene(terms, MOST_WORDS)
        query = cards.words(passing)
        return _proposals(self._server.rows(query, asked=asked, limit=limit, **passing.parameters))

    def by_concepts(self, weights: Mapping[str, float], filters: Filters, limit: int) -> list[Proposal]:
        """Cards tagged with one of the weighted concepts; the score is the best weight."""
        if limit <= 0 or not weights:
            return []
        passing = over_cards(filters)
        rows = [{"id": concept, "weight": float(weight)} for concept, weight in sorted(weights.items())]
        return _proposals(self._server.rows(cards.tagged(passing), weights=rows, limit=limit, **passing.parameters))

    def gather(self, wanted: Wanted, filters: Filters) -> Gathered:
        """The three views and the cards of all they propose, in one transaction of two queries at most."""
        found = self._server.read(lambda tx: self._gathering(tx, wanted, filters))
        if found is None:
            raise _missing()
        return found

    def matching(self, filters: Filters, limit: int, after: str = "") -> list[str]:
        """Ids that pass the filters, in id order, after the one given."""
        passing = over_cards(filters, also="c.id > $after")
        query = f"MATCH (c:Card) {passing.where} RETURN c.id AS id ORDER BY id LIMIT $limit"
        rows = self._server.rows(query, after=after, limit=max(limit, 0), **passing.parameters)
        return [row["id"] for row in rows]

    def documents(self, ids: Sequence[str]) -> list[SearchDocument]:
        """Documents in the order asked; unknown ids are left out."""
        rows = self._server.rows(cards.READ_DOCUMENTS, ids=list(dict.fromkeys(ids)))
        found = {row["id"]: from_bytes(row["document"]) for row in rows}
        return [found[i] for i in ids if i in found]

    def vectors(self, ids: Sequence[str]) -> Vector:
        """Stored vectors, one row for each id of `documents(ids)`."""
        rows = self._server.rows(cards.READ_VECTORS, ids=list(dict.fromkeys(ids)))
        found = {row["id"]: np.frombuffer(row["packed"], dtype="<f4") for row in rows}
        kept = [found[i] for i in ids if i in found]
        if kept:
            return np.stack(kept).astype(np.float32)
        stamp = self.stamp()
        return np.zeros((0, stamp.dimension if stamp else 0), dtype=np.float32)

    def facets(self, filters: Filters, ids: Sequence[str] | None = None) -> Mapping[str, Mapping[str, int]]:
        """Counts by each facet over what passes the filters, or over `ids` alone."""
        if ids is None and filters == Filters():
            return self._facets_of_all()
        passing = over_cards(filters) if ids is None else Conditions("WHERE c.id IN $ids", {"ids": list(set(ids))})
        return _facets(self._server.rows(cards.count_facets(passing), **passing.parameters))

    def _facets_of_all(self) -> _Facets:
        """Counts over every card: a pass over all of them, so they are kept until the index moves on."""

        def work(tx: ManagedTransaction) -> tuple[tuple[str, int], _Facets]:
            found = run(tx, cards.READ_STATE, {})
            state = found[0]["state"] if found else {"sequence": 0}
            mark, kept = (str(state.get("build")), int(state["sequence"])), self._counted
            if kept is not None and kept[0] == mark:
                return kept
            return mark, _facets(run(tx, cards.count_facets(Conditions("", {})), {}))

        mark, counted = self._server.read(work)
        if mark[1]:  # until an index is whole, its sequence stays 0 while cards come in
            self._counted = mark, counted
        return counted

    def count(self) -> int:
        """Number of documents."""
        return int(self._server.rows("MATCH (c:Card) RETURN count(c) AS count")[0]["count"])

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def problems(self) -> list[str]:
        """What is missing or wrong in the search indexes, each in one sentence; none before the first `reset`."""
        state = self._state()
        if state is None:
            return []
        return schema.problems(self._server, schema.search_definitions(shipped(), state.get("dimension")))

    def _require_state(self) -> Row:
        state = self._state()
        if state is None:
            raise _missing()
        return state

    def _look(self) -> Row | None:
        """The state, remembering which making of the index this thread has seen."""
        state = self._state()
        self._seen.build = state.get("build") if state else None
        return state

    def _state(self) -> Row | None:
        rows = self._server.rows(cards.READ_STATE)
        return rows[0]["state"] if rows else None


@dataclass(frozen=True, slots=True)
class _Write:
    """One transaction of `apply` for a sequence; the `last` moves the index to it."""

    deletes: Sequence[str]
    documents: Sequence[SearchDocument]
    vectors: Vector
    sequence: int
    last: bool
    build: str | None

    def __call__(self, tx: ManagedTransaction) -> None:
        countries = sorted({document.country for document in self.documents})
        held = run(tx, cards.HOLD_STATE, {"countries": countries})
        if not held:
            raise _missing()
        if held[0]["build"] != self.build:
            raise Conflict(
                "Another process makes the search index anew.", hint="Wait for it; nothing of the graph is lost."
            )
        if held[0]["sequence"] > self.sequence:
            return
        if self.deletes:
            run(tx, cards.DELETE_SOME, {"ids": list(self.deletes)})
        for start in range(0, len(self.documents), cards.BATCH):
            part = slice(start, start + cards.BATCH)
            rows = cards.rows(self.documents[part], self.vectors[part])
            run(tx, cards.UPSERT, {"rows": rows})
            run(tx, cards.TAG, {"rows": [{"id": row["card"]["id"], "tags": row["tags"]} for row in rows]})
        if self.last:
            run(tx, cards.MOVE_SEQUENCE, {"sequence": self.sequence})


def _facets(rows: list[Row]) -> _Facets:
    counted: dict[str, dict[str, int]] = {name: {} for name in cards.FACETS}
    for row in rows:
        if row["value"] not in (None, ""):
            counted[row["facet"]][str(row["value"])] = row["count"]
    return counted


def _missing() -> StaleIndex:
    return StaleIndex("The Neo4j database holds no search index", hint="Run `symbiograph rebuild`.")


def _proposals(rows: list[Row]) -> list[Proposal]:
    return [Proposal(row["id"], float(row["score"])) for row in rows]
