"""The shared words: classes and properties, the SKOS schemes, and the vocabulary in memory."""

from kg.ontology.load import load_vocabulary
from kg.ontology.readings import CodeReading
from kg.ontology.vocabulary import Scheme, Vocabulary

__all__ = ["CodeReading", "Scheme", "Vocabulary", "load_vocabulary"]
