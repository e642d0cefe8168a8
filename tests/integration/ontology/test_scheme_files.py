"""The scheme files stand in the one layout that the writer gives them: a change of a label is a change of a line."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kg.ontology.assemble import read_turtle
from kg.ontology.load import SCHEMES_DIRECTORY
from kg.ontology.turtle_writer import write_turtle

pytestmark = pytest.mark.integration
SCRIPT = Path(__file__).parents[3] / "scripts" / "schemes.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    specification = importlib.util.spec_from_file_location("schemes_script", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["schemes_script"] = module
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["recovery.ttl", "metrics.ttl", "low.ttl", "materials-food-drink.ttl"])
def test_a_scheme_file_is_in_the_standard_layout(script: ModuleType, name: str) -> None:
    path = SCHEMES_DIRECTORY / name
    rows = read_turtle([SCHEMES_DIRECTORY / "schemes.ttl", path])[1]
    order = script._code_order if path.stem in ("low", "recovery") else None
    assert path.read_text(encoding="utf-8") == write_turtle(rows, script.heading(path), order=order)


def test_a_refresh_from_tables_keeps_what_people_added(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the official table again leaves the labels in other languages where they are."""
    for name in ("schemes.ttl", "recovery.ttl"):
        (tmp_path / name).write_bytes((SCHEMES_DIRECTORY / name).read_bytes())
    table = tmp_path / "codes.csv"
    rows = script.existing("recovery.ttl").values()
    lines = [f'{row.notation},"{next(text for text, lang, _ in row.labels if lang == "en")}"' for row in rows]
    table.write_text("code,description_en\n" + "\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(script, "SCHEMES_DIRECTORY", tmp_path)
    before = (tmp_path / "recovery.ttl").read_text(encoding="utf-8")
    script.main(["recovery", str(table)])
    assert (tmp_path / "recovery.ttl").read_text(encoding="utf-8") == before
