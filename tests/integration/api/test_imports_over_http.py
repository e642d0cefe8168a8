"""A file over HTTP: taken, followed, read, found, undone."""

from __future__ import annotations

import csv
import io

import pytest
from api_calls import post, settled
from starlette.testclient import TestClient

from kg.ingest import guard_cell

pytestmark = pytest.mark.integration

SHEET = """id,provider_company,provider_nace,receiver_company,receiver_nace,resource,resource_kind,country,programme
http-1,Test Mill,17.12,Test Brickworks,23.32,paper sludge from the test mill,material,PT,Test programme
http-2,,99.99,,,,material,PT,
http-3,=HYPERLINK("x"),10.51,Test Farm,01.50,acid whey of the test dairy,material,PT,Test programme
"""


def test_a_file_is_taken_followed_reported_and_undone(client: TestClient, writer: dict[str, str]) -> None:
    before = client.get("/api/v1/status").json()
    view = settled(client, writer, "sheet.csv", SHEET.encode())
    progress = view["progress"]
    assert (progress["state"], progress["created"], progress["rejected"]) == ("done", 2, 1)
    assert client.get("/api/v1/synergies/http-1").json()["batch"]
    found = client.get("/api/v1/synergies?q=paper sludge from the test mill&limit=1").json()
    assert found["items"][0]["id"] == "http-1"

    location = f"/api/v1/imports/{progress['id']}"
    rows = client.get(f"{location}/report").json()["rows"]
    assert [row["outcome"] for row in rows] == ["created", "rejected", "created"]
    rejected = rows[1]["issues"]
    assert any(issue["severity"] == "error" and issue["cell"] and issue["reason"] for issue in rejected)

    sheet = client.get(f"{location}/report?format=csv")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(sheet.text.lstrip("\ufeff"), newline="")))
    assert [line["outcome"] for line in lines] == ["created", "rejected", "created"]
    assert lines[2]["provider_company"] == guard_cell('=HYPERLINK("x")')

    again = settled(client, writer, "sheet.csv", SHEET.encode())["progress"]
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)

    response = client.delete(location, headers=writer)
    assert response.json()["progress"]["state"] == "undone"
    assert client.get("/api/v1/synergies/http-1").status_code == 404
    assert client.delete(location, headers=writer).status_code == 409
    after = client.get("/api/v1/status").json()
    assert after["counts"]["synergy"] == before["counts"]["synergy"]
    assert after["indexed"] == before["indexed"]
    assert after["graph_sequence"] == after["index_sequence"]


def test_a_trial_writes_nothing_and_can_be_read(client: TestClient, writer: dict[str, str]) -> None:
    before = client.get("/api/v1/status").json()["graph_sequence"]
    view = settled(client, writer, "sheet.csv", SHEET.encode(), dry_run=True)
    assert view["dry_run"] is True
    assert view["progress"]["created"] == 2
    location = f"/api/v1/imports/{view['progress']['id']}"
    assert len(client.get(f"{location}/report").json()["rows"]) == 3
    assert client.get("/api/v1/status").json()["graph_sequence"] == before
    assert client.delete(location, headers=writer).status_code == 404
    assert view in client.get("/api/v1/imports").json()


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"\x89PNG\r\n\x1a\n123", b"PK\x03\x04broken", b"a,b\n1,2\n", b"\x00" * 100],
    ids=["empty", "blank", "picture", "broken archive", "other table", "zeros"],
)
def test_what_is_no_sheet_fails_with_a_reason(content: bytes, client: TestClient, writer: dict[str, str]) -> None:
    view = settled(client, writer, "sheet.csv", content)
    assert view["progress"]["state"] == "failed"
    assert len(view["progress"]["problem"]) > 20


@pytest.mark.parametrize(
    "words", [{"dry_run": "maybe"}, {"kind": "elephant"}, {"surprise": "x"}], ids=["dry_run", "kind", "unknown"]
)
def test_a_form_that_cannot_be_used_is_told(words: dict[str, str], client: TestClient, writer: dict[str, str]) -> None:
    response = post(client, writer, "a.csv", b"x", **words)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_a_request_without_a_form_is_told(client: TestClient, writer: dict[str, str]) -> None:
    assert client.post("/api/v1/imports", headers=writer).status_code == 422
    broken = writer | {"Content-Type": "multipart/form-data"}
    assert client.post("/api/v1/imports", headers=broken, content=b"x").status_code == 400


def test_batches_are_listed_and_undone_one_by_one(client: TestClient, writer: dict[str, str]) -> None:
    view = settled(client, writer, "sheet.csv", SHEET.encode())
    batch = next(one for one in client.get("/api/v1/batches").json() if one["import_id"] == view["progress"]["id"])
    undone = client.delete(f"/api/v1/batches/{batch['id']}", headers=writer)
    assert undone.json()["undoes"] == batch["id"]
    assert client.delete("/api/v1/batches/no-such", headers=writer).status_code == 404


def test_what_is_exported_can_be_imported_and_changes_nothing(client: TestClient, writer: dict[str, str]) -> None:
    for what in ("synergies", "members"):
        sheet = client.get(f"/api/v1/export?what={what}").content
        assert sheet.startswith(b"\xef\xbb\xbf")
        progress = settled(client, writer, f"{what}.csv", sheet)["progress"]
        assert progress["created"] == 0
        assert progress["rejected"] == 0
