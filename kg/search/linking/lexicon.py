"""All labels of a scheme as an inverted index of normal forms: finds the labels a text contains, whole or in part."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kg.model import Concept, Label, LabelKind
from kg.search.linking.compounds import Compounds, frequent_parts
from kg.search.linking.spelling import Speller
from kg.search.linking.words import ASIDE_WEIGHT, MODIFIER_WEIGHT, PRODUCTS, Phrase, normal, read

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

_LABELS_PER_CONCEPT = 8
"""Labels looked at for each concept wanted: a concept has about thirty, most of them in other languages."""


_ORIGIN_SHARE = (MODIFIER_WEIGHT + ASIDE_WEIGHT) / 2


class LabelMatch(NamedTuple):
    """How one label matches a text; a named tuple, because every text makes thirty.

    Weights are inverse document frequencies of normal forms. `label_covered` and `text_covered` are the shares (0 to 1)
    of the label's and of the text's weight that both have, `matched_weight` is that weight where the text's words stand
    (a word behind `from` counts less);
    `head` says whether the label's head noun is the text's, `named` whether the text has it anywhere, `made_of` that
    the text names a product and the label at most what it is made of, `origin_only` that all the label has of the text
    stands behind `from` or `for`.
    """

    concept: int
    label: int
    label_covered: float
    text_covered: float
    matched_weight: float
    whole: bool
    head: bool
    named: bool
    made_of: bool
    origin_only: bool


@dataclass(frozen=True, slots=True)
class LexiconData:
    """What a lexicon is made of: plain arrays and strings, so that it can be stored and read back in milliseconds.

    `postings[starts[f]:starts[f + 1]]` are the labels that hold form `f`; `heads` is a form for each label or -1.
    """

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    keys: tuple[str, ...]
    forms: tuple[str, ...]
    german: tuple[str, ...]
    owner: Ints
    heads: Ints
    weights: Floats
    totals: Floats
    starts: Ints
    postings: Ints


class Lexicon:
    """Labels of a scheme's concepts; a label and a concept are known by their places."""

    def __init__(self, data: LexiconData) -> None:
        self.data = data
        self.compounds = Compounds(data.german)
        self.form_of = {form: place for place, form in enumerate(data.forms)}
        self.whole: dict[str, list[int]] = defaultdict(list)
        for label, key in enumerate(data.keys):
            self.whole[key].append(label)
        self._speller = Speller(data.forms)
        self.unknown_weight = math.log(int(data.owner.max(initial=0)) + 2)
        self._product_labels = {form: self._holders(form) for form in PRODUCTS}
        self._forms_of: dict[int, frozenset[str]] = {}

    def label(self, place: int) -> Label:
        return Label(self.data.texts[place], self.data.languages[place], LabelKind(self.data.kinds[place]))

    def forms_of(self, place: int) -> frozenset[str]:
        """Normal forms of a label's words, read at the first question."""
        forms = self._forms_of.get(place)
        if forms is None:
            forms = self._forms_of[place] = frozenset(w.form for w in self.read(self.data.texts[place]).words)
        return forms

    def read(self, text: str) -> Phrase:
        """The text as words in the normal form the labels have."""
        return read(text, self.compounds.split, self._mend)

    def _holders(self, form: str) -> frozenset[int]:
        """Labels that have a form."""
        place = self.form_of.get(form)
        if place is None:
            return frozenset()
        return frozenset(self.data.postings[self.data.starts[place] : self.data.starts[place + 1]].tolist())

    def _mend(self, form: str) -> str:
        return form if form in self.form_of else self._speller.mend(form)

    def matches(self, phrase: Phrase, limit: int, hidden: Iterable[int] = ()) -> list[LabelMatch]:
        """The best label of each concept that shares a word with the phrase, best first, at most `limit` concepts.

        `hidden` labels are passed over, so that a label can be asked for as if it were not there (tuning).
        """
        placed: dict[str, float] = {}
        for word in phrase.words:
            placed[word.form] = max(word.weight, placed.get(word.form, 0.0))
        known = [self.form_of[form] for form in placed if form in self.form_of]
        if not known:
            return []
        data = self.data
        weights = data.weights[known]
        position = np.array([placed[data.forms[form]] for form in known], dtype=np.float32)
        unknown = sum(here for form, here in placed.items() if form not in self.form_of and len(form) > 1)
        text_total = float(weights @ position) + unknown * self.unknown_weight
        passed_over = set(hidden)
        whole = set(self.whole.get(phrase.key, ())) - passed_over
        runs = [data.postings[data.starts[form] : data.starts[form + 1]] for form in known]
        sizes = [*map(len, runs), len(whole)]
        # labels written apart from the text (`flyash`) share no form with it: they come in with no weight
        where = np.concatenate([*runs, np.array(sorted(whole), dtype=np.int32)])
        size = len(data.owner)
        labels: Ints = np.flatnonzero(np.bincount(where, minlength=size)).astype(np.int32)
        matched = _sums(where, weights, sizes, size)[labels]
        told = matched if (position == 1.0).all() else _sums(where, weights * position, sizes, size)[labels]
        covered = matched / data.totals[labels]
        text_covered = told / text_total
        value = covered * (0.3 + text_covered)
        value[_places(labels, passed_over)] = 0.0
        value[_places(labels, whole)] += 2.0
        order = np.argsort(-value, kind="stable")[: limit * _LABELS_PER_CONCEPT]
        order = order[value[order] > 0]
        best: dict[int, int] = {}
        for owner, place in zip(data.owner[labels[order]].tolist(), order.tolist(), strict=True):
            best.setdefault(owner, place)
        order = np.array(list(best.values())[:limit], dtype=np.intp)
        return self._found(phrase, placed, labels[order], (covered, text_covered, told, matched), order, whole)

    def _found(
        self,
        phrase: Phrase,
        placed: Mapping[str, float],
        labels: Ints,
        measures: tuple[Doubles, ...],
        order: npt.NDArray[np.intp],
        whole: set[int],
    ) -> list[LabelMatch]:
        """The labels as matches, one by one; `measures` are of all labels, those of ours stand at `order`."""
        covered, text_covered, told, matched = (measure[order] for measure in measures)
        heads = [self.data.forms[head] for head in self.data.heads[labels].tolist()]
        products = [self._product_labels[head] for head in phrase.heads & PRODUCTS]
        columns = zip(
            self.data.owner[labels].tolist(),
            labels.tolist(),
            covered.tolist(),
            text_covered.tolist(),
            told.tolist(),
            heads,
            (told < _ORIGIN_SHARE * matched).tolist(),
            strict=True,
        )
        return [
            LabelMatch(
                concept,
                label,
                share,
                text_share,
                weight,
                label in whole,
                head in phrase.heads,
                head in placed,
                any(label not in holders for holders in products),
                origin_only,
            )
            for concept, label, share, text_share, weight, head, origin_only in columns
        ]


