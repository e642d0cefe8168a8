"""What search answers: frozen dataclasses, serialised as they are at the faces. No logic, no I/O.

Three kinds of ground are told apart everywhere and never mixed: *evidence* (completed synergies), *routes* (known ways
to use a material) and *adjacent* guesses (a close material suggests it, nobody has shown it). `score` orders one
answer; `confidence` is calibrated: of the items called 0.8, about 8 in 10 hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kg.model import Level, Outcome, SectorRole, Source, Synergy


class Basis(StrEnum):
    """What stands behind a sector: completed synergies, known routes, both, or only a close material."""

    EVIDENCE = "evidence"
    ROUTE = "route"
    BOTH = "both"
    ADJACENT = "adjacent"


@dataclass(frozen=True, slots=True)
class ConceptRef:
    """A concept as shown: its id, scheme, official code (empty where it has none) and label in the asked language.

    `language` is the label's own, so that a fallback is visible.
    """

    id: str
    scheme: str
    code: str
    label: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LinkedConcept:
    """How words of the query were read as a concept: which label in which language, of what kind, how sure (0 to 1)."""

    concept: ConceptRef
    score: float
    method: str
    label: str = ""
    language: str = ""
    label_kind: str = ""
    matched_text: str = ""


@dataclass(frozen=True, slots=True)
class ViewRank:
    """Rank (from 1) that a view (`concepts`, `vectors`, `words`) gave a candidate."""

    view: str
    rank: int


@dataclass(frozen=True, slots=True)
class Match:
    """Why a synergy matched.

    `asked` and `found` are the query's and the synergy's concept; `relation` is `same`, `narrower`, `broader`,
    `related` or `code`, `path` the concept ids from one to the other, both ends included. `label` in `label_language`
    is what the query's words matched. `words` are analysed words both share; `similarity` is the cosine of the texts.
    """

    views: tuple[ViewRank, ...] = ()
    asked: ConceptRef | None = None
    found: ConceptRef | None = None
    relation: str = ""
    path: tuple[str, ...] = ()
    label: str = ""
    label_language: str = ""
    words: tuple[str, ...] = ()
    similarity: float = 0.0
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: normalised where the words held one number, and always as stated."""

    value: float | None
    unit: str
    as_stated: str


@dataclass(frozen=True, slots=True)
class SynergyHit:
    """One synergy in a list, with why it is there. `outcomes` are words such as `co2_avoided 6600 t`."""

    rank: int
    id: str
    title: str
    score: float
    resource: str
    kind: str
    used_as: str
    replaces: str
    technology: str
    provider: str
    provider_sector: ConceptRef | None
    receiver: str
    receiver_sector: ConceptRef | None
    country: str
    place: str
    programme: str
    year: int | None
    status: str
    confidence: str
    quantity: Amount | None
    outcomes: tuple[str, ...]
    source: Source
    batch: str
    match: Match


