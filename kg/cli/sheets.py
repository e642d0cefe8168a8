"""Answers as rows for tables and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.cli.output import Column, Sheet, amounts, listed

if TYPE_CHECKING:
    from kg.model import Source
    from kg.search.evaluation import Evaluation
    from kg.search.questions.composing import QuestionAnswer
    from kg.search.results import (
        ConceptRef,
        Evidence,
        LinkedConcept,
        MarketAnswer,
        MarketSector,
        NearestResource,
        RecruitmentAnswer,
        RecruitmentTarget,
        SectorAnswer,
        SectorItem,
        SynergyAnswer,
        SynergyDetail,
    )
    from kg.service.answers import ConceptAnswer, ConceptDetail, Status


def sector_name(sector: ConceptRef | None) -> str:
    """Code and label of a sector, or empty."""
    return f"{sector.code} {sector.label}".strip() if sector else ""


def read_as(linked: Sequence[LinkedConcept]) -> list[str]:
    """How the question was read."""
    return [f"Read as: {listed([f'{one.concept.label} ({one.concept.id})' for one in linked])}"] if linked else []


def closest(nearest: Iterable[NearestResource]) -> list[str]:
    """Resources that have been used, close to one that has not."""
    counted = ((one, "synergy" if one.synergy_count == 1 else "synergies") for one in nearest)
    return [f"Near: {one.resource} ({one.synergy_count} {word}, e.g. {one.synergy})" for one, word in counted]


def source_words(source: Source) -> str:
    """Title, publisher and year of a source."""
    return ", ".join(filter(None, (source.title, source.publisher, str(source.year or ""))))


def _cases(evidence: Sequence[Evidence]) -> str:
    return " | ".join(f"{one.synergy}: {one.title}" for one in evidence)


def of_answer(answer: QuestionAnswer) -> Sheet:
    """An answer in words: the cases it cites as rows, and how the question was read after them."""
    read = answer.interpretation
    words = "; ".join(f"{name} from “{said}”" for name, said in read.words)
    return Sheet(
        (Column("no", number=True), Column("case"), Column("id"), Column("source")),
        [(one.number, one.title, one.synergy, source_words(one.source)) for one in answer.citations],
        before=[answer.answer],
        after=[f"Understood as {read.intent}: {words}." if words else "Nothing was understood."],
    )


def of_sectors(answer: SectorAnswer) -> Sheet:
    """Ranked sectors."""
    columns = (*_SECTOR_COLUMNS, Column("explanation", wide=True))
    return Sheet(
        columns,
        [(*_sector_row(item), item.explanation) for item in answer.items],
        before=read_as(answer.linked),
        after=[*filter(None, (answer.note,)), *closest(answer.nearest)],
    )


_SECTOR_COLUMNS = (
    Column("rank", number=True),
    Column("code"),
    Column("sector"),
    Column("score", number=True),
    Column("basis"),
    Column("synergies", number=True),
    Column("countries"),
    Column("quantity", wide=True),
    Column("technologies", wide=True),
    Column("programmes", wide=True),
    Column("example"),
    Column("evidence", wide=True),
    Column("sources", wide=True),
    Column("routes", wide=True),
)


def _sector_row(item: SectorItem) -> tuple[object, ...]:
    routes = " | ".join(f"{route.material.label}: {route.becomes}" for route in item.routes)
    example = item.evidence[0].title if item.evidence else (f"route: {item.routes[0].becomes}" if item.routes else "")
    return (
        item.rank,
        item.sector.code,
        item.sector.label,
        item.score,
        item.basis.value,
        item.synergy_count,
        listed(item.countries),
        amounts(item.quantities),
        "; ".join(item.technologies),
        "; ".join(item.programmes),
        example,
        _cases(item.evidence),
        " | ".join(one.source.url or source_words(one.source) for one in item.evidence),
        routes,
    )


def of_recruitment(answer: RecruitmentAnswer) -> Sheet:
    """Sectors to recruit, then those the programme has."""
    # a list to work from: whom to see comes before how it was scored
    shown = [replace(one, wide=one.wide or one.name in ("rank", "score", "countries")) for one in _SECTOR_COLUMNS]
    columns = (Column("to do"), *shown, Column("members"), Column("case", wide=True))

    def row(what: str, target: RecruitmentTarget) -> tuple[object, ...]:
        members = listed([member.organisation for member in target.members])
        return (what, *_sector_row(target.item), members, target.case.headline)

    rows = [row("recruit", target) for target in answer.recruit] + [row("talk to", one) for one in answer.present]
    held = [f"Held by {one.member.organisation}: {one.resource} ({one.fate})" for one in answer.holders[:5]]
    before = [f"{answer.programme}: {answer.member_count} members", *read_as(answer.linked), *held]
    cases = [target.case.headline for target in answer.recruit[:3]]
    return Sheet(columns, rows, before=before, after=[*cases, *filter(None, (answer.note,)), *closest(answer.nearest)])


def of_market(answer: MarketAnswer) -> Sheet:
    """Both sides of a technology's market."""
    columns = (
        Column("side"),
        Column("rank", number=True),
        Column("code"),
        Column("sector"),
        Column("score", number=True),
        Column("basis"),
        Column("synergies", number=True),
        Column("countries"),
        Column("resources"),
        Column("evidence", wide=True),
        Column("explanation", wide=True),
    )

    def row(side: str, item: MarketSector) -> tuple[object, ...]:
        return (
            side,
            item.rank,
            item.sector.code,
            item.sector.label,
            item.score,
            item.basis.value,
            item.synergy_count,
            listed(item.countries),
            listed(item.resources, 2),
            _cases(item.evidence),
            item.explanation,
        )

    rows = [row("feeds it", one) for one in answer.feedstock] + [row("buys from it", one) for one in answer.buyers]
    held = [f"Held by {one.member.organisation}: {one.resource} ({one.fate})" for one in answer.holders[:5]]
    return Sheet(columns, rows, before=[*read_as(answer.linked), *held], after=list(filter(None, (answer.note,))))


