"""Words to concepts of one scheme, by the labels the text has, nearness of meaning and the waste codes beside it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.graph.protocol import Vector
from kg.model import Concept, Link, LinkMethod
from kg.search.linking.concept_vectors import ConceptVectors, Nearness
from kg.search.linking.lexicon import LabelMatch, Lexicon
from kg.search.linking.phrases import parts_of
from kg.search.linking.scoring import Candidate, by_nearness, confidence
from kg.search.linking.words import Phrase, Word

Encode = Callable[[Sequence[str]], Vector]

SHOWN = 0.4
"""A best concept less sure than this is no answer: nine of ten phrases that name no resource fall below."""
CLOSE = 0.35
"""Share of the best score from which a second concept is shown beside it."""
PROPOSED = 30
"""Candidates of each kind of evidence: the right one is among 30 nearest for 99.8 of 100 phrasings."""
_NEAREST = 60
_PART_COVERED = 0.45
_PART_NEAR = 0.6
"""A part names a thing of its own when the whole text is at least about half as near to it as to the nearest concept:
`shavings` in `wet-blue trimmings and shavings` are no wood shavings."""
_SPECIFIC = 0.8
_WIDER = 2.0
"""An abbreviation that several concepts carry (CO2) means the widest of them, unless the rest of the text says more."""
SOFTENED = 0.8
"""Softening of the odds between guesses; between 0.5 and 1.2 the ranking of sectors does not notice."""


@dataclass(frozen=True, slots=True)
class Context:
    """What stands beside a text: ids of the waste codes given with it."""

    waste_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text was read. `links` are best first: `named` holds one for each thing the text names, `links` also close
    seconds. Both are empty when nothing fits. `ambiguous` says that the second is nearly as good as the first."""

    text: str
    links: tuple[Link, ...] = ()
    named: tuple[Link, ...] = ()
    ambiguous: bool = False


