"""Countries in words, and ids under which the same thing is found again."""

from __future__ import annotations

import pytest

import kg.ingest
from kg.ingest.identity import member_key, organisation_id, slug, synergy_key
from kg.ingest.places import read_country


@pytest.mark.parametrize(
    ("text", "code"),
    [("DE", "DE"), ("de", "DE"), ("DEU", "DE"), ("Germany", "DE"), ("Deutschland", "DE"), ("Alemania", "DE"),
     ("Allemagne", "DE"), ("Alemanha", "DE"), ("德国", "DE"), ("UK", "GB"), ("England", "GB"), ("USA", "US"),
     ("Côte d’Ivoire", "CI"), ("Korea, Republic of", "KR"), ("中国", "CN"), ("NA", "NA"),
     ("Atlantis", ""), ("XX", ""), ("", "")],
)  # fmt: skip
def test_countries(text: str, code: str) -> None:
    assert read_country(text) == code


def test_slugs_ignore_case_accents_form_and_punctuation_but_not_legal_forms() -> None:
    assert slug("Café  S.A.") == slug("cafe\u0301 s.a.")
    assert slug("Acme GmbH") != slug("Acme AG")
    assert slug("江苏某公司") == "江苏某公司"
    assert slug("!!!") != slug("???")
    assert len(slug("word " * 100)) <= 80


def test_keys_tell_countries_and_parts_apart() -> None:
    assert organisation_id("Acme", "DE") != organisation_id("Acme", "FR")
    assert organisation_id("", "DE") == ""
    assert synergy_key("a", "bc", "r", "", "") != synergy_key("ab", "c", "r", "", "")
    assert member_key("P", "A", "North", "x", "CN") == member_key("p", "a", "north", "y", "CN")


def test_public_names() -> None:
    assert sorted(kg.ingest.__all__) == kg.ingest.__all__ == [
        "Existing", "ImportPlan", "Limits", "Linker", "MaterialRequest", "NoLinker", "PlannedBatch", "Table",
        "TechnologyRequest", "guard_cell", "plan_import", "read_table", "report_csv",
    ]  # fmt: skip
