"""How records become nodes and relations: the only place that knows both. Pure functions, no engine.

Ids of what a record owns start with the record's id; ids of shared nodes are made of what identifies them, so that two
records that name the same organisation, site, contact, programme or source meet in one node.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kg.model import Contact, Flow, Link, Member, MemberResource, Outcome, Party, Quantity, Record, Source, Synergy
from kg.text import fold, words

Row = dict[str, Any]
RelationKey = tuple[str, str, str]
"""(relation type, from label, to label)"""

OWNED = (("Synergy", "MOVES", "Flow"), ("Synergy", "ACHIEVED", "Outcome"), ("Member", "HOLDS", "Resource"))
"""What disappears with its record: (record label, relation, part label)."""


@dataclass(slots=True)
class Subgraph:
    """Nodes by label and id, and relations by type and labels. Adding a node twice keeps the last."""

    nodes: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    relations: dict[RelationKey, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def node(self, label: str, id_: str, /, **properties: Any) -> str:
        self.nodes[label][id_] = {"id": id_, **properties}
        return id_

    def relate(self, kind: str, start: tuple[str, str], end: tuple[str, str], /, **properties: Any) -> None:
        """Relate two nodes, each given as (label, id); an empty end is left out."""
        if end[1]:
            self.relations[(kind, start[0], end[0])].append({"a": start[1], "b": end[1], **properties})


def subgraph(records: Iterable[Record]) -> Subgraph:
    """The nodes and relations that stand for the records."""
    graph = Subgraph()
    for record in records:
        if isinstance(record, Synergy):
            _synergy(graph, record)
        else:
            _member(graph, record)
    return graph


def _synergy(graph: Subgraph, record: Synergy) -> None:
    graph.node(
        "Synergy",
        record.id,
        title=record.title,
        kind=record.kind.value,
        status=record.status.value,
        completed=record.status.completed,
        country=record.country,
        place=record.place,
        programme=record.programme,
        technology=record.technology,
        year=record.year_start,
        confidence=record.confidence,
        group=record.group,
        source_checked=record.source.checked,
        provider_sector_text=record.provider.sector_text,
        provider_sector_code=record.provider.sector_code,
        receiver_sector_text=record.receiver.sector_text,
        receiver_sector_code=record.receiver.sector_code,
        extra=[f"{header}: {text}" for header, text in record.extra],
    )
    me = ("Synergy", record.id)
    for position, flow in enumerate(record.flows, 1):
        graph.relate("MOVES", me, ("Flow", _flow(graph, f"{record.id}#flow-{position}", position, flow)))
    for position, outcome in enumerate(record.outcomes, 1):
        graph.relate("ACHIEVED", me, ("Outcome", _outcome(graph, f"{record.id}#outcome-{position}", position, outcome)))
    _link(graph, "USES_TECHNOLOGY", me, record.technologies)
    _party(graph, me, record.provider, ("PROVIDED_BY", "PROVIDED_FROM", "PROVIDER_SECTOR", "PROVIDER_CONTACT"))
    _party(graph, me, record.receiver, ("RECEIVED_BY", "RECEIVED_AT", "RECEIVER_SECTOR", "RECEIVER_CONTACT"))
    graph.relate("IN_PROGRAMME", me, ("Programme", _programme(graph, record.programme)))
    graph.relate("STATED_IN", me, ("Source", _source(graph, record.source)))


def _member(graph: Subgraph, record: Member) -> None:
    placed = record.latitude is not None and record.longitude is not None
    graph.node(
        "Member",
        record.id,
        organisation=record.organisation,
        site=record.site,
        place=record.place,
        country=record.country,
        programme=record.programme,
        latitude=record.latitude,
        longitude=record.longitude,
        wkt=f"POINT({record.longitude} {record.latitude})" if placed else "",
        sector_text=record.sector_text,
        sector_code=record.sector_code,
        fictitious=record.fictitious,
        extra=[f"{header}: {text}" for header, text in record.extra],
    )
    me = ("Member", record.id)
    organisation = _organisation(graph, record.organisation, record.organisation_id)
    graph.relate("OF_ORGANISATION", me, ("Organisation", organisation))
    graph.relate("AT_SITE", me, ("Site", _site(graph, record.site, organisation)))
    graph.relate("MEMBER_OF", me, ("Programme", _programme(graph, record.programme)))
    graph.relate("IN_SECTOR", me, ("Concept", record.sector))
    graph.relate("HAS_CONTACT", me, ("Contact", _contact(graph, record.contact)))
    for position, held in enumerate(record.resources, 1):
        graph.relate("HOLDS", me, ("Resource", _resource(graph, f"{record.id}#resource-{position}", position, held)))


def _party(graph: Subgraph, me: tuple[str, str], party: Party, kinds: tuple[str, str, str, str]) -> None:
    organisation = _organisation(graph, party.organisation, party.organisation_id)
    graph.relate(kinds[0], me, ("Organisation", organisation))
    graph.relate(kinds[1], me, ("Site", _site(graph, party.site, organisation)))
    graph.relate(kinds[2], me, ("Concept", party.sector))
    graph.relate(kinds[3], me, ("Contact", _contact(graph, party.contact)))


def _flow(graph: Subgraph, id_: str, position: int, flow: Flow) -> str:
    graph.node(
        "Flow",
        id_,
        position=position,
        resource=flow.resource,
        kind=flow.kind.value,
        waste_code_text=flow.waste_code_text,
        used_as=flow.used_as,
        replaces=flow.replaces,
        **_amount(flow.quantity),
    )
    _link(graph, "OF_MATERIAL", ("Flow", id_), flow.materials)
    graph.relate("HAS_WASTE_CODE", ("Flow", id_), ("Concept", flow.waste_code))
    return id_


def _resource(graph: Subgraph, id_: str, position: int, held: MemberResource) -> str:
    graph.node(
        "Resource",
        id_,
        position=position,
        role=held.role.value,
        resource=held.resource,
        kind=held.kind.value,
        waste_code_text=held.waste_code_text,
        frequency=held.frequency,
        fate=held.fate,
        **_amount(held.quantity),
    )
    _link(graph, "OF_MATERIAL", ("Resource", id_), held.materials)
    graph.relate("HAS_WASTE_CODE", ("Resource", id_), ("Concept", held.waste_code))
    return id_


def _outcome(graph: Subgraph, id_: str, position: int, outcome: Outcome) -> str:
    value = None if outcome.value is None else float(outcome.value)
    graph.node("Outcome", id_, position=position, value=value, unit=outcome.unit, as_stated=outcome.as_stated)
    graph.relate("MEASURES", ("Outcome", id_), ("Concept", outcome.metric))
    return id_


def _amount(quantity: Quantity | None) -> Row:
    if quantity is None:
        return {"value": None, "unit": "", "as_stated": ""}
    value = None if quantity.value is None else float(quantity.value)
    return {"value": value, "unit": quantity.unit, "as_stated": quantity.as_stated}


def _link(graph: Subgraph, kind: str, start: tuple[str, str], links: Iterable[Link]) -> None:
    for link in {link.concept: link for link in links}.values():
        graph.relate(
            kind,
            start,
            ("Concept", link.concept),
            score=float(link.score),
            method=link.method.value,
            label=link.label,
            language=link.language,
            label_kind=link.label_kind.value,
            matched_text=link.matched_text,
        )


def _organisation(graph: Subgraph, name: str, given: str) -> str:
    id_ = given or (f"organisation:{_slug(name)}" if name else "")
    return graph.node("Organisation", id_, name=name) if id_ else ""


def _site(graph: Subgraph, name: str, organisation: str) -> str:
    return graph.node("Site", f"{organisation or 'site:'}/{_slug(name)}", name=name) if name else ""


def _programme(graph: Subgraph, name: str) -> str:
    return graph.node("Programme", programme_id(name), name=name) if name else ""


def programme_id(name: str) -> str:
    """Id of a programme: its name folded, so that spelling of case and accents does not matter."""
    return f"programme:{_slug(name)}"


def _contact(graph: Subgraph, contact: Contact | None) -> str:
    if contact is None or contact == Contact():
        return ""
    named = (fold(contact.email),) if contact.email else (fold(contact.name), fold(contact.phone))
    id_ = f"contact:{_digest(*named)}"
    return graph.node("Contact", id_, name=contact.name, email=contact.email, phone=contact.phone)


def _source(graph: Subgraph, source: Source) -> str:
    if not (source.title or source.publisher or source.url or source.year):
        return ""
    id_ = f"source:{_digest(source.title, source.publisher, source.url, str(source.year))}"
    return graph.node(
        "Source", id_, title=source.title, publisher=source.publisher, url=source.url, published=source.year
    )


def _slug(name: str) -> str:
    joined = "-".join(words(name))
    return joined if joined and len(joined) <= 80 else _digest(fold(name))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:20]
