"""Every example that the OpenAPI description shows is asked of the real library and answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fastapi import FastAPI
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from api.description import describe

pytestmark = pytest.mark.integration


def requests(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """For each GET route: what it needs with the first example, and once more with each example of each parameter."""
    for path, operations in document["paths"].items():
        parameters = operations.get("get", {}).get("parameters", [])
        needed = {one["name"]: _examples(one)[:1] for one in parameters if one["required"]}
        if "get" not in operations or not all(needed.values()):
            continue
        base = {name: values[0] for name, values in needed.items()}
        yield path, _address(path, base, parameters)
        for one in parameters:
            for value in _examples(one):
                yield path, _address(path, base | {one["name"]: value}, parameters)


def _examples(parameter: dict[str, Any]) -> list[Any]:
    return list(parameter["schema"].get("examples", parameter.get("examples", [])))


def _address(path: str, values: dict[str, Any], parameters: list[dict[str, Any]]) -> str:
    inside = {one["name"] for one in parameters if one["in"] == "path"}
    for name in inside:
        path = path.replace("{" + name + "}", quote(str(values[name]), safe=":"))
    asked = {name: value for name, value in values.items() if name not in inside}
    return f"{path}?{urlencode(asked)}" if asked else path


def test_every_example_is_answered_as_described(app: FastAPI, client: TestClient) -> None:
    document = describe(app)
    asked = list(requests(document))
    assert {path for path, _ in asked} >= {
        f"/api/v1/{name}"
        for name in ("synergies", "synergies/{id}", "sectors", "recruitment", "markets", "concepts", "concepts/{id}")
    }
    for path, address in dict.fromkeys(asked):
        response = client.get(address)
        assert response.status_code == 200, (address, response.text[:300])
        described = document["paths"][path]["get"]["responses"]["200"]["content"]
        if response.headers["content-type"] == "application/json":
            schema = described["application/json"]["schema"] | {"components": document["components"]}
            errors = [f"{e.instance_path}: {e.message}" for e in validator_for(schema).iter_errors(response.json())]
            assert not errors, (address, errors[:3])


def test_fly_ash_goes_to_cement_and_each_case_opens(client: TestClient) -> None:
    answer = client.get("/api/v1/sectors?resource=fly ash").json()
    first = answer["items"][0]
    assert first["sector"]["code"] == "23"
    assert len(first["countries"]) >= 3
    assert len(first["evidence"]) >= 3
    for case in first["evidence"]:
        whole = client.get(f"/api/v1/synergies/{case['synergy']}").json()
        assert whole["synergy"]["id"] == case["synergy"]
        assert whole["synergy"]["source"]["title"]


def test_pages_follow_each_other_without_repeats(client: TestClient) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = client.get("/api/v1/synergies", params={"q": "ash", "limit": 5, "cursor": cursor}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 15


def test_filters_hold_and_repeated_values_are_alternatives(client: TestClient) -> None:
    page = client.get("/api/v1/synergies?q=ash&country=GB&country=cn&exclude_country=US&year_from=2000").json()
    assert page["items"]
    assert {item["country"] for item in page["items"]} <= {"GB", "CN"}
    assert all(item["year"] >= 2000 for item in page["items"])
    either = client.get("/api/v1/synergies?sector=23&limit=50").json()
    sides = [(item["provider_sector"] or {}, item["receiver_sector"] or {}) for item in either["items"]]
    assert all(any(side.get("code", "").startswith("23") for side in pair) for pair in sides)


def test_a_place_is_asked_for_in_the_words_of_the_records(client: TestClient) -> None:
    page = client.get("/api/v1/synergies?place=shandong&place=Duisburg&limit=100").json()
    assert {"Shandong" in item["place"] or "Duisburg" in item["place"] for item in page["items"]} == {True}
    assert len({item["place"] for item in page["items"]}) > 3
    assert page["total"] == len(page["items"])
    unknown = client.get("/api/v1/sectors?resource=straw&place=Atlantis on Sea")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-filter")
    assert "Rotterdam" in client.get("/api/v1/sectors?resource=straw&place=Roterdam").json()["hint"]


def test_a_question_is_held_to_its_place_and_says_when_nothing_is_there(client: TestClient) -> None:
    def ask(question: str) -> dict[str, Any]:
        found: dict[str, Any] = client.post("/api/v1/ask", json={"question": question}).json()
        return found

    there = ask("Who in Kalundborg takes steam?")
    assert there["interpretation"]["place"] == "Kalundborg"
    cases = [case["synergy"] for item in there["results"]["items"] for case in item["evidence"]]
    assert cases
    assert all(client.get(f"/api/v1/synergies/{case}").json()["synergy"]["place"] == "Kalundborg" for case in cases)
    nowhere = {
        "Who in Kalundborg takes bagasse?": "is on record in Kalundborg",
        "Quem em Kalundborg recebe bagaço de cana?": "em Kalundborg",
        "Wer in Kalundborg nimmt Bagasse?": "belegt in Kalundborg",
        "Find markets for pyrolysis in Kalundborg": "No completed exchange of pyrolysis is on record in Kalundborg",
        "Who took straw in Timbuktu?": "Timbuktu",
    }
    for question, said in nowhere.items():
        assert said in ask(question)["answer"], (question, ask(question)["answer"])


def test_the_documentation_page_needs_no_internet(client: TestClient) -> None:
    page = client.get("/docs")
    assert "http" not in page.text.replace("http-equiv", "")
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png", "start.js"):
        assert f"docs/{name}" in page.text
        assert client.get(f"/docs/{name}").status_code == 200
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert client.get("/", follow_redirects=False).headers["location"] == "docs"
