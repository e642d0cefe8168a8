"""Linking: words to concepts of the thesauri, with the label that matched and how sure it is, or with nothing."""

from __future__ import annotations

from kg.search.linking.facade import LINKED_SCHEMES, Linker, open_linker
from kg.search.linking.linker import Context, Reading, SchemeLinker

__all__ = ["LINKED_SCHEMES", "Context", "Linker", "Reading", "SchemeLinker", "open_linker"]
