"""The JSON-LD context, derived from the schema: one term for each property and relation, its IRI's local name."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.ontology.names import BASE, ONTOLOGY, RDF
from kg.ontology.schema import PropertyType, schema

LANGUAGE_TAGGED = RDF + "langString"

REIFICATION = ("subject", "predicate", "object")
"""Terms of `rdf:Statement` that say what a link judges."""


def term(iri: str) -> str:
    """Local name of an IRI: what follows the last `#` or `/`."""
    return iri.replace("#", "/").rpartition("/")[2]


@cache
def context() -> dict[str, Any]:
    """The `@context` of exports. Plain strings need no type; other literals are typed, relations are IRIs."""
    terms: dict[str, Any] = {"@base": BASE, "id": "@id", "type": "@type", "Link": ONTOLOGY + "Link"}
    for name in REIFICATION:
        terms[name] = {"@id": RDF + name, "@type": "@id"}
    for node in schema().nodes:
        if not node.internal:
            terms[term(node.iri)] = node.iri
            terms |= {term(given.iri): _literal(given) for given in node.properties if not given.internal}
    for relation in schema().relations:
        if not relation.internal:
            terms[term(relation.iri)] = {"@id": relation.iri, "@type": "@id"}
            terms |= {term(given.iri): _literal(given) for given in relation.properties}
    return terms


def _literal(given: PropertyType) -> Any:
    if given.rdf_datatype == LANGUAGE_TAGGED or given.rdf_datatype.endswith("#string"):
        return given.iri
    return {"@id": given.iri, "@type": given.rdf_datatype}
