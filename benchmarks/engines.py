"""Two engines: import rate, latency of each route, memory and disk, of the embedded engine and of a Neo4j server.

    python benchmarks/engines.py 1000 10000 100000 [--encoder minilm] [--rounds 1] [--work DIRECTORY] [--json FILE]

Each size and engine starts from an empty graph (for Neo4j a server of its own on a fresh database, started here through
`scripts/neo4j`), imports the same generated sheet through the command line, and is then served. Vectors of the passages
are encoded once, by a first import into an embedded graph that is thrown away; both engines are given that cache, so
that their import rates tell of the engines. The rate with the encoding is that of the first import.
`NEO4J_JAVA_HOME` chooses the server's Java; the report names it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from database import Database, neo4j_server
from feeding import disk, import_file, write_rows
from serving import Place, measure, memory, percentile, serving

ENGINES = ("ladybug", "neo4j")
Found = dict[str, object]


def first_import(count: int, encoder: str, work: Path) -> tuple[Path, Path, float]:
    """The sheet, a cache of its vectors, and the seconds of an import that had to encode them."""
    sheet, data, vectors = work / f"generated-{count}.csv", work / f"first-{count}", work / f"vectors-{count}"
    for old in (data, vectors):
        shutil.rmtree(old, ignore_errors=True)
    write_rows(count, sheet)
    seconds = import_file(Place(data, encoder), sheet)
    (data / "vectors").rename(vectors)
    shutil.rmtree(data)
    return sheet, vectors, seconds


def one_engine(engine: str, count: int, options: argparse.Namespace, sheet: Path, vectors: Path) -> Found:
    """Everything measured of one engine at one size."""
    data, home = options.work / f"{engine}-{count}", options.work / f"server-{count}"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(vectors, data / "vectors")
    with ExitStack() as stack:
        database = stack.enter_context(neo4j_server(home)) if engine == "neo4j" else None
        place = Place(data, options.encoder, database.settings if database else {})
        seconds = import_file(place, sheet)
        with serving(place) as server:
            times = measure(server.address, place, options.rounds)
            resident = memory(server.pid)
            of_server = memory(database.pid) if database else 0.0
    shares = _disk(data, database)
    found: Found = {
        "engine": engine,
        "java": database.java if database else "",
        "import_s": round(seconds, 1),
        "synergies_a_second": round(count / seconds, 1),
        "ready_s": round(server.ready, 2),
        "service_mb": round(resident),
        "server_mb": round(of_server),
        **{name: round(size, 1) for name, size in shares.items()},
        "bytes_a_synergy": round(1e6 * (shares["graph_mb"] + shares["index_mb"]) / count),
        "p50_ms": {name: round(1000 * percentile(sample, 0.5), 2) for name, sample in times.items()},
        "p95_ms": {name: round(1000 * percentile(sample, 0.95), 2) for name, sample in times.items()},
    }
    for directory in (data, home):
        shutil.rmtree(directory, ignore_errors=True)
    return found


def _disk(data: Path, database: Database | None) -> dict[str, float]:
    """MB of graph and index, and of the transaction logs, which a server keeps for a while and then drops.

    Neo4j's index is what lies under `schema` of its database; the vectors as properties of nodes lie in the graph.
    """
    if database is None:
        return {"graph_mb": disk(data / "graph"), "index_mb": disk(data / "index"), "logs_mb": 0.0}
    store = database.home / "data" / "databases" / "neo4j"
    indexes = disk(store / "schema")
    return {
        "graph_mb": disk(store) - indexes,
        "index_mb": indexes,
        "logs_mb": disk(database.home / "data" / "transactions" / "neo4j"),
    }


def one_size(count: int, options: argparse.Namespace) -> Found:
    """Both engines at one size."""
    sheet, vectors, seconds = first_import(count, options.encoder, options.work)
    engines = [one_engine(engine, count, options, sheet, vectors) for engine in ENGINES]
    shutil.rmtree(vectors)
    return {"synergies": count, "first_import_s": round(seconds, 1), "engines": engines}


def table(found: Found) -> str:
    """The figures of one size, an engine a column; routes as p50 ms and as multiples of the bare encoder."""
    columns: list[Found] = found["engines"]  # type: ignore[assignment]
    lines = [f"{found['synergies']} synergies; first import with the encoding {found['first_import_s']} s"]
    lines.append(f"{'':<28}" + "".join(f"{column['engine']:>22}" for column in columns))
    for name, value in columns[0].items():
        if isinstance(value, int | float):
            lines.append(f"{name:<28}" + "".join(f"{column[name]:>22}" for column in columns))
    medians: list[dict[str, float]] = [column["p50_ms"] for column in columns]  # type: ignore[misc]
    for route in medians[0]:
        cells = (f"{each[route]:.2f} ({each[route] / each['encoder']:.2f} x)" for each in medians)
        lines.append(f"{route + ' p50 ms':<28}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="+", metavar="SIZE")
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.work = (options.work or Path(tempfile.mkdtemp(prefix="engines-"))).absolute()
    options.work.mkdir(parents=True, exist_ok=True)
    found = []
    for count in options.sizes:
        found.append(one_size(count, options))
        print(table(found[-1]), flush=True)
        if options.json:
            options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
