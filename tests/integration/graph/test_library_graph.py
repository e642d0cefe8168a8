"""The shipped library and example members, in the embedded graph and out again as RDF of the promised shape."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Namespace

import kg.library
import kg.ontology
from kg.graph.export import RdfFormat, export_rdf
from kg.graph.ladybug.store import LadybugStore
from kg.ingest import Limits, NoLinker, plan_import, read_table
from kg.ontology import Vocabulary
from kg.ontology.names import ONTOLOGY
from kg.provenance import Batch, Import, ImportState, RecordKind
from kg.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.slow]

LIBRARY = Path(kg.library.__path__[0])
SHAPES = Path(kg.ontology.__path__[0]) / "shapes.ttl"
SYM = Namespace(ONTOLOGY)


@pytest.fixture(scope="module")
def library_store(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Iterator[LadybugStore]:
    store = LadybugStore(Settings(data=tmp_path_factory.mktemp("library")))
    store.initialise(vocabulary)
    for name in ("synergies.csv", "example-members-jiangsu.csv"):
        table = read_table(LIBRARY / name, name, Limits(batch_rows=500))
        for number, planned in enumerate(plan_import(table, vocabulary, NoLinker(), store.records)):
            when = f"2026-01-01T00:00:{number:02d}Z"
            progress = Import(name, name, "0", planned.kind, "test", when, ImportState.RUNNING)
            batch = Batch(f"{name}-{number}", name, planned.kind, "test", when)
            store.commit(batch, planned.changes, planned.rows, progress)
    yield store
    store.close()


def test_the_library_is_a_connected_graph(library_store: LadybugStore, vocabulary: Vocabulary) -> None:
    counts = library_store.counts()
    assert counts["synergy"] == counts["flow"] == 1350
    assert counts["member"] > 50
    assert counts["concept"] == len(vocabulary)
    assert counts["route"] == len(vocabulary.routes)
    sectors = [concept.id for concept in vocabulary.concepts("nace2")]
    assert sum(library_store.concept_counts(sectors).values()) > 2000


def test_the_export_of_the_library_has_the_promised_shape(library_store: LadybugStore) -> None:
    text = "".join(export_rdf(library_store, None, RdfFormat.TURTLE))
    graph = Graph().parse(data=text, format="turtle")
    assert len(list(graph.subjects(RDF.type, SYM.Synergy))) == 1350
    conforms, _, report = validate(graph, shacl_graph=Graph().parse(SHAPES))
    assert conforms, report[:5000]


def test_the_vocabulary_is_exported_with_it(library_store: LadybugStore, vocabulary: Vocabulary) -> None:
    began = time.perf_counter()
    pieces = export_rdf(library_store, vocabulary, RdfFormat.TURTLE)
    next(pieces)
    text = "".join(pieces)
    assert text.count("\n    skos:inScheme") == len(vocabulary)
    assert text.count(" a sym:Route ;") == len(vocabulary.routes)
    assert time.perf_counter() - began < 60


def test_undoing_every_batch_empties_the_graph(library_store: LadybugStore) -> None:
    for batch in library_store.batches():
        library_store.undo(batch.id, "test", "2026-01-02T00:00:00Z")
    counts = library_store.counts()
    for kind in ("synergy", "flow", "outcome", "member", "resource", "organisation", "site", "programme", "source"):
        assert counts[kind] == 0, kind
    assert library_store.record_ids(RecordKind.SYNERGY) == []
