"""The import format page says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ingest.format import MEMBER, PARTY, SHARED, SYNERGY, column_tables, page_with
from kg.ingest.words import heading_data
from kg.model import LANGUAGES
from kg.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "import-format.md"


def test_the_pages_tables_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with(column_tables(), page) == page, "run: python -m kg.ingest.format docs/reference/import-format.md"


@pytest.mark.parametrize(
    ("table", "meanings"), [("attribute", PARTY), ("shared", SHARED), ("synergy", SYNERGY), ("member", MEMBER)]
)
def test_every_column_is_explained_and_has_words_in_every_language(table: str, meanings: dict[str, str]) -> None:
    data = heading_data()[table]
    assert meanings.keys() == data.keys()
    for field, words in data.items():
        assert set(words) == set(LANGUAGES), field


def test_every_limit_of_the_page_is_a_setting() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = {word.strip("`,") for word in page.split() if word.startswith("`SYMBIOGRAPH_")}
    assert names
    assert {name.removeprefix("SYMBIOGRAPH_").lower() for name in names} <= set(Settings.model_fields)


def test_a_page_without_a_place_for_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="columns: begin"):
        page_with("", "no marks")
