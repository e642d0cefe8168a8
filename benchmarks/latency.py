"""Latency of every route over HTTP on loopback, beside the encoder's own forward pass on the same query, in one run.

    python benchmarks/latency.py --data DIRECTORY [--encoder minilm] [--rounds 3] [--json FILE]

DIRECTORY holds a graph and index made by `symbiograph init` (and imports). Calls of the bare encoder and of the routes
alternate query by query, so that a drift of the machine's speed falls on both. Quote ratios, not milliseconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import httpx
from serving import Place, measure, memory, percentile, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", default="multilingual")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    place = Place(options.data, options.encoder)
    with serving(place) as server:
        count = httpx.get(f"{server.address}/api/v1/status").json()["counts"]
        times = measure(server.address, place, options.rounds)
        ready, resident = server.ready, memory(server.pid)
    base = statistics.median(times["encoder"])
    print(f"encoder {options.encoder}; ready after {ready:.2f} s; resident {resident:.0f} MB")
    print(f"{'route':<20}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'p50 / encoder':>15}")
    table = {}
    for name, sample in times.items():
        p50, p95, p99 = (1000 * percentile(sample, share) for share in (0.5, 0.95, 0.99))
        table[name] = {"p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "p50_over_encoder": p50 / 1000 / base}
        print(f"{name:<20}{p50:>9.2f}{p95:>9.2f}{p99:>9.2f}{p50 / 1000 / base:>15.2f}")
    if options.json:
        report = {
            "encoder": options.encoder,
            "ready_s": ready,
            "resident_mb": resident,
            "routes": table,
            "graph": count,
        }
        options.json.write_text(json.dumps(report, indent=2, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
