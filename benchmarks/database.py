"""A Neo4j server of its own for a measurement, on a fresh database, through the repository's launcher."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).parents[1] / "scripts" / "neo4j" / "launcher.py"
HEAP, PAGE_CACHE = "1g", "256m"


@dataclass(frozen=True, slots=True)
class Database:
    """A running server: where its files are, its process, its address, what runs it."""

    home: Path
    pid: int
    uri: str
    user: str
    password: str
    version: str
    java: str

    @property
    def settings(self) -> Mapping[str, str]:
        """What makes a command of ours use it, as environment names and values."""
        return {
            "SYMBIOGRAPH_GRAPH": self.uri,
            "SYMBIOGRAPH_GRAPH_USER": self.user,
            "SYMBIOGRAPH_GRAPH_PASSWORD": self.password,
        }


@contextmanager
def neo4j_server(home: Path) -> Iterator[Database]:
    """A server whose files lie in `home`, which is emptied first; ended afterwards, its files left."""
    shutil.rmtree(home, ignore_errors=True)
    told = json.loads(_launch("start", "--home", str(home), "--heap", HEAP, "--page-cache", PAGE_CACHE))
    names = ("pid", "uri", "user", "password", "version", "java")
    try:
        yield Database(home=home, **{name: told[name] for name in names})
    finally:
        _launch("stop", str(home))


def _launch(*words: str) -> str:
    done = subprocess.run([sys.executable, str(LAUNCHER), *words], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"neo4j-server {words[0]} ended with {done.returncode}")
    return done.stdout
