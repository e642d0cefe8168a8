"""The smallest vocabulary and records that the store's contract needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from kg.graph.protocol import GraphStore
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
    Relation,
    ResourceRole,
    Route,
    Source,
    Synergy,
    SynergyStatus,
)
from kg.ontology import Vocabulary
from kg.ontology.compiled import compile_document
from kg.ontology.turtle_rows import ConceptRow, SchemeRow
from kg.provenance import Batch, Change, Import, ImportState, RecordKind, RowOutcome, RowResult

WHEN = "2026-01-01T00:00:00Z"


def _concept(id_: str, *broader: str) -> ConceptRow:
    scheme, _, local = id_.partition(":")
    labels = [(local.replace("-", " "), "en", LabelKind.PREF)]
    return ConceptRow(id_, scheme, "test", notation=local, labels=labels, broader=list(broader))


def make_vocabulary(version: str = "v1", *further: str, without: Sequence[str] = ()) -> Vocabulary:
    """Three materials, a technology, two sectors, a waste code, a metric and a route; `further` adds materials."""
    schemes = [
        SchemeRow(name, f"https://symbiograph.example/{name}/", [(name, "en")], "1", "CC0", "test", "", "test")
        for name in ("material", "technology", "nace2", "low", "metric")
    ]
    rows = [
        _concept("material:ash"),
        _concept("material:fly-ash", "material:ash"),
        _concept("material:whey"),
        _concept("technology:drying"),
        _concept("nace2:23"),
        _concept("nace2:23.51", "nace2:23"),
        _concept("low:100102"),
        _concept("metric:co2_avoided"),
        *(_concept(id_) for id_ in further),
    ]
    rows = [row for row in rows if row.id not in without]
    kept = {row.id for row in rows}
    for row in rows:
        if row.id == "material:fly-ash":
            row.labels.append(("粉煤灰", "zh", LabelKind.PREF))
            row.mappings.append((Relation.CLOSE, "low:100102"))
    route = Route("r1", "material:fly-ash", "technology:drying", "cement", "clinker", "nace2:23.51", "use", 3)
    routes = [route] if route.material in kept else []
    return Vocabulary(compile_document(version, schemes, rows, routes, {}))


def material(concept: str, score: float = 1.0) -> Link:
    return Link(concept, score, LinkMethod.LABEL, "fly ash", "en", LabelKind.PREF, "fly ash")


def make_synergy(id_: str, **given: object) -> Synergy:
    """A synergy with every part filled, of an organisation and a programme of its own unless given."""
    values: dict[str, object] = {
        "title": f"Synergy {id_}",
        "provider": Party(f"Power {id_}", f"organisation:cn:power-{id_}", "Works", "power", "35.11", "nace2:23"),
        "receiver": Party(
            "Cement", "organisation:cn:cement", sector="nace2:23.51", contact=Contact("Li", "li@x.example")
        ),
        "flows": (
            Flow(
                "fly ash",
                materials=(material("material:fly-ash"),),
                waste_code_text="10 01 02",
                waste_code="low:100102",
                quantity=Quantity(1200.0, "t/yr", "1200 t a year"),
                used_as="cement additive",
            ),
        ),
        "technologies": (Link("technology:drying", 0.75, LinkMethod.STATED),),
        "country": "CN",
        "programme": "Jiangsu Green",
        "status": SynergyStatus.OPERATING,
        "outcomes": (Outcome("metric:co2_avoided", 3.5, "kt", "3.5 kt CO2"),),
        "source": Source("A report", "A publisher", 2011, "https://example.org/report", True),
        "extra": (("Remark", "kept"),),
    }
    return Synergy(id_, **(values | given))  # type: ignore[arg-type]


def make_member(id_: str, programme: str = "Jiangsu Green") -> Member:
    held = MemberResource(f"{id_}/have:ash", ResourceRole.HAVE, "fly ash", materials=(material("material:fly-ash"),))
    return Member(
        id_,
        "Power One",
        "organisation:cn:power-1",
        programme,
        "Works",
        "Nanjing",
        "CN",
        32.06,
        118.8,
        sector="nace2:23",
        resources=(held,),
    )


@dataclass
class Desk:
    """Writes batches as an import would, and remembers nothing: every question goes to the store."""

    store: GraphStore
    made: int = field(default=0)

    def write(
        self, *pairs: tuple[Record | None, Record | None], rows: Sequence[RowResult] = (), import_id: str = "imp"
    ) -> Batch:
        """Commit one batch of (before, after) pairs."""
        self.made += 1
        changes = [_change(before, after) for before, after in pairs]
        kind = changes[0].kind if changes else RecordKind.SYNERGY
        progress = Import(import_id, "f.csv", "00", kind, "ann", WHEN, ImportState.RUNNING, 10, self.made)
        batch = Batch(f"{import_id}-{self.made}", import_id, kind, "ann", f"2026-01-01T00:00:{self.made:02d}Z")
        return self.store.commit(batch, changes, rows, progress)

    def create(self, *records: Record) -> Batch:
        return self.write(*((None, record) for record in records))

    def undo(self, batch: Batch) -> Batch:
        return self.store.undo(batch.id, "bob", "2026-01-02T00:00:00Z")

    def synergy(self, id_: str) -> Synergy | None:
        found = self.store.synergies([id_])
        return found[0] if found else None


def _change(before: Record | None, after: Record | None) -> Change:
    record = after or before
    assert record is not None
    kind = RecordKind.SYNERGY if isinstance(record, Synergy) else RecordKind.MEMBER
    return Change(record.id, kind, before, after)


def row_result(row: int, outcome: RowOutcome = RowOutcome.CREATED) -> RowResult:
    return RowResult(row, "Sheet1", outcome, f"s{row}", (), (("id", f"s{row}"), ("资源", "粉煤灰")))


@pytest.fixture
def vocabularies() -> Callable[..., Vocabulary]:
    return make_vocabulary


@pytest.fixture
def synergy() -> Callable[..., Synergy]:
    return make_synergy


@pytest.fixture
def member() -> Callable[..., Member]:
    return make_member


@pytest.fixture
def result_row() -> Callable[..., RowResult]:
    return row_result


@pytest.fixture
def store(open_store: Callable[[], GraphStore]) -> Iterator[GraphStore]:
    """An initialised, empty store."""
    opened = open_store()
    opened.initialise(make_vocabulary())
    yield opened
    opened.close()


@pytest.fixture
def desk(store: GraphStore) -> Desk:
    return Desk(store)


@pytest.fixture
def desk_of() -> Callable[[GraphStore], Desk]:
    return Desk
