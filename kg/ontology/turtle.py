"""SKOS in Turtle, read into plain rows. The only module of the vocabulary that needs rdflib."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.store import Store
from rdflib.term import Node

from kg.errors import InvalidVocabulary
from kg.model import LabelKind, Relation
from kg.ontology.names import BASE, DCTERMS, ONTOLOGY, OWL, RDF, SCHEMA, SKOS, concept_id
from kg.ontology.turtle_rows import ConceptRow, SchemeRow

LABELS = {
    SKOS + "prefLabel": LabelKind.PREF,
    SKOS + "altLabel": LabelKind.ALT,
    SKOS + "hiddenLabel": LabelKind.HIDDEN,
}
MAPPINGS = {
    SKOS + "exactMatch": Relation.EXACT,
    SKOS + "closeMatch": Relation.CLOSE,
    SKOS + "broadMatch": Relation.BROAD,
    SKOS + "narrowMatch": Relation.NARROW,
    SKOS + "relatedMatch": Relation.RELATED,
}
NOTES = {
    SKOS + "scopeNote": "scope_note",
    SKOS + "changeNote": "change_note",
    SKOS + "editorialNote": "editorial_note",
    SKOS + "example": "example",
    SKOS + "note": "note",
    SKOS + "historyNote": "history_note",
}
ATTRIBUTES = {
    "properties": "properties",
    "maturity": "maturity",
    "input": "input",
    "output": "output",
    "hazardous": "hazardous",
    "entryType": "entry_type",
    "level": "level",
    "operation": "operation",
    "outcomeKind": "outcome_kind",
    "unit": "unit",
    "homograph": "homograph",
}
"""Properties of our own that only some schemes have (local name in Turtle: name in `Concept.attributes`)."""

_KNOWN = {
    *LABELS,
    *MAPPINGS,
    *NOTES,
    *(ONTOLOGY + name for name in ATTRIBUTES),
    RDF + "type",
    *(SKOS + n for n in ("inScheme", "topConceptOf", "notation", "definition", "broader", "related")),
    DCTERMS + "isReplacedBy",
    SCHEMA + "validFrom",
    SCHEMA + "validThrough",
    OWL + "deprecated",
}


Statements = dict[str, list[Node]]


def read_graph(path: Path) -> dict[str, Statements]:
    """Statements of a Turtle file by subject and predicate IRI. Raises `InvalidVocabulary` naming file and line."""
    subjects: dict[str, Statements] = defaultdict(lambda: defaultdict(list))
    graph = Graph(store=_Statements(subjects))
    try:
        graph.parse(data=path.read_bytes(), format="turtle", publicID=BASE)
    except (SyntaxError, ValueError, UnicodeDecodeError) as problem:
        raise InvalidVocabulary(
            f"{path.name} is not readable as Turtle: {' '.join(str(problem).split())[:300]}",
            hint="Open the file at the line named and check the full stop and semicolons around it.",
        ) from problem
    return subjects


class _Statements(Store):
    """Takes what the parser reads straight into `subjects`: rdflib's own store indexes each statement three ways, which
    would take most of the time and is never asked for."""

    def __init__(self, subjects: dict[str, Statements]) -> None:
        super().__init__()
        self._subjects = subjects
        self._prefixes: dict[str, URIRef] = {}

    def add(self, triple: tuple[Node, Node, Node], context: Graph, quoted: bool = False) -> None:
        subject, predicate, thing = triple
        held = self._subjects[str(subject)][str(predicate)]
        if thing not in held:
            held.append(thing)

    def bind(self, prefix: str, namespace: URIRef, override: bool = True) -> None:
        self._prefixes[prefix] = namespace

    def namespace(self, prefix: str) -> URIRef | None:
        return self._prefixes.get(prefix)

    def prefix(self, namespace: URIRef) -> str | None:
        return None

    def namespaces(self) -> Iterator[tuple[str, URIRef]]:
        yield from self._prefixes.items()


def schemes_in(subjects: dict[str, Statements], file: str) -> list[SchemeRow]:
    """Concept schemes a file declares, by IRI."""
    scheme_type = URIRef(SKOS + "ConceptScheme")
    return [
        _scheme(address, found, file)
        for address, found in sorted(subjects.items())
        if scheme_type in found.get(RDF + "type", ())
    ]


def concepts_in(subjects: dict[str, Statements], schemes: list[SchemeRow], file: str) -> Iterator[ConceptRow]:
    """Concepts of a file in IRI order.

    A subject of our own names without a type only adds to a concept of another file: its row has an empty scheme.
    Raises `InvalidVocabulary` for a concept of no scheme or with a property that no scheme knows.
    """
    concept_type = URIRef(SKOS + "Concept")
    names = _Names(schemes, subjects)
    _turn_narrower(subjects)
    for address, found in sorted(subjects.items()):
        types = found.get(RDF + "type", ())
        if concept_type in types:
            yield _concept(address, found, names, file)
        elif not types and address.startswith((BASE, *(scheme.base for scheme in schemes))):
            yield _statements(ConceptRow(id=names.id(address), scheme="", file=file), found, names)


def _turn_narrower(subjects: dict[str, Statements]) -> None:
    """State each `narrower` as the `broader` of the other concept, where a file says it only that way round."""
    for address, found in list(subjects.items()):
        for node in found.pop(SKOS + "narrower", ()):
            parents = subjects[str(node)][SKOS + "broader"]
            if URIRef(address) not in parents:
                parents.append(URIRef(address))


class _Names:
    """Concept ids of IRIs, ours and those of the schemes given."""

    def __init__(self, schemes: list[SchemeRow], subjects: dict[str, Statements]) -> None:
        self._schemes = schemes
        self._notations = {
            address: _text(found, SKOS + "notation")
            for address, found in subjects.items()
            if SKOS + "notation" in found
        }
        self._members = {
            address: scheme
            for address, found in subjects.items()
            for scheme in schemes
            if any(str(node) == scheme.base for node in found.get(SKOS + "inScheme", ()))
        }

    def scheme(self, address: str) -> SchemeRow | None:
        return self._members.get(address)

    def id(self, address: str) -> str:
        scheme = self._members.get(address) or next((s for s in self._schemes if address.startswith(s.base)), None)
        if scheme is None or scheme.base.startswith(BASE):
            return concept_id(address)
        local = address.removeprefix(scheme.base).lstrip("#/")
        if local == address or not local or "/" in local:
            local = self._notations.get(address, "").replace(" ", "")
        return f"{scheme.id}:{local}" if local else address


def _scheme(address: str, found: Statements, file: str) -> SchemeRow:
    identifier = _text(found, DCTERMS + "identifier") or address.removeprefix(BASE).strip("/").partition("/")[0]
    if not identifier or not identifier.replace("-", "").replace("_", "").isalnum():
        raise InvalidVocabulary(
            f"{file}: the concept scheme <{address}> has no short name",
            hint='Give it dcterms:identifier "name", of letters and digits: ids of its concepts start with it.',
        )
    titles = found.get(DCTERMS + "title") or found.get(SKOS + "prefLabel") or []
    return SchemeRow(
        id=identifier.lower(),
        base=address,
        titles=sorted((str(node), _language(node)) for node in titles),
        version=_text(found, OWL + "versionInfo"),
        licence=_text(found, DCTERMS + "license"),
        source=_text(found, DCTERMS + "source"),
        note=_text(found, SKOS + "scopeNote") or _text(found, DCTERMS + "description"),
        file=file,
    )


def _concept(address: str, found: Statements, names: _Names, file: str) -> ConceptRow:
    scheme = names.scheme(address)
    if scheme is None:
        raise InvalidVocabulary(
            f"{file}: the concept <{address}> is in no concept scheme that is known",
            hint="Add skos:inScheme with the IRI of a skos:ConceptScheme that this file or the product declares.",
        )
    return _statements(ConceptRow(id=names.id(address), scheme=scheme.id, file=file), found, names)


def _statements(row: ConceptRow, found: Statements, names: _Names) -> ConceptRow:
    unknown = sorted(p for p in found if p.startswith((ONTOLOGY, SKOS)) and p not in _KNOWN)
    if unknown:
        raise InvalidVocabulary(
            f"{row.file}: {row.id} has the property <{unknown[0]}>, which no scheme knows",
            hint="Check its spelling; docs/how-to/add-a-scheme.md lists the properties that are read.",
        )
    row.notation = _text(found, SKOS + "notation")
    row.definition = _text(found, SKOS + "definition")
    row.valid_from = _text(found, SCHEMA + "validFrom")
    row.valid_to = _text(found, SCHEMA + "validThrough")
    row.broader = sorted(names.id(str(node)) for node in found.get(SKOS + "broader", ()))
    row.related = sorted(names.id(str(node)) for node in found.get(SKOS + "related", ()))
    row.replaced_by = sorted(names.id(str(node)) for node in found.get(DCTERMS + "isReplacedBy", ()))
    row.labels = sorted(
        (str(node), _language(node), kind) for predicate, kind in LABELS.items() for node in found.get(predicate, ())
    )
    row.mappings = sorted(
        (relation, names.id(str(node))) for predicate, relation in MAPPINGS.items() for node in found.get(predicate, ())
    )
    row.attributes = sorted(_attributes(found, names))
    return row


def _attributes(found: Statements, names: _Names) -> Iterator[tuple[str, str]]:
    named = {**NOTES, **{ONTOLOGY + local: name for local, name in ATTRIBUTES.items()}}
    for predicate, name in named.items():
        for node in found.get(predicate, ()):
            yield name, names.id(str(node)) if isinstance(node, URIRef) else str(node)


def _text(found: Statements, predicate: str) -> str:
    """The one value of a property, English first when there are several, else the least."""
    nodes = found.get(predicate, ())
    ranked = sorted((_language(node) not in ("en", ""), str(node)) for node in nodes)
    return ranked[0][1] if ranked else ""


def _language(node: Node) -> str:
    return (node.language or "") if isinstance(node, Literal) else ""
