"""Questions in six languages: what is asked and what is named, held against answers given by hand."""

from __future__ import annotations

import csv
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest

from kg.model import LANGUAGES
from kg.ontology import Vocabulary
from kg.search.encoders import open_encoder
from kg.search.linking import open_linker
from kg.search.places import Places
from kg.search.questions import Entity, Interpretation, read_question
from kg.search.questions.finding import ConceptFinder
from kg.service.shipped import LIBRARY
from kg.settings import Settings

pytestmark = pytest.mark.evaluation

QUESTIONS = Path(__file__).parents[1] / "data" / "questions.csv"
PROGRAMMES = ("Kalundborg Symbiosis", "NISP (National Industrial Symbiosis Programme)")
RIGHT, RIGHT_OF_A_LANGUAGE = 0.95, 0.91
PREFIXES = ("material:", "technology:", "nace2:")


@pytest.fixture(scope="module")
def finder(vocabulary: Vocabulary) -> ConceptFinder:
    encoder = open_encoder(Settings())
    return ConceptFinder(vocabulary, open_linker(vocabulary, encoder), encoder)


@pytest.fixture(scope="module")
def places() -> Places:
    """All of the library's, so that no common word is taken for one of them."""
    with LIBRARY.open(encoding="utf-8", newline="") as file:
        return Places(sorted({row["place"] for row in csv.DictReader(file)} - {""}))


def differences(row: dict[str, str], read: Interpretation) -> list[str]:
    """Fields in which a reading differs from what was asked. Several ids of one field are alternatives."""
    said = {
        "intent": read.intent.value,
        "include": "|".join(read.include_countries),
        "exclude": "|".join(read.exclude_countries),
        "place": read.place,
        "programme": read.programme,
        "year_from": str(read.year_from or ""),
        "year_to": str(read.year_to or ""),
        "quantity": read.quantity,
    }
    wrong = [f"{name}: {value!r}, not {row[name]!r}" for name, value in said.items() if value != row[name]]
    named = {"resource": read.resource, "technology": read.technology, "sector": read.sector}
    return wrong + [f"{name}: {entity}" for name, entity in named.items() if not fits(entity, row[name])]


def fits(entity: Entity | None, asked: str) -> bool:
    if entity is None:
        return not asked
    local = entity.id
    for prefix in PREFIXES:
        local = local.removeprefix(prefix)
    return bool(asked) and any(fnmatch(local, one) for one in asked.split("|"))


def test_questions_are_read_as_they_were_meant(finder: ConceptFinder, places: Places) -> None:
    """At least 95 of 100 are read without any difference, and 91 of 100 in every language."""
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    asked = Counter(row["language"] for row in rows)
    wrong: dict[str, list[str]] = {}
    for row in rows:
        if found := differences(row, read_question(row["question"], finder, programmes=PROGRAMMES, places=places)):
            wrong[row["id"]] = [row["question"], *found]
    missed = Counter(name.rpartition("-")[2] for name in wrong)
    assert len(rows) >= 200
    assert set(asked) == set(LANGUAGES)
    assert 1 - len(wrong) / len(rows) >= RIGHT, wrong
    assert all(1 - missed[language] / asked[language] >= RIGHT_OF_A_LANGUAGE for language in LANGUAGES), wrong
