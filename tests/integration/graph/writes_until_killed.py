"""A process that writes batches and acknowledges each on stdout, until it is killed. Run by the crash test.

For each directory named on stdin it forks a worker, so that the imports are paid once. A batch of the number n creates
the synergies `n-0` to `n-11` and rewrites the first five of the batch before.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kg.graph.ladybug import engine
from kg.graph.ladybug.store import LadybugStore
from kg.model import Flow, Link, LinkMethod, Party, Source, Synergy, SynergyStatus
from kg.ontology import Vocabulary
from kg.ontology.compiled import compile_document
from kg.ontology.turtle_rows import ConceptRow, SchemeRow
from kg.provenance import Batch, Change, Import, ImportState, RecordKind, RowOutcome, RowResult
from kg.settings import Settings

SIZE = 12
REWRITTEN = 5
CONCEPTS = ("material:ash", "nace2:23", "technology:drying")


def vocabulary() -> Vocabulary:
    names = [concept.partition(":")[0] for concept in CONCEPTS]
    schemes = [SchemeRow(name, f"https://x.example/{name}/", [(name, "en")], "1", "", "", "", "") for name in names]
    rows = [ConceptRow(concept, concept.partition(":")[0], "test") for concept in CONCEPTS]
    return Vocabulary(compile_document("crash", schemes, rows, [], {}))


def record(batch: int, number: int, title: str = "first") -> Synergy:
    return Synergy(
        id=f"{batch}-{number}",
        title=title,
        provider=Party(f"Provider {batch}", f"organisation:xx:{batch}"),
        receiver=Party(sector="nace2:23"),
        flows=(Flow("ash", materials=(Link("material:ash", 1.0, LinkMethod.LABEL),)),),
        technologies=(Link("technology:drying", 1.0, LinkMethod.LABEL),),
        programme="P",
        status=SynergyStatus.OPERATING,
        source=Source(f"Report {batch}"),
    )


def changes(batch: int) -> list[Change]:
    made = [Change(new.id, RecordKind.SYNERGY, None, new) for new in (record(batch, n) for n in range(SIZE))]
    for n in range(REWRITTEN if batch > 1 else 0):
        old, new = record(batch - 1, n), record(batch - 1, n, "second")
        made.append(Change(old.id, RecordKind.SYNERGY, old, new))
    return made


def write(directory: Path) -> None:
    say("opening")
    store = LadybugStore(Settings(data=directory))
    store.initialise(vocabulary())
    say("ready")
    while True:
        number = store.sequence() + 1
        rows = [RowResult(n, "", RowOutcome.CREATED, f"{number}-{n}") for n in range(SIZE)]
        when = "2026-01-01T00:00:00Z"
        progress = Import("imp", "f.csv", "0", RecordKind.SYNERGY, "x", when, ImportState.RUNNING, 0, number * SIZE)
        say(f"begin {number}")
        store.commit(Batch(f"b{number}", "imp", RecordKind.SYNERGY, "x", when), changes(number), rows, progress)
        say(f"done {number}")


def say(text: str) -> None:
    os.write(sys.stdout.fileno(), f"{os.getpid()} {text}\n".encode())


def main() -> None:
    engine.FOLD_BYTES = 200_000  # so that the log is folded in every few batches, and killed at that too
    for line in sys.stdin:
        worker = os.fork()
        if worker == 0:
            write(Path(line.strip()))
        os.waitpid(worker, 0)
        say("over")


if __name__ == "__main__":
    main()
