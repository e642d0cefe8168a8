"""The documentation page in a real browser: it shows the API, runs an example, and asks nobody but its own server."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Request, sync_playwright
from pydantic import SecretStr

from api.app import create_app
from kg.service import Symbiograph
from kg.service.access import access_token
from kg.settings import Settings

pytestmark = pytest.mark.browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
PATIENCE = 30


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application over an empty data directory: the page describes routes, whatever they hold."""
    settings = Settings(data=tmp_path_factory.mktemp("browser"), token=SecretStr("a-token-for-tests-only"))
    service = Symbiograph.open(settings)
    yield create_app(service, settings, access_token(settings))
    service.close()


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no chromium: install it to test the pages")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


def test_the_page_shows_the_api_and_asks_only_its_own_server(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    problems: list[str] = []

    def remember(request: Request) -> None:
        asked.append(request.url)

    page.on("request", remember)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{address}/docs")
    page.get_by_text("/api/v1/sectors", exact=True).first.wait_for(timeout=PATIENCE * 1000)
    page.get_by_text("/api/v1/ask", exact=True).first.wait_for(timeout=PATIENCE * 1000)
    assert not problems
    assert not [url for url in asked if not url.startswith((address, "data:"))]


def test_an_example_can_be_tried_on_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/docs")
    page.get_by_text("/healthz", exact=True).first.click(timeout=PATIENCE * 1000)
    page.get_by_role("button", name="Try it out").click(timeout=PATIENCE * 1000)
    page.get_by_role("button", name="Execute").click(timeout=PATIENCE * 1000)
    page.get_by_text('"status": "alive"').first.wait_for(timeout=PATIENCE * 1000)
