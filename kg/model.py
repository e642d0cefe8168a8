"""The nouns of industrial symbiosis, frozen and free of I/O.

A *synergy* is an exchange between a provider and a receiver; it moves one or more *flows*, each of one resource.
A *member* is an organisation's site in a programme, with the resources it has or wants. Every record keeps the words
the user wrote beside the concepts they were linked to, and knows its source and its batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LANGUAGES = ("en", "zh", "pt", "es", "fr", "de")
"""The languages every thesaurus label is written in, in order of fallback."""


class LabelKind(StrEnum):
    """How a label names its concept (SKOS), plus the notation, which is a code."""

    PREF = "pref"
    ALT = "alt"
    HIDDEN = "hidden"
    NOTATION = "notation"


class Relation(StrEnum):
    """SKOS mapping relations, from the concept that carries the mapping to its target."""

    EXACT = "exact"
    CLOSE = "close"
    BROAD = "broad"
    NARROW = "narrow"
    RELATED = "related"


class ResourceKind(StrEnum):
    MATERIAL = "material"
    ENERGY = "energy"
    WATER = "water"
    OTHER = "other"


class Level(StrEnum):
    """Depth at which sectors are counted together."""

    SECTION = "section"
    DIVISION = "division"
    GROUP = "group"
    CLASS = "class"


class SectorRole(StrEnum):
    RECEIVER = "receiver"
    PROVIDER = "provider"


class SynergyStatus(StrEnum):
    """Stage of a synergy. `operating`, `ended` and `unknown` all did run: they are the completed ones."""

    IDEA = "idea"
    DISCUSSION = "discussion"
    NEGOTIATION = "negotiation"
    IMPLEMENTATION = "implementation"
    OPERATING = "operating"
    ENDED = "ended"
    UNKNOWN = "unknown"
    LOST = "lost"

    @property
    def completed(self) -> bool:
        """Whether the exchange was put into operation, and so counts as evidence."""
        return self in (SynergyStatus.OPERATING, SynergyStatus.ENDED, SynergyStatus.UNKNOWN)


class ResourceRole(StrEnum):
    HAVE = "have"
    WANT = "want"


class LinkMethod(StrEnum):
    """What made a link: a code, a label found in the text, the nearest label by meaning, or a person's word."""

    CODE = "code"
    LABEL = "label"
    VECTOR = "vector"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Label:
    """One name of a concept. `language` is a BCP 47 tag, or empty for an untagged label or a notation."""

    text: str
    language: str
    kind: LabelKind


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping to a concept of another scheme."""

    relation: Relation
    target: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A SKOS concept. `id` is `scheme:local` (`material:fly-ash`, `nace2:23.51`, `low:100102`); tuples are sorted.

    `valid_from` and `valid_to` are ISO dates or empty. `attributes` holds what only some schemes have, as strings:
    `hazardous` and `entry_type` of a waste code, `properties` of a material, `maturity` of a technology.
    """

    id: str
    scheme: str
    notation: str
    labels: tuple[Label, ...]
    definition: str = ""
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    replaced_by: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A known way to use a material: knowledge, never evidence.

    `strength`: 3 mainstream in many countries, 2 established, 1 niche but proven at full scale.
    `reference_checked`: `confirmed` (the document exists under this name), `doubtful`, or empty (not looked up).
    """

    id: str
    material: str
    technology: str
    becomes: str
    replaces: str
    receiver_sector: str
    role: str
    strength: int
    conditions: str = ""
    reference: str = ""
    reference_checked: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A judgement that words name a concept: which label in which language matched, how, and how sure (0 to 1)."""

    concept: str
    score: float
    method: LinkMethod
    label: str = ""
    language: str = ""
    label_kind: LabelKind = LabelKind.PREF
    matched_text: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a normalised unit (`t`, `m3`, `MWh`, a count; `/yr` when it is a rate), with the words as given.

    `value` is None when the words hold no single number; `as_stated` is never empty for a quantity that was given.
    """

    value: float | None
    unit: str
    as_stated: str


@dataclass(frozen=True, slots=True)
class Contact:
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Provider or receiver of a synergy. The organisation may be unknown (empty) when only its sector was published.

    `sector` is the id of a sector concept or empty; `sector_code` is the code as the user wrote it.
    """

    organisation: str = ""
    organisation_id: str = ""
    site: str = ""
    sector_text: str = ""
    sector_code: str = ""
    sector: str = ""
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """One resource moving in a synergy."""

    resource: str
    kind: ResourceKind = ResourceKind.MATERIAL
    materials: tuple[Link, ...] = ()
    waste_code_text: str = ""
    waste_code: str = ""
    quantity: Quantity | None = None
    used_as: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a synergy achieved. `metric` is a concept id of the metric scheme, or empty when unknown."""

    metric: str
    value: float | None
    unit: str
    as_stated: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read. `checked` says whether the fields were read from the source's own text."""

    title: str = ""
    publisher: str = ""
    year: int | None = None
    url: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Synergy:
    """An exchange between a provider and a receiver. `group` ties related records (same source, company or chain)."""

    id: str
    title: str
    provider: Party
    receiver: Party
    flows: tuple[Flow, ...]
    technology: str = ""
    technologies: tuple[Link, ...] = ()
    country: str = ""
    place: str = ""
    programme: str = ""
    year_start: int | None = None
    status: SynergyStatus = SynergyStatus.UNKNOWN
    outcomes: tuple[Outcome, ...] = ()
    source: Source = field(default_factory=Source)
    confidence: str = ""
    group: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> ResourceKind:
        """Kind of the first flow, by which synergies are filtered."""
        return self.flows[0].kind if self.flows else ResourceKind.OTHER


@dataclass(frozen=True, slots=True)
class MemberResource:
    """A resource a member has or wants, with what happens to it today (`fate`)."""

    id: str
    role: ResourceRole
    resource: str
    kind: ResourceKind = ResourceKind.MATERIAL
    materials: tuple[Link, ...] = ()
    waste_code_text: str = ""
    waste_code: str = ""
    quantity: Quantity | None = None
    frequency: str = ""
    fate: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One site of an organisation in a programme. `id` is the site's; coordinates are WGS 84 degrees or None."""

    id: str
    organisation: str
    organisation_id: str
    programme: str
    site: str = ""
    place: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    sector_text: str = ""
    sector_code: str = ""
    sector: str = ""
    resources: tuple[MemberResource, ...] = ()
    contact: Contact | None = None
    fictitious: bool = False
    extra: tuple[tuple[str, str], ...] = ()


Record = Synergy | Member
"""What a batch writes: the unit that is created, updated, undone."""
