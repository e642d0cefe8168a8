"""A server of ours, started for a measurement: its address, its memory, and the time of every route over HTTP."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Place:
    """A data directory and encoder; `graph` are further settings as environment names and values."""

    data: Path
    encoder: str
    graph: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command that works on it."""
        chosen = {"SYMBIOGRAPH_DATA": str(self.data), "SYMBIOGRAPH_ENCODER": self.encoder}
        return {**os.environ, **chosen, **self.graph}


@dataclass(frozen=True, slots=True)
class Served:
    """A server of ours: its process, its address and the seconds until it was ready."""

    pid: int
    address: str
    ready: float


def command() -> str:
    """The command line of the installation that runs this."""
    return str(Path(sys.executable).parent / "symbiograph")


def percentile(sample: Sequence[float], share: float) -> float:
    ordered = sorted(sample)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def serving(place: Place) -> Iterator[Served]:
    """A server on a free port, ready, and ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    environment = {**place.environment, "SYMBIOGRAPH_PORT": str(port)}
    server = subprocess.Popen([command(), "serve"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            if server.poll() is not None:
                raise SystemExit(f"the server ended with {server.returncode} before it was ready")
            with suppress(httpx.TransportError):
                if httpx.get(f"{address}/readyz").status_code == 200:
                    break
            time.sleep(0.01)
        yield Served(server.pid, address, time.perf_counter() - began)
    finally:
        server.terminate()
        server.wait(20)


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found.group(1)) / 1000


def measure(address: str, place: Place, rounds: int) -> dict[str, list[float]]:
    """Seconds of every call by name, over one plain connection that is kept open; `encoder` is the bare forward pass.

    Recruitment needs the example programme.
    """
    programmes = {one["name"] for one in httpx.get(f"{address}/api/v1/status").json()["programmes"]}
    routes = {name: path for name, path in ROUTES.items() if name != "recruitment" or PROGRAMME in programmes}
    encoder = open_encoder(Settings(data=place.data, encoder=place.encoder))
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
