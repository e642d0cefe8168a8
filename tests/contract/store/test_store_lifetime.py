"""Opening again, refreshing the vocabulary, resuming an import, and readers and writers at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kg.errors import Conflict
from kg.provenance import ImportState, RecordKind


def test_initialise_twice_changes_nothing(desk, vocabularies, synergy):
    desk.create(synergy("s1"))
    before = dict(desk.store.counts())
    desk.store.initialise(vocabularies())
    assert dict(desk.store.counts()) == before
    assert desk.store.vocabulary_version() == "v1"
    assert desk.store.sequence() == 1
    assert (before["concept"], before["scheme"], before["route"]) == (8, 5, 1)


def test_a_new_vocabulary_replaces_concepts_and_links_records_to_new_ones(desk, vocabularies, synergy):
    flows = tuple(flow for flow in synergy("s1", flows=()).flows)
    record = synergy("s1")
    new_link = type(record.flows[0].materials[0])("material:new", 1.0, record.flows[0].materials[0].method)
    linked = type(record.flows[0])("new stuff", materials=(new_link,))
    desk.create(synergy("s1", flows=(*flows, linked)), synergy("s2"))
    assert desk.store.concept_counts(["material:new"]) == {"material:new": 0}
    desk.store.initialise(vocabularies("v2", "material:new", without=["material:whey"]))
    assert desk.store.vocabulary_version() == "v2"
    assert desk.store.counts()["concept"] == 8
    counts = desk.store.concept_counts(["material:new", "material:fly-ash", "nace2:23.51"])
    assert counts == {"material:new": 1, "material:fly-ash": 1, "nace2:23.51": 2}
    desk.store.initialise(vocabularies("v3", without=["material:fly-ash"]))
    assert desk.store.concept_counts(["material:fly-ash"]) == {"material:fly-ash": 0}
    assert desk.synergy("s2") == synergy("s2")
    desk.store.initialise(vocabularies("v4"))
    assert desk.store.concept_counts(["material:fly-ash"]) == {"material:fly-ash": 1}


def test_everything_is_there_after_opening_again(open_store, vocabularies, synergy, desk_of):
    store = open_store()
    store.initialise(vocabularies())
    batch = desk_of(store).create(synergy("s1"))
    store.close()
    again = open_store()
    try:
        assert again.synergies(["s1"]) == [synergy("s1")]
        assert again.batches() == [batch]
        assert again.vocabulary_version() == "v1"
        assert [change.record for _, change in again.changes_since(0)] == ["s1"]
    finally:
        again.close()


def test_an_import_resumes_where_its_last_batch_ended(open_store, vocabularies, synergy, result_row, desk_of):
    store = open_store()
    store.initialise(vocabularies())
    desk = desk_of(store)
    desk.write((None, synergy("s2")), rows=[result_row(2)])
    store.close()
    again = open_store()
    try:
        progress = again.import_("imp")
        assert (progress.state, progress.rows_done) == (ImportState.RUNNING, 1)
        desk = desk_of(again)
        desk.made = progress.rows_done
        desk.write((None, synergy("s3")), rows=[result_row(3)])
        assert [row.row for row in again.row_results("imp")] == [2, 3]
        assert again.import_("imp").rows_done == 2
    finally:
        again.close()


def test_readers_see_whole_batches_only(desk, synergy):
    """A batch adds ten synergies at once; no reader may ever count between."""
    done = threading.Event()

    def read() -> set[int]:
        seen = set()
        while not done.is_set():
            seen.add(len(desk.store.record_ids(RecordKind.SYNERGY)))
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for batch in range(6):
                desk.create(*(synergy(f"s{batch}-{n}") for n in range(10)))
        finally:
            done.set()
        seen = set().union(*(reader.result() for reader in readers))
    assert seen
    assert {count % 10 for count in seen} == {0}


def test_two_writers_take_turns(store, synergy, desk_of):
    def write(name: str) -> None:
        desk = desk_of(store)
        for n in range(5):
            desk.write((None, synergy(f"{name}-{n}")), import_id=name)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ("a", "b")))
    assert sorted(batch.sequence for batch in store.batches()) == list(range(1, 11))
    assert store.counts()["synergy"] == 10
    assert store.counts()["programme"] == 1


def test_of_two_writers_that_start_from_the_same_record_one_is_refused(desk, synergy):
    desk.create(synergy("s1"))
    desk.write((synergy("s1"), synergy("s1", title="first")))
    with pytest.raises(Conflict):
        desk.write((synergy("s1"), synergy("s1", title="second")))
    assert desk.synergy("s1").title == "first"


def test_closing_twice_is_harmless(open_store):
    store = open_store()
    store.close()
    store.close()
