"""What can be asked, as a user writes it: one definition from which the command line and the API both take theirs.

Concept filters take an id (`material:fly-ash`), an official code (`23.51`, `10 01 02`) or a label in any of the six
languages. Values of one filter are alternatives, different filters all hold.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from kg.model import Level, ResourceKind, SectorRole, SynergyStatus
from kg.search.questions import Interpretation

Words = tuple[str, ...]
EXAMPLE_PROGRAMME = "Jiangsu Circular Parks (fictitious)"
"""The programme of the example members that ship with the product."""


class Language(StrEnum):
    """Languages that labels are shown in."""

    EN = "en"
    ZH = "zh"
    PT = "pt"
    ES = "es"
    FR = "fr"
    DE = "de"


class Query(BaseModel):
    """Base of all queries: immutable, and an unknown parameter is refused rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    limit: int = Field(default=20, ge=1, description="Most items to return")
    lang: Language = Field(default=Language.EN, description="Language of the labels shown", examples=["zh"])


class EvidenceQuery(Query):
    """Filters on the completed synergies that an answer may rest on."""

    material: Words = Field(default=(), description="Material: id, waste code or label", examples=["material:fly-ash"])
    country: Words = Field(default=(), description="Country: ISO 3166 code of two letters", examples=["GB"])
    exclude_country: Words = Field(default=(), description="Country to leave out", examples=["CN"])
    place: Words = Field(
        default=(), description="Province, town or park, in the words of the records", examples=["Kalundborg"]
    )
    kind: tuple[ResourceKind, ...] = Field(default=(), description="Kind of resource", examples=["material"])
    year_from: int | None = Field(default=None, ge=1800, le=2200, description="Started then or later", examples=[2000])
    year_to: int | None = Field(default=None, ge=1800, le=2200, description="Started then or before", examples=[2020])
    status: tuple[SynergyStatus, ...] = Field(default=(), description="Stage of the synergy", examples=["operating"])


class TechnologyFilter(Query):
    """Filter on what was done to the resource."""

    technology: Words = Field(default=(), description="Technology: id or label", examples=["technology:pyrolysis"])


class ProgrammeQuery(EvidenceQuery, TechnologyFilter):
    """All filters, the programmes that facilitated the synergies included."""

    programme: Words = Field(
        default=(), description="Programme that facilitated the synergy", examples=["Kalundborg Symbiosis"]
    )
    sector: Words = Field(default=(), description="Sector of either party: id, code or label", examples=["23"])
    receiver_sector: Words = Field(default=(), description="Sector that takes: id, code or label", examples=["23.51"])
    provider_sector: Words = Field(default=(), description="Sector that gives: id, code or label", examples=["35.11"])


class SynergyQuery(ProgrammeQuery):
    """Find synergies. Without `q` and `resource` all that pass the filters are listed, by id."""

    q: str = Field(default="", description="What to look for, in words", examples=["fly ash in concrete"])
    resource: str = Field(default="", description="Resource: words, concept id or waste code", examples=["10 01 02"])
    cursor: str = Field(default="", description="`next_cursor` of the page before")


class SectorQuery(ProgrammeQuery):
    """Which sectors take (or give) a resource."""

    resource: str = Field(
        min_length=1, description="Resource: words in any language, concept id or waste code", examples=["fly ash"]
    )
    role: SectorRole = Field(default=SectorRole.RECEIVER, description="Sectors that take the resource, or that give it")
    level: Level = Field(default=Level.DIVISION, description="How finely sectors are told apart", examples=["class"])
    limit: int = Field(default=10, ge=1, description="Most sectors to return")


class RecruitmentQuery(EvidenceQuery, TechnologyFilter):
    """Which sectors a programme should recruit for a resource."""

    resource: str = Field(
        min_length=1, description="Resource: words in any language, concept id or waste code", examples=["straw"]
    )
    programme: str = Field(
        min_length=1, description="Programme that recruits, as its members' file names it", examples=[EXAMPLE_PROGRAMME]
    )
    level: Level = Field(default=Level.DIVISION, description="How finely sectors are told apart", examples=["group"])


class MarketQuery(EvidenceQuery):
    """Who feeds a technology and who buys what it makes."""

    technology: str = Field(
        min_length=1, description="Technology: words or concept id", examples=["anaerobic digestion"]
    )
    programme: str = Field(
        default="", description="Programme whose members' resources are compared", examples=[EXAMPLE_PROGRAMME]
    )
    level: Level = Field(default=Level.DIVISION, description="How finely sectors are told apart", examples=["group"])


class ConceptQuery(Query):
    """Find concepts by words, code or id."""

    q: str = Field(default="", description="Words, code or id; empty lists all", examples=["ash", "10 01 02", "23.51"])
    scheme: str = Field(default="", description="Only this scheme", examples=["material"])


class AskQuery(BaseModel):
    """A question in plain language, or an interpretation sent back edited."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    question: str = Field(min_length=1, description="The question", examples=["Who outside China took straw?"])
    language: Language | None = Field(default=None, description="Language of the question; recognised when left away")
    programme: str = Field(default="", description="Programme that asks, for recruitment and markets")
    interpretation: Interpretation | None = Field(
        default=None, description="`interpretation` of an earlier answer, edited: it stands as it is"
    )
