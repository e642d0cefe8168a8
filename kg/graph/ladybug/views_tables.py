"""Columns of a segment: sorted tables of the words that occur, codes into them, and lists of rows by word."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

from kg.graph.ladybug.views_files import Array, Plan, SegmentFile

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int32]


class Words:
    """A sorted table of distinct words."""

    __slots__ = ("values",)

    def __init__(self, values: list[str]) -> None:
        self.values = values

    def find(self, word: str) -> int:
        """Position of a word, or -1."""
        at = bisect_left(self.values, word)
        return at if at < len(self.values) and self.values[at] == word else -1

    def position_after(self, word: str) -> int:
        """Position of the first word that comes after the one given."""
        return bisect_right(self.values, word)

    def among(self, wanted: Iterable[str]) -> Mask:
        """Which words of the table are wanted."""
        chosen = np.zeros(len(self.values), dtype=np.bool_)
        for word in wanted:
            at = self.find(word)
            if at >= 0:
                chosen[at] = True
        return chosen


@dataclass(frozen=True, slots=True)
class Column:
    """One word for each row, as a code into the table."""

    words: Words
    codes: npt.NDArray[np.int32]

    def having(self, wanted: Iterable[str]) -> Mask:
        """Rows whose word is wanted."""
        return self.words.among(wanted)[self.codes]


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows by word, ascending: those of word i are `rows[starts[i]:starts[i + 1]]`."""

    words: Words
    starts: npt.NDArray[np.int64]
    rows: Rows

    def of(self, word: str) -> Rows:
        """Rows of a word; empty when it does not occur."""
        at = self.words.find(word)
        return self.rows[self.starts[at] : self.starts[at + 1]] if at >= 0 else self.rows[:0]

    def having(self, wanted: Iterable[str], count: int) -> Mask:
        """Rows, of `count`, that have any of the wanted words."""
        chosen = np.zeros(count, dtype=np.bool_)
        for word in wanted:
            chosen[self.of(word)] = True
        return chosen


def text_plan(values: Sequence[str]) -> Plan:
    """A list of words as an array of bytes."""
    raw = np.frombuffer(orjson.dumps(list(values)), dtype=np.uint8)
    return Plan("uint8", raw.shape, [raw])


def read_text(file: SegmentFile, name: str) -> list[str]:
    """The words that `text_plan` wrote."""
    found: list[str] = orjson.loads(file.array(name).tobytes())
    file.release(name)
    return found


def whole(values: Array, dtype: str) -> Plan:
    """An array that is in memory."""
    return Plan(dtype, values.shape, [values])


def column_plans(name: str, values: Sequence[str]) -> dict[str, Plan]:
    """Arrays of a column, given the word of each row."""
    words = sorted(set(values))
    position = {word: i for i, word in enumerate(words)}
    codes = np.fromiter((position[value] for value in values), dtype=np.int32, count=len(values))
    return {f"{name}.words": text_plan(words), f"{name}.codes": whole(codes, "int32")}


def read_column(file: SegmentFile, name: str) -> Column:
    """A column of a segment."""
    return Column(Words(read_text(file, f"{name}.words")), file.array(f"{name}.codes"))


def pair_plans(name: str, words: Sequence[str], of: Array, rows: Array, extra: dict[str, Array]) -> dict[str, Plan]:
    """Arrays of lists, from pairs: pair j says that row `rows[j]` has word `words[of[j]]`; words may be unsorted and
    repeated. `extra` are further values of each pair, such as how often the word occurs, kept in the same order."""
    distinct = sorted(set(words))
    position = {word: i for i, word in enumerate(distinct)}
    renumbered = np.fromiter((position[word] for word in words), dtype=np.int64, count=len(words))
    target = renumbered[of] if len(words) else np.zeros(0, dtype=np.int64)
    order = np.lexsort((rows, target))
    kept = np.flatnonzero(np.bincount(target, minlength=len(distinct))) if len(target) else np.zeros(0, dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(np.bincount(target, minlength=len(distinct))[kept])))
    plans = {
        f"{name}.words": text_plan([distinct[i] for i in kept]),
        f"{name}.starts": whole(starts.astype(np.int64), "int64"),
        f"{name}.rows": whole(rows[order].astype(np.int32), "int32"),
    }
    return plans | {f"{name}.{key}": whole(values[order], str(values.dtype)) for key, values in extra.items()}


def read_lists(file: SegmentFile, name: str) -> Lists:
    """Lists of a segment."""
    words = Words(read_text(file, f"{name}.words"))
    return Lists(words, file.array(f"{name}.starts"), file.array(f"{name}.rows"))


def concatenated(
    parts: Sequence[tuple[Lists, Array]], extra: Sequence[Array] = ()
) -> tuple[list[str], Array, Array, Array]:
    """Pairs of several segments as input of `pair_plans`: words, word of each pair, row of each pair, further value.

    With each part comes the new number of each of its rows, or -1 for a row that goes; `extra[i]` are the further
    values of part i's pairs, if there are any.
    """
    words: list[str] = []
    of, rows, more = [], [], []
    for i, (lists, renumber) in enumerate(parts):
        target = renumber[lists.rows]
        kept = target >= 0
        code = np.repeat(np.arange(len(lists.words.values), dtype=np.int64), np.diff(lists.starts))
        of.append(code[kept] + len(words))
        rows.append(target[kept])
        more.append(extra[i][kept] if extra else target[:0])
        words.extend(lists.words.values)
    return words, np.concatenate(of), np.concatenate(rows), np.concatenate(more)
