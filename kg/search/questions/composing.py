"""Composes a short answer from results: every fact is one of theirs, every case has a numbered citation."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from kg.model import LANGUAGES, SectorRole, Source
from kg.search.questions.interpretation import Interpretation
from kg.search.questions.places import country_label
from kg.search.results import (
    Basis,
    Evidence,
    MarketAnswer,
    MarketSector,
    RecruitmentAnswer,
    SectorAnswer,
    SectorItem,
    SynergyAnswer,
)

Results = SectorAnswer | RecruitmentAnswer | MarketAnswer | SynergyAnswer

_PROVEN = (Basis.EVIDENCE, Basis.BOTH)
_SECTORS_NAMED = 4
_CASES_NAMED = 3
_CITED_PER_SECTOR = 2


@dataclass(frozen=True, slots=True)
class Citation:
    """A completed synergy the answer rests on, numbered as in the text."""

    number: int
    synergy: str
    title: str
    source: Source


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """An answer in words with its citations, how the question was read, and the whole results (None: none asked)."""

    question: str
    language: str
    interpretation: Interpretation
    answer: str
    citations: tuple[Citation, ...]
    results: Results | None


@dataclass(slots=True)
class _Writer:
    """Sentences of one language, collecting citations as they are written."""

    language: str
    phrases: Mapping[str, str]
    citations: list[Citation] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    def say(self, phrase: str, **facts: object) -> None:
        sentence = self.phrases[phrase].format(**facts)
        self.sentences.append(sentence[:1].upper() + sentence[1:])

    def listing(self, items: Iterable[str]) -> str:
        from babel.lists import format_list

        return format_list(list(items), locale=self.language)

    def countries(self, codes: Iterable[str]) -> str:
        return self.listing(country_label(code, self.language) for code in codes) or "–"

    def cite(self, synergy: str, title: str, source: Source) -> str:
        for known in self.citations:
            if known.synergy == synergy:
                return f"[{known.number}]"
        self.citations.append(Citation(len(self.citations) + 1, synergy, title, source))
        return f"[{len(self.citations)}]"

    def sectors(self, items: Sequence[SectorItem | MarketSector]) -> str:
        return self.listing(self._sector(item) for item in items[:_SECTORS_NAMED])

    def _sector(self, item: SectorItem | MarketSector) -> str:
        cited = "".join(self._evidence(evidence) for evidence in item.evidence[:_CITED_PER_SECTOR])
        count, countries = item.synergy_count, self.countries(item.countries[:3])
        text = self.phrases["sector"].format(
            sector=item.sector.label, count=count, countries=countries, citations=cited
        )
        return text.strip() if item.evidence else item.sector.label

    def _evidence(self, evidence: Evidence) -> str:
        return self.cite(evidence.synergy, evidence.title, evidence.source)


def compose(question: str, read: Interpretation, results: Results | None) -> QuestionAnswer:
    """The answer to a question in its own language. Without results it says what was not understood and what can be."""
    writer = _Writer(read.language, _phrases()[read.language if read.language in LANGUAGES else "en"])
    where = _where(writer, read)
    if isinstance(results, SectorAnswer):
        _sectors(writer, read, results, where)
    elif isinstance(results, RecruitmentAnswer):
        _recruitment(writer, read, results, where)
    elif isinstance(results, MarketAnswer):
        _markets(writer, read, results, where)
    elif isinstance(results, SynergyAnswer):
        _synergies(writer, results, where)
    else:
        writer.say("nothing_named" if _asked(read) else "unknown")
    if read.unused:
        writer.say("unused", list=", ".join(f"“{words}”" for words in read.unused))
    if results is None:
        writer.say("help")
    glue = "" if read.language == "zh" else " "
    return QuestionAnswer(question, read.language, read, glue.join(writer.sentences), tuple(writer.citations), results)


def _asked(read: Interpretation) -> bool:
    return any(name == "intent" for name, _ in read.words)


def _resource(read: Interpretation, query: str) -> str:
    return read.resource.label if read.resource else query


def _where(writer: _Writer, read: Interpretation) -> str:
    said = writer.phrases["place"].format(place=read.place) if read.place else ""
    if read.include_countries:
        said += writer.phrases["inside"].format(countries=writer.countries(read.include_countries))
    if read.exclude_countries:
        said += writer.phrases["outside"].format(countries=writer.countries(read.exclude_countries))
    if read.year_from and read.year_to:
        return said + writer.phrases["between"].format(first=read.year_from, last=read.year_to)
    if read.year_from:
        said += writer.phrases["since"].format(year=read.year_from)
    if read.year_to:
        said += writer.phrases["until"].format(year=read.year_to)
    return said


def _sectors(writer: _Writer, read: Interpretation, results: SectorAnswer, where: str) -> None:
    resource = _resource(read, results.query)
    proven = [item for item in results.items if item.basis in _PROVEN]
    known = [item for item in results.items if item.basis is Basis.ROUTE]
    if proven:
        phrase = "used_by" if results.role is SectorRole.RECEIVER else "given_by"
        writer.say(phrase, resource=resource, sectors=writer.sectors(proven), where=where)
    else:
        writer.say("none", resource=resource, where=where)
        if results.nearest:
            writer.say("nearest", list=writer.listing(near.resource for near in results.nearest[:3]))
    if known:
        writer.say("routes", sectors=writer.listing(item.sector.label for item in known[:_SECTORS_NAMED]))


def _recruitment(writer: _Writer, read: Interpretation, results: RecruitmentAnswer, where: str) -> None:
    resource = _resource(read, results.query)
    programme = results.programme or writer.phrases["the_programme"]
    targets = [target.item for target in results.recruit if target.item.basis is not Basis.ADJACENT]
    if targets:
        phrase = "recruit" if results.programme else "recruit_open"
        writer.say(phrase, resource=resource, programme=programme, sectors=writer.sectors(targets))
    elif results.present:
        writer.say("all_present", resource=resource, programme=programme)
    else:
        writer.say("none", resource=resource, where=where)
        if results.nearest:
            writer.say("nearest", list=writer.listing(near.resource for near in results.nearest[:3]))
    if results.present:
        names = (target.item.sector.label for target in results.present[:_SECTORS_NAMED])
        writer.say("present", sectors=writer.listing(names))


def _markets(writer: _Writer, read: Interpretation, results: MarketAnswer, where: str) -> None:
    technology = read.technology.label if read.technology else results.query
    feedstock, buyers = (
        [item for item in side if item.basis in _PROVEN] for side in (results.feedstock, results.buyers)
    )
    known = dict.fromkeys(
        item.sector.label for item in (*results.feedstock, *results.buyers) if item.basis is Basis.ROUTE
    )
    if not (feedstock or buyers):
        writer.say("none" if known else "no_market", resource=technology, technology=technology, where=where)
    if feedstock:
        writer.say("feedstock", technology=technology, sectors=writer.sectors(feedstock), where=where)
    if buyers:
        writer.say("buyers", sectors=writer.sectors(buyers))
    if known:
        writer.say("routes", sectors=writer.listing(list(known)[:_SECTORS_NAMED]))


def _synergies(writer: _Writer, results: SynergyAnswer, where: str) -> None:
    if not results.items:
        writer.say("no_synergies", where=where)
        return
    named = [f"{hit.title} {writer.cite(hit.id, hit.title, hit.source)}" for hit in results.items[:_CASES_NAMED]]
    writer.say("synergies", total=results.total, where=where, list=writer.listing(named))


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    text = files("kg.search.questions").joinpath("phrases.toml").read_text(encoding="utf-8")
    loaded: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return loaded
