"""Route files: readable tables, checked row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InvalidVocabulary
from kg.ontology.routes import COLUMNS, read_routes

GOOD = {
    "material": "fly-ash",
    "technology": "none",
    "becomes": "Filler, fine",
    "replaces": "limestone",
    "receiver_nace": "23.51",
    "role": "feedstock",
    "strength": "3",
    "conditions": "",
    "reference": "EN 450-1",
    "reference_checked": "confirmed",
}


def written(tmp_path: Path, **changes: str) -> Path:
    path = tmp_path / "routes.csv"
    cells = [f'"{value}"' for value in (GOOD | changes).values()]
    path.write_text(",".join(COLUMNS) + "\n" + ",".join(cells) + "\n", encoding="utf-8")
    return path


def test_a_row_becomes_a_route(tmp_path: Path) -> None:
    (route,) = read_routes(written(tmp_path))
    assert (route.material, route.technology, route.receiver_sector) == ("material:fly-ash", "", "nace2:23.51")
    assert route.strength == 3
    assert route.reference_checked == "confirmed"


def test_an_id_stays_when_only_the_wording_changes(tmp_path: Path) -> None:
    (route,) = read_routes(written(tmp_path))
    (reworded,) = read_routes(written(tmp_path, conditions="dry", becomes="filler,  fine", strength="2"))
    (other,) = read_routes(written(tmp_path, becomes="asphalt"))
    assert route.id == reworded.id
    assert route.id != other.id
    assert route.id.startswith("route:")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role": "magic"}, "magic"),
        ({"strength": "4"}, "'4' is not 1, 2 or 3"),
        ({"reference_checked": "perhaps"}, "perhaps"),
        ({"reference": "practice"}, "no document"),
        ({"reference": ""}, "no document"),
    ],
)
def test_a_faulty_row_is_named_by_file_and_line(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidVocabulary) as caught:
        read_routes(written(tmp_path, **changes))
    assert words in caught.value.message
    assert "routes.csv line 2" in caught.value.message


def test_other_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "routes.csv"
    path.write_text("material,technology\n", encoding="utf-8")
    with pytest.raises(InvalidVocabulary, match="columns"):
        read_routes(path)


def test_a_short_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "routes.csv"
    path.write_text(",".join(COLUMNS) + "\nfly-ash,none\n", encoding="utf-8")
    with pytest.raises(InvalidVocabulary, match="line 2"):
        read_routes(path)
