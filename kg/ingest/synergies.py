"""One row of a synergies file to one synergy. Pure: links to concepts come later, in batches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.ingest.cells import Cells
from kg.ingest.codes import Codes
from kg.ingest.fields import (
    Styles,
    keep,
    read_contact,
    read_country_cell,
    read_kind,
    read_quantity,
    read_truth,
    read_year,
)
from kg.ingest.identity import organisation_id, synergy_key
from kg.ingest.numbers import NumberStyle, read_number
from kg.ingest.units import read_unit
from kg.ingest.words import meaning
from kg.model import Flow, Outcome, Party, Source, Synergy, SynergyStatus

_REPLACES_WORDS = ("replaces", "substitui", "sustituye", "reemplaza", "remplace", "ersetzt", "替代", "代替", "取代")
_REPLACES = re.compile(rf"(?:^|\s*[;；,，。]\s*)(?:{'|'.join(_REPLACES_WORDS)})\s*", re.IGNORECASE)
_ENGLISH = "; replaces "
_LONGEST_ID = 200


def read_synergy(cells: Cells, codes: Codes, styles: Styles) -> Synergy | None:
    """The synergy of a row, or None when the row is rejected; the issues on `cells` say why."""
    resource = cells.text("resource")
    if not resource:
        cells.reject(
            "no-resource", "resource", "The row names no resource.", "Name the material, energy or water exchanged."
        )
    status = _status(cells)
    country, country_words = read_country_cell(cells)
    provider = _party(cells, "provider", codes, country)
    receiver = _party(cells, "receiver", codes, country)
    if not (_named(provider) or _named(receiver)):
        cells.reject(
            "no-party", "provider", "The row names neither provider nor receiver.", "Name a company or its sector."
        )
    place, programme = cells.text("place"), cells.text("programme")
    identity = _identity(cells, provider, receiver, resource, place, programme)
    flow, used_as_kept = _flow(cells, codes, styles, resource)
    year_start = read_year(cells, "year_start")
    outcomes = tuple(_outcomes(cells, codes, styles.other))
    source = _source(cells)
    if cells.rejected:
        return None
    also = (
        used_as_kept,
        (cells.layout.columns["country"].heading, country_words) if country_words else ("", ""),
        keep(cells, "year_start", str(year_start or "")),
        keep(cells, "source_year", str(source.year or "")),
    )
    return Synergy(
        id=identity,
        title=cells.text("title") or title_of(resource, provider, receiver),
        provider=provider,
        receiver=receiver,
        flows=(flow,),
        technology=cells.text("technology"),
        country=country,
        place=place,
        programme=programme,
        year_start=year_start,
        status=status,
        outcomes=outcomes,
        source=source,
        confidence=cells.text("confidence").lower(),
        group=cells.text("group") or identity,
        extra=cells.kept_aside(pair for pair in also if pair[0]),
    )


def title_of(resource: str, provider: Party, receiver: Party) -> str:
    """A title where the file gives none: what went from whom to whom."""
    giver = provider.organisation or provider.sector_text or provider.sector_code
    taker = receiver.organisation or receiver.sector_text or receiver.sector_code
    parties = " → ".join(filter(None, (giver, taker)))
    return f"{resource}: {parties}" if parties else resource


def split_use(text: str) -> tuple[str, str]:
    """(used as, replaces) of `X; replaces Y`; what cannot be put together again from the two stays in the first."""
    folded = text.lower()
    match = _REPLACES.search(text) if any(word in folded for word in _REPLACES_WORDS) else None
    if match is None:
        return text, ""
    return text[: match.start()].strip(), text[match.end() :].strip()


def join_use(used_as: str, replaces: str) -> str:
    """The words `split_use` took apart."""
    if not replaces:
        return used_as
    return f"{used_as}{_ENGLISH}{replaces}" if used_as else f"replaces {replaces}"


def _named(party: Party) -> bool:
    return bool(party.organisation or party.sector_text or party.sector_code)


def _party(cells: Cells, side: str, codes: Codes, country: str) -> Party:
    organisation = cells.text(side)
    sector_code, sector = codes.sector(cells, f"{side}_sector_code", country)
    return Party(
        organisation=organisation,
        organisation_id=organisation_id(organisation, country) if organisation else "",
        site=cells.text(f"{side}_site"),
        sector_text=cells.text(f"{side}_sector"),
        sector_code=sector_code,
        sector=sector,
        contact=read_contact(cells, f"{side}_"),
    )


def _identity(cells: Cells, provider: Party, receiver: Party, resource: str, place: str, programme: str) -> str:
    given = cells.text("id")
    if len(given) > _LONGEST_ID:
        cells.reject("bad-id", "id", f"The id has more than {_LONGEST_ID} characters.", "Give a shorter id.")
    if given or "id" in cells.layout.index:
        if not given:
            cells.reject(
                "no-id", "id", "The file has an id column but this row has no id.", "Give the row an id of its own."
            )
        return given
    giver = provider.organisation or provider.sector_text or provider.sector_code
    taker = receiver.organisation or receiver.sector_text or receiver.sector_code
    return synergy_key(giver, taker, resource, place, programme)


def _flow(cells: Cells, codes: Codes, styles: Styles, resource: str) -> tuple[Flow, tuple[str, str]]:
    written = cells.text("used_as")
    replaces = cells.text("replaces")
    used_as = written
    if not replaces and written:
        used_as, replaces = split_use(written)
    kept = ("", "")
    if written and not cells.text("replaces") and join_use(used_as, replaces) != written:
        kept = (cells.layout.columns["used_as"].heading, written)
    quantity = read_quantity(cells, styles.quantity)
    waste_text, waste = codes.waste(cells)
    flow = Flow(
        resource=resource,
        kind=read_kind(cells, quantity.unit if quantity else ""),
        waste_code_text=waste_text,
        waste_code=waste,
        quantity=quantity,
        used_as=used_as,
        replaces=replaces,
    )
    return flow, kept


def _status(cells: Cells) -> SynergyStatus:
    text = cells.text("status")
    if not text:
        return SynergyStatus.UNKNOWN
    found = meaning("status", text)
    if not found:
        cells.reject(
            "unknown-status",
            "status",
            "This status is not known, so we cannot tell whether the exchange took place.",
            "Write operating, ended, completed, implementation, negotiation, discussion, idea or lost.",
        )
    return SynergyStatus(found or "unknown")


def _outcomes(cells: Cells, codes: Codes, style: NumberStyle) -> Iterator[Outcome]:
    text = cells.text("outcomes")
    for part in filter(None, (piece.strip() for piece in re.split(r"[;；\n]", text))):
        name, equals, amount = part.partition("=")
        if not equals:
            yield Outcome("", None, "", part)
            continue
        metric = codes.metric(name.strip().lower().replace(" ", "_").replace("-", "_"))
        if not metric:
            cells.warn("unknown-metric", "outcomes", f"The outcome {name.strip()!r} is not known; its words are kept.")
        yield _outcome(metric, amount.strip(), "", part, style)
    for column in cells.layout.outcomes:
        amount = cells.text(column.field)
        if amount:
            metric = codes.metric(column.field.partition(":")[2])
            yield _outcome(metric, amount, column.unit, f"{column.heading}: {amount}", style)


def _outcome(metric: str, amount: str, unit: str, stated: str, style: NumberStyle) -> Outcome:
    number = read_number(amount, style)
    reading = read_unit(number.rest or unit)
    if number.value is None:
        return Outcome(metric, None, "", stated)
    return Outcome(metric, float(f"{number.value * reading.factor:.12g}"), reading.unit, stated)


def _source(cells: Cells) -> Source:
    return Source(
        title=cells.text("source_title"),
        publisher=cells.text("source_publisher"),
        year=read_year(cells, "source_year"),
        url=cells.text("source_url"),
        checked=read_truth(cells, "source_checked") or False,
    )
