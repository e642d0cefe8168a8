"""The whole product on either engine: asked, fed, taken back, written out, measured; and both give the same answers."""

from __future__ import annotations

import csv
import hashlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from answers import different
from api_calls import settled
from library_data import MEMBERS, PROGRAMME, SYNERGIES, copy_of, until_ready
from starlette.testclient import TestClient

from api.app import create_app
from kg.service import Symbiograph
from kg.service.access import access_token
from kg.service.queries import AskQuery, ConceptQuery, MarketQuery, RecruitmentQuery, SectorQuery, SynergyQuery
from kg.settings import Settings

pytestmark = pytest.mark.integration

SHEET = b"""id,provider_company,provider_nace,receiver_company,receiver_nace,resource,resource_kind,country,programme
alike-1,Test Mill,17.12,Test Brickworks,23.32,quartz wool of the alike test,material,PT,Alike programme
alike-2,Test Dairy,10.51,Test Farm,01.50,acid whey of the alike test,material,PT,Alike programme
"""
MEMBER_SHEET = b"""organisation,site,country,sector,sector_code,programme,role,resource,resource_kind
Alike Straw Ltd,Alike farm,PT,growing of cereals,01.11,Alike programme,have,straw,material
"""
ASKED = (
    "synergies?q=fly ash in concrete&limit=10",
    "synergies?resource=10 01 02&exclude_country=CN&limit=10",
    "synergies?country=GB&year_from=2005&limit=7",
    "synergies?limit=3",
    "synergies/ae-ega-carbondust-cement",
    "sectors?resource=fly ash&limit=10",
    "sectors?resource=waste heat&role=provider&level=class&lang=zh&limit=10",
    "sectors?resource=straw&material=straw&country=DK&limit=10",
    f"recruitment?resource=straw&programme={PROGRAMME}&limit=10",
    f"markets?technology=anaerobic digestion&programme={PROGRAMME}&limit=10",
    "concepts?q=ash&limit=10",
    "concepts/material:fly-ash",
)
QUESTIONS = (
    "Which sectors outside China have used fly ash?",
    "Which sectors should our programme recruit for straw?",
    "中国以外有哪些行业使用过脱硫石膏？",
)


@dataclass(frozen=True)
class Engine:
    """One engine with the library: its service, and the same over HTTP."""

    name: str
    service: Symbiograph
    client: TestClient


