"""Places on record: what they may be called, and which of them a text asks for."""

from __future__ import annotations

import pytest

from kg.search.places import Places

PLACES = Places(
    ("Rizhao, Shandong", "Shandong", "山东省日照市", "Co Monaghan", "Tianjin (TEDA)", "Eye, Suffolk", "Ulm",
     "Örnsköldsvik", "Korea (company mills)", "New York", "York")
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Shandong", {"Rizhao, Shandong", "Shandong"}),
        ("shandong RIZHAO", {"Rizhao, Shandong"}),
        ("Monaghan", {"Co Monaghan"}),
        ("ornskoldsvik", {"Örnsköldsvik"}),
        ("York", {"New York", "York"}),
        ("Yor", set()),
        ("山东", {"山东省日照市"}),
        ("日照", {"山东省日照市"}),
        ("山东 Rizhao", set()),
        ("Atlantis", set()),
        ("?!", set()),
        ("", set()),
    ],
)
def test_a_place_is_asked_for_by_its_whole_words_and_in_chinese_by_what_stands_in_it(
    asked: str, found: set[str]
) -> None:
    assert PLACES.containing(asked) == found


def test_a_place_may_be_called_by_its_parts() -> None:
    names = set(PLACES.names.values())
    assert names >= {
        "Rizhao, Shandong",
        "Rizhao",
        "Shandong",
        "山东省",
        "山东",
        "日照市",
        "日照",
        "Tianjin",
        "Suffolk",
        "Ulm",
    }
    assert not names & {"Eye", "company mills"}, "short parts are words, and what is written small is a remark"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rizhao, shandong?", "rizhao, shandong"),
        ("shandongs", ""),
        ("new york and york", "new york"),
        ("山东省有哪些", "山东省"),
        ("shandong有哪些", "shandong"),
        ("?", ""),
    ],
)
def test_the_longest_name_at_a_position_ends_with_a_word(text: str, name: str) -> None:
    assert PLACES.named_at(text, 0) == name
