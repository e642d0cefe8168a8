"""Names of things in RDF: the one IRI base, the namespaces, and how a concept id becomes an IRI and back.

`symbiograph.example` is a name reserved for examples: nobody owns it, so nothing can be fetched from it by mistake.
"""

from __future__ import annotations

BASE = "https://symbiograph.example/"
"""Base of every IRI of the product. A concept is BASE + scheme + "/" + local; a scheme is BASE + scheme + "/"."""

ONTOLOGY = BASE + "ontology#"
"""Namespace of the classes and properties."""

SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

MATERIAL = "material"
TECHNOLOGY = "technology"
SECTOR = "nace2"
WASTE = "low"
RECOVERY = "recovery"
METRIC = "metric"

SCHEMES = (MATERIAL, TECHNOLOGY, SECTOR, WASTE, RECOVERY, METRIC)
"""The schemes that ship with the product, in the order they are listed."""


def iri(concept: str) -> str:
    """IRI of a concept id (`material:fly-ash`); an id that already is an IRI is returned as it is."""
    scheme, _, local = concept.partition(":")
    return concept if local.startswith("//") else f"{BASE}{scheme}/{local}"


def concept_id(address: str) -> str:
    """Concept id of one of our IRIs; a foreign IRI is returned as it is."""
    scheme, slash, local = address.removeprefix(BASE).partition("/")
    return f"{scheme}:{local}" if address.startswith(BASE) and slash and local else address


def scheme_of(concept: str) -> str:
    """Scheme part of a concept id, or empty for a foreign IRI."""
    scheme, _, local = concept.partition(":")
    return "" if local.startswith("//") else scheme
