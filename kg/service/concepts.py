"""Finding and showing concepts of every scheme."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.model import Concept, LabelKind, Link
from kg.ontology import Vocabulary
from kg.search.results import ConceptRef
from kg.service.answers import ConceptAnswer, ConceptDetail, ConceptHit, LabelText, MappedConcept
from kg.text import fold, words

Count = Callable[[Iterable[str]], Mapping[str, int]]
Meaning = Callable[[str, str, str, int], Sequence[Link]]
"""Concepts the words may mean: text, scheme, language, limit to links, best first."""
HOW = ("id", "code", "label", "meaning", "start", "words")
"""Ways a concept can match, best first."""


@dataclass(frozen=True, slots=True)
class _Entry:
    concept: str
    scheme: str
    text: str
    folded: str
    language: str


class ConceptFinder:
    """Finds concepts by id, code and the words of their labels. Labels are folded once, at the first question."""

    def __init__(self, vocabulary: Vocabulary, count: Count, meaning: Meaning | None = None) -> None:
        self._vocabulary = vocabulary
        self._count = count
        self._meaning = meaning

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        return tuple(
            _Entry(concept.id, concept.scheme, label.text, fold(label.text), label.language)
            for concept in self._vocabulary.concepts()
            for label in concept.labels
            if label.kind is not LabelKind.NOTATION
        )

    @cached_property
    def _by_label(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for entry in self._entries:
            ids = found.setdefault(entry.folded, [])
            if entry.concept not in ids:
                ids.append(entry.concept)
        return {label: tuple(ids) for label, ids in found.items()}

    def named(self, text: str, schemes: Iterable[str]) -> tuple[str, ...]:
        """Concepts of the schemes one of whose labels, in any language, is exactly this text (folded)."""
        wanted = set(schemes)
        return tuple(id_ for id_ in self._by_label.get(fold(text), ()) if id_.partition(":")[0] in wanted)

    def find(self, text: str, scheme: str, language: str, limit: int) -> ConceptAnswer:
        """Concepts that fit the text, best way of matching first, then shorter labels, then id.

        An empty text lists the scheme (or everything) in order.
        """
        best: dict[str, tuple[int, int, _Entry]] = {}
        for entry, how in self._matches(text, scheme):
            key = (how, len(entry.text))
            known = best.get(entry.concept)
            if known is None or key < known[:2]:
                best[entry.concept] = (*key, entry)
        for place, link in enumerate(self._meant(text, scheme, language, limit)):
            known = best.get(link.concept)
            if known is None or known[0] > HOW.index("meaning"):
                entry = _Entry(
                    link.concept, link.concept.partition(":")[0], link.label, fold(link.label), link.language
                )
                best[link.concept] = (HOW.index("meaning"), place, entry)
        order = sorted(best, key=lambda id_: (*best[id_][:2], id_)) if fold(text) else list(best)
        counts = self._count(order[:limit])
        items = tuple(
            ConceptHit(
                rank=rank,
                concept=reference(self._vocabulary, id_, language),
                matched=best[id_][2].text,
                language=best[id_][2].language,
                how=HOW[best[id_][0]],
                synergy_count=counts.get(id_, 0),
            )
            for rank, id_ in enumerate(order[:limit], start=1)
        )
        return ConceptAnswer(query=text, items=items, total=len(order))

    def _meant(self, text: str, scheme: str, language: str, limit: int) -> Sequence[Link]:
        return self._meaning(text, scheme, language, limit) if self._meaning and text.strip() else ()

    def _matches(self, text: str, scheme: str) -> Iterable[tuple[_Entry, int]]:
        exact = self._vocabulary.get(text)
        if exact and (not scheme or exact.scheme == scheme):
            yield _Entry(exact.id, exact.scheme, exact.id, exact.id, ""), HOW.index("id")
        for one in self._vocabulary.schemes():
            coded = self._vocabulary.by_notation(one.id, text) if text and scheme in ("", one.id) else None
            if coded:
                yield _Entry(coded.id, coded.scheme, text, text, ""), HOW.index("code")
        folded, asked = fold(text), words(text)
        for entry in self._holding(max(asked, key=len, default="")):
            if scheme and entry.scheme != scheme:
                continue
            if entry.folded == folded:
                yield entry, HOW.index("label")
            elif not folded or entry.folded.startswith(folded):
                yield entry, HOW.index("start")
            elif asked and all(word in entry.folded for word in asked):
                yield entry, HOW.index("words")

    def _holding(self, word: str) -> Iterable[_Entry]:
        """Labels that hold a folded word: found in one text of all labels, thirty times as fast as one by one."""
        text, starts = self._joined
        entries, at, last = self._entries, text.find(word) if word else -1, -1
        if not word:
            yield from entries
        while at >= 0:
            place = bisect_right(starts, at) - 1
            if place != last:
                yield entries[place]
            last = place
            at = text.find(word, starts[place + 1]) if place + 1 < len(starts) else -1

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        starts, total = [], 0
        for entry in self._entries:
            starts.append(total)
            total += len(entry.folded) + 1
        return "\n".join(entry.folded for entry in self._entries), starts

    def show(self, id_: str, language: str) -> ConceptDetail:
        """One concept whole; raises `NotFound` that names the nearest ids."""
        concept = self._vocabulary.concept(id_)
        narrower = tuple(self._vocabulary.descendants(id_))
        counts = self._count((id_, *narrower))

        def refer(ids: Iterable[str]) -> tuple[ConceptRef, ...]:
            return tuple(reference(self._vocabulary, other, language) for other in ids)

        return ConceptDetail(
            concept=reference(self._vocabulary, id_, language),
            definition=concept.definition,
            labels=_labels(concept),
            broader=refer(concept.broader),
            narrower=refer(concept.narrower),
            related=refer(concept.related),
            mappings=tuple(
                MappedConcept(mapping.relation.value, reference(self._vocabulary, mapping.target, language))
                for mapping in concept.mappings
            ),
            attributes=_grouped(concept.attributes),
            valid_from=concept.valid_from,
            valid_to=concept.valid_to,
            replaced_by=refer(concept.replaced_by),
            synergy_count=counts.get(id_, 0),
            synergy_count_narrower=sum(counts.values()),
        )


def reference(vocabulary: Vocabulary, id_: str, language: str) -> ConceptRef:
    """A concept as shown in a list; one that is not known is shown by its id."""
    concept = vocabulary.get(id_)
    label = vocabulary.label(id_, language)
    scheme = concept.scheme if concept else id_.partition(":")[0]
    return ConceptRef(id_, scheme, concept.notation if concept else "", label.text, label.language)


def _labels(concept: Concept) -> Mapping[str, tuple[LabelText, ...]]:
    grouped: dict[str, list[LabelText]] = {}
    for label in concept.labels:
        grouped.setdefault(label.language, []).append(LabelText(label.text, label.kind.value))
    return {language: tuple(labels) for language, labels in grouped.items()}


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in grouped.items()}
