"""Generated synergies for growth measurements: plausible in shape, invented in content, never mixed with the library.

    python benchmarks/generate.py 10000 > generated.csv

Each row takes a known route of the vocabulary and dresses it with the material's name in English, Chinese or
Portuguese, a place and an amount, so that text lengths, shares of concepts and vocabulary resemble the library's.
Texts repeat as seldom as the library's do: of 100 rows there 97 have a text of their own, 76 a resource in words of its
own, and an encoder saves nothing by remembering.
The programme column says `generated`. The same count gives the same file.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator

from kg.ontology import Vocabulary, load_vocabulary

COLUMNS = (
    "id", "provider_company", "provider_sector", "provider_nace", "receiver_company", "receiver_sector",
    "receiver_nace", "resource", "resource_kind", "ewc", "used_as", "technology", "country", "place", "programme",
    "year_start", "status", "quantity_value", "quantity_unit", "source_title", "source_publisher", "source_year",
    "confidence", "source_checked", "group",
)  # fmt: skip
_COUNTRIES = ("CN", "BR", "GB", "DE", "FR", "ES", "PT", "US", "JP", "KR", "SE", "DK", "FI", "NL", "IN", "AU", "ZA")
_DETAILS = ("lot", "line", "silo", "hall")
_OWN_RESOURCE = 0.7
_OWN_USE = 0.8


def _in_its_own_words(name: str, number: int, own: bool) -> str:
    return f"{name} {_DETAILS[number % len(_DETAILS)]} {number}" if own else name


def rows(count: int, vocabulary: Vocabulary, seed: int = 20) -> Iterator[dict[str, str]]:
    """`count` rows in the columns of the library file."""
    chance = random.Random(seed)  # noqa: S311 - shapes of test data, no secret
    routes = [route for route in vocabulary.routes if route.receiver_sector]
    for number in range(count):
        route = chance.choice(routes)
        material = vocabulary.concept(route.material)
        names = [vocabulary.label(material.id, language).text for language in ("en", "zh", "pt")]
        sectors = [m.target for m in material.mappings if m.target.startswith("nace2:")] or ["nace2:38.32"]
        provider = vocabulary.concept(chance.choice(sectors))
        receiver = vocabulary.concept(route.receiver_sector)
        technology = vocabulary.get(route.technology)
        yield {
            "id": f"generated-{number:07d}",
            "provider_company": f"Generated Works {chance.randrange(count)}",
            "provider_sector": vocabulary.label(provider.id).text,
            "provider_nace": provider.notation,
            "receiver_company": f"Generated User {chance.randrange(count)}",
            "receiver_sector": vocabulary.label(receiver.id).text,
            "receiver_nace": receiver.notation,
            "resource": _in_its_own_words(chance.choice(names), number, chance.random() < _OWN_RESOURCE),
            "resource_kind": "material",
            "ewc": "",
            "used_as": _in_its_own_words(route.becomes, number, chance.random() < _OWN_USE),
            "technology": vocabulary.label(technology.id).text if technology else "",
            "country": chance.choice(_COUNTRIES),
            "place": f"Site {chance.randrange(5000)}",
            "programme": "generated",
            "year_start": str(chance.randrange(1990, 2026)),
            "status": "operating",
            "quantity_value": str(chance.randrange(10, 90_000)),
            "quantity_unit": "t/yr",
            "source_title": f"Generated source {number // 3}",
            "source_publisher": "generated",
            "source_year": "2026",
            "confidence": "medium",
            "source_checked": "no",
            "group": f"generated-{number // 2}",
        }


def main() -> None:
    """Write the rows asked for to standard output."""
    writer = csv.DictWriter(sys.stdout, COLUMNS)
    writer.writeheader()
    writer.writerows(rows(int(sys.argv[1]), load_vocabulary()))


if __name__ == "__main__":
    main()
