"""Our retrieval beside neo4j-graphrag's HybridCypherRetriever: one Neo4j server, one data set, one encoder, one run.

    python benchmarks/retrieval.py [--encoder minilm] [--queries 200] [--rounds 3] [--work DIRECTORY] [--json FILE]

Both are asked which divisions take a resource, over the shipped library. Theirs searches our own two indexes; its
retrieval query returns the receiver's sector, and the division of each of its first 30 rows is given the row's score as
a vote. Its words are analysed as ours are, because the full-text index holds analysed words. The vector of the question
is encoded outside the timing on both sides; all else counts: reading and linking the question, retrieving, ranking.

*Speed*: both answer the same resources alternately, and who comes first changes every time.
*Quality*: hit@3 over every case of the library, the case's own group left out. Theirs has no filter in a hybrid search:
as many more rows are fetched as the group has, and the group's are dropped. Our weights are those fitted without the
case's fold. Needs the package neo4j-graphrag (dependency group `bench`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
from database import Database, neo4j_server
from feeding import make_graph
from neo4j_graphrag.retrievers import HybridCypherRetriever
from serving import Place, percentile

from kg.graph.neo4j.cards import VECTOR_INDEX, WORD_INDEX, lucene
from kg.graph.neo4j.gathering import MOST_WORDS
from kg.graph.protocol import Filters, Vector
from kg.model import Level, SectorRole
from kg.search.evaluation import cases_of_index
from kg.search.evaluation.cases import Case
from kg.search.evaluation.measures import Measures, measure, ranks_of_truth
from kg.search.evaluation.sampling import NOT_NAMED, divisions_of, encode_cases, samples
from kg.search.searching import Search
from kg.service.parts import Parts
from kg.settings import Settings
from kg.text import analyse

VOTERS = 30
RETRIEVAL_QUERY = "RETURN node.receiver_sector AS sector, node.group AS grp, node.id AS id, score"
RANKERS: Mapping[str, Mapping[str, object]] = {
    "their ranker (naive)": {},
    "their linear ranker, alpha 0.5": {"ranker": "linear", "alpha": 0.5},
}
OURS, THEIRS = "ours", "HybridCypherRetriever"


class Theirs:
    """Sectors by votes of what HybridCypherRetriever retrieves."""

    def __init__(self, driver: neo4j.Driver, database: str, search: Search) -> None:
        self._retriever = HybridCypherRetriever(
            driver, VECTOR_INDEX, WORD_INDEX, RETRIEVAL_QUERY, neo4j_database=database
        )
        self._vocabulary = search.vocabulary

    def __call__(
        self, text: str, vector: Vector, hidden: Filters | None = None, more: int = 0, **ranker: object
    ) -> dict[str, float]:
        """Votes by division; rows of the hidden groups and ids are dropped from `more` than are asked to vote."""
        words = lucene(analyse(text), MOST_WORDS) or lucene([text], MOST_WORDS)
        found = self._retriever.get_search_results(words, vector.tolist(), top_k=VOTERS + more, **ranker)
        rows = [row for row in found.records if not _is_hidden(row, hidden)] if hidden else found.records
        votes: dict[str, float] = defaultdict(float)
        for row in rows[:VOTERS]:
            if row["sector"] and (division := self._vocabulary.sector_at(row["sector"], "division")):
                votes[division] += row["score"]
        return votes


def _is_hidden(row: neo4j.Record, hidden: Filters) -> bool:
    return row["grp"] in hidden.exclude_groups or row["id"] in hidden.exclude_ids


def ours(search: Search, text: str, vector: Vector) -> Sequence[str]:
    """Divisions for a resource, ranked."""
    question = search.questions.read(text, vector=vector)
    found = search.candidates(question, Filters())
    return search.rank(question, found, SectorRole.RECEIVER, Level.DIVISION).sectors


def speeds(
    search: Search, theirs: Theirs, vectors: Mapping[str, Vector], rounds: int
) -> tuple[dict[str, list[float]], float]:
    """Seconds of every answer by who gave it, and the median of theirs over ours within a question."""
    times: dict[str, list[float]] = {OURS: [], THEIRS: []}
    sides: dict[str, Callable[[str, Vector], object]] = {
        OURS: lambda text, vector: ours(search, text, vector),
        THEIRS: theirs,
    }
    for turn in range(rounds + 1):
        for number, (text, vector) in enumerate(vectors.items()):
            order = list(sides) if (number + turn) % 2 else list(reversed(sides))
            for name in order:
                began = time.perf_counter()
                sides[name](text, vector)
                if turn:  # the first round warms caches and plans
                    times[name].append(time.perf_counter() - began)
    pairs = [b / a for a, b in zip(times[OURS], times[THEIRS], strict=True)]
    return times, percentile(pairs, 0.5)


def steps(search: Search, driver: neo4j.Driver, database: str, vectors: Mapping[str, Vector]) -> dict[str, float]:
    """Median ms of each step of ours, and of a query that asks nothing, by the same means as theirs asks."""
    times: dict[str, list[float]] = defaultdict(list)

    def timed(name: str, step: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        done = step()
        times[name].append(1000 * (time.perf_counter() - began))
        return done

    for text, vector in vectors.items():
        timed("a query that asks nothing", lambda: driver.execute_query("RETURN 1", database_=database, routing_="r"))
        question = timed("reading", lambda text=text, vector=vector: search.questions.read(text, vector=vector))
        found = timed("candidates", lambda question=question: search.candidates(question, Filters()))
        timed("ranking", lambda q=question, found=found: search.rank(q, found, SectorRole.RECEIVER, Level.DIVISION))
    return {name: percentile(each, 0.5) for name, each in times.items()}


def qualities(
    search: Search, theirs: Theirs, cases: Sequence[Case], vectors: Mapping[str, Vector]
) -> dict[str, Measures]:
    """Measures by method over the same cases."""
    divisions = divisions_of(search, cases)
    place = {division: column for column, division in enumerate(divisions)}
    (sample,) = samples(search, (search.features,), cases, [case.hidden for case in cases], vectors, None)
    scores = {"ours": sample.held_out()}
    sizes = Counter(case.group for case in cases)
    for name, ranker in RANKERS.items():
        scores[name] = np.full(sample.worth.shape[:2], NOT_NAMED)
        for row, case in enumerate(cases):
            # a group holds a few records that are no case: twice its cases is enough
            found = theirs(case.resource, vectors[case.resource], case.hidden, 2 * sizes[case.group] + 5, **ranker)
            for division, votes in found.items():
                scores[name][row, place[division]] = round(votes, 9)
    return {name: measure(ranks_of_truth(each, sample.truth), sample.truth) for name, each in scores.items()}


def compare(database: Database, place: Place, options: argparse.Namespace) -> dict[str, object]:
    """Both on a database that holds the library."""
    settings = Settings(
        data=place.data, encoder=place.encoder, graph=database.uri,
        graph_user=database.user, graph_password=database.password,
    )  # fmt: skip
    parts = Parts(settings)
    driver = neo4j.GraphDatabase.driver(database.uri, auth=(database.user, database.password))
    try:
        views = parts.require_index()
        search = Search(views, parts.vocabulary, parts.encoder, parts.linker, cache=settings.models / "search")
        theirs = Theirs(driver, settings.graph_database, search)
        cases = cases_of_index(views, parts.vocabulary)
        vectors = encode_cases(search, cases, None)
        texts = sorted(vectors)
        chosen = [texts[i * len(texts) // options.queries] for i in range(min(options.queries, len(texts)))]
        asked = {text: vectors[text] for text in chosen}
        times, ratio = speeds(search, theirs, asked, options.rounds)
        parts_ms = steps(search, driver, settings.graph_database, asked)
        quality = qualities(search, theirs, cases, vectors)
    finally:
        driver.close()
        parts.close()
    return {
        "server": f"Neo4j {database.version}, {database.java}",
        "cases": len(cases),
        "queries": len(chosen),
        "rounds": options.rounds,
        "ms": {
            name: {"p50": 1000 * percentile(each, 0.5), "p95": 1000 * percentile(each, 0.95)}
            for name, each in times.items()
        },
        "theirs_over_ours": ratio,
        "steps_ms": parts_ms,
        "quality": {name: {"hit_1": m.hit_1, "hit_3": m.hit_3, "mrr": m.mrr} for name, m in quality.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    work = (options.work or Path(tempfile.mkdtemp(prefix="retrieval-"))).absolute()
    shutil.rmtree(work / "data", ignore_errors=True)
    with neo4j_server(work / "server") as database:
        place = Place(work / "data", options.encoder, database.settings)
        make_graph(place)
        found = compare(database, place, options)
    print(json.dumps(found, indent=2))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
