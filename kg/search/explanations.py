"""Sentences composed from the facts of an answer, and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from kg.search.results import Basis, Evidence, RouteSupport

_STRENGTH_WORDS = {3: "mainstream", 2: "established", 1: "niche"}
_NAMED = 3


def sector_sentence(
    label: str,
    basis: Basis,
    counts: tuple[int, int],
    countries: Sequence[str],
    evidence: Sequence[Evidence],
    routes: Sequence[RouteSupport],
) -> str:
    """Why a sector is in an answer. `counts` are synergies and independent precedents."""
    parts = []
    if evidence:
        parts.append(_evidence_part(counts, countries, evidence))
    if routes and basis is not Basis.ADJACENT:
        parts.append(route_part(routes))
    if basis is Basis.ADJACENT:
        parts.append(_adjacent_part(routes))
    return f"{label}: {'; '.join(parts)}."


def _evidence_part(counts: tuple[int, int], countries: Sequence[str], evidence: Sequence[Evidence]) -> str:
    synergies, precedents = counts
    text = f"{plural(synergies, 'completed synergy', 'completed synergies')}"
    if precedents != synergies:
        text += f" from {plural(precedents, 'independent source', 'independent sources')}"
    if countries:
        text += f" in {listed(countries)}"
    uses = list(dict.fromkeys(e.used_as for e in evidence if e.used_as))[:2]
    return f"{text}, used as {' and as '.join(uses)}" if uses else text


def route_part(routes: Sequence[RouteSupport]) -> str:
    """The strongest known routes in words; says when no reference is verified."""
    best = routes[0]
    strongest = max(route.strength for route in routes)
    what = best.becomes or f"usual source of {best.material.label}"
    text = f"{plural(len(routes), 'known route', 'known routes')} ({_STRENGTH_WORDS[strongest]}), such as {what}"
    if not any(route.reference_checked == "confirmed" for route in routes):
        text += ", not verified"
    return text


def _adjacent_part(routes: Sequence[RouteSupport]) -> str:
    if not routes:
        return "a guess: no completed synergy, no known route; only close resources or offers worded alike point here"
    best = routes[0]
    return (
        f"a guess: no completed synergy, but {best.material.label} ({best.relation} of what was asked) is known to"
        f" become {best.becomes or 'of use'} here"
    )


def plural(count: int, one: str, many: str) -> str:
    """`1 known route`, `3 known routes`."""
    return f"{count} {one if count == 1 else many}"


def listed(names: Sequence[str], most: int = _NAMED) -> str:
    """`GB, SE and DK`, or the first few `and 4 more`."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
