"""The graph store for every engine that speaks Cypher. `kg.graph.protocol.GraphStore` is its promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from kg.errors import NotFound
from kg.graph import codec, cypher
from kg.graph.engine import Engine, Row, Run
from kg.graph.mapping import RelationKey, Subgraph, programme_id, subgraph
from kg.graph.memory import Memory
from kg.graph.vocabulary_graph import RELATIONS, vocabulary_subgraph
from kg.graph.writing import LABELS, BatchWriter, not_set_up, prepare, read_batch
from kg.model import Member, Record, Synergy
from kg.ontology import Vocabulary
from kg.ontology.schema import schema
from kg.provenance import Batch, Change, Import, RecordKind, RowResult
from kg.text import fold

T = TypeVar("T")

CHUNK = 2_000
"""Nodes or relations of the vocabulary written in one transaction."""
PAGE = 1_000
"""Records read in one query when all are walked."""


class CypherStore:
    """Records and their history in one engine. Safe to share between threads as far as the engine is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._schema = schema()
        self.engine = engine.name
        self._memory = Memory(engine.alone)
        self._places: tuple[int, tuple[str, ...]] | None = None

    # --- set up

    def initialise(self, vocabulary: Vocabulary) -> None:
        """Create schema and constraints, load or refresh the concepts. Idempotent; existing records stay.

        The version is written last, so that an interrupted refresh is seen and done again.
        """
        self._engine.prepare(self._schema)
        self._memory.forget()
        self._change(lambda run: run(cypher.ENSURE_META, {}))
        meta = self._meta()
        if (meta.get("vocabulary"), meta.get("schema")) == (vocabulary.version, self._schema.version):
            return
        self._stamp("")
        graph = vocabulary_subgraph(vocabulary)
        fresh = self._refresh_nodes(graph)
        self._refresh_relations(graph)
        self._relink(fresh)
        self._stamp(vocabulary.version)
        self._engine.settle()

    def _stamp(self, vocabulary: str) -> None:
        stamp = {"vocabulary": vocabulary, "schema": self._schema.version}
        self._change(lambda run: run(cypher.SET_VOCABULARY, stamp))

    def _refresh_nodes(self, graph: Subgraph) -> set[str]:
        """Bring schemes, concepts and routes up to date; ids of concepts that were not there before."""
        fresh: set[str] = set()
        for label in ("Scheme", "Concept", "Route"):
            wanted = graph.nodes[label]
            standing = {row["id"] for row in self._read(cypher.all_ids(label))}
            fresh |= set(wanted) - standing if label == "Concept" else set()
            for gone in _chunks(sorted(standing - set(wanted))):
                self._write(cypher.delete_nodes(label), ids=gone)
            for chunk in _chunks(list(wanted.values())):
                part = Subgraph()
                part.nodes[label] = {row["id"]: row for row in chunk}
                self._merge(part)
        return fresh

    def _refresh_relations(self, graph: Subgraph) -> None:
        for key in RELATIONS:
            self._write(cypher.delete_relations(*key))
            for chunk in _chunks(graph.relations.get(key, [])):
                self._merge_relations(key, chunk)

    def _relink(self, concepts: set[str]) -> None:
        """Relate records to concepts that have come to the vocabulary after them."""
        for kind in RecordKind if concepts else ():
            for records in self._pages(kind):
                for key, rows in subgraph(records).relations.items():
                    missing = [row for row in rows if row["b"] in concepts] if key[2] == "Concept" else []
                    if missing:
                        self._merge_relations(key, missing)

    def _pages(self, kind: RecordKind) -> Iterator[list[Record]]:
        after = ""
        while ids := self.record_ids(kind, after, PAGE):
            yield list(self.records(kind, ids).values())
            after = ids[-1]

    def _merge(self, graph: Subgraph) -> None:
        self._change(lambda run: self._writer(run).merge(graph, shared=lambda node: True))

    def _merge_relations(self, key: RelationKey, rows: Sequence[Row]) -> None:
        part = Subgraph()
        part.relations[key] = list(rows)
        self._merge(part)

    # --- state

    def vocabulary_version(self) -> str:
        """Version of the vocabulary whose concepts the graph holds, or empty before `initialise`."""
        return str(self._meta().get("vocabulary") or "")

    def sequence(self) -> int:
        """Sequence number of the last committed batch; 0 when there is none."""
        return int(self._meta().get("sequence") or 0)

    def _meta(self) -> Row:
        rows = self._memory.recall("meta", lambda: self._read(cypher.READ_META))
        return rows[0] if rows else {}

    # --- writing

    def commit(self, batch: Batch, changes: Sequence[Change], rows: Sequence[RowResult], progress: Import) -> Batch:
        """Write all of it or nothing; return the batch with its sequence. See the protocol."""
        self._require_prepared()
        prepared = prepare(self._engine, batch, changes, rows, progress)
        return self._change(lambda run: self._writer(run).write(prepared))

    def undo(self, batch_id: str, who: str, when: str) -> Batch:
        """Restore every record of the batch to what it was before, as a new batch. See the protocol."""
        self._require_prepared()
        undone = self._engine.read(lambda run: read_batch(run, batch_id))
        back = [
            Change(record=change.record, kind=change.kind, before=change.after, after=change.before)
            for change in reversed(self._changes(undone.sequence))
        ]
        created = sum(change.before is None for change in back)
        undoing = Batch(
            id=f"{batch_id}.undo",
            import_id=undone.import_id,
            kind=undone.kind,
            who=who,
            when=when,
            undoes=batch_id,
            created=created,
            updated=len(back) - created,
        )
        prepared = prepare(self._engine, undoing, back, (), None)
        return self._change(lambda run: self._writer(run).undo(undone, prepared))

    def save_import(self, progress: Import) -> None:
        """Insert or replace an import's state."""
        self._require_prepared()
        self._change(lambda run: self._writer(run).save_import(progress))

    def _require_prepared(self) -> None:
        if not self._engine.prepared():
            raise not_set_up()

    def _writer(self, run: Run) -> BatchWriter:
        return BatchWriter(run, self._engine, self._schema)

    # --- history

    def imports(self) -> list[Import]:
        """All imports, newest first."""
        return [codec.decode_import(row["body"]) for row in self._read(cypher.IMPORTS)]

    def import_(self, import_id: str) -> Import:
        """One import; raises `NotFound`."""
        rows = self._read(cypher.IMPORT, id=import_id)
        if not rows:
            raise NotFound(f"There is no import {import_id!r}.", hint="`symbiograph batches` lists them.")
        return codec.decode_import(rows[0]["body"])

    def batches(self, import_id: str = "") -> list[Batch]:
        """Batches, newest first, of one import if named."""
        query = cypher.BATCHES_OF_IMPORT if import_id else cypher.BATCHES
        return [codec.decode_batch(row["body"]) for row in self._read(query, import_id=import_id)]

    def row_results(self, import_id: str) -> Iterator[RowResult]:
        """What became of each row, in the order the batches wrote them, which is the file's."""
        for row in self._read(cypher.REPORTS, import_id=import_id):
            yield from codec.decode_rows(self._engine.recall([row["body"]])[0])

    def changes_since(self, sequence: int) -> Iterator[tuple[int, Change]]:
        """Every change committed after `sequence`, oldest first, with its batch's sequence."""
        for later in range(max(sequence, 0) + 1, self.sequence() + 1):
            for change in self._changes(later):
                yield later, change

    def _changes(self, sequence: int) -> list[Change]:
        rows = self._read(cypher.CHANGES, sequence=sequence)
        before = self._recall_present([row["before"] for row in rows])
        after = self._recall_present([row["after"] for row in rows])
        changes = []
        for row, old, new in zip(rows, before, after, strict=True):
            kind = RecordKind(row["record_kind"])
            changes.append(
                Change(
                    record=row["record"],
                    kind=kind,
                    before=codec.decode(kind, old) if old else None,
                    after=codec.decode(kind, new) if new else None,
                )
            )
        return changes

    def _recall_present(self, kept: Sequence[str]) -> list[str]:
        texts = iter(self._engine.recall([key for key in kept if key]))
        return [next(texts) if key else "" for key in kept]

    # --- records

    def synergies(self, ids: Sequence[str]) -> list[Synergy]:
        """The named synergies, in the order asked; unknown ids are left out."""
        found = self.records(RecordKind.SYNERGY, ids)
        return [record for id_ in ids if isinstance(record := found.get(id_), Synergy)]

    def synergy_batches(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Batch that last wrote each synergy."""
        rows = self._by_id(cypher.RECORDS.format(label="Synergy"), ids)
        return {row["id"]: row["batch"] for row in rows}

    def record_ids(self, kind: RecordKind, after: str = "", limit: int = 1000) -> list[str]:
        """Ids in order, for walking the whole graph page by page."""
        query = cypher.RECORD_IDS.format(label=LABELS[kind])
        return [row["id"] for row in self._read(query, after=after, limit=limit)]

    def records(self, kind: RecordKind, ids: Sequence[str]) -> Mapping[str, Record]:
        """Records by id, in the order asked; unknown ids are left out."""
        rows = self._by_id(cypher.RECORDS.format(label=LABELS[kind]), ids)
        texts = self._engine.recall([row["record"] for row in rows])
        found = {row["id"]: codec.decode(kind, text) for row, text in zip(rows, texts, strict=True)}
        return {id_: found[id_] for id_ in ids if id_ in found}

    def members(self, programme: str) -> list[Member]:
        """All members of a programme by its id or name (case-insensitive), ordered by id; empty when unknown."""
        named = [row["id"] for row in self._read(cypher.PROGRAMMES) if fold(row["name"]) == fold(programme)]
        ids = sorted({programme, programme_id(programme), *named})
        rows = self._read(cypher.MEMBERS, ids=ids)
        texts = self._engine.recall([row["record"] for row in rows])
        records = [codec.decode(RecordKind.MEMBER, text) for text in texts]
        return sorted((record for record in records if isinstance(record, Member)), key=lambda record: record.id)

    def programmes(self) -> list[tuple[str, int, int]]:
        """(name, number of members, number of synergies), ordered by name."""
        rows = self._memory.recall("programmes", lambda: self._read(cypher.PROGRAMMES))
        return sorted((row["name"], int(row["members"]), int(row["synergies"])) for row in rows)

    def places(self) -> tuple[str, ...]:
        """Every place that a synergy or a member has, as recorded, in order.

        It takes a look at every record, so that it is kept until there is another batch, whoever writes it: only
        batches change records.
        """
        sequence = self.sequence()
        kept = self._places
        if kept is None or kept[0] != sequence:
            found = {
                row["place"] for kind in RecordKind for row in self._read(cypher.PLACES.format(label=LABELS[kind]))
            }
            kept = self._places = sequence, tuple(sorted(found))
        return kept[1]

    def concept_counts(self, concepts: Iterable[str]) -> Mapping[str, int]:
        """Completed synergies that name each concept directly (material, technology, sector or waste code)."""
        ids = list(dict.fromkeys(concepts))
        known, mark = self._memory.known([("concept", id_) for id_ in ids])
        missing = [id_ for id_ in ids if ("concept", id_) not in known]
        counted = dict.fromkeys(missing, 0)
        for query in (cypher.COUNT_BY_FLOW, cypher.COUNT_DIRECT):
            for row in self._by_id(query, missing):
                counted[row["id"]] += int(row["n"])
        self._memory.keep({("concept", id_): count for id_, count in counted.items()}, mark)
        return {id_: counted[id_] if id_ in counted else known["concept", id_] for id_ in ids}

    def counts(self) -> Mapping[str, int]:
        """Number of nodes by kind, in order of kind; the store's own bookkeeping only as imports and batches."""
        if not self._engine.prepared():
            return {}
        shown = [node.label for node in self._schema.nodes if not node.internal or node.label in ("Import", "Batch")]

        def work(run: Run) -> dict[str, int]:
            return {label.lower(): int(run(cypher.count_nodes(label), {})[0]["n"]) for label in shown}

        return dict(self._memory.recall("counts", lambda: self._engine.read(work)))

    def close(self) -> None:
        """Release the engine; the store cannot be used afterwards."""
        self._engine.close()

    def _by_id(self, query: str, ids: Iterable[str]) -> list[Row]:
        wanted = list(dict.fromkeys(ids))
        return self._read(query, ids=wanted) if wanted else []

    def _read(self, query: str, **parameters: Any) -> list[Row]:
        if not self._engine.prepared():
            return []
        return self._engine.read(lambda run: run(query, parameters))

    def _change(self, work: Callable[[Run], T]) -> T:
        """Write in one transaction, and forget what was read before, whether or not it came through."""
        try:
            return self._engine.write(work)
        finally:
            self._memory.forget()

    def _write(self, query: str, **parameters: Any) -> None:
        self._change(lambda run: run(query, parameters))


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
