"""Two service processes on one server: each sees what the other wrote, and reads no index that is not its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from counting_encoder import CountingEncoder
from library_data import SYNERGIES, copy_of, finish, until_ready

from kg.errors import NotFound, StaleIndex
from kg.graph.neo4j.store import Neo4jStore
from kg.graph.neo4j.views import Neo4jViews
from kg.ontology import Vocabulary
from kg.provenance import ImportState
from kg.search.indexing import rebuild
from kg.service import Symbiograph
from kg.service.queries import SectorQuery, SynergyQuery
from kg.service.trust import SHARED_FOR
from kg.settings import Settings

pytestmark = pytest.mark.integration

SHEET = """id,provider_company,provider_nace,receiver_company,receiver_nace,resource,resource_kind,country,programme
shared-1,Test Mill,17.12,Test Brickworks,23.32,quartz wool of the shared test,material,PT,Shared programme
"""
ASKED = SynergyQuery(q="quartz wool of the shared test", country=("PT",), limit=1)
FLY_ASH = SectorQuery(resource="fly ash", limit=5)


@pytest.fixture(scope="module")
def other(
    neo4j_service: Symbiograph, neo4j_library: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Symbiograph]:
    """A second service with a data directory of its own, as on another machine."""
    data = copy_of(neo4j_library.data, tmp_path_factory.mktemp("other") / "data")
    opened = Symbiograph.open(neo4j_library.model_copy(update={"data": data}))
    opened.warm()
    until_ready(opened)
    yield opened
    opened.close()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "shared.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def found(service: Symbiograph) -> list[str]:
    return [item.id for item in service.search(ASKED).items]


def told(service: Symbiograph) -> str:
    return " ".join(service.ready().missing)


def test_one_sees_what_the_other_imported_and_undid(
    neo4j_service: Symbiograph, other: Symbiograph, sheet: Path
) -> None:
    assert "shared-1" not in found(other)
    id_ = finish(neo4j_service, sheet)
    assert "shared-1" in found(other)
    assert other.synergy("shared-1").synergy.country == "PT"
    assert "Shared programme" in {one.name for one in other.status().programmes}
    assert other.imports.get(id_).progress.created == 1
    assert other.ready().ready

    other.imports.undo(id_)
    assert "shared-1" not in found(neo4j_service)
    with pytest.raises(NotFound):
        neo4j_service.synergy("shared-1")
    assert neo4j_service.search(SynergyQuery(limit=1)).total == SYNERGIES
    assert neo4j_service.imports.get(id_).progress.state is ImportState.UNDONE


def test_an_index_that_another_made_otherwise_is_refused_until_it_fits_again(
    neo4j_service: Symbiograph,
    other: Symbiograph,
    neo4j_library: Settings,
    vocabulary: Vocabulary,
    sheet: Path,
    tmp_path: Path,
) -> None:
    before = other.sectors(FLY_ASH)
    store, views = Neo4jStore(neo4j_library), Neo4jViews(neo4j_library)
    rebuild(store, views, CountingEncoder(), vocabulary, tmp_path / "vectors")  # a third process, another encoder
    last = store.sequence()
    store.close()
    views.close()
    time.sleep(SHARED_FOR)
    for service in (neo4j_service, other):
        with pytest.raises(StaleIndex, match="another encoder or vocabulary"):
            service.sectors(FLY_ASH)
        assert "another encoder or vocabulary" in told(service)

    refused = import_of(other, sheet)
    assert refused.state is ImportState.FAILED
    assert "another encoder or vocabulary" in refused.problem
    assert other.status().graph_sequence == last, "nothing was written"

    other.upkeep.rebuild()
    until_ready(other)
    assert other.sectors(FLY_ASH) == before
    time.sleep(SHARED_FOR)
    assert neo4j_service.ready().ready
    assert neo4j_service.sectors(FLY_ASH) == before


def import_of(service: Symbiograph, sheet: Path) -> Any:
    with sheet.open("rb") as file:
        taken = service.imports.take(file, sheet.name)
    until = time.monotonic() + 60
    while (view := service.imports.get(taken.id)).progress.state is ImportState.RUNNING:
        assert time.monotonic() < until
        time.sleep(0.05)
    return view.progress
