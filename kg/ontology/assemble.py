"""Assembling the vocabulary from its files: read, join, check, compile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.errors import InvalidVocabulary
from kg.model import Route
from kg.ontology.checks import check
from kg.ontology.compiled import Document, compile_document
from kg.ontology.concordances import read_concordance
from kg.ontology.names import SCHEMES
from kg.ontology.routes import read_routes
from kg.ontology.turtle import concepts_in, read_graph, schemes_in
from kg.ontology.turtle_rows import ConceptRow, SchemeRow


def assemble(version: str, files: Sequence[Path], extra: Sequence[Path] = ()) -> Document:
    """The compiled document of all files. Raises `InvalidVocabulary` naming file and concept."""
    turtle = [path for path in files if path.suffix != ".csv"]
    schemes, rows = read_turtle(turtle, {str(path) for path in extra})
    routes = [
        (path.name, route)
        for path in files
        if path.suffix == ".csv" and path.parent.name == "routes"
        for route in read_routes(path)
    ]
    concordances = {
        path.stem: read_concordance(path)
        for path in files
        if path.suffix == ".csv" and path.parent.name == "concordances"
    }
    check(schemes, rows, routes, concordances)
    return compile_document(version, schemes, rows, _ordered(routes), concordances)


def read_turtle(
    files: Sequence[Path], extra: frozenset[str] | set[str] = frozenset()
) -> tuple[list[SchemeRow], list[ConceptRow]]:
    """Schemes and concepts of Turtle files, what a file adds to another's concept joined to it."""
    graphs = [(path, read_graph(path)) for path in files]
    schemes = [scheme for path, graph in graphs for scheme in schemes_in(graph, path.name)]
    _check_schemes(schemes, {Path(path).name for path in extra})
    rows: dict[str, ConceptRow] = {}
    repeated: list[ConceptRow] = []
    additions: list[ConceptRow] = []
    for path, graph in graphs:
        for row in concepts_in(graph, schemes, path.name):
            if not row.scheme:
                additions.append(row)
            elif row.id in rows:
                repeated.append(row)
            else:
                rows[row.id] = row
    for addition in additions:
        if addition.id not in rows:
            raise InvalidVocabulary(f"{addition.file}: it adds to {addition.id}, which no file declares as a concept.")
        _join(rows[addition.id], addition)
    return _in_order(schemes), [*rows.values(), *repeated]


def _check_schemes(schemes: Sequence[SchemeRow], extra: set[str]) -> None:
    first: dict[str, SchemeRow] = {}
    for scheme in schemes:
        other = first.setdefault(scheme.id, scheme)
        if other is not scheme:
            raise InvalidVocabulary(f"{scheme.file}: the scheme {scheme.id} is already declared in {other.file}.")
        if scheme.file in extra and scheme.id in SCHEMES:
            raise InvalidVocabulary(f"{scheme.file}: {scheme.id} is the name of a scheme of the product.")
        if not scheme.titles:
            raise InvalidVocabulary(f"{scheme.file}: the scheme {scheme.id} has no dcterms:title.")


def _join(row: ConceptRow, addition: ConceptRow) -> None:
    held = {(text, language) for text, language, _ in row.labels}
    row.labels = sorted([*row.labels, *(label for label in set(addition.labels) if label[:2] not in held)])
    row.broader = sorted({*row.broader, *addition.broader})
    row.related = sorted({*row.related, *addition.related})
    row.mappings = sorted({*row.mappings, *addition.mappings})
    row.attributes = sorted({*row.attributes, *addition.attributes})
    row.definition = row.definition or addition.definition


def _in_order(schemes: list[SchemeRow]) -> list[SchemeRow]:
    """The product's schemes in their order, then the others by id."""
    return sorted(schemes, key=lambda s: (SCHEMES.index(s.id) if s.id in SCHEMES else len(SCHEMES), s.id))


def _ordered(routes: Sequence[tuple[str, Route]]) -> list[Route]:
    return sorted((route for _, route in routes), key=lambda r: (r.material, r.technology, r.receiver_sector, r.id))
