"""A real Neo4j server under test, through `scripts/neo4j-server`: start, wipe, kill -9, start again, stop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg.settings import Settings

LAUNCHER = Path(__file__).parents[2] / "scripts" / "neo4j" / "launcher.py"
NO_NEO4J = "no Neo4j server can be started here"


def launch(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(LAUNCHER), *arguments], capture_output=True, text=True, check=False, timeout=600
    )


@dataclass
class Neo4jServerProcess:
    """The server whose files lie in `home`."""

    home: Path
    _driver: Any = None

    @classmethod
    def start(cls, home: Path | None = None, *options: str) -> Neo4jServerProcess:
        """Start one, or start it again; without Java or Maven the test is not run, loudly, and fails in CI."""
        done = launch("start", "--quick", *(["--home", str(home)] if home else []), *options)
        if done.returncode == 2 and not os.environ.get("CI"):
            pytest.skip(f"{NO_NEO4J}: {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr
        return cls(Path(json.loads(done.stdout)["home"]))

    def stop(self, *options: str) -> None:
        """End it at once; the home is removed when it was a temporary one."""
        self.disconnect()
        done = launch("stop", str(self.home), "--now", *options)
        assert done.returncode == 0, done.stderr

    def restart(self, *options: str) -> None:
        """Start it again on its own data, at its old address."""
        Neo4jServerProcess.start(self.home, *options)

    def connection(self) -> dict[str, Any]:
        """What `connection.json` tells."""
        found: dict[str, Any] = json.loads((self.home / "connection.json").read_text(encoding="utf-8"))
        return found

    def settings(self, **changes: Any) -> Settings:
        """Settings that point to it."""
        told = self.connection()
        values = {"graph": told["uri"], "graph_user": told["user"], "graph_password": told["password"], **changes}
        return Settings(**values)

    def wipe(self) -> None:
        """Empty the database; indexes and constraints stay, because making them takes longer than a test."""
        if self._driver is None:
            import neo4j  # kept off the unit tests' start

            told = self.connection()
            self._driver = neo4j.GraphDatabase.driver(told["uri"], auth=(told["user"], told["password"]))
        with self._driver.session(database="neo4j") as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()

    def disconnect(self) -> None:
        """Close what `wipe` opened."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None
