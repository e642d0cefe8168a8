"""Writes one batch inside an open transaction: checks what stands there, replaces records, keeps the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from kg.errors import Conflict, NotFound, Unavailable
from kg.graph import codec, cypher
from kg.graph.engine import Engine, Row, Run
from kg.graph.mapping import OWNED, Subgraph, subgraph
from kg.model import Record
from kg.ontology.schema import KEY, NodeType, PropertyType, Schema
from kg.provenance import Batch, Change, Import, RecordKind, RowResult

LABELS = {RecordKind.SYNERGY: "Synergy", RecordKind.MEMBER: "Member"}
REPORT_ROWS = 200
"""Row results kept in one node: a page of a report, about 100 kB of JSON."""
ABSENT = ""
"""What stands for "no record" in the history."""

_EMPTY: dict[str, Any] = {"string": "", "boolean": False}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch whose long texts are kept already, so that its transaction can run again without keeping them twice."""

    batch: Batch
    changes: Sequence[Change]
    before: Sequence[str]
    after: Sequence[str]
    kept_before: Sequence[str]
    kept_after: Sequence[str]
    reports: Sequence[str]
    progress: Import | None


def prepare(
    engine: Engine, batch: Batch, changes: Sequence[Change], rows: Sequence[RowResult], progress: Import | None
) -> Prepared:
    """Encode a batch and keep its long texts. Raises `InputError` for a record that cannot be stored."""
    before = [codec.encode(change.before) if change.before else ABSENT for change in changes]
    after = [codec.encode(change.after) if change.after else ABSENT for change in changes]
    reports = [codec.encode_rows(rows[i : i + REPORT_ROWS]) for i in range(0, len(rows), REPORT_ROWS)]
    texts = sorted({text for text in chain(before, after, reports) if text})
    kept = dict(zip(texts, engine.keep(texts), strict=True))
    kept[ABSENT] = ABSENT
    return Prepared(
        batch=batch,
        changes=changes,
        before=before,
        after=after,
        kept_before=[kept[text] for text in before],
        kept_after=[kept[text] for text in after],
        reports=[kept[text] for text in reports],
        progress=progress,
    )


