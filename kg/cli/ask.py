"""Commands that ask: search, synergy, sectors, recruit, markets, concept."""

from __future__ import annotations

from collections.abc import Callable

import typer

from kg.cli import sheets
from kg.cli.face import connect
from kg.cli.options import Form, asking, form_of
from kg.cli.output import emit
from kg.service.queries import (
    AskQuery,
    ConceptQuery,
    Language,
    MarketQuery,
    RecruitmentQuery,
    SectorQuery,
    SynergyQuery,
)

IN_LANGUAGE = typer.Option(Language.EN, "--lang", help="Language of the labels shown")
AS_JSON = typer.Option(False, "--json", help="Print the answer as JSON.")
AS_CSV = typer.Option(False, "--csv", help="Print the table as CSV for a spreadsheet.")


def _search(query: SynergyQuery, form: Form) -> None:
    with connect() as service:
        answer = service.search(query)
    emit(answer, lambda: sheets.of_synergies(answer), form)


def _sectors(query: SectorQuery, form: Form) -> None:
    with connect() as service:
        answer = service.sectors(query)
    emit(answer, lambda: sheets.of_sectors(answer), form)


def _recruit(query: RecruitmentQuery, form: Form) -> None:
    with connect() as service:
        answer = service.recruit(query)
    emit(answer, lambda: sheets.of_recruitment(answer), form)


def _markets(query: MarketQuery, form: Form) -> None:
    with connect() as service:
        answer = service.markets(query)
    emit(answer, lambda: sheets.of_market(answer), form)


def _concept(query: ConceptQuery, form: Form) -> None:
    with connect() as service:
        found = service.concepts(query)
        exact = [hit for hit in found.items if hit.how in ("id", "code")]
        detail = service.concept(exact[0].concept.id, query.lang) if len(exact) == 1 else None
    if detail is not None:
        whole = detail
        emit(whole, lambda: sheets.of_concept(whole), form)
    else:
        emit(found, lambda: sheets.of_concepts(found), form)


def synergy(
    id_: str = typer.Argument(..., metavar="ID", help="Id of the synergy"),
    lang: Language = IN_LANGUAGE,
    as_json: bool = AS_JSON,
    as_csv: bool = AS_CSV,
) -> None:
    """Show one synergy whole."""
    with connect() as service:
        detail = service.synergy(id_, lang)
    emit(detail, lambda: sheets.of_synergy(detail), form_of(as_json, as_csv))


def ask(
    question: str = typer.Argument(..., metavar="QUESTION", help="The question, in any of the six languages"),
    programme: str = typer.Option("", "--programme", help="Programme that asks"),
    lang: Language | None = typer.Option(None, "--lang", help="Language of the question, if it is not recognised"),
    as_json: bool = AS_JSON,
) -> None:
    """Answer a question in plain language, from evidence."""
    query = AskQuery(question=question, programme=programme, language=lang)
    with connect() as service:
        answer = service.ask(query)
    emit(answer, lambda: sheets.of_answer(answer), form_of(as_json, False))


COMMANDS: dict[str, Callable[..., None]] = {
    "search": asking(SynergyQuery, "q", _search),
    "synergy": synergy,
    "sectors": asking(SectorQuery, "resource", _sectors),
    "recruit": asking(RecruitmentQuery, "resource", _recruit),
    "markets": asking(MarketQuery, "technology", _markets),
    "ask": ask,
    "concept": asking(ConceptQuery, "q", _concept),
}
