"""Calls of the API that several tests make."""

from __future__ import annotations

import time
from typing import Any

from starlette.testclient import TestClient


def post(client: TestClient, headers: dict[str, str], name: str, content: bytes, **words: str) -> Any:
    return client.post("/api/v1/imports", headers=headers, files={"file": (name, content)}, data=words)


def settled(client: TestClient, headers: dict[str, str], name: str, content: bytes, dry_run: bool = False) -> Any:
    """Upload, wait, and return the import as it ended."""
    response = post(client, headers, name, content, dry_run="true" if dry_run else "false", who="a test")
    assert response.status_code == 202, response.text
    location = response.headers["location"]
    assert response.json() == {"id": location.rsplit("/", 1)[1], "location": location, "dry_run": dry_run}
    for _ in range(600):
        view = client.get(location).json()
        if view["progress"]["state"] != "running":
            return view
        time.sleep(0.1)
    raise AssertionError("the import does not end")
