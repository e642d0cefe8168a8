"""Questions in plain language: read into an interpretation a person can see and edit."""

from kg.search.questions.interpretation import Entity, Intent, Interpretation
from kg.search.questions.reading import EntityFinder, read_question

__all__ = ["Entity", "EntityFinder", "Intent", "Interpretation", "read_question"]