def _sums(where: Ints, weights: Floats, sizes: Sequence[int], size: int) -> Doubles:
    """Weight of each of `size` labels: each form's weight once for each label that has it, nothing for those of the
    last size."""
    each = np.zeros(len(where), dtype=np.float32)
    each[: len(where) - sizes[-1]] = np.repeat(weights, sizes[:-1])
    summed: Doubles = np.bincount(where, each, size).astype(np.float64, copy=False)
    return summed


def _places(labels: Ints, wanted: set[int]) -> list[int]:
    """Where the wanted ones stand in an ascending array; those it has not are left out."""
    if not len(labels):
        return []
    found = zip(wanted, np.searchsorted(labels, list(wanted)).tolist(), strict=True)
    return [at for label, at in found if at < len(labels) and labels[at] == label]


def build(concepts: Sequence[Concept]) -> LexiconData:
    """Index the labels of the concepts, in their order. Takes a second or two for forty thousand labels."""
    labels = [
        (place, label)
        for place, concept in enumerate(concepts)
        for label in concept.labels
        if label.kind is not LabelKind.NOTATION and label.text.strip()
    ]
    german = {
        normal(word)
        for _, label in labels
        if label.language == "de"
        for word in label.text.replace("-", " ").split()
        if word.isalpha()
    }
    german |= frequent_parts(german)
    compounds = Compounds(german)
    phrases = [read(label.text, compounds.split) for _, label in labels]
    postings: dict[str, list[int]] = defaultdict(list)
    for place, phrase in enumerate(phrases):
        for form in dict.fromkeys(word.form for word in phrase.words):
            postings[form].append(place)
    forms = tuple(sorted(postings))
    form_of = {form: place for place, form in enumerate(forms)}
    owner = np.array([place for place, _ in labels], dtype=np.int32)
    weights = np.array([_weigh(form, postings[form], owner, len(concepts)) for form in forms], dtype=np.float32)
    runs = [postings[form] for form in forms]
    where = np.array([label for run in runs for label in run], dtype=np.int32)
    sizes = [len(run) for run in runs]
    totals = np.bincount(where, np.repeat(weights, sizes), len(labels)) if runs else np.zeros(len(labels))
    return LexiconData(
        texts=tuple(label.text for _, label in labels),
        languages=tuple(label.language for _, label in labels),
        kinds=tuple(label.kind.value for _, label in labels),
        keys=tuple(phrase.key for phrase in phrases),
        forms=forms,
        german=tuple(sorted(german)),
        owner=owner,
        heads=np.array([_head(phrase, form_of) for phrase in phrases], dtype=np.int32),
        weights=weights,
        totals=np.maximum(totals, 1e-6).astype(np.float32),
        starts=np.concatenate(([0], np.cumsum(sizes))).astype(np.int32),
        postings=where,
    )


def _head(phrase: Phrase, form_of: dict[str, int]) -> int:
    return max((form_of[head] for head in sorted(phrase.heads, key=len) if head in form_of), default=-1)


def _weigh(form: str, labels: Sequence[int], owner: Ints, count: int) -> float:
    """Inverse document frequency over concepts; a single Chinese character says half as much as a pair."""
    weight = math.log((count + 1) / len(set(owner[labels].tolist())))
    return weight * 0.5 if len(form) == 1 else weight