@pytest.fixture(scope="module")
def ladybug(library: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """On a copy of its own: what other tests leave in the one they share is not on the server."""
    own = settings.model_copy(update={"data": copy_of(library, tmp_path_factory.mktemp("alike") / "data")})
    service = Symbiograph.open(own)
    service.warm()
    until_ready(service)
    with TestClient(create_app(service, own, access_token(own)), base_url="http://localhost:8745") as client:
        yield Engine("ladybug", service, client)
    service.close()


@pytest.fixture(scope="module")
def neo4j(neo4j_service: Symbiograph, neo4j_client: TestClient) -> Engine:
    return Engine("neo4j", neo4j_service, neo4j_client)


@pytest.fixture(params=["ladybug", "neo4j"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def answer(engine: Engine, path: str) -> Any:
    response = engine.client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.text
    found = response.json()
    found.pop("next_cursor", None)  # bound to the sequence of its own index
    return found


@pytest.mark.parametrize("path", ASKED)
def test_both_engines_answer_alike(ladybug: Engine, neo4j: Engine, path: str) -> None:
    assert different(answer(ladybug, path), answer(neo4j, path)) == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_engines_answer_a_question_alike(ladybug: Engine, neo4j: Engine, question: str) -> None:
    told = [e.client.post("/api/v1/ask", json={"question": question}).json() for e in (ladybug, neo4j)]
    assert told[0]["answer"]
    assert different(*told) == []


@pytest.mark.parametrize("what", ["synergies", "members", "turtle"])
def test_both_engines_write_the_same_out(ladybug: Engine, neo4j: Engine, what: str) -> None:
    written = [e.client.get(f"/api/v1/export?what={what}") for e in (ladybug, neo4j)]
    assert [one.status_code for one in written] == [200, 200]
    # digests, because a failing comparison would lay megabytes side by side
    digests = [hashlib.sha256(one.content).hexdigest() for one in written]
    assert digests[0] == digests[1]
    assert len(written[0].content) > 10_000


def test_both_engines_tell_the_same_of_themselves(ladybug: Engine, neo4j: Engine) -> None:
    told = [e.service.status() for e in (ladybug, neo4j)]
    assert [one.engine for one in told] == ["ladybug", "neo4j"]
    for name in ("encoder", "encoder_hash", "dimension", "vocabulary", "schemes", "routes", "programmes", "indexed"):
        assert getattr(told[0], name) == getattr(told[1], name), name
    kinds = ("synergy", "member", "organisation", "programme", "flow", "concept", "source")
    assert [told[0].counts[kind] for kind in kinds] == [told[1].counts[kind] for kind in kinds]


def test_both_engines_measure_alike(ladybug: Engine, neo4j: Engine, tmp_path: Path) -> None:
    sheet = tmp_path / "cases.csv"
    sheet.write_text(
        "id,resource,receiver_nace\nc1,coal fly ash,23.51\nc2,sawdust,16.21\nc3,waste heat,35.30\n", encoding="utf-8"
    )
    found = [e.service.evaluate(sheet) for e in (ladybug, neo4j)]
    assert different(*[plain(one) for one in found]) == []


def plain(found: Any) -> Any:
    import orjson

    return orjson.loads(orjson.dumps(found))


def test_every_question_is_answered_from_the_service_itself(engine: Engine) -> None:
    service = engine.service
    assert service.search(SynergyQuery(q="fly ash", limit=3)).items
    assert service.synergy("ae-ega-carbondust-cement").synergy.id == "ae-ega-carbondust-cement"
    assert service.sectors(SectorQuery(resource="fly ash")).items[0].sector.id == "nace2:23"
    recruited = service.recruit(RecruitmentQuery(resource="straw", programme=PROGRAMME))
    assert recruited.recruit
    assert recruited.member_count == MEMBERS
    assert service.markets(MarketQuery(technology="pyrolysis", programme=PROGRAMME)).buyers
    assert service.ask(AskQuery(question=QUESTIONS[0])).answer
    assert service.concepts(ConceptQuery(q="10 01 02")).items[0].concept.id == "low:100102"
    assert service.concept("material:fly-ash").synergy_count
    assert service.ready().ready


def test_a_sheet_is_found_followed_and_taken_back(engine: Engine, writer: dict[str, str]) -> None:
    client = engine.client
    before = client.get("/api/v1/status").json()
    progress = settled(client, writer, "alike.csv", SHEET)["progress"]
    assert (progress["state"], progress["created"]) == ("done", 2)
    first = client.get("/api/v1/synergies?q=quartz wool of the alike test&programme=Alike programme").json()["items"][0]
    assert (first["id"], first["rank"]) == ("alike-1", 1)
    rows = client.get(f"/api/v1/imports/{progress['id']}/report").json()["rows"]
    assert [row["outcome"] for row in rows] == ["created", "created"]
    assert settled(client, writer, "alike.csv", SHEET)["progress"]["unchanged"] == 2

    undone = client.delete(f"/api/v1/imports/{progress['id']}", headers=writer).json()["progress"]
    assert undone["state"] == "undone"
    assert client.get("/api/v1/synergies/alike-1").status_code == 404
    after = client.get("/api/v1/status").json()
    assert after["counts"]["synergy"] == before["counts"]["synergy"] == after["indexed"] == SYNERGIES
    assert after["graph_sequence"] == after["index_sequence"] > before["graph_sequence"]
    assert [one["name"] for one in after["programmes"]] == [one["name"] for one in before["programmes"]]


def test_members_of_a_new_programme_count_at_once(engine: Engine, writer: dict[str, str]) -> None:
    client = engine.client
    progress = settled(client, writer, "members.csv", MEMBER_SHEET)["progress"]
    assert (progress["state"], progress["created"]) == ("done", 1), progress
    found = client.get("/api/v1/recruitment?resource=straw&programme=alike PROGRAMME").json()
    assert (found["programme"], found["member_count"]) == ("Alike programme", 1)
    assert [holder["member"]["organisation"] for holder in found["holders"]] == ["Alike Straw Ltd"]
    sheet = csv.DictReader(io.StringIO(client.get("/api/v1/export?what=members").text.lstrip("\ufeff"), newline=""))
    assert sum(row["organisation"] == "Alike Straw Ltd" for row in sheet) == 1
    for batch in client.get("/api/v1/batches").json()[:1]:
        assert client.delete(f"/api/v1/batches/{batch['id']}", headers=writer).status_code == 200
    assert client.get("/api/v1/recruitment?resource=straw&programme=Alike programme").status_code == 422


def test_the_index_is_made_anew_and_answers_as_before(engine: Engine, writer: dict[str, str]) -> None:
    client = engine.client
    path = "sectors?resource=fly ash&limit=10"
    before = answer(engine, path)
    assert client.post("/api/v1/rebuild", headers=writer).status_code == 202
    until = time.monotonic() + 120
    while (state := client.get("/api/v1/rebuild").json())["state"] == "running":
        assert time.monotonic() < until
        time.sleep(0.05)
    assert (state["state"], state["done"]) == ("done", SYNERGIES), state
    until_ready(engine.service)
    assert client.get("/readyz").json() == {"ready": True, "missing": []}
    assert different(answer(engine, path), before) == []
