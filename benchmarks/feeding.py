"""Filling a graph as a user does: a sheet of generated rows through the command line, and what it takes on disk."""

from __future__ import annotations

import csv
import subprocess
import time
from pathlib import Path

from generate import COLUMNS, rows
from serving import Place, command

from kg.ontology import load_vocabulary


def write_rows(count: int, path: Path) -> None:
    """The generated file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows(count, load_vocabulary()))


def import_file(place: Place, path: Path) -> float:
    """Seconds of `symbiograph import`, from the start of the process to its end."""
    return _run(place, "import", str(path))


def make_graph(place: Place) -> float:
    """Seconds of `symbiograph init`, which imports the library."""
    return _run(place, "init")


def disk(directory: Path) -> float:
    """Size on disk of a directory in MB."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1e6


def _run(place: Place, *words: str) -> float:
    began = time.perf_counter()
    done = subprocess.run([command(), *words], env=place.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"symbiograph {words[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return time.perf_counter() - began
