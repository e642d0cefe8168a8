"""A data directory with the whole library in it, built once for a state of the code and copied for who needs one."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

from kg.graph.protocol import CandidateViews, GraphStore
from kg.provenance import ImportState, RecordKind
from kg.service import Symbiograph
from kg.service.shipped import EXAMPLE_MEMBERS, LIBRARY
from kg.settings import Settings

KG = Path(__file__).parents[2] / "kg"
PROGRAMME = "Jiangsu Circular Parks (fictitious)"
PATIENCE = 600
SYNERGIES, MEMBERS = 1350, 62


def fingerprint() -> str:
    """Changes whenever anything that decides the content of graph or index does."""
    digest = hashlib.sha256()
    for path in sorted(KG.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not {"cli", "service"} & set(path.parts):
            digest.update(str(path.relative_to(KG)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def library_directory(cache: Path) -> Path:
    """A directory that holds library and example members; not to be opened, only copied (see `copy_of`).

    `SYMBIOGRAPH_TEST_LIBRARY` names one that was built before, for whoever changes the code all the time.
    """
    if given := os.environ.get("SYMBIOGRAPH_TEST_LIBRARY"):
        return Path(given)
    target = cache / fingerprint()
    if not target.is_dir():
        for old in cache.iterdir():
            shutil.rmtree(old, ignore_errors=True)
        building = cache / f".{os.getpid()}"
        build(Settings(data=building))
        building.rename(target)
    return target


def copy_of(directory: Path, target: Path) -> Path:
    """A copy that may be opened and changed."""
    shutil.copytree(directory, target)
    return target


def build(settings: Settings) -> None:
    """Load library and example members."""
    service = Symbiograph.open(settings)
    try:
        for path, kind in ((LIBRARY, RecordKind.SYNERGY), (EXAMPLE_MEMBERS, RecordKind.MEMBER)):
            finish(service, path, kind)
    finally:
        service.close()


def holds_library(store: GraphStore, views: CandidateViews) -> bool:
    """Whether a graph holds as many records as the library, and an index of them."""
    counts = store.counts()
    records = (counts.get("synergy"), counts.get("member"), views.count())
    return records == (SYNERGIES, MEMBERS, SYNERGIES) and views.sequence() == store.sequence()


def until_ready(service: Symbiograph) -> None:
    """Wait until questions can be answered."""
    until = time.monotonic() + PATIENCE
    while not service.ready().ready:
        assert time.monotonic() < until, service.ready().missing
        time.sleep(0.1)


def finish(service: Symbiograph, path: Path, kind: RecordKind | None = None) -> str:
    """Import a file, wait for it, and return the import's id."""
    with path.open("rb") as file:
        taken = service.imports.take(file, path.name, kind, "a test")
    until = time.monotonic() + PATIENCE
    while (view := service.imports.get(taken.id)).progress.state is ImportState.RUNNING:
        assert time.monotonic() < until, "the import takes too long"
        time.sleep(0.05)
    assert view.progress.state is ImportState.DONE, view.progress.problem
    return taken.id