class BatchWriter:
    """Writes batches through one transaction's `run`."""

    def __init__(self, run: Run, engine: Engine, schema: Schema) -> None:
        self._run = run
        self._engine = engine
        self._schema = schema

    def next_sequence(self) -> int:
        """Take the next number, which also makes other writers wait. Raises `Unavailable` before `initialise`."""
        rows = self._run(cypher.NEXT_SEQUENCE, {})
        if not rows:
            raise not_set_up()
        return int(rows[0]["sequence"])

    def write(self, given: Prepared) -> Batch:
        """Write all of a prepared batch. Raises `Conflict` when a record is not what its change calls `before`."""
        sequence = self.next_sequence()
        if self._run(cypher.BATCH, {"id": given.batch.id}):
            raise Conflict(f"The batch {given.batch.id} is in the graph already.", hint="Give each batch a new id.")
        written = replace(given.batch, sequence=sequence)
        net = self._check(given)
        self._history(written, given)
        self._replace(written, net, given)
        return written

    def _check(self, given: Prepared) -> dict[tuple[RecordKind, str], tuple[Record | None, int]]:
        """First `before` and index of the last change of each record, once what stands in the graph is as expected."""
        net: dict[tuple[RecordKind, str], tuple[Record | None, int]] = {}
        standing = self._standing(given.changes)
        for index, change in enumerate(given.changes):
            key = (change.kind, change.record)
            if not _same(change.kind, standing.get(key, ABSENT), given.before[index], change.before):
                raise Conflict(
                    f"{change.kind.value} {change.record!r} is not what this batch was made from.",
                    hint="Something else changed it meanwhile. Import the file again.",
                )
            standing[key] = given.after[index]
            net[key] = (net[key][0] if key in net else change.before, index)
        return net

    def _standing(self, changes: Sequence[Change]) -> dict[tuple[RecordKind, str], str]:
        found: dict[tuple[RecordKind, str], str] = {}
        for kind, label in LABELS.items():
            ids = sorted({change.record for change in changes if change.kind is kind})
            rows = self._run(cypher.RECORDS.format(label=label), {"ids": ids}) if ids else []
            texts = self._engine.recall([row["record"] for row in rows])
            found |= {(kind, row["id"]): text for row, text in zip(rows, texts, strict=True)}
        return found

    def _replace(
        self, batch: Batch, net: Mapping[tuple[RecordKind, str], tuple[Record | None, int]], given: Prepared
    ) -> None:
        old = [before for before, _ in net.values() if before is not None]
        new = [(given.changes[index].after, given.kept_after[index]) for _, index in net.values()]
        self._remove({kind: [id_ for k, id_ in net if k is kind and net[k, id_][0] is not None] for kind in LABELS})
        graph = subgraph(record for record, _ in new if record is not None)
        for record, kept in new:
            if record is not None:
                label = LABELS[codec.kind_of(record)]
                graph.nodes[label][record.id] |= {"record": kept, "batch": batch.id}
                graph.relate("WRITTEN_BY", (label, record.id), ("Batch", batch.id))
        self.merge(graph)
        self._forget(subgraph(old), graph)

    def _remove(self, ids: Mapping[RecordKind, Sequence[str]]) -> None:
        for kind, label in LABELS.items():
            if ids[kind]:
                for owner, relation, part in OWNED:
                    if owner == label:
                        self._run(cypher.delete_part(owner, relation, part), {"ids": ids[kind]})
                self._run(cypher.delete_nodes(label), {"ids": ids[kind]})

    def merge(self, graph: Subgraph, shared: Callable[[NodeType], bool] = lambda node: node.shared) -> None:
        """Write nodes and relations. Nodes of shared types may be there already; others are new."""
        for label, by_id in graph.nodes.items():
            node = self._schema.node(label)
            rows = [complete(row, node.properties) for row in by_id.values()]
            if shared(node):
                rows = self._update_standing(node, rows)
            if rows:
                self._run(cypher.create_nodes(node, self._engine.typed), {"rows": rows})
        for (type_, start, end), rows in graph.relations.items():
            relation = self._schema.relation(type_)
            self._run(cypher.create_relations(relation, start, end, self._engine.typed), {"rows": rows})

    def _update_standing(self, node: NodeType, rows: Sequence[Row]) -> list[Row]:
        """Bring standing nodes up to date where they differ; return the rows of those still to be created."""
        found = self._run(cypher.nodes_by_id(node.label), {"ids": [row[KEY] for row in rows]})
        standing = {row[KEY]: row for row in found}
        stale = [row for row in rows if row[KEY] in standing and standing[row[KEY]] != row and _says_something(row)]
        if stale:
            self._run(cypher.update_nodes(node, self._engine.typed), {"rows": stale})
        return [row for row in rows if row[KEY] not in standing]

    def _forget(self, old: Subgraph, new: Subgraph) -> None:
        """Delete shared nodes that only the old records needed."""
        for label, by_id in old.nodes.items():
            ids = [id_ for id_ in by_id if id_ not in new.nodes.get(label, {})]
            if ids and self._schema.node(label).shared:
                self._run(cypher.delete_unneeded(label), {"ids": ids})

    def _history(self, batch: Batch, given: Prepared) -> None:
        graph = Subgraph()
        graph.node(
            "Batch",
            batch.id,
            import_id=batch.import_id,
            record_kind=batch.kind.value,
            started=batch.when,
            sequence=batch.sequence,
            body=codec.encode(batch),
        )
        if given.progress is not None:
            self.save_import(given.progress)
        graph.relate("PART_OF", ("Batch", batch.id), ("Import", batch.import_id))
        of_batch = {"batch": batch.id, "sequence": batch.sequence}
        for number, change in enumerate(given.changes):
            kept = {"before": given.kept_before[number], "after": given.kept_after[number]}
            named = {"record": change.record, "record_kind": change.kind.value}
            graph.node("Change", f"{batch.id}/{number}", number=number, **of_batch, **named, **kept)
        for number, body in enumerate(given.reports):
            name = f"{batch.id}/rows-{number}"
            graph.node("RowReport", name, number=number, import_id=batch.import_id, body=body, **of_batch)
        self.merge(graph)

    def save_import(self, progress: Import) -> None:
        """Insert or replace an import."""
        body = codec.encode(progress)
        set_body = {"id": progress.id, "body": body, "started": progress.when}
        if not self._run(cypher.SET_IMPORT_BODY, set_body):
            graph = Subgraph()
            graph.node("Import", progress.id, record_kind=progress.kind.value, started=progress.when, body=body)
            self.merge(graph)

    def undo(self, batch: Batch, undoing: Prepared) -> Batch:
        """Write the batch that takes another back. Raises `Conflict` when later work stands in the way."""
        standing = read_batch(self._run, batch.id)
        if standing.undone_by:
            raise Conflict(f"The batch {batch.id} was undone already, by {standing.undone_by}.")
        later = {row["record"] for row in self._run(cypher.CHANGED_SINCE, {"sequence": standing.sequence})}
        blocked = sorted(later & {change.record for change in undoing.changes})
        if blocked:
            raise Conflict(
                f"A later batch changed {blocked[0]!r}"
                + (f" and {len(blocked) - 1} more" if blocked[1:] else "")
                + ".",
                hint="Undo the later batches first, newest first.",
            )
        written = self.write(undoing)
        undone = replace(standing, undone_by=written.id)
        self._run(cypher.SET_BATCH_BODY, {"id": batch.id, "body": codec.encode(undone)})
        return written


def not_set_up() -> Unavailable:
    return Unavailable("The graph has not been set up yet.", hint="Run `symbiograph init`.")


def read_batch(run: Run, batch_id: str) -> Batch:
    """A batch by its id; raises `NotFound`."""
    rows = run(cypher.BATCH, {"id": batch_id})
    if not rows:
        raise NotFound(f"There is no batch {batch_id!r}.", hint="`symbiograph batches` lists them.")
    return codec.decode_batch(rows[0]["body"])


def complete(row: Row, properties: Sequence[PropertyType]) -> Row:
    """The row with every property of its type: all rows of a query have one shape."""
    full: Row = {KEY: row[KEY]}
    for given in properties:
        value = row.get(given.name)
        if value is None:
            value = [] if given.many else _EMPTY.get(given.datatype)
        full[given.name] = value
    return full


def _says_something(row: Row) -> bool:
    """Whether a row has any property to tell, so that a record that knows only an id does not blank a shared node."""
    return any(value not in ("", None, []) for name, value in row.items() if name != KEY)


def _same(kind: RecordKind, standing: str, expected: str, before: Record | None) -> bool:
    """Equal texts, or equal records when the text was written before a field was added."""
    if standing == expected:
        return True
    return bool(standing and expected) and codec.decode(kind, standing) == before
