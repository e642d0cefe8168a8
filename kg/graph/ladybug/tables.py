"""LadybugDB's tables, derived from the schema."""

from __future__ import annotations

from kg.graph.engine import Run
from kg.ontology.schema import KEY, PropertyType, RelationType, Schema

_TYPES = {"string": "STRING", "integer": "INT64", "number": "DOUBLE", "boolean": "BOOL"}


def column_type(given: PropertyType) -> str:
    """LadybugDB's type of a property."""
    return _TYPES[given.datatype] + ("[]" if given.many else "")


def declare(run: Run, schema: Schema) -> None:
    """Create the tables that are missing, and the columns and pairs that a newer schema has added."""
    standing = {row["name"] for row in run("CALL show_tables() RETURN name", {})}
    for node in schema.nodes:
        if node.label in standing:
            _add_columns(run, node.label, node.properties)
        else:
            columns = "".join(f", `{given.name}` {column_type(given)}" for given in node.properties)
            run(f"CREATE NODE TABLE `{node.label}`({KEY} STRING{columns}, PRIMARY KEY({KEY}))", {})
    for relation in schema.relations:
        if relation.type in standing:
            _add_columns(run, relation.type, relation.properties)
            _add_pairs(run, relation)
        else:
            pairs = ", ".join(f"FROM `{a}` TO `{b}`" for a, b in relation.pairs)
            columns = "".join(f", `{given.name}` {column_type(given)}" for given in relation.properties)
            run(f"CREATE REL TABLE `{relation.type}`({pairs}{columns})", {})


def _add_columns(run: Run, table: str, wanted: tuple[PropertyType, ...]) -> None:
    standing = {row["name"] for row in run(f"CALL table_info('{table}') RETURN name", {})}
    for given in wanted:
        if given.name not in standing:
            run(f"ALTER TABLE `{table}` ADD `{given.name}` {column_type(given)}", {})


def _add_pairs(run: Run, relation: RelationType) -> None:
    rows = run(f"CALL show_connection('{relation.type}') RETURN *", {})
    standing = {(row["source table name"], row["destination table name"]) for row in rows}
    for start, end in relation.pairs:
        if (start, end) not in standing:
            run(f"ALTER TABLE `{relation.type}` ADD FROM `{start}` TO `{end}`", {})
