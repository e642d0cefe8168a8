"""The three views in one query, and the cards they propose in one more, in one transaction; most cards are kept.

A trip to the server costs much of what is asked of it (docs/decisions/0004-neo4j.md has the figures). Cards are kept by
this process for as long as the state node tells that nothing was written, and every answer brings that node along: what
is kept is never older than what was asked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from neo4j import ManagedTransaction

from kg.graph.ladybug.views_cards import from_bytes
from kg.graph.neo4j import cards
from kg.graph.neo4j.conditions import Conditions, hidden, hides, inside_index, needs_exact, over_cards
from kg.graph.neo4j.server import Row, run
from kg.graph.protocol import Filters, Gathered, SearchDocument, Vector, Wanted

WIDEST_FETCH = 2_000
"""Most neighbours to ask the vector index for beyond the limit; more hidden records than that are scored exactly."""

NARROWEST_FETCH = 200
"""An HNSW search keeps as many candidates as it is asked for, so asking for few finds the nearest less surely."""

FEWEST_FOR_INDEX = 500
"""Up to this many cards are scored exactly: as quick as the index there, and sure."""

MOST_WORDS = 512
"""Most different words of one question; Lucene refuses a query of more than 1,024 clauses."""

_MOST_TRIES = 3
_STATE = "MATCH (s:SearchIndex {id: 'cards'})"
READ_CARDS = (
    f"{_STATE} CALL () {{ MATCH (c:Card) WHERE c.id IN $ids RETURN collect([c.id, c.document, c.packed]) AS cards }} "
    "RETURN properties(s) AS state, cards"
)

Card = tuple[SearchDocument, Vector]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What decides how vectors are searched: the number of cards, of hidden ones among them, and all countries."""

    total: int
    hidden: int
    countries: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a view and its parameters, `$limit` aside."""

    query: str
    parameters: dict[str, object]


def by_vector(vector: Vector, filters: Filters, limit: int, outlook: Outlook) -> Asked:
    """Nearest by cosine, through the vector index, or exactly where few cards pass."""
    given: dict[str, object] = {"vector": vector.tolist()}
    if needs_exact(filters) or outlook.total <= FEWEST_FOR_INDEX or outlook.hidden > WIDEST_FETCH:
        passing = over_cards(filters)
        return Asked(cards.exact(passing, filters), given | passing.parameters)
    inside = inside_index(filters, outlook.countries)
    after = over_cards(Filters(exclude_groups=filters.exclude_groups, exclude_ids=filters.exclude_ids))
    given["fetch"] = max(limit + outlook.hidden, NARROWEST_FETCH)
    query = cards.nearest(inside, after if hides(filters) else Conditions("", {}))
    return Asked(query, given | after.parameters | inside.parameters)


class Gathering:
    """One process's way of asking, with the cards it keeps. Safe between threads."""

    def __init__(self, most: int) -> None:
        """Keep `most` cards at most."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Card] = OrderedDict()
        self._state: Row | None = None
        self._outlook = Outlook(0, 0, [])

    def forget(self) -> None:
        """Drop what is kept."""
        with self._lock:
            self._state = None
            self._kept.clear()

    def __call__(self, tx: ManagedTransaction, wanted: Wanted, filters: Filters) -> Gathered | None:
        """What the views propose, with the cards; None when there is no index."""
        row = self._propose(tx, wanted, filters)
        if row is None:
            return None
        found = self._cards(tx, {id_ for name in ("nearest", "worded", "tagged") for id_ in row[name]}, row["state"])
        return Gathered(
            nearest=row["nearest"],
            worded=row["worded"],
            tagged=row["tagged"],
            documents={id_: document for id_, (document, _) in found.items()},
            vectors={id_: vector for id_, (_, vector) in found.items()},
        )

    def _propose(self, tx: ManagedTransaction, wanted: Wanted, filters: Filters) -> Row | None:
        """All views by the outlook of the answer before; asked again if that was another one."""
        outlook = self._outlook
        if hides(filters):
            told = run(tx, cards.VECTOR_OUTLOOK, hidden(filters))
            outlook = Outlook(**told[0]) if told else outlook
        for _ in range(_MOST_TRIES):
            asked = _together(wanted, filters, outlook)
            rows = run(tx, asked.query, asked.parameters)
            if not rows:
                return None
            seen = Outlook(rows[0]["total"], outlook.hidden, rows[0]["state"]["countries"])
            self._outlook = Outlook(seen.total, 0, seen.countries)
            if wanted.vector is None or _same(filters, outlook, seen):
                break
            outlook = seen
        return rows[0]

    def _cards(self, tx: ManagedTransaction, ids: Iterable[str], state: Row) -> dict[str, Card]:
        found: dict[str, Card] = {}
        missing = []
        with self._lock:
            if self._state != state:
                self._state = state
                self._kept.clear()
            for id_ in ids:
                card = self._kept.get(id_)
                if card is None:
                    missing.append(id_)
                else:
                    found[id_] = card
                    self._kept.move_to_end(id_)
        for row in run(tx, READ_CARDS, {"ids": missing}) if missing else ():
            fresh = {id_: (from_bytes(document), _unpacked(packed)) for id_, document, packed in row["cards"]}
            found |= fresh
            self._keep(fresh, row["state"])
        return found

    def _keep(self, fresh: dict[str, Card], state: Row) -> None:
        with self._lock:
            if self._state == state:
                self._kept |= fresh
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)


def _same(filters: Filters, assumed: Outlook, seen: Outlook) -> bool:
    """Whether both outlooks lead to the same vector search."""
    few = (assumed.total <= FEWEST_FOR_INDEX) == (seen.total <= FEWEST_FOR_INDEX)
    return few and (not filters.exclude_countries or set(assumed.countries) == set(seen.countries))


def _together(wanted: Wanted, filters: Filters, outlook: Outlook) -> Asked:
    """One query for the state and the views that are asked for something."""
    passing = over_cards(filters)
    parameters = dict(passing.parameters)
    parts: dict[str, str] = {}
    if wanted.weights and wanted.tagged > 0:
        parts["tagged"] = cards.tagged(passing)
        parameters["weights"] = [{"id": tag, "weight": float(weight)} for tag, weight in sorted(wanted.weights.items())]
    if wanted.terms and wanted.worded > 0:
        parts["worded"] = cards.words(passing)
        parameters["asked"] = cards.lucene(wanted.terms, MOST_WORDS)
    if wanted.vector is not None and wanted.nearest > 0:
        asked = by_vector(wanted.vector, filters, wanted.nearest, outlook)
        parts["nearest"] = asked.query
        # countries without those excluded, which is what the other views come to as well
        parameters |= asked.parameters
    limits = {"nearest": wanted.nearest, "worded": wanted.worded, "tagged": wanted.tagged}
    answered = ", ".join(name if name in parts else f"[] AS {name}" for name in limits)
    views = " ".join(_part(name, query) for name, query in parts.items())
    told = "properties(s) AS state, COUNT { MATCH (:Card) } AS total"
    query = f"CYPHER 25 {_STATE} {views} RETURN {told}, {answered}"
    return Asked(query, parameters | {f"most_{name}": limits[name] for name in parts})


def _part(name: str, query: str) -> str:
    inner = query.removeprefix("CYPHER 25 ").replace("$limit", f"$most_{name}")
    return f"CALL () {{ CALL () {{ {inner} }} WITH id, score ORDER BY score DESC, id RETURN collect(id) AS {name} }}"


def _unpacked(packed: bytes) -> Vector:
    vector: Vector = np.frombuffer(packed, dtype="<f4").astype(np.float32)
    return vector
