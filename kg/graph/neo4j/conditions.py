"""Filters as Neo4j understands them: as a `WHERE` over cards, and as what a vector index can check inside itself.

A vector index filters by equality, `IN` and ranges joined by `AND`. An exclusion of countries becomes an `IN` over the
rest; hidden groups and ids are few, so as many more neighbours are asked for as are hidden; what an index cannot hold
(the materials of a card are a list) is scored exactly over the cards that pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.graph.protocol import Filters

_ONE_OF = (
    ("country", "countries"),
    ("place", "places"),
    ("programme", "programmes"),
    ("kind", "kinds"),
    ("status", "statuses"),
    ("provider_sector", "provider_sectors"),
    ("receiver_sector", "receiver_sectors"),
)
_LISTS = (("materials", "materials"), ("technologies", "technologies"))


@dataclass(frozen=True, slots=True)
class Conditions:
    """A condition over cards named `c` and its parameters; `where` is empty or starts with `WHERE`."""

    where: str
    parameters: dict[str, object]


def over_cards(filters: Filters, also: str = "") -> Conditions:
    """Every filter as one `WHERE` over `c`; `also` is a further condition of the caller's."""
    clauses, parameters = _indexable(filters)
    for prop, field in _LISTS:
        if values := getattr(filters, field):
            clauses.append(f"any(x IN c.{prop} WHERE x IN $f_{field})")
            parameters[f"f_{field}"] = sorted(values)
    if filters.sectors:
        clauses.append("(c.provider_sector IN $f_sectors OR c.receiver_sector IN $f_sectors)")
        parameters["f_sectors"] = sorted(filters.sectors)
    for prop, field in (
        ("country", "exclude_countries"),
        ("group", "exclude_groups"),
        ("id", "exclude_ids"),
    ):
        if values := getattr(filters, field):
            clauses.append(f"NOT c.{prop} IN $f_{field}")
            parameters[f"f_{field}"] = sorted(values)
    return Conditions(_where([*clauses, *([also] if also else [])]), parameters)


def inside_index(filters: Filters, countries: list[str]) -> Conditions:
    """What the vector index checks itself. `countries` are all that occur: those not excluded are asked for.

    Hidden groups and ids are not in it, and neither are list properties: see `needs_exact` and `hides`.
    """
    clauses, parameters = _indexable(filters)
    if filters.exclude_countries:
        kept = (set(countries) & filters.countries if filters.countries else set(countries)) - filters.exclude_countries
        clauses = [c for c in clauses if not c.startswith("c.country ")] + ["c.country IN $f_countries"]
        parameters["f_countries"] = sorted(kept)
    return Conditions(_where(clauses), parameters)


def needs_exact(filters: Filters) -> bool:
    """Whether a filter cannot be checked inside a vector index."""
    return bool(filters.materials or filters.technologies or filters.sectors)


def hides(filters: Filters) -> bool:
    """Whether single records are hidden."""
    return bool(filters.exclude_groups or filters.exclude_ids)


def _indexable(filters: Filters) -> tuple[list[str], dict[str, object]]:
    clauses: list[str] = []
    parameters: dict[str, object] = {}
    for prop, field in _ONE_OF:
        if values := getattr(filters, field):
            clauses.append(f"c.{prop} IN $f_{field}")
            parameters[f"f_{field}"] = sorted(values)
    for sign, field in ((">=", "year_from"), ("<=", "year_to")):
        if (year := getattr(filters, field)) is not None:
            clauses.append(f"c.year {sign} $f_{field}")
            parameters[f"f_{field}"] = year
    return clauses, parameters


def _where(clauses: list[str]) -> str:
    return f"WHERE {' AND '.join(clauses)}" if clauses else ""


def hidden(filters: Filters) -> dict[str, object]:
    """Parameters that name the groups and ids a question hides."""
    return {"groups": sorted(filters.exclude_groups), "hidden_ids": sorted(filters.exclude_ids)}
