"""Link every distinct resource and technology of the library; say how many are linked; print a seeded sample of 100.

    python scripts/linking-sample.py > sample.csv

Columns: resource, waste_code, links (best first, with scores). Compare with the judged sample in
tests/evaluation/data/linking-sample.csv; the shares linked go to standard error.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.model import Link
from kg.ontology import load_vocabulary
from kg.search.encoders import open_encoder
from kg.search.linking import open_linker
from kg.settings import Settings

LIBRARY = Path(__file__).parents[1] / "kg" / "library" / "synergies.csv"
SEED = 20261125


@dataclass(frozen=True)
class Asked:
    """A resource or process as the library has it."""

    text: str
    waste_code: str = ""


def main() -> None:
    """Print the sample."""
    vocabulary = load_vocabulary()
    linker = open_linker(vocabulary, open_encoder(Settings()))
    with LIBRARY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    resources = [Asked(text, code) for text, code in sorted({(row["resource"], row["ewc"]) for row in rows})]
    coded = [Asked(one.text, next(iter(vocabulary.resolve_waste(one.waste_code).concepts), "")) for one in resources]
    links = linker.link_materials(coded)
    processes = [Asked(text) for text in sorted({row["technology"] for row in rows if row["technology"]})]
    report("resources", links)
    report("technologies", linker.link_technologies(processes))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("resource", "waste_code", "links"))
    for at in sorted(random.Random(SEED).sample(range(len(resources)), 100)):  # noqa: S311 - a sample, no secret
        shown = " | ".join(f"{link.concept} {link.score:.2f}" for link in links[at])
        out.writerow((resources[at].text, resources[at].waste_code, shown))


def report(what: str, links: Sequence[tuple[Link, ...]]) -> None:
    """Share linked, to standard error."""
    linked = sum(bool(found) for found in links)
    print(f"{what}: {linked} of {len(links)} linked ({linked / len(links):.3f})", file=sys.stderr)


if __name__ == "__main__":
    main()
