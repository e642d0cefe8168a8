"""RDF of records: the same graph in both syntaxes, with every odd character, and shaped as `shapes.ttl` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import to_isomorphic

import kg.ontology
from kg.graph.export import RdfFormat, export_rdf
from kg.model import (
    Contact,
    Flow,
    LabelKind,
    Link,
    LinkMethod,
    Member,
    MemberResource,
    Outcome,
    Party,
    Quantity,
    Record,
    ResourceRole,
    Source,
    Synergy,
    SynergyStatus,
)
from kg.ontology.names import ONTOLOGY
from kg.provenance import RecordKind

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib's own JSON-LD parser

SHAPES = Path(kg.ontology.__file__).with_name("shapes.ttl")
SYM = Namespace(ONTOLOGY)
LINK = Link("material:fly-ash", 0.9, LinkMethod.LABEL, "fly ash", "en", LabelKind.PREF, "fly ash")


class Shelf:
    """The two questions an export asks of a store, answered from a list."""

    def __init__(self, *records: Record) -> None:
        self._kept = {(type(record) is Synergy, record.id): record for record in records}

    def record_ids(self, kind: RecordKind, after: str = "", limit: int = 1000) -> list[str]:
        of_kind = sorted(id_ for synergy, id_ in self._kept if synergy is (kind is RecordKind.SYNERGY))
        return [id_ for id_ in of_kind if id_ > after][:limit]

    def records(self, kind: RecordKind, ids: Sequence[str]) -> Mapping[str, Record]:
        return {id_: self._kept[(kind is RecordKind.SYNERGY, id_)] for id_ in ids}


def sample(title: str = "Ash", text: str = "fly ash") -> Synergy:
    return Synergy(
        "s/1 ü",
        title,
        Party(
            "Power", "organisation:cn:power", "Works", "power", "35.11", "nace2:35.11", Contact("Li", "li@x.example")
        ),
        Party("Cement", sector="nace2:23.51"),
        (Flow(text, materials=(LINK,), waste_code="low:100102", quantity=Quantity(1e6, "t/yr", "1 Mt a year")),),
        country="CN",
        programme="Jiangsu",
        year_start=2011,
        status=SynergyStatus.OPERATING,
        outcomes=(Outcome("metric:co2_avoided", 3.5, "kt", "3.5 kt"),),
        source=Source("Report", "Publisher", 2012, "https://example.org/?a=1&b=<2>", True),
        extra=(("Remark", text),),
    )


def site() -> Member:
    held = MemberResource("m1/have", ResourceRole.HAVE, "ash", materials=(LINK,))
    return Member("m1", "Power", "", "Jiangsu", "Works", "Nanjing", "CN", 32.06, 118.8, resources=(held,))


def parsed(form: RdfFormat, *records: Record) -> Graph:
    text = "".join(export_rdf(Shelf(*records), None, form))  # type: ignore[arg-type]
    return Graph().parse(data=text, format=form.value)


def test_both_syntaxes_say_the_same() -> None:
    turtle, json_ld = parsed(RdfFormat.TURTLE, sample(), site()), parsed(RdfFormat.JSON_LD, sample(), site())
    assert to_isomorphic(turtle) == to_isomorphic(json_ld)
    assert len(turtle) > 60


def test_an_export_has_the_promised_shape() -> None:
    conforms, _, report = validate(parsed(RdfFormat.TURTLE, sample(), site()), shacl_graph=Graph().parse(SHAPES))
    assert conforms, report


def test_the_shapes_notice_what_is_wrong() -> None:
    bad = Synergy("s2", "", Party(), Party(), (), country="china", year_start=20111)
    conforms, _, report = validate(parsed(RdfFormat.TURTLE, bad), shacl_graph=Graph().parse(SHAPES))
    assert not conforms
    for sentence in ("at least one flow", "two capital letters", "between 1000 and 2100"):
        assert sentence in report


def test_a_link_is_stated_and_its_judgement_beside_it() -> None:
    graph = parsed(RdfFormat.TURTLE, sample())
    (judgement,) = graph.subjects(RDF.type, SYM.Link)
    flow, concept = graph.value(judgement, RDF.subject), graph.value(judgement, RDF.object)
    assert concept == URIRef("https://symbiograph.example/material/fly-ash")
    assert (flow, SYM.ofMaterial, concept) in graph
    assert graph.value(judgement, SYM.score) == Literal(0.9)


def test_shared_things_are_written_once_and_bookkeeping_not_at_all() -> None:
    text = "".join(export_rdf(Shelf(sample(), site()), None, RdfFormat.TURTLE))  # type: ignore[arg-type]
    assert text.count("a sym:Programme") == 1
    assert "sym:record" not in text
    assert "sym:Batch" not in text


def test_an_empty_graph_is_an_empty_document() -> None:
    for form in RdfFormat:
        assert len(parsed(form)) == 0


@pytest.mark.parametrize("form", RdfFormat)
@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives(form: RdfFormat, text: str) -> None:
    graph = parsed(form, sample(text=text))
    assert [str(found) for found in graph.objects(None, SYM.resourceText)] == [text]
