"""Compile kg/ontology/symbiosis.ttl: the schema the engines read and its reference page. `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kg.ontology.schema import IndexType, NodeType, PropertyType, RelationType, Schema, read_schema  # noqa: E402
from kg.ontology.schema_source import compile_schema  # noqa: E402

COMPILED = ROOT / "kg" / "ontology" / "schema.json"
PAGE = ROOT / "docs" / "reference" / "graph-schema.md"


def page(schema: Schema) -> str:
    """The reference page of a schema, in Markdown."""
    lines = [
        "# Graph schema",
        "",
        "Generated from `kg/ontology/symbiosis.ttl` by `scripts/schema.py`; do not edit by hand. Every node is keyed",
        "by `id`. *Shared* nodes are merged by id and go with the last record that needs them. *Internal* types are",
        "the store's own bookkeeping and are not exported.",
        "",
        "## Nodes",
        "",
        *_nodes(schema.nodes),
        "## Relations",
        "",
        *_relations(schema.relations),
    ]
    judged = next(relation for relation in schema.relations if relation.properties)
    holders = ", ".join(relation.type for relation in schema.relations if relation.properties)
    lines += ["", f"{holders} carry how they were judged:", "", *_table(judged.properties), ""]
    lines += [
        "## Search index",
        "",
        "Neo4j keeps the search index in the graph, as nodes of their own that are made from the data and can be made",
        "anew at any time; the embedded engine keeps it in files. None of it is exported.",
        "",
        *_nodes(schema.search.nodes),
        *_relations(schema.search.relations),
        "",
        *(_index(index) for index in schema.search.indexes),
        "",
    ]
    return "\n".join(lines)


def _nodes(nodes: tuple[NodeType, ...]) -> list[str]:
    lines = []
    for node in nodes:
        marks = [mark for mark, on in (("shared", node.shared), ("internal", node.internal)) if on]
        about = f"{node.comment} `<{node.iri}>`" + (f" ({', '.join(marks)})" if marks else "")
        lines += [f"### {node.label}", "", about, "", *_table(node.properties), ""]
    return lines


def _relations(relations: tuple[RelationType, ...]) -> list[str]:
    lines = ["| type | from | to | meaning | IRI |", "|---|---|---|---|---|"]
    for relation in relations:
        origins = ", ".join(sorted({a for a, _ in relation.pairs}))
        targets = ", ".join(sorted({b for _, b in relation.pairs}))
        lines.append(f"| {relation.type} | {origins} | {targets} | {relation.comment} | `{relation.iri}` |")
    return lines


def _index(index: IndexType) -> str:
    filters = f", which filters by {', '.join(index.filters)} while it searches" if index.filters else ""
    return f"- a {index.kind} index on {index.label}({index.property}){filters}"


def _table(properties: tuple[PropertyType, ...]) -> list[str]:
    if not properties:
        return ["No properties beside `id`."]
    rows = ["| property | type | meaning | IRI |", "|---|---|---|---|"]
    for given in properties:
        kind = ("list of " if given.many else "") + given.datatype + (", indexed" if given.indexed else "")
        rows.append(f"| {given.name} | {kind} | {given.comment} | `{given.iri}` |")
    return rows


def main() -> int:
    compiled = compile_schema()
    wanted = {COMPILED: compiled, PAGE: page(read_schema(compiled))}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not current: run scripts/schema.py", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