def of_synergies(answer: SynergyAnswer) -> Sheet:
    """A page of synergies."""
    columns = (
        Column("rank", number=True),
        Column("id"),
        Column("score", number=True, wide=True),
        Column("resource"),
        Column("used as"),
        Column("taken by"),
        Column("receiver sector", wide=True),
        Column("country"),
        Column("year", number=True, wide=True),
        Column("why", wide=True),
        Column("title", wide=True),
        Column("source", wide=True),
    )
    rows = [
        (
            hit.rank,
            hit.id,
            hit.score,
            hit.resource,
            hit.used_as,
            hit.receiver_sector.code if hit.receiver_sector else "",
            sector_name(hit.receiver_sector),
            hit.country,
            hit.year,
            hit.match.sentence,
            hit.title,
            hit.source.url or source_words(hit.source),
        )
        for hit in answer.items
    ]
    more = [f"Next page: --cursor {answer.next_cursor}"] if answer.next_cursor else []
    found = f"{answer.total} synergies"
    return Sheet(columns, rows, before=read_as(answer.linked), after=[found, *more])


def of_synergy(detail: SynergyDetail) -> Sheet:
    """One synergy as names and values."""
    synergy = detail.synergy
    rows: list[tuple[str, object]] = [
        ("id", synergy.id),
        ("title", synergy.title),
        ("provider", f"{synergy.provider.organisation} ({sector_name(detail.provider_sector)})"),
        ("receiver", f"{synergy.receiver.organisation} ({sector_name(detail.receiver_sector)})"),
    ]
    for flow in synergy.flows:
        stated = f" ({flow.quantity.as_stated})" if flow.quantity else ""
        rows += [("resource", flow.resource + stated), ("used as", flow.used_as), ("replaces", flow.replaces)]
    rows += [
        ("materials", listed([f"{one.concept.label} ({one.concept.id})" for one in detail.materials])),
        ("waste code", sector_name(detail.waste_code)),
        ("technology", synergy.technology),
        ("technologies", listed([f"{one.concept.label} ({one.concept.id})" for one in detail.technologies])),
        ("where", f"{synergy.place} {synergy.country}".strip()),
        ("programme", synergy.programme),
        ("since", synergy.year_start),
        ("status", synergy.status.value),
        *(("outcome", outcome.as_stated) for outcome in synergy.outcomes),
        ("source", source_words(synergy.source)),
        ("address", synergy.source.url),
        ("batch", detail.batch),
    ]
    related = [f"Related: {hit.id}: {hit.title}" for hit in detail.related]
    return Sheet((Column(""), Column("")), [row for row in rows if row[1] not in ("", None)], after=related)


