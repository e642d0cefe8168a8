"""What a store gives back of records: whole, in the order asked, by id, and counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError, NotFound, Unavailable
from kg.graph.protocol import GraphStore
from kg.model import Contact, Flow, Party, Quantity, ResourceKind, Source, SynergyStatus
from kg.provenance import Batch, Import, ImportState, RecordKind, RowOutcome


def test_is_a_graph_store(store):
    assert isinstance(store, GraphStore)
    assert store.engine


def test_before_initialise_everything_is_empty_and_nothing_can_be_written(bare_store, synergy):
    assert bare_store.vocabulary_version() == ""
    assert bare_store.sequence() == 0
    assert bare_store.imports() == []
    assert bare_store.batches() == []
    assert bare_store.programmes() == []
    assert bare_store.record_ids(RecordKind.SYNERGY) == []
    assert bare_store.synergies(["s1"]) == []


def test_an_empty_graph_answers_emptily(store):
    assert store.sequence() == 0
    assert store.synergies([]) == []
    assert store.synergies(["unknown"]) == []
    assert store.synergy_batches(["unknown"]) == {}
    assert dict(store.records(RecordKind.MEMBER, ["unknown"])) == {}
    assert store.members("Nowhere") == []
    assert list(store.changes_since(0)) == []
    assert list(store.row_results("unknown")) == []
    assert store.batches("unknown") == []
    assert store.counts()["synergy"] == 0


def test_unknown_import_and_batch_are_not_found(store):
    with pytest.raises(NotFound):
        store.import_("unknown")
    with pytest.raises(NotFound):
        store.undo("unknown", "ann", "2026-01-01T00:00:00Z")


def test_a_record_comes_back_equal(desk, synergy, member):
    whole, bare = (
        synergy("s1"),
        synergy("s2", provider=Party(), receiver=Party(), flows=(), outcomes=(), technologies=()),
    )
    desk.create(whole, bare)
    desk.create(member("m1"))
    assert desk.store.synergies(["s1", "s2"]) == [whole, bare]
    assert desk.store.records(RecordKind.MEMBER, ["m1"]) == {"m1": member("m1")}


def test_order_and_repeats_are_those_asked_for_and_unknown_ids_are_left_out(desk, synergy):
    desk.create(*(synergy(f"s{n}") for n in range(5)))
    found = desk.store.synergies(["s3", "nope", "s1", "s3"])
    assert [record.id for record in found] == ["s3", "s1", "s3"]
    assert list(desk.store.records(RecordKind.SYNERGY, ["s4", "s0"])) == ["s4", "s0"]


def test_ids_are_walked_page_by_page_in_order(desk, synergy):
    names = ["a", "B", "ä", "s-10", "s-9", "中", "z"]
    desk.create(*(synergy(name) for name in names))
    walked: list[str] = []
    after = ""
    while page := desk.store.record_ids(RecordKind.SYNERGY, after, 2):
        walked += page
        after = page[-1]
    assert walked == sorted(names)


def test_kinds_do_not_mix(desk, synergy, member):
    desk.create(synergy("same"))
    desk.create(member("same"))
    assert desk.store.records(RecordKind.SYNERGY, ["same"])["same"] == synergy("same")
    assert desk.store.records(RecordKind.MEMBER, ["same"])["same"] == member("same")


def test_members_are_found_by_name_in_any_case_and_by_id_ordered_by_id(desk, member):
    desk.create(member("m2"), member("m1"), member("other", "Elsewhere"))
    for name in ("Jiangsu Green", "JIANGSU GREEN", "programme:jiangsu-green"):
        assert [found.id for found in desk.store.members(name)] == ["m1", "m2"]


def test_programmes_are_counted_by_name(desk, synergy, member):
    desk.create(synergy("s1"), synergy("s2", programme="Aalborg"), synergy("s3", programme=""))
    desk.create(member("m1"))
    assert desk.store.programmes() == [("Aalborg", 0, 1), ("Jiangsu Green", 1, 1)]


def test_places_are_those_of_synergies_and_members(desk, synergy, member):
    assert desk.store.places() == ()
    desk.create(synergy("s1", place="Ulsan"), synergy("s2", place="Co Monaghan"), synergy("s3", place="Ulsan"))
    assert desk.store.places() == ("Co Monaghan", "Ulsan")
    desk.create(replace(member("m1"), place="日照"), synergy("s4", place=""))
    assert desk.store.places() == ("Co Monaghan", "Ulsan", "日照")


def test_concepts_are_counted_by_the_completed_synergies_that_name_them(desk, synergy):
    both = Party(sector="nace2:23")
    desk.create(
        synergy("s1"),
        synergy("s2", provider=both, receiver=both, flows=synergy("x").flows * 2),
        synergy("s3", status=SynergyStatus.IDEA),
    )
    counts = desk.store.concept_counts(
        ["material:fly-ash", "low:100102", "technology:drying", "nace2:23", "nace2:23.51", "material:whey", "no:such"]
    )
    assert counts == {
        "material:fly-ash": 2,
        "low:100102": 2,
        "technology:drying": 2,
        "nace2:23": 2,
        "nace2:23.51": 1,
        "material:whey": 0,
        "no:such": 0,
    }


def test_shared_things_are_merged(desk, synergy):
    desk.create(synergy("s1"), synergy("s2"))
    counts = desk.store.counts()
    assert counts["organisation"] == 3
    assert counts["programme"] == counts["source"] == counts["contact"] == 1
    assert counts["flow"] == counts["outcome"] == 2


def test_many_flows_and_links_stay_in_order(desk, synergy):
    flows = tuple(Flow(f"stream {n}", kind=ResourceKind.WATER, quantity=Quantity(None, "", "some")) for n in range(20))
    desk.create(synergy("s1", flows=flows))
    assert desk.synergy("s1").flows == flows


def test_a_link_to_an_unknown_concept_is_kept_in_the_record(desk, synergy):
    record = synergy("s1", receiver=Party(sector="nace2:99"))
    desk.create(record)
    assert desk.synergy("s1") == record


def test_an_amount_that_is_not_finite_is_refused_and_nothing_is_written(desk, synergy):
    bad = synergy("s1", flows=(Flow("x", quantity=Quantity(float("nan"), "t", "n/a")),))
    with pytest.raises(InputError):
        desk.create(bad)
    assert desk.store.sequence() == 0


def test_half_a_character_is_refused(desk, synergy):
    with pytest.raises(InputError):
        desk.create(synergy("s1", title="\ud800"))
    assert desk.store.sequence() == 0


ODD = [
    "'; MATCH (n) DETACH DELETE n //",
    '"}) DETACH DELETE n RETURN ("',
    "\\' OR 1=1; DROP TABLE Synergy; --",
    "$rows ${x} {{y}} `tick` \\u0000",
    "control \x01\x02\x1b[31m\x7f and NUL \x00 inside",
    "line\r\nbreaks\tand\u2028more\u2029",
    "🏭♻️ 👩‍🔬 粉煤灰 ‮right to left‬",
    "é and e\u0301 stay different",
    " leading and trailing ",
    "x" * 20_000,
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_is_data(desk, synergy, text):
    record = synergy(
        f"id {text[:50]}",
        title=text,
        programme=text,
        provider=Party(text, "", text, text, text, "", Contact(text, text, text)),
        flows=(Flow(text, used_as=text, replaces=text, quantity=Quantity(1.0, text, text)),),
        source=Source(text, text, None, text),
        extra=((text, text),),
    )
    batch = desk.create(synergy("s1"), record)
    assert desk.store.synergies([record.id]) == [record]
    assert desk.store.record_ids(RecordKind.SYNERGY) == sorted([record.id, "s1"])
    desk.undo(batch)
    assert desk.store.counts()["synergy"] == 0
    assert desk.store.counts()["organisation"] == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=6, max_size=6),
    amount=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    year=st.none() | st.integers(1, 3000),
)
def test_any_text_and_number_comes_back_as_it_went_in(desk, synergy, texts, amount, year):
    flow = Flow(texts[0], used_as=texts[1], quantity=Quantity(amount, texts[2], texts[3]))
    record = synergy("any", title=texts[4], place=texts[5], flows=(flow,), year_start=year)
    desk.write((desk.synergy("any"), record))
    assert desk.synergy("any") == record


def test_imports_and_rows_come_back(desk, synergy, result_row):
    rows = [result_row(n, RowOutcome.REJECTED if n % 7 == 0 else RowOutcome.CREATED) for n in range(2, 700)]
    desk.write((None, synergy("s1")), rows=rows[:450])
    desk.write((None, synergy("s2")), rows=rows[450:])
    assert list(desk.store.row_results("imp")) == rows
    assert desk.store.import_("imp").rows_done == 2


def test_imports_are_listed_newest_first_and_replaced(store):
    old = Import("a", "a.csv", "0", RecordKind.SYNERGY, "ann", "2026-01-01T00:00:00Z", ImportState.RUNNING)
    new = replace(old, id="b", when="2026-01-02T00:00:00Z")
    store.save_import(old)
    store.save_import(new)
    store.save_import(replace(old, state=ImportState.FAILED, problem="no space"))
    assert store.imports() == [new, replace(old, state=ImportState.FAILED, problem="no space")]


def test_a_batch_of_no_changes_still_counts(desk, result_row):
    written = desk.write(rows=[result_row(2, RowOutcome.UNCHANGED)])
    assert written.sequence == desk.store.sequence() == 1
    assert [batch.id for batch in desk.store.batches("imp")] == [written.id]


def test_writing_before_initialise_says_so(bare_store, synergy):
    batch = Batch("b", "imp", RecordKind.SYNERGY, "ann", "2026-01-01T00:00:00Z")
    progress = Import("imp", "f", "0", RecordKind.SYNERGY, "ann", "2026-01-01T00:00:00Z", ImportState.RUNNING)
    with pytest.raises(Unavailable):
        bare_store.commit(batch, (), (), progress)