@dataclass(frozen=True, slots=True)
class SynergyAnswer:
    """A page of ranked synergies. `total` counts all that match; `next_cursor` is empty on the last page.

    `facets` count by field and value over everything that passes the filters and matches, not only this page.
    """

    query: str
    items: tuple[SynergyHit, ...]
    total: int
    linked: tuple[LinkedConcept, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class SynergyDetail:
    """One synergy whole, its concepts with labels, and synergies like it."""

    synergy: Synergy
    provider_sector: ConceptRef | None
    receiver_sector: ConceptRef | None
    materials: tuple[LinkedConcept, ...]
    technologies: tuple[LinkedConcept, ...]
    waste_code: ConceptRef | None
    batch: str
    related: tuple[SynergyHit, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A completed synergy behind an answer. `matched` says in words what matched; `relevance` is 0 to 1."""

    synergy: str
    title: str
    matched: str
    relevance: float
    source: Source
    resource: str
    used_as: str
    provider: str
    receiver: str
    provider_sector: ConceptRef | None
    receiver_sector: ConceptRef | None
    country: str
    place: str
    programme: str
    year: int | None
    quantity: Amount | None
    outcomes: tuple[str, ...] = ()
    match: Match = field(default_factory=Match)


@dataclass(frozen=True, slots=True)
class RouteSupport:
    """A known route that points to a sector: knowledge, not a precedent.

    `strength`: 3 mainstream, 2 established, 1 niche. `relation` and `path` lead from the asked material to the route's
    own. `reference` is unverified unless `reference_checked` is `confirmed`. `support` is its part of the score.
    """

    id: str
    material: ConceptRef
    technology: ConceptRef | None
    sector: ConceptRef
    becomes: str
    replaces: str
    role: str
    strength: int
    conditions: str
    reference: str
    reference_checked: str
    relation: str
    path: tuple[str, ...]
    support: float


@dataclass(frozen=True, slots=True)
class SectorItem:
    """A sector worth talking to, with its grounds.

    `synergy_count`, `countries`, `programmes`, `technologies` and `quantities` (sums by unit) are of the relevant
    completed synergies, of which `evidence` shows the best. `features` are the named parts of `score`; they sum to it.
    """

    rank: int
    sector: ConceptRef
    score: float
    confidence: float
    basis: Basis
    synergy_count: int
    precedent_count: int
    countries: tuple[str, ...]
    programmes: tuple[str, ...]
    technologies: tuple[str, ...]
    quantities: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    routes: tuple[RouteSupport, ...]
    features: Mapping[str, float]
    explanation: str


@dataclass(frozen=True, slots=True)
class NearestResource:
    """A resource that has been used, close to one that has not: how close (cosine) and in how many synergies."""

    resource: str
    similarity: float
    synergy_count: int
    synergy: str
    concept: ConceptRef | None = None


@dataclass(frozen=True, slots=True)
class SectorAnswer:
    """Ranked sectors for a resource. When nobody has used it `items` holds no evidence, `note` says so and `nearest`
    names the closest resources that have been used. `evidence_count`, `route_count` and `adjacent_count` count items
    with evidence, items resting on routes alone, and adjacent guesses."""

    query: str
    role: SectorRole
    level: Level
    items: tuple[SectorItem, ...]
    linked: tuple[LinkedConcept, ...] = ()
    nearest: tuple[NearestResource, ...] = ()
    evidence_count: int = 0
    route_count: int = 0
    adjacent_count: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class MemberRef:
    """A member of the programme, as shown in an answer. `wants` are its wanted resources that fit the query."""

    id: str
    organisation: str
    site: str
    place: str
    sector: ConceptRef | None
    fictitious: bool = False
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """A member that holds a resource that fits, with the amount, its present fate and how well it fits (0 to 1)."""

    member: MemberRef
    resource: str
    concept: ConceptRef | None
    quantity: Amount | None
    fate: str
    relevance: float
    matched: str


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """An outcome reported by one synergy, with where it was read."""

    synergy: str
    outcome: Outcome
    source: Source


@dataclass(frozen=True, slots=True)
class BusinessCase:
    """What to tell a company to be recruited: what was done elsewhere, where, how much, with what result.

    `headline` is one sentence composed from the facts below it; `held` sums what the programme's members hold of the
    resource, by unit.
    """

    headline: str
    uses: tuple[str, ...]
    countries: tuple[str, ...]
    programmes: tuple[str, ...]
    quantities: Mapping[str, float]
    held: Mapping[str, float]
    outcomes: tuple[CaseOutcome, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class RecruitmentTarget:
    """A sector with the programme's own members in it (`members`, empty when it is to be recruited) and its case."""

    item: SectorItem
    members: tuple[MemberRef, ...]
    case: BusinessCase


@dataclass(frozen=True, slots=True)
class RecruitmentAnswer:
    """Sectors for a resource, split by whether the programme has members there."""

    query: str
    programme: str
    member_count: int
    present: tuple[RecruitmentTarget, ...]
    recruit: tuple[RecruitmentTarget, ...]
    holders: tuple[Holder, ...] = ()
    linked: tuple[LinkedConcept, ...] = ()
    nearest: tuple[NearestResource, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class MarketSector:
    """A sector on one side of a technology, with precedents and routes. `resources` are what it gives or takes."""

    rank: int
    sector: ConceptRef
    score: float
    basis: Basis
    synergy_count: int
    precedent_count: int
    countries: tuple[str, ...]
    resources: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    routes: tuple[RouteSupport, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class MarketAnswer:
    """The market of a technology: who feeds it, who buys what it makes, what members hold that fits."""

    query: str
    technology: ConceptRef | None
    linked: tuple[LinkedConcept, ...]
    inputs: tuple[ConceptRef, ...]
    outputs: tuple[str, ...]
    feedstock: tuple[MarketSector, ...]
    buyers: tuple[MarketSector, ...]
    programme: str = ""
    holders: tuple[Holder, ...] = ()
    note: str = ""