def of_concepts(answer: ConceptAnswer) -> Sheet:
    """Concepts that were found."""
    columns = (Column("id"), Column("code"), Column("label"), Column("matched"), Column("synergies", number=True))
    rows = [
        (hit.concept.id, hit.concept.code, hit.concept.label, f"{hit.matched} [{hit.language or hit.how}]",
         hit.synergy_count) for hit in answer.items
    ]  # fmt: skip
    return Sheet(columns, rows, after=[f"{answer.total} concepts"])


def of_concept(detail: ConceptDetail) -> Sheet:
    """One concept as names and values."""

    def refer(concepts: Iterable[ConceptRef]) -> str:
        return "; ".join(f"{one.label} ({one.id})" for one in concepts)

    labels = [
        (f"labels {language}".strip(), "; ".join(label.text for label in found))
        for language, found in detail.labels.items()
    ]
    rows = [
        ("id", detail.concept.id),
        ("code", detail.concept.code),
        ("definition", detail.definition),
        *labels,
        ("broader", refer(detail.broader)),
        ("narrower", refer(detail.narrower)),
        ("related", refer(detail.related)),
        ("mapped to", "; ".join(f"{one.relation} {one.concept.label} ({one.concept.id})" for one in detail.mappings)),
        *((name, "; ".join(values)) for name, values in detail.attributes.items()),
        ("synergies", f"{detail.synergy_count}, with narrower concepts {detail.synergy_count_narrower}"),
    ]
    return Sheet((Column(""), Column("")), [row for row in rows if row[1]])


def of_status(status: Status) -> Sheet:
    """The service as names and values."""
    rows = [
        ("version", status.version),
        ("data", status.data),
        ("engine", status.engine),
        ("ready", "yes" if status.ready else "no: " + " ".join(status.missing)),
        ("encoder", f"{status.encoder} ({status.dimension} dimensions, {status.encoder_hash[:12]})"),
        ("vocabulary", status.vocabulary),
        *((f"concepts of {scheme}", size) for scheme, size in status.schemes.items()),
        ("routes", status.routes),
        *((f"{kind} nodes", number) for kind, number in status.counts.items()),
        *((f"programme {one.name}", f"{one.members} members, {one.synergies} synergies") for one in status.programmes),
        ("indexed synergies", status.indexed),
        ("batch of graph and index", f"{status.graph_sequence}, {status.index_sequence}"),
    ]
    return Sheet((Column(""), Column("")), rows)


def of_evaluation(found: Evaluation) -> Sheet:
    """Measures of each method on each kind of resource."""
    names = ("method", "resources", "cases", "hit@1", "hit@3", "hit@5", "hit@10", "MRR", "hit@3 by division")
    rows = [
        (method, kind, one.cases, one.hit_1, one.hit_3, one.hit_5, one.hit_10, one.mrr, one.by_division)
        for method, kinds in found.methods.items()
        for kind, one in kinds.items()
    ]
    error = f"Confidence is off by {found.calibration_error:.3f} on average (expected calibration error)."
    columns = [Column(name, number=place > 1) for place, name in enumerate(names)]
    return Sheet(columns, rows, after=[f"{found.cases} cases, each with its group hidden.", error])
