"""Making segments: from documents, and from other segments when many small ones become a large one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.graph.ladybug.views_cards import storable, to_bytes
from kg.graph.ladybug.views_files import Array, Plan, SegmentEntry, pieces, write_segment
from kg.graph.ladybug.views_segment import COLUMNS, LISTS, NO_YEAR, Part
from kg.graph.ladybug.views_tables import column_plans, concatenated, pair_plans, text_plan, whole
from kg.graph.ladybug.views_vectors import sign_words
from kg.graph.protocol import SearchDocument, Vector

_STEPS = 127
Index = npt.NDArray[np.intp]
Reader = Callable[[Index], Array]


def write_documents(directory: Path, number: int, documents: Sequence[SearchDocument], vectors: Vector) -> SegmentEntry:
    """Write documents as a segment. Of two with one id the later counts, as in any sequence of writes."""
    last = {document.id: i for i, document in enumerate(documents)}
    order = np.array([last[key] for key in sorted(last)], dtype=np.intp)
    kept = [storable(documents[i]) for i in order]
    cards = [to_bytes(document) for document in kept]
    plans = {
        "ids": text_plan([document.id for document in kept]),
        "card.starts": whole(_starts([len(card) for card in cards]), "int64"),
        "card.data": Plan("uint8", (sum(map(len, cards)),), (np.frombuffer(card, np.uint8) for card in cards)),
        "lengths": whole(np.array([len(document.terms) for document in kept], dtype=np.int32), "int32"),
        "years": whole(_years(kept), "int32"),
    }
    for name in COLUMNS:
        plans |= column_plans(name, [getattr(document, name) for document in kept])
    for name in LISTS:
        plans |= _list_plans(name, [_words_of(document, name) for document in kept])
    plans |= _term_plans(kept)
    plans |= _vector_plans(order, lambda rows: np.asarray(vectors[rows], dtype=np.float32), vectors.shape[1])
    return write_segment(directory, number, len(kept), plans)


def write_merged(directory: Path, number: int, parts: Sequence[Part]) -> SegmentEntry:
    """Write the live documents of several parts as one segment; vectors and cards are copied piece by piece."""
    ids = [
        (key, i, row)
        for i, one in enumerate(parts)
        for row, key in enumerate(one.segment.ids.values)
        if _alive(one, row)
    ]
    ids.sort()
    source = np.array([i for _, i, _ in ids], dtype=np.intp)
    rows = np.array([row for _, _, row in ids], dtype=np.intp)
    renumber = [np.full(one.segment.count, -1, dtype=np.int64) for one in parts]
    for i in range(len(parts)):
        mine = np.flatnonzero(source == i)
        renumber[i][rows[mine]] = mine
    sizes = _gather(parts, source, rows, [np.diff(one.segment.card_starts) for one in parts])
    plans = {
        "ids": text_plan([key for key, _, _ in ids]),
        "card.starts": whole(_starts(sizes), "int64"),
        "card.data": Plan("uint8", (int(sizes.sum()),), _copied_cards(parts, source, rows)),
        "lengths": whole(_gather(parts, source, rows, [one.segment.lengths for one in parts]), "int32"),
        "years": whole(_gather(parts, source, rows, [one.segment.years for one in parts]), "int32"),
    }
    for name in COLUMNS:
        plans |= column_plans(name, _column(parts, source, rows, name))
    for name in LISTS:
        words, of, target, _ = concatenated([(p.segment.lists[name], n) for p, n in zip(parts, renumber, strict=True)])
        plans |= pair_plans(name, words, of, target, {})
    words, of, target, frequency = concatenated(
        [(p.segment.terms, n) for p, n in zip(parts, renumber, strict=True)], [p.segment.frequencies for p in parts]
    )
    plans |= pair_plans("terms", words, of, target, {"frequency": frequency})
    exact = [one.segment.vectors.exact for one in parts]
    plans |= _vector_plans(
        np.arange(len(ids)),
        lambda at: _gather(parts, source[at], rows[at], exact),
        parts[0].segment.vectors.exact.shape[1],
    )
    return write_segment(directory, number, len(ids), plans)


def _alive(one: Part, row: int) -> bool:
    return one.dead is None or not one.dead[row]


def _starts(sizes: Sequence[int] | Array) -> npt.NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.asarray(sizes, dtype=np.int64)))).astype(np.int64)


def _years(documents: Sequence[SearchDocument]) -> npt.NDArray[np.int32]:
    return np.array([NO_YEAR if d.year is None else d.year for d in documents], dtype=np.int32)


def _words_of(document: SearchDocument, name: str) -> tuple[str, ...]:
    found = getattr(document, name)
    return tuple(dict.fromkeys(filter(None, (found,) if isinstance(found, str) else found)))


def _list_plans(name: str, lists: Sequence[tuple[str, ...]]) -> dict[str, Plan]:
    words = [word for one in lists for word in one]
    rows = np.repeat(np.arange(len(lists), dtype=np.int32), [len(one) for one in lists])
    return pair_plans(name, words, np.arange(len(words)), rows, {})


def _term_plans(documents: Sequence[SearchDocument]) -> dict[str, Plan]:
    counted = [Counter(document.terms) for document in documents]
    words = [word for one in counted for word in one]
    rows = np.repeat(np.arange(len(counted), dtype=np.int32), [len(one) for one in counted])
    often = np.array([min(n, 65_535) for one in counted for n in one.values()], dtype=np.uint16)
    return pair_plans("terms", words, np.arange(len(words)), rows, {"frequency": often})


def _vector_plans(rows: Index, read: Reader, dimension: int) -> dict[str, Plan]:
    count = len(rows)
    steps = np.zeros(count, dtype=np.float32)
    # a few thousand rows, evenly taken, give the centre of all
    centre = read(rows[:: max(count // 4096, 1)]).mean(axis=0, dtype=np.float64).astype(np.float32)
    signs = np.zeros((-(-dimension // 64), count), dtype=np.uint64)

    def coarse() -> Iterator[Array]:
        done = 0
        for vectors in pieces(rows, read):
            step = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / _STEPS
            steps[done : done + len(vectors)] = step
            signs[:, done : done + len(vectors)] = sign_words(vectors, centre)
            done += len(vectors)
            yield np.rint(vectors / step[:, None]).astype(np.int8)

    # steps and signs are written after the codes, whose writing fills them
    return {
        "exact": Plan("float32", (count, dimension), pieces(rows, read)),
        "coarse": Plan("int8", (count, dimension), coarse()),
        "steps": whole(steps, "float32"),
        "signs": whole(signs, "uint64"),
        "centre": whole(centre, "float32"),
    }


def _gather(parts: Sequence[Part], source: Index, rows: Index, arrays: Sequence[Array]) -> Array:
    """Row `rows[j]` of `arrays[source[j]]`, for each j."""
    first = arrays[0]
    found = np.empty((len(rows), *first.shape[1:]), dtype=first.dtype)
    for i in range(len(parts)):
        mine = source == i
        found[mine] = arrays[i][rows[mine]]
    return found


def _column(parts: Sequence[Part], source: Index, rows: Index, name: str) -> list[str]:
    columns = [one.segment.columns[name] for one in parts]
    return [
        columns[i].words.values[columns[i].codes[row]] for i, row in zip(source.tolist(), rows.tolist(), strict=True)
    ]


def _copied_cards(parts: Sequence[Part], source: Index, rows: Index) -> Iterator[Array]:
    for i, row in zip(source.tolist(), rows.tolist(), strict=True):
        segment = parts[i].segment
        yield segment.card_data[segment.card_starts[row] : segment.card_starts[row + 1]]
