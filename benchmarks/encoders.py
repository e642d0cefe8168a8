"""The packaged encoders on the library's own texts: start, one query, passages a second, memory.

    python benchmarks/encoders.py [multilingual] [minilm]

Each runs in a fresh process. Texts are what the index encodes: resource and use of each synergy of the library.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import numpy as np

QUERIES = 100


def texts() -> list[str]:
    with files("kg.library").joinpath("synergies.csv").open(encoding="utf-8", newline="") as file:
        return [f"{row['resource']}; {row['used_as']}" for row in csv.DictReader(file)]


def resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def measure(name: str) -> dict[str, float | str]:
    start = time.perf_counter()
    from kg.search.encoders import open_encoder
    from kg.settings import Settings

    encoder = open_encoder(Settings(encoder=name))
    opened = time.perf_counter() - start
    taken = []
    known = texts()
    for text in known[:QUERIES]:
        start = time.perf_counter()
        encoder.encode_queries([text.partition(";")[0]])
        taken.append((time.perf_counter() - start) * 1e3)
    start = time.perf_counter()
    encoder.encode_passages(known)
    rate = len(known) / (time.perf_counter() - start)
    p50, p95 = np.percentile(taken, [50, 95])
    return {
        "encoder": encoder.name, "open_s": opened, "query_p50_ms": float(p50), "query_p95_ms": float(p95),
        "passages_per_s": rate, "resident_mb": resident_mb(),
    }  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2])))
        return
    for name in sys.argv[1:] or ["multilingual", "minilm"]:
        done = subprocess.run([sys.executable, __file__, "--one", name], check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        print(found.pop("encoder"), "  ".join(f"{key}={value:.3g}" for key, value in found.items()), flush=True)


if __name__ == "__main__":
    main()
