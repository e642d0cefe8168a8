"""Growth: time and memory of import, and latency of each route, at several sizes of generated synergies.

    python benchmarks/growth.py 1000 10000 100000 [--encoder minilm] [--work DIRECTORY] [--json FILE]

Every size starts from an empty graph, imports through the command line as a user would, and is then served; the bare
encoder reads the same texts in the same run, so that import is quoted as a ratio. Nothing of the library is touched.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from feeding import disk, import_file, write_rows
from serving import Place, measure, memory, percentile, serving

from kg.graph.ladybug.views import EmbeddedViews
from kg.graph.protocol import Filters
from kg.search.encoders import open_encoder
from kg.settings import Settings

_SAMPLE = 1000
"""Documents whose texts the bare encoder reads again, spread over all of them."""
_CHUNK = 64


def bare_seconds(data: Path, encoder: str) -> float:
    """Seconds the bare encoder needs for every distinct text that import may encode: passages, resources, processes.

    Measured on a sample of each and scaled by their number.
    """
    views = EmbeddedViews(data / "index")
    documents = views.documents(views.matching(Filters(), views.count()))
    views.close()
    model = open_encoder(Settings(data=data, encoder=encoder))
    passages = sorted({document.text for document in documents})
    asked = sorted({text for one in documents for text in (one.resource, one.technology) if text})
    return _seconds(model.encode_passages, passages) + _seconds(model.encode_queries, asked)


def _seconds(encode: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    sample = sorted(texts[:: max(1, len(texts) // _SAMPLE)][:_SAMPLE], key=len)
    encode(sample[:8])
    began = time.perf_counter()
    for place in range(0, len(sample), _CHUNK):
        encode(sample[place : place + _CHUNK])
    return (time.perf_counter() - began) * len(texts) / len(sample)


def one_size(count: int, encoder: str, work: Path) -> dict[str, object]:
    """Everything measured at one size."""
    data, sheet = work / f"data-{count}", work / f"generated-{count}.csv"
    shutil.rmtree(data, ignore_errors=True)
    write_rows(count, sheet)
    place = Place(data, encoder)
    seconds = import_file(place, sheet)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    bare = bare_seconds(data, encoder)
    with serving(place) as server:
        times = measure(server.address, place, rounds=1)
        ready, resident = server.ready, memory(server.pid)
    found: dict[str, object] = {
        "synergies": count,
        "import_s": round(seconds, 1),
        "bare_encoder_s": round(bare, 1),
        "import_rate_over_encoder": round(bare / seconds, 2),
        "import_peak_mb": round(peak),
        "ready_s": round(ready, 2),
        "resident_mb": round(resident),
        "disk_mb": round(disk(data), 1),
        "p50_ms": {name: round(1000 * percentile(sample, 0.5), 2) for name, sample in times.items()},
    }
    print(json.dumps(found, ensure_ascii=False), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="growth-"))
    work.mkdir(parents=True, exist_ok=True)
    found = [one_size(count, options.encoder, work) for count in options.sizes]
    if options.json:
        options.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