class SchemeLinker:
    """Links texts to the concepts of one scheme. Immutable but for memories of pure functions; safe between threads."""

    def __init__(
        self,
        concepts: Sequence[Concept],
        lexicon: Lexicon,
        vectors: ConceptVectors,
        encode: Encode,
        ancestors: Callable[[str], Mapping[str, int]],
    ) -> None:
        self._ids = tuple(concept.id for concept in concepts)
        self._order = {place: at for at, place in enumerate(sorted(range(len(concepts)), key=self._ids.__getitem__))}
        self._lexicon = lexicon
        self._vectors = vectors
        self._encode = encode
        self._ancestors = ancestors
        self._by_waste = _by_waste(concepts)
        self._pref = {
            place: label
            for label, place in enumerate(lexicon.data.owner.tolist())
            if lexicon.data.kinds[label] == "pref"
        }
        self._prefs = {
            (place, lexicon.data.languages[label]): label
            for label, place in enumerate(lexicon.data.owner.tolist())
            if lexicon.data.kinds[label] == "pref"
        }

    def read_many(
        self, texts: Sequence[str], contexts: Sequence[Context] = (), vectors: Vector | None = None, limit: int = 5
    ) -> list[Reading]:
        """One reading for each text. Texts whose label decides are not encoded; `vectors` spares encoding the rest."""
        phrases = [self._lexicon.read(text) for text in texts]
        found = [self._lexicon.matches(phrase, PROPOSED) for phrase in phrases]
        beside = contexts or [Context()] * len(texts)
        if vectors is None:
            open_texts = list(
                dict.fromkeys(
                    t for t, p, m in zip(texts, phrases, found, strict=True) if p.text.strip() and not _sure(m)
                )
            )
            encoded = dict(zip(open_texts, self._encode(open_texts), strict=True)) if open_texts else {}
            each = [encoded.get(text) for text in texts]
        else:
            each = list(vectors)
        return [
            self._judge(phrase, matches, vector, context, limit)
            for phrase, matches, vector, context in zip(phrases, found, each, beside, strict=True)
        ]

    def weigh(self, text: str, vector: Vector, limit: int = 5, guesses: int = 10) -> tuple[Reading, tuple[Link, ...]]:
        """The reading of a text and, for ranking to weigh, all that it may name however unsure, from one pass.

        Guesses are best first and never to be shown as links: their scores are the odds against the best one, which has
        1 (e to the difference of strengths, softened).
        """
        phrase = self._lexicon.read(text)
        matches = self._lexicon.matches(phrase, PROPOSED)
        near = self._near(vector, matches)
        ranked = self._rank(matches, near, Context(), max(limit, guesses))
        best = ranked[0][1] if ranked else 0.0
        odds = tuple(
            Link(self._ids[candidate.concept], math.exp((strength - best) / SOFTENED), LinkMethod.VECTOR)
            for candidate, strength in ranked[:guesses]
        )
        return self._conclude(phrase, near, ranked, Context(), limit), odds

    def guesses(self, text: str, vector: Vector, limit: int) -> tuple[Link, ...]:
        """All that a text may name however unsure, best first, with the label that found each; scores as in `weigh`."""
        phrase = self._lexicon.read(text)
        matches = self._lexicon.matches(phrase, max(PROPOSED, limit))
        near = self._near(vector, matches)
        ranked = self._rank(matches, near, Context(), limit)
        best = ranked[0][1] if ranked else 0.0
        return tuple(self._link(phrase, c, math.exp((strength - best) / SOFTENED), near) for c, strength in ranked)

    def _judge(
        self, phrase: Phrase, matches: list[LabelMatch], vector: Vector | None, context: Context, limit: int
    ) -> Reading:
        near = self._near(vector, matches)
        return self._conclude(phrase, near, self._rank(matches, near, context, limit), context, limit)

    def _conclude(
        self,
        phrase: Phrase,
        near: Nearness | None,
        ranked: list[tuple[Candidate, float]],
        context: Context,
        limit: int,
    ) -> Reading:
        if not ranked:
            return Reading(phrase.text)
        sure = confidence(ranked[0][0], ranked[1][1] - ranked[0][1] if len(ranked) > 1 else -5.0)
        if sure < SHOWN:
            return Reading(phrase.text)
        best = ranked[0][1]
        scored = [(candidate, sure * math.exp(min(0.0, strength - best))) for candidate, strength in ranked]
        links = [self._link(phrase, c, score, near) for c, score in scored if score >= sure * CLOSE][:limit]
        others = self._also_named(phrase, near, context, links[0], sure)
        named = (links[0], *others)
        ids = {link.concept for link in named}
        rest = [link for link in links[1:] if link.concept not in ids]
        further = sorted([*others, *rest], key=lambda link: (-link.score, link.concept))
        every = (links[0], *further)[:limit]
        return Reading(phrase.text, every, named, bool(rest) and rest[0].score >= _SPECIFIC * links[0].score)

    def _near(self, vector: Vector | None, matches: Iterable[LabelMatch]) -> Nearness | None:
        if vector is None:
            return None
        return self._vectors.nearest(vector, _NEAREST, [match.concept for match in matches])

    def _rank(
        self, matches: Sequence[LabelMatch], near: Nearness | None, context: Context, most: int
    ) -> list[tuple[Candidate, float]]:
        """The `most` strongest candidates, at least two, each with its strength, strongest first."""
        by_concept = {match.concept: match for match in matches}
        coded, grouped = self._coded(context)
        deviations = near.deviations if near else {}
        top = near.top if near else 0.0
        wide = self._widest(matches)
        kinds = self._lexicon.data.kinds
        told = {*by_concept, *coded, *(grouped & deviations.keys())}
        ranked: list[tuple[float, int, int, Candidate | None]] = [
            (-by_nearness(nearness, nearness - top), self._order[place], place, None)
            for place, nearness in deviations.items()
            if place not in told
        ]
        for place in told:
            match = by_concept.get(place)
            pref = match is not None and kinds[match.label] == "pref"
            nearness = deviations.get(place, 0.0)
            candidate = Candidate(place, match, pref, nearness, nearness - top, place in coded, place in grouped)
            strength = candidate.strength() + (_WIDER if place in wide else 0.0)
            ranked.append((-strength, self._order[place], place, candidate))
        first = sorted(ranked)[: max(most, 2)]
        return [
            (candidate or Candidate(place, None, False, deviations[place], deviations[place] - top), -strength)
            for strength, _, place, candidate in first
        ]

    def _widest(self, matches: Iterable[LabelMatch]) -> frozenset[int]:
        """Of several concepts that have the whole text as a label, the one that is wider than the others."""
        whole = [match.concept for match in matches if match.whole]
        if len(whole) < 2:
            return frozenset()
        above = {place: self._ancestors(self._ids[place]) for place in whole}
        wider = {ancestor for ancestors in above.values() for ancestor in ancestors}
        names = {self._ids[place] for place in whole}
        return frozenset(place for place in whole if self._ids[place] in wider and not names & above[place].keys())

    def _coded(self, context: Context) -> tuple[frozenset[int], frozenset[int]]:
        """Concepts mapped to a waste code given, and concepts mapped to another code of its sub-chapter."""
        exact = frozenset(place for code in context.waste_codes for place in self._by_waste.get(code, ()))
        group = frozenset(place for code in context.waste_codes for place in self._by_waste.get(code[:8], ()))
        return exact, group - exact

    def _also_named(
        self, phrase: Phrase, near: Nearness | None, context: Context, best: Link, sure: float
    ) -> list[Link]:
        """Further things the text names beside the first: each part between commas, `and`, `+` that has a label of
        its own, unless it is only a wider or narrower word for one that is there."""
        found: list[Link] = []
        seen = {best.concept}
        for part in parts_of(phrase):
            whole = Phrase(phrase.text, part.words, part.heads, part.key)
            ranked = self._rank(self._lexicon.matches(whole, PROPOSED), None, context, 1)
            if not ranked or ranked[0][0].match is None:
                continue
            candidate = ranked[0][0]
            match = candidate.match
            concept = self._ids[candidate.concept]
            kin = any(concept in self._ancestors(other) or other in self._ancestors(concept) for other in seen)
            if concept in seen or kin or match is None or not (match.head and match.label_covered > _SPECIFIC):
                continue
            if match.text_covered < _PART_COVERED or (
                near and near.deviations.get(candidate.concept, 0.0) < _PART_NEAR * near.top
            ):
                continue
            seen.add(concept)
            link = self._link(whole, candidate, min(sure, sure * match.text_covered + 0.1), near)
            found.append(link)
        return found

    def _link(self, phrase: Phrase, candidate: Candidate, score: float, near: Nearness | None) -> Link:
        match, lexicon = candidate.match, self._lexicon
        if match and match.label_covered >= 0.5:
            label = lexicon.label(match.label)
            return Link(
                self._ids[candidate.concept],
                round(score, 4),
                LinkMethod.LABEL,
                label.text,
                label.language,
                label.kind,
                _words_of(phrase, lexicon.forms_of(match.label)),
            )
        language = near.language(candidate.concept) if near else ""
        place = self._prefs.get((candidate.concept, language), self._pref.get(candidate.concept, 0))
        label = lexicon.label(place)
        method = LinkMethod.VECTOR if near else LinkMethod.CODE
        return Link(
            self._ids[candidate.concept], round(score, 4), method, label.text, label.language, label.kind, phrase.text
        )


def _sure(matches: Sequence[LabelMatch]) -> bool:
    """Whether the text is exactly one concept's label, so that meaning could add nothing."""
    return len([match for match in matches if match.whole]) == 1


def _by_waste(concepts: Sequence[Concept]) -> Mapping[str, frozenset[int]]:
    """Places of concepts by the waste codes they are mapped to, and by the sub-chapters of those (`low:1001`)."""
    found: dict[str, set[int]] = defaultdict(set)
    for place, concept in enumerate(concepts):
        for mapping in concept.mappings:
            if mapping.target.startswith("low:"):
                found[mapping.target].add(place)
                found[mapping.target[:8]].add(place)
    return {code: frozenset(places) for code, places in found.items()}


def _words_of(phrase: Phrase, forms: frozenset[str]) -> str:
    """The stretch of the text from the first to the last word that the label has."""
    hits: list[Word] = [word for word in phrase.words if word.form in forms]
    return phrase.text[min(w.start for w in hits) : max(w.end for w in hits)] if hits else phrase.text
