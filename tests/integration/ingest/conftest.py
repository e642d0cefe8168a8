"""Plans of files that a test writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from planned_files import Open, nothing

from kg.ingest import ImportPlan, Limits, NoLinker, plan_import, read_table
from kg.ontology import Vocabulary


@pytest.fixture
def plan(vocabulary: Vocabulary, tmp_path: Path) -> Open:
    """Write a file and plan its import; `name` is what the user calls it."""

    def run(data: bytes | str, name: str = "file.csv", limits: Limits | None = None, **choices: str) -> ImportPlan:
        path = tmp_path / name
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        return plan_import(read_table(path, name, limits or Limits(), **choices), vocabulary, NoLinker(), nothing)

    return run
