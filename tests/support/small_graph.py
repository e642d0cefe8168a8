"""A small vocabulary, and a history of batches over it, for tests that need a graph rather than a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from search_cards import DIMENSION, STAMP, card

from kg.graph.protocol import CandidateViews, GraphStore, SearchDocument, Vector
from kg.model import (
    Flow,
    Link,
    LinkMethod,
    Member,
    MemberResource,
    Outcome,
    Party,
    Quantity,
    ResourceRole,
    Source,
    Synergy,
    SynergyStatus,
)
from kg.ontology import Vocabulary
from kg.ontology.compiled import compile_document
from kg.ontology.turtle_rows import ConceptRow, SchemeRow
from kg.provenance import Batch, Change, Import, ImportState, RecordKind, RowOutcome, RowResult

CONCEPTS = ("material:fly-ash", "nace2:23.51", "technology:blending", "low:100102", "metric:co2_avoided")
WHEN = "2026-01-01T00:00:00Z"


def vocabulary(version: str = "small") -> Vocabulary:
    """Five concepts, one of each scheme."""
    names = [concept.partition(":")[0] for concept in CONCEPTS]
    schemes = [SchemeRow(name, f"https://x.example/{name}/", [(name, "en")], "1", "", "", "", "") for name in names]
    rows = [ConceptRow(concept, concept.partition(":")[0], "test") for concept in CONCEPTS]
    return Vocabulary(compile_document(version, schemes, rows, [], {}))


def synergy(number: int, title: str = "first") -> Synergy:
    """A synergy that shares its receiver, programme and source with the others."""
    return Synergy(
        id=f"s{number:05d}",
        title=title,
        provider=Party(f"Power {number}", f"organisation:xx:power-{number}", sector="nace2:23.51"),
        receiver=Party("Cement", "organisation:xx:cement", sector="nace2:23.51"),
        flows=(
            Flow(
                f"fly ash 粉煤灰 {number}",
                materials=(Link("material:fly-ash", 0.9, LinkMethod.LABEL),),
                waste_code="low:100102",
                quantity=Quantity(number + 0.5, "t/yr", f"{number}.5 t"),
            ),
        ),
        technologies=(Link("technology:blending", 1.0, LinkMethod.LABEL),),
        country="CN",
        programme="Jiangsu",
        year_start=2000 + number % 20,
        status=SynergyStatus.OPERATING,
        outcomes=(Outcome("metric:co2_avoided", 3.0, "t", "3 t"),),
        source=Source("A report", "", 2011),
        group=f"g{number // 2}",
    )


def member(number: int) -> Member:
    held = MemberResource(f"m{number}/1", ResourceRole.HAVE, "fly ash")
    return Member(f"m{number}", "Power", f"organisation:xx:power-{number}", "Jiangsu", country="CN", resources=(held,))


def commit(store: GraphStore, number: int, changes: Sequence[Change], import_id: str = "i1") -> Batch:
    """Write one batch of an import, with a row for each change."""
    kind = changes[0].kind
    rows = [RowResult(10 * number + i, "", RowOutcome.CREATED, change.record) for i, change in enumerate(changes)]
    progress = Import(import_id, "f.csv", "00", kind, "ann", WHEN, ImportState.RUNNING, rows_done=number)
    batch = Batch(f"{import_id}-{number}", import_id, kind, "ann", WHEN, created=len(changes))
    return store.commit(batch, changes, rows, progress)


def created(records: Sequence[Synergy | Member]) -> list[Change]:
    kind = RecordKind.SYNERGY if isinstance(records[0], Synergy) else RecordKind.MEMBER
    return [Change(record.id, kind, None, record) for record in records]


def fill(store: GraphStore, views: CandidateViews, batches: int = 4, size: int = 6) -> None:
    """Batches that create, one that rewrites, one of members, one undone; and an index of all synergies."""
    store.initialise(vocabulary())
    for number in range(batches):
        commit(store, number, created([synergy(i) for i in range(number * size, (number + 1) * size)]))
    old = [synergy(i) for i in range(3)]
    changes = [Change(s.id, RecordKind.SYNERGY, s, replace(s, title="second")) for s in old]
    commit(store, batches, changes)
    commit(store, 0, created([member(i) for i in range(3)]), "i2")
    undone = commit(store, 1, created([member(7)]), "i2")
    store.undo(undone.id, "bob", WHEN)
    store.save_import(replace(store.import_("i1"), state=ImportState.DONE))
    store.save_import(Import("i3", "bad.csv", "01", RecordKind.SYNERGY, "ann", WHEN, ImportState.FAILED, problem="no"))
    views.reset(STAMP)
    views.apply(store.sequence(), *documents(batches * size), [])


def documents(count: int) -> tuple[list[SearchDocument], Vector]:
    """Search documents of the first synergies, with vectors of their own."""
    random = np.random.default_rng(5)
    vectors = random.normal(size=(count, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [card(f"s{i:05d}", country="CN", group=f"g{i // 2}") for i in range(count)], vectors
