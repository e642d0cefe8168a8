"""Known routes behind a sector: which ones, reached over which path, and how much each supports it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.model import Level, Route, SectorRole
from kg.search.knowledge import STRENGTHS, Knowledge
from kg.search.presenting import Presenter
from kg.search.question import Question, Reach
from kg.search.results import RouteSupport

DIRECT = ("same", "narrower")
"""Relations over which a route of the concept is a known route of what was asked; over others it is a guess."""


@dataclass(frozen=True, slots=True)
class Support:
    """A route with the path that leads to it from the question, and its weight: link times path times strength."""

    route: Route
    reach: Reach
    weight: float

    @property
    def direct(self) -> bool:
        """Whether it is a route of what was asked, not only of something broader or related."""
        return self.reach.relation in DIRECT


def supports(
    question: Question, knowledge: Knowledge, role: SectorRole, level: Level
) -> Mapping[str, Sequence[Support]]:
    """Routes by sector, in no order. For providers: usual sources of the linked materials, as routes of role
    `source`."""
    found: dict[str, list[Support]] = defaultdict(list)
    known = knowledge.receiving if role is SectorRole.RECEIVER else knowledge.giving
    for concept, reach in question.reach.items():
        for sector, route in known(concept, level):
            found[sector].append(Support(route, reach, reach.weight * STRENGTHS[route.strength] / STRENGTHS[3]))
    return found


def weightiest_first(there: Sequence[Support]) -> list[Support]:
    """Supports of one sector in the order they are shown in, ties by id."""
    if len(there) < 2:
        return list(there)
    return sorted(there, key=lambda support: (-round(support.weight, 9), support.route.id))


def shown(support: Support, presenter: Presenter) -> RouteSupport:
    """A support as it is shown."""
    route = support.route
    return RouteSupport(
        id=route.id,
        material=presenter.ref(route.material),
        technology=presenter.maybe(route.technology),
        sector=presenter.ref(route.receiver_sector),
        becomes=route.becomes,
        replaces=route.replaces,
        role=route.role,
        strength=route.strength,
        conditions=route.conditions,
        reference=route.reference,
        reference_checked=route.reference_checked,
        relation=support.reach.relation,
        path=support.reach.path,
        support=round(support.weight, 4),
    )
