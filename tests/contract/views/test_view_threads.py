"""Readers beside a writer see one state or the next, never a mixture."""

from __future__ import annotations

import threading

from search_cards import around, card, unit

from kg.graph.protocol import CandidateViews, Filters


def test_readers_beside_a_writer_see_whole_documents(views: CandidateViews) -> None:
    views.apply(1, [card(f"s{i}", title="1") for i in range(8)], around(8), ())
    stop, problems = threading.Event(), []

    def read() -> None:
        try:
            while not stop.is_set():
                found = [p.id for p in views.by_vector(unit(1), Filters(), 8)]
                known = views.documents(found)
                if len(found) != 8 or any(d.country != f"C{d.title}" and d.title != "1" for d in known):
                    problems.append(f"{len(found)} found, {len(known)} read")
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is the finding
            problems.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for sequence in range(2, 14):
        title = str(sequence)
        views.apply(sequence, [card(f"s{i}", title=title, country=f"C{title}") for i in range(8)], around(8), ())
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert views.count() == 8
