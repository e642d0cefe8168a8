"""The package's public face."""

from __future__ import annotations

import kg.ontology


def test_public_names_are_these() -> None:
    assert kg.ontology.__all__ == ["CodeReading", "Scheme", "Vocabulary", "load_vocabulary"]
