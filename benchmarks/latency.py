"""Latency of every route over HTTP on loopback, beside the encoder's own forward pass on the same query, in one run.

    python benchmarks/latency.py --data DIRECTORY [--encoder minilm] [--rounds 3] [--json FILE]

DIRECTORY holds a graph and index made by `symbiograph init` (and imports). Calls of the bare encoder and of the routes
alternate query by query, so that a drift of the machine's speed falls on both. Quote ratios, not milliseconds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

from kg.search.encoders import open_encoder
from kg.settings import Settings

QUERIES = (
    "fly ash", "wheat straw", "spent grain from brewery", "foundry sand", "used cooking oil", "whey", "FGD gypsum",
    "waste heat at 90 degrees", "blast furnace slag", "sawdust", "glass cullet", "end-of-life tyres", "sewage sludge",
    "粉煤灰", "脱硫石膏", "废轮胎", "bagaço de cana", "cinza de madeira", "lodo de esgoto", "borra de café",
    "cenizas volantes", "paja de trigo", "boues d'épuration", "marc de raisin", "Hochofenschlacke", "Altpapier",
    "carbon dioxide from fermentation", "hydrogen from chlor-alkali", "recycled plastic from old vacuum cleaners",
    "steam condensate", "waste sulphuric acid", "oyster shells", "red mud", "paper sludge", "textile offcuts",
)  # fmt: skip
ROUTES = {
    "sectors": "/api/v1/sectors?resource={q}",
    "sectors, filtered": "/api/v1/sectors?resource={q}&exclude_country=CN&year_from=2000",
    "synergies": "/api/v1/synergies?q={q}",
    "recruitment": "/api/v1/recruitment?resource={q}&programme={programme}",
    "concepts": "/api/v1/concepts?q={q}",
    "markets": "/api/v1/markets?technology=pyrolysis",
    "status": "/api/v1/status",
}
PROGRAMME = "Jiangsu Circular Parks (fictitious)"


def percentile(sample: list[float], share: float) -> float:
    ordered = sorted(sample)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def start(data: Path, encoder: str) -> tuple[subprocess.Popen[bytes], str, float]:
    """Start a server on a free port; return it, its address and the seconds until it was ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "SYMBIOGRAPH_DATA": str(data),
        "SYMBIOGRAPH_ENCODER": encoder,
        "SYMBIOGRAPH_PORT": str(port),
    }
    began = time.perf_counter()
    server = subprocess.Popen([str(Path(sys.executable).parent / "symbiograph"), "serve"], env=environment)
    while True:
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode} before it was ready")
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz").status_code == 200:
                return server, address, time.perf_counter() - began
        time.sleep(0.01)


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found.group(1)) / 1000


def measure(address: str, encoder_name: str, data: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of every call by name, over one plain connection that is kept open; `encoder` is the bare forward pass.

    Recruitment needs the example programme.
    """
    programmes = {one["name"] for one in httpx.get(f"{address}/api/v1/status").json()["programmes"]}
    routes = {name: path for name, path in ROUTES.items() if name != "recruitment" or PROGRAMME in programmes}
    encoder = open_encoder(Settings(data=data, encoder=encoder_name))
    times: dict[str, list[float]] = defaultdict(list)
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:
        for turn in range(rounds + 1):
            for query in QUERIES:
                began = time.perf_counter()
                encoder.encode_queries([query])
                if turn:
                    times["encoder"].append(time.perf_counter() - began)
                for name, template in routes.items():
                    path = template.format(q=quote(query), programme=quote(PROGRAMME))
                    began = time.perf_counter()
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    answer.read()
                    elapsed = time.perf_counter() - began
                    if answer.status != HTTPStatus.OK:
                        raise SystemExit(f"{path} answered {answer.status}")
                    if turn:  # the first round warms caches
                        times[name].append(elapsed)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", default="multilingual")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    server, address, ready = start(options.data, options.encoder)
    try:
        count = httpx.get(f"{address}/api/v1/status").json()["counts"]
        times = measure(address, options.encoder, options.data, options.rounds)
        resident = memory(server.pid)
    finally:
        server.terminate()
        server.wait(20)
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
