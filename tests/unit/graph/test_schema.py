"""The one definition and what derives from it agree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.graph.ladybug.tables import declare
from kg.graph.mapping import OWNED
from kg.graph.vocabulary_graph import RELATIONS
from kg.ontology.context import context, term
from kg.ontology.schema import DATATYPES, schema
from kg.ontology.schema_source import compile_schema

ROOT = Path(kg.__file__).parents[1]


def test_the_compiled_schema_and_its_page_are_current() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/schema.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_opening_a_store_does_not_import_rdflib() -> None:
    program = "import sys, kg.graph.ladybug.store; sys.exit('rdflib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_names_are_unambiguous() -> None:
    whole = schema()
    assert len(whole.node_by_label) == len(whole.nodes)
    assert len(whole.relation_by_type) == len(whole.relations)
    for owner in (*whole.nodes, *whole.relations, *whole.search.nodes, *whole.search.relations):
        names = [given.name for given in owner.properties]
        assert len(set(names)) == len(names)
        assert {given.datatype for given in owner.properties} <= set(DATATYPES)


def test_terms_of_the_context_mean_one_thing() -> None:
    meaning: dict[str, str] = {}
    exported = [node for node in schema().nodes if not node.internal]
    owners = [*exported, *(relation for relation in schema().relations if not relation.internal)]
    for owner in owners:
        shown = [given.iri for given in owner.properties if not given.internal]
        for iri in (owner.iri, *shown):
            assert meaning.setdefault(term(iri), iri) == iri
    assert set(meaning) <= set(context())


def test_the_search_index_is_no_data() -> None:
    labels = {node.label for node in schema().search.nodes}
    assert labels == {"Card", "Tag", "SearchIndex"}
    assert labels.isdisjoint(schema().node_by_label)
    assert not any(labels & {*pair} for relation in schema().relations for pair in relation.pairs)
    alone = {node.iri for node in schema().search.nodes} | {relation.iri for relation in schema().search.relations}
    assert not any(iri in alone for iri in context().values() if isinstance(iri, str))


def test_relations_named_in_code_are_defined() -> None:
    for start, kind, end in (*OWNED, *((a, kind, b) for kind, a, b in RELATIONS)):
        assert (start, end) in schema().relation(kind).pairs


def test_shared_nodes_can_be_needed() -> None:
    for node in schema().nodes:
        if node.shared:
            assert schema().sharing(node.label)


def test_every_table_is_declared_once_and_a_newer_schema_adds_what_is_missing() -> None:
    said: list[str] = []

    def run(query: str, parameters: object) -> list[dict[str, object]]:
        said.append(query)
        if query.startswith("CALL show_tables"):
            return [{"name": "Flow"}, {"name": "MOVES"}]
        return [{"name": "id"}, {"name": "kind"}] if "table_info('Flow')" in query else []

    declare(run, schema())
    assert sum("CREATE NODE TABLE" in query for query in said) == len(schema().nodes) - 1
    assert not any("CREATE NODE TABLE `Flow`" in query for query in said)
    assert "ALTER TABLE `Flow` ADD `value` DOUBLE" in said
    assert "ALTER TABLE `MOVES` ADD FROM `Synergy` TO `Flow`" in said


def test_a_definition_that_names_an_unknown_class_is_refused(tmp_path: Path) -> None:
    source = (ROOT / "kg" / "ontology" / "symbiosis.ttl").read_text("utf-8")
    broken = tmp_path / "broken.ttl"
    broken.write_text(source.replace("rangeIncludes sym:Flow", "rangeIncludes sym:Floe"), "utf-8")
    with pytest.raises(ValueError, match="Floe"):
        compile_schema(broken)
