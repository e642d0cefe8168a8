"""Nobody drives the service from a web page, writes without the token, or fills its disk and memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_calls import settled
from starlette.testclient import TestClient

from kg.settings import Settings

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8745", "[::1]:8745", "LOCALHOST:1"])
def test_loopback_names_are_answered(host: str, client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example", "", "localhost@evil"]
)
def test_other_names_are_not(host: str, client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 403


def test_no_page_of_another_origin_may_read(client: TestClient) -> None:
    response = client.get("/api/v1/status", headers={"Origin": "https://evil.example"})
    assert not [name for name in response.headers if name.startswith("access-control")]
    preflight = client.options("/api/v1/imports", headers={"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 405


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for path in ("/healthz", "/docs", "/nothing", "/api/v1/sectors?resource=straw", "/openapi.json"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_the_token_is_shown_nowhere(client: TestClient, settings: Settings) -> None:
    secret = settings.token.get_secret_value()
    for path in ("/api/v1/status", "/openapi.json", "/docs", "/readyz"):
        assert secret not in client.get(path).text
    assert secret not in repr(settings)


def test_a_file_over_the_limit_is_refused_by_its_length(client: TestClient, writer: dict[str, str]) -> None:
    headers = writer | {"Content-Length": str(200_000_000), "Content-Type": "multipart/form-data; boundary=x"}
    response = client.post("/api/v1/imports", headers=headers, content=b"")
    assert response.status_code == 413


def test_a_file_that_hides_its_length_is_refused_while_it_arrives(
    client: TestClient, writer: dict[str, str], settings: Settings
) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(200):
            sent += 1_000_000
            yield b"x" * 1_000_000

    headers = writer | {"Content-Type": "multipart/form-data; boundary=x"}
    response = client.post("/api/v1/imports", headers=headers, content=body())
    assert response.status_code == 413
    assert not list((settings.data / "uploads").glob("*"))


def test_a_zip_bomb_is_refused_before_it_is_read(client: TestClient, writer: dict[str, str]) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(400):
                sheet.write(b" " * 1_000_000)
    view = settled(client, writer, "bomb.xlsx", held.getvalue())
    assert view["progress"]["state"] == "failed"
    assert view["progress"]["problem"]


@pytest.mark.parametrize("name", ["../../escape.csv", "/etc/passwd", "C:\\x\\y.csv", "a\x00b.csv", "", "\u202egnp.csv"])
def test_a_files_name_leads_nowhere(
    name: str, client: TestClient, writer: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    before = set(settings.data.rglob("*"))
    settled(client, writer, name or "x", b"resource\n", dry_run=True)
    assert {path.name for path in set(settings.data.rglob("*")) - before} == set()
