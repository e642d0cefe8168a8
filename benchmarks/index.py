"""The embedded index at 1,000, 10,000 and 100,000 generated documents: build, size, memory, time of each view.

    python benchmarks/index.py [--sizes 1000 10000 100000] [--batch 2000]

Documents are generated, never mixed with the library: words by a Zipf law, vectors around 200 centres, as texts of one
field lie. Times are processor time, the median of 40 different questions: on a machine that does other things too,
the clock measures those. Memory is what the resident set of a fresh process grows by.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kg.graph.ladybug.views import EmbeddedViews
from kg.graph.protocol import Filters, IndexStamp, SearchDocument, Vector

DIMENSION = 384
STAMP = IndexStamp("generated", "0" * 64, DIMENSION, "generated", "1")
COUNTRIES = ("CN", "GB", "DK", "BR", "PT", "DE", "FR", "KR", "JP", "FI")


def documents(first: int, count: int, random: np.random.Generator) -> list[SearchDocument]:
    words = np.minimum(random.zipf(1.3, size=(count, 20)), 30_000)
    made = []
    for i in range(count):
        terms = tuple(f"w{n}" for n in words[i].tolist())
        n = first + i
        made.append(
            SearchDocument(
                id=f"s{n:07d}", title=f"Synergy {n}: " + " ".join(terms[:5]), text=" ".join(terms), terms=terms,
                resource=" ".join(terms[:3]), kind="material", used_as=" ".join(terms[3:8]), replaces=terms[8],
                technology=" ".join(terms[9:12]), materials=(f"material:m{n % 1156}",), material_scores=(0.9,),
                technologies=(f"technology:t{n % 300}",), waste_code=f"low:{n % 800:06d}", provider="", receiver="",
                provider_sector=f"nace2:{n % 90}", receiver_sector=f"nace2:{n * 7 % 90}", country=COUNTRIES[n % 10],
                place="", programme=f"programme {n % 37}", year=1990 + n % 35, status="operating", group=f"g{n // 3}",
                confidence="high", quantity_value=float(n), quantity_unit="t/yr", quantity_as_stated=f"{n} t a year",
                outcomes=("metric:co2_avoided",), source_title="A generated source", source_publisher="Nobody",
                source_year=2020, source_url="", source_checked=False, batch="b1",
            )
        )  # fmt: skip
    return made


def vectors(count: int, random: np.random.Generator) -> Vector:
    """Unit vectors as an encoder of short texts gives them: a common direction, a centre, and what is their own."""
    fixed = np.random.default_rng(7)
    common, centres = fixed.standard_normal(DIMENSION) * 2, fixed.standard_normal((200, DIMENSION))
    made = common + centres[random.integers(0, 200, count)] + 0.5 * random.standard_normal((count, DIMENSION))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def build(directory: Path, size: int, batch: int) -> dict[str, float]:
    random = np.random.default_rng(1)
    views = EmbeddedViews(directory)
    views.reset(STAMP)
    spent, longest = 0.0, 0.0
    for sequence, first in enumerate(range(0, size, batch), start=1):
        count = min(batch, size - first)
        made, encoded = documents(first, count, random), vectors(count, random)
        start = time.perf_counter()
        views.apply(sequence, made, encoded, ())
        took = time.perf_counter() - start
        spent, longest = spent + took, max(longest, took)
    start = time.perf_counter()
    views.apply(10**6, documents(0, 10, random), vectors(10, random), ())
    return {
        "build_s": spent,
        "longest_batch_s": longest,
        "ten_more_ms": (time.perf_counter() - start) * 1e3,
        "disk_mb": sum(p.stat().st_size for p in directory.iterdir()) / 1e6,
        "build_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def median_ms(work: Callable[[int], object], times: int = 40) -> float:
    work(0)
    taken = []
    for i in range(1, times + 1):
        start = time.process_time()
        work(i)
        taken.append(time.process_time() - start)
    return float(np.median(taken)) * 1e3


def ask(directory: Path) -> dict[str, float]:
    random = np.random.default_rng(2)
    before = resident_mb()
    start = time.perf_counter()
    views = EmbeddedViews(directory)
    opened = time.perf_counter() - start
    queries = vectors(64, random)
    asked = [[f"w{n}" for n in np.minimum(random.zipf(1.3, 6), 30_000).tolist()] for _ in range(64)]
    none, some = Filters(), Filters(exclude_countries=frozenset({"CN"}), year_from=2000)
    few = Filters(countries=frozenset({"DK"}), programmes=frozenset({"programme 4"}))
    weights = [{f"material:m{(i * 13 + j) % 1156}": 1 - j / 40 for j in range(20)} for i in range(64)]
    ids = [p.id for p in views.by_vector(queries[0], none, 300)]
    times = {
        "by_vector_ms": median_ms(lambda i: views.by_vector(queries[i], none, 300)),
        "by_vector_filtered_ms": median_ms(lambda i: views.by_vector(queries[i], some, 300)),
        "by_vector_narrow_ms": median_ms(lambda i: views.by_vector(queries[i], few, 300)),
        "by_words_ms": median_ms(lambda i: views.by_words(asked[i], none, 300)),
        "by_words_filtered_ms": median_ms(lambda i: views.by_words(asked[i], some, 300)),
        "by_concepts_ms": median_ms(lambda i: views.by_concepts(weights[i], none, 300)),
        "documents_300_warm_ms": median_ms(lambda i: views.documents(ids)),
        "vectors_300_ms": median_ms(lambda i: views.vectors(ids)),
        "facets_ms": median_ms(lambda i: views.facets(some)),
    }
    resident = resident_mb() - before
    keys = np.array(views.matching(none, 10**6))
    exact = views.vectors(keys.tolist())
    recall = [_share_found(views, exact, keys, query) for query in queries[:10]]
    return {"open_s": opened, **times, "recall_300": float(np.mean(recall)), "resident_mb": resident}


def _share_found(views: EmbeddedViews, exact: Vector, keys: np.ndarray, query: Vector) -> float:
    """Share of the 300 nearest by brute force that the view proposes."""
    nearest = set(keys[np.argsort(-(exact @ query))[:300]].tolist())
    return len(nearest & {p.id for p in views.by_vector(query, Filters(), 300)}) / len(nearest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--batch", type=int, default=2_000)
    parser.add_argument("--part", nargs=3, metavar=("WHAT", "DIRECTORY", "SIZE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        what, directory, size = given.part
        found = build(Path(directory), int(size), given.batch) if what == "build" else ask(Path(directory))
        print(json.dumps(found))
        return
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as directory:
            row: dict[str, float] = {}
            for what in ("build", "ask"):
                command = [sys.executable, __file__, "--batch", str(given.batch), "--part", what, directory, str(size)]
                row |= json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{size:>8}  " + "  ".join(f"{name}={value:.3g}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
