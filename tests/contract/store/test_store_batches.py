"""Batches: all or nothing, in one sequence, refused when the graph moved on, and taken back exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.errors import Conflict
from kg.model import Party
from kg.provenance import Change, RecordKind


def snapshot(store):
    """Everything that undo must restore: records whole, and the number of every kind of node but history."""
    counts = {kind: n for kind, n in store.counts().items() if kind not in ("batch", "import")}
    synergies = dict(store.records(RecordKind.SYNERGY, store.record_ids(RecordKind.SYNERGY)))
    members = dict(store.records(RecordKind.MEMBER, store.record_ids(RecordKind.MEMBER)))
    return counts, synergies, members


def test_batches_are_numbered_without_a_gap_and_listed_newest_first(desk, synergy):
    written = [desk.create(synergy(f"s{n}")) for n in range(3)]
    assert [batch.sequence for batch in written] == [1, 2, 3]
    assert desk.store.sequence() == 3
    assert desk.store.batches() == written[::-1]
    assert desk.store.batches("imp") == written[::-1]


def test_a_batch_id_is_used_once(desk, synergy):
    batch = desk.create(synergy("s1"))
    desk.made = 0
    with pytest.raises(Conflict):
        desk.create(synergy("s2"))
    assert desk.store.sequence() == batch.sequence
    assert desk.synergy("s2") is None


def test_a_record_knows_the_batch_that_last_wrote_it(desk, synergy):
    first = desk.create(synergy("s1"), synergy("s2"))
    second = desk.write((synergy("s1"), synergy("s1", title="new")))
    assert desk.store.synergy_batches(["s1", "s2", "s3"]) == {"s1": second.id, "s2": first.id}


@pytest.mark.parametrize("expected", [None, "other"])
def test_a_change_of_what_is_not_there_is_a_conflict_and_writes_nothing(desk, synergy, expected):
    desk.create(synergy("s1"))
    before = snapshot(desk.store)
    claimed = synergy("s1", title="something else") if expected else None
    with pytest.raises(Conflict):
        desk.write((None, synergy("s9")), (claimed, synergy("s1", title="new")))
    assert snapshot(desk.store) == before
    assert desk.store.sequence() == 1
    assert len(desk.store.batches()) == 1
    assert desk.store.import_("imp").rows_done == 1


def test_deleting_what_is_not_there_is_a_conflict(desk, synergy):
    with pytest.raises(Conflict):
        desk.write((synergy("s1"), None))


def test_an_update_replaces_all_of_a_record(desk, synergy):
    desk.create(synergy("s1"))
    new = replace(synergy("s1"), flows=synergy("s1").flows * 3, outcomes=(), programme="Other", receiver=Party())
    desk.write((synergy("s1"), new))
    counts = desk.store.counts()
    assert desk.synergy("s1") == new
    assert (counts["flow"], counts["outcome"], counts["programme"], counts["organisation"]) == (3, 0, 1, 1)
    assert desk.store.programmes() == [("Other", 0, 1)]


def test_a_record_changed_twice_in_one_batch_ends_as_the_last(desk, synergy):
    first, last = synergy("s1"), synergy("s1", title="last")
    batch = desk.write((None, first), (first, last))
    assert desk.synergy("s1") == last
    assert desk.store.counts()["synergy"] == 1
    desk.undo(batch)
    assert desk.synergy("s1") is None


def test_undo_restores_what_was_there(desk, synergy, member):
    desk.create(synergy("s1"), synergy("s2"))
    desk.create(member("m1"))
    before = snapshot(desk.store)
    mixed = desk.write(
        (synergy("s1"), synergy("s1", title="new", programme="Other")), (synergy("s2"), None), (None, synergy("s3"))
    )
    undoing = desk.undo(mixed)
    assert snapshot(desk.store) == before
    assert undoing.undoes == mixed.id
    assert undoing.sequence == desk.store.sequence() == 4
    assert next(batch for batch in desk.store.batches() if batch.id == mixed.id).undone_by == undoing.id


def test_undo_of_everything_leaves_nothing_but_history(desk, synergy, member):
    empty = snapshot(desk.store)
    written = [desk.create(synergy("s1")), desk.create(synergy("s2")), desk.create(member("m1"))]
    for batch in reversed(written):
        desk.undo(batch)
    assert snapshot(desk.store) == empty
    assert len(desk.store.batches()) == 6


def test_a_batch_is_undone_once(desk, synergy):
    batch = desk.create(synergy("s1"))
    desk.undo(batch)
    with pytest.raises(Conflict):
        desk.undo(batch)


def test_undo_of_an_undo_brings_the_batch_back(desk, synergy):
    batch = desk.create(synergy("s1"))
    undoing = desk.undo(batch)
    desk.undo(undoing)
    assert desk.synergy("s1") == synergy("s1")
    with pytest.raises(Conflict):
        desk.undo(undoing)


def test_a_batch_that_a_later_one_overlaps_cannot_be_undone_before_it(desk, synergy):
    first = desk.create(synergy("s1"), synergy("s2"))
    later = desk.write((synergy("s2"), synergy("s2", title="later")))
    with pytest.raises(Conflict):
        desk.undo(first)
    assert desk.synergy("s1") == synergy("s1")
    desk.undo(later)
    with pytest.raises(Conflict):  # the undo is a later change too, and must itself be undone first
        desk.undo(first)


def test_shared_things_stay_while_a_record_needs_them(desk, synergy, member):
    first = desk.create(synergy("s1"))
    second = desk.create(synergy("s2"))
    desk.create(member("m1"))
    desk.undo(second)
    counts = desk.store.counts()
    assert (counts["programme"], counts["source"], counts["contact"]) == (1, 1, 1)
    assert counts["organisation"] == 3
    desk.undo(first)
    counts = desk.store.counts()
    assert (counts["programme"], counts["source"], counts["contact"], counts["organisation"]) == (1, 0, 0, 1)


def test_changes_since_tell_what_happened_in_order(desk, synergy):
    one, two, new = synergy("s1"), synergy("s2"), synergy("s1", title="new")
    desk.create(one, two)
    updated = desk.write((one, new))
    desk.undo(updated)
    told = list(desk.store.changes_since(0))
    assert told == [
        (1, Change("s1", RecordKind.SYNERGY, None, one)),
        (1, Change("s2", RecordKind.SYNERGY, None, two)),
        (2, Change("s1", RecordKind.SYNERGY, one, new)),
        (3, Change("s1", RecordKind.SYNERGY, new, one)),
    ]
    assert list(desk.store.changes_since(2)) == told[3:]
    assert list(desk.store.changes_since(3)) == []
