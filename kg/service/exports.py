"""Everything out again: sheets that can be imported as they are, and RDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kg.errors import InputError, NotInitialised
from kg.graph.export import RdfFormat, export_rdf
from kg.graph.protocol import GraphStore
from kg.model import Contact, Member, MemberResource, Outcome, Party, Quantity, Record, Synergy
from kg.ontology import Vocabulary
from kg.provenance import RecordKind
from kg.service.sheets import csv_lines

PAGE = 500
LEAST_SENT = 65_536
PARTY = ("company", "site", "sector", "sector_code", "contact_name", "email", "phone")
FLOW = ("resource", "resource_kind", "waste_code", "quantity", "quantity_unit", "quantity_as_stated")
SYNERGY = (
    "id",
    "title",
    *(f"provider_{name}" for name in PARTY),
    *(f"receiver_{name}" for name in PARTY),
    *FLOW,
    "used_as",
    "replaces",
    "technology",
    "country",
    "place",
    "programme",
    "year_start",
    "status",
    "outcomes",
    "source_title",
    "source_publisher",
    "source_year",
    "source_url",
    "source_checked",
    "confidence",
    "group",
)
MEMBER = (
    "organisation",
    "site",
    "place",
    "country",
    "latitude",
    "longitude",
    "sector",
    "sector_code",
    "programme",
    "role",
    *FLOW[:-1],
    "frequency",
    "fate",
    "contact_name",
    "email",
    "phone",
    "fictitious",
)


def sheet_pieces(store: GraphStore, kind: RecordKind) -> Iterator[bytes]:
    """All records of a kind as CSV in UTF-8 with a byte order mark, in the order of their ids."""
    header, rows = (SYNERGY, _synergy_rows(store)) if kind is RecordKind.SYNERGY else (MEMBER, _member_rows(store))
    yield b"\xef\xbb\xbf"
    for line in csv_lines(header, rows):
        yield line.encode()


def _records(store: GraphStore, kind: RecordKind) -> Iterator[Record]:
    after = ""
    while ids := store.record_ids(kind, after, PAGE):
        found = store.records(kind, ids)
        yield from (found[id_] for id_ in ids)
        after = ids[-1]


def _synergy_rows(store: GraphStore) -> Iterator[Sequence[object]]:
    for record in _records(store, RecordKind.SYNERGY):
        if isinstance(record, Synergy):
            yield _synergy_row(record)


def _synergy_row(one: Synergy) -> Sequence[object]:
    flow = one.flows[0]
    return (
        one.id,
        one.title,
        *_party(one.provider),
        *_party(one.receiver),
        flow.resource,
        flow.kind.value,
        flow.waste_code_text,
        *_quantity(flow.quantity),
        flow.used_as,
        flow.replaces,
        one.technology,
        one.country,
        one.place,
        one.programme,
        one.year_start,
        one.status.value,
        "; ".join(_outcome(outcome) for outcome in one.outcomes),
        one.source.title,
        one.source.publisher,
        one.source.year,
        one.source.url,
        "yes" if one.source.checked else "no",
        one.confidence,
        one.group,
    )


def _member_rows(store: GraphStore) -> Iterator[Sequence[object]]:
    for record in _records(store, RecordKind.MEMBER):
        if isinstance(record, Member):
            for resource in record.resources or (None,):
                yield _member_row(record, resource)


def _member_row(one: Member, resource: MemberResource | None) -> Sequence[object]:
    flow: Sequence[object] = ("",) * 8
    if resource is not None:
        flow = (
            resource.role.value,
            resource.resource,
            resource.kind.value,
            resource.waste_code_text,
            *_quantity(resource.quantity)[:2],
            resource.frequency,
            resource.fate,
        )
    place = (one.organisation, one.site, one.place, one.country, one.latitude, one.longitude)
    fictitious = "yes" if one.fictitious else "no"
    return (*place, one.sector_text, one.sector_code, one.programme, *flow, *_contact(one.contact), fictitious)


def _party(party: Party) -> tuple[str, ...]:
    return (party.organisation, party.site, party.sector_text, party.sector_code, *_contact(party.contact))


def _contact(contact: Contact | None) -> tuple[str, ...]:
    return (contact.name, contact.email, contact.phone) if contact else ("", "", "")


def _quantity(quantity: Quantity | None) -> tuple[object, ...]:
    if quantity is None:
        return ("", "", "")
    return (
        (quantity.value, quantity.unit, quantity.as_stated)
        if quantity.value is not None
        else ("", "", quantity.as_stated)
    )


def _outcome(outcome: Outcome) -> str:
    return outcome.as_stated or f"{outcome.metric.partition(':')[2]}={outcome.value} {outcome.unit}".strip()


SHEETS = {"synergies": RecordKind.SYNERGY, "members": RecordKind.MEMBER}
MEDIA_TYPES = {
    "synergies": "text/csv; charset=utf-8",
    "members": "text/csv; charset=utf-8",
    RdfFormat.TURTLE.value: "text/turtle; charset=utf-8",
    RdfFormat.JSON_LD.value: "application/ld+json",
}
"""What can be written out: two sheets, and the whole graph with its vocabulary in two forms of RDF."""


def export_pieces(store: GraphStore | None, vocabulary: Callable[[], Vocabulary], what: str) -> Iterator[bytes]:
    """What `symbiograph export` writes. Raises `InputError` for what cannot be exported, `NotInitialised` without a
    graph, `Unavailable` when it cannot be asked; all at once, not at the first piece."""
    if what not in MEDIA_TYPES:
        raise InputError(f"{what[:40]!r} cannot be exported.", hint=f"Ask for {' or '.join(MEDIA_TYPES)}.")
    if store is None:
        raise NotInitialised("There is no graph to export.", hint="Run `symbiograph init` first.")
    store.sequence()
    if what in SHEETS:
        return _joined(sheet_pieces(store, SHEETS[what]))
    return _joined(piece.encode() for piece in export_rdf(store, vocabulary(), RdfFormat(what)))


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces worth sending: who streams them hands each from one thread to another."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= LEAST_SENT:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
