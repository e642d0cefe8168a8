"""The vocabulary as nodes and relations: schemes, concepts with their hierarchy and mappings, and known routes."""

from __future__ import annotations

from collections.abc import Iterable

from kg.graph.mapping import Subgraph
from kg.model import Concept, Label, LabelKind, Relation, Route
from kg.ontology import Scheme, Vocabulary

MATCHES = {
    Relation.EXACT: "EXACT_MATCH",
    Relation.CLOSE: "CLOSE_MATCH",
    Relation.BROAD: "BROAD_MATCH",
    Relation.NARROW: "NARROW_MATCH",
    Relation.RELATED: "RELATED_MATCH",
}

RELATIONS = (
    ("IN_SCHEME", "Concept", "Scheme"),
    *((name, "Concept", "Concept") for name in ("BROADER", "RELATED", *MATCHES.values(), "REPLACED_BY")),
    *((name, "Route", "Concept") for name in ("ROUTE_FROM", "ROUTE_BY", "ROUTE_TO")),
)
"""Every relation that the vocabulary alone brings."""


def vocabulary_subgraph(vocabulary: Vocabulary) -> Subgraph:
    """All of the vocabulary. Relations to concepts that it does not hold are left out by the engine."""
    graph = Subgraph()
    for scheme in vocabulary.schemes():
        _scheme(graph, scheme)
    for concept in vocabulary.concepts():
        _concept(graph, concept)
    for route in vocabulary.routes:
        _route(graph, route)
    return graph


def _scheme(graph: Subgraph, scheme: Scheme) -> None:
    titles = {label.language: label.text for label in scheme.titles}
    title = titles.get("en") or next(iter(titles.values()), scheme.id)
    graph.node(
        "Scheme",
        scheme.id,
        title=title,
        version=scheme.version,
        licence=scheme.licence,
        source=scheme.source,
    )


def _concept(graph: Subgraph, concept: Concept) -> None:
    prefs = [label for label in concept.labels if label.kind is LabelKind.PREF]
    english = next((label for label in prefs if label.language == "en"), prefs[0] if prefs else None)
    graph.node(
        "Concept",
        concept.id,
        scheme=concept.scheme,
        notation=concept.notation,
        label=english.text if english else concept.notation or concept.id,
        pref_labels=_tagged(prefs),
        alt_labels=_tagged(label for label in concept.labels if label.kind is LabelKind.ALT),
        hidden_labels=_tagged(label for label in concept.labels if label.kind is LabelKind.HIDDEN),
        definition=concept.definition,
        valid_from=concept.valid_from,
        valid_to=concept.valid_to,
        attributes=[f"{name}={value}" for name, value in concept.attributes],
    )
    me = ("Concept", concept.id)
    graph.relate("IN_SCHEME", me, ("Scheme", concept.scheme))
    for broader in concept.broader:
        graph.relate("BROADER", me, ("Concept", broader))
    for related in concept.related:
        graph.relate("RELATED", me, ("Concept", related))
    for mapping in concept.mappings:
        graph.relate(MATCHES[mapping.relation], me, ("Concept", mapping.target))
    for later in concept.replaced_by:
        graph.relate("REPLACED_BY", me, ("Concept", later))


def _route(graph: Subgraph, route: Route) -> None:
    graph.node(
        "Route",
        route.id,
        becomes=route.becomes,
        replaces=route.replaces,
        role=route.role,
        strength=route.strength,
        conditions=route.conditions,
        reference=route.reference,
        reference_checked=route.reference_checked,
    )
    me = ("Route", route.id)
    graph.relate("ROUTE_FROM", me, ("Concept", route.material))
    graph.relate("ROUTE_BY", me, ("Concept", route.technology))
    graph.relate("ROUTE_TO", me, ("Concept", route.receiver_sector))


def _tagged(labels: Iterable[Label]) -> list[str]:
    return [f"{label.text}@{label.language}" for label in labels]
