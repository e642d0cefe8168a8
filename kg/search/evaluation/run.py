"""One evaluation: hide, ask, rank, count; with the baselines, the ablation and the calibration in the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import numpy.typing as npt

from kg.graph.protocol import Filters, SearchDocument, Vector
from kg.search.evaluation.baselines import BASELINES, Baselines
from kg.search.evaluation.cases import Case, all_documents
from kg.search.evaluation.fitting import FOLDS, fit, fold_of
from kg.search.evaluation.measures import (
    Measures,
    ReliabilityBin,
    measure,
    monotone_knots,
    ranks_of_truth,
    reliability,
)
from kg.search.features import FEATURES, FeatureReader
from kg.search.knowledge import Knowledge
from kg.search.model import evidence_of, softmax, stored_form
from kg.search.results import Level, SectorRole
from kg.search.route_words import RouteWords
from kg.search.searching import Search

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]

_ITEMS = 5
"""Items of each answer whose confidence counts in the calibration: those that a person reads first."""
_ENCODED = 128


@dataclass(frozen=True, slots=True)
class Failure:
    """A case whose true division is not among the first three, with what ranked instead."""

    id: str
    resource: str
    division: str
    rank: int
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Tables of measures: `methods` by name, `by` field and value, `ablation` by what was left out."""

    cases: int
    methods: Mapping[str, Mapping[str, Measures]]
    by: Mapping[str, Mapping[str, Measures]]
    ablation: Mapping[str, Mapping[str, Measures]]
    calibration: Sequence[ReliabilityBin]
    calibration_error: float
    weights: Mapping[str, float]
    failures: Sequence[Failure]
    model: Mapping[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sample:
    """Features of every case: worth of shape (cases, divisions, features) and the true columns."""

    divisions: tuple[str, ...]
    worth: Floats
    truth: Ints
    folds: Ints


def evaluate(
    search: Search, cases: Sequence[Case], fitted: bool = True, progress: Progress | None = None
) -> Evaluation:
    """Measure the ranking on cases.

    `fitted` fits weights and calibration without each fold's groups (for cases of the index itself); otherwise the
    shipped model is measured as it is (for cases from elsewhere).
    """
    vectors = _encode(search, cases, progress)
    documents = list(all_documents(search.views))
    divisions = _divisions(search, documents, cases)
    knowledge = Knowledge(search.vocabulary, least_strength=2)
    strong = FeatureReader(knowledge, RouteWords(search.vocabulary))
    hidden = [case.hidden for case in cases]
    sample, weaker = _samples(search, (search.features, strong), cases, hidden, vectors, divisions, progress)
    kinds = np.array([case.kind for case in cases])
    scores = _scores(search, sample, fitted)
    methods = {"symbiograph": _by_kind(scores, sample.truth, kinds)}
    methods["symbiograph, no routes of strength 1"] = _by_kind(_scores(search, weaker, fitted), sample.truth, kinds)
    networks = [case.hidden_network for case in cases]
    away = [place for place, network in enumerate(networks) if network is not None]
    if away:
        methods["symbiograph, cases with a network"] = _by_kind(scores[away], sample.truth[away], kinds[away])
        left_out = _network_scores(search, cases, away, vectors, divisions, sample, fitted, progress)
        methods["symbiograph, network left out"] = _by_kind(left_out, sample.truth[away], kinds[away])
    for name, values in _baseline_scores(search, cases, documents, vectors, divisions).items():
        methods[name] = _by_kind(values, sample.truth, kinds)
    chances = np.array([softmax(row) for row in scores])
    called, held = _first_items(chances, sample.truth)
    table, error = _calibrated(search, chances, sample, fitted)
    return Evaluation(
        cases=len(cases),
        methods=methods,
        by=_by_fields(cases, scores, sample),
        ablation=_ablation(sample, kinds) if fitted else {},
        calibration=table,
        calibration_error=error,
        weights=dict(zip(FEATURES, _weights(search, sample, fitted).round(4).tolist(), strict=True)),
        failures=_failures(cases, scores, sample),
        model=_model(search, sample, monotone_knots(called, held), len(cases)) if fitted else {},
    )


def _encode(search: Search, cases: Sequence[Case], progress: Progress | None) -> dict[str, Vector]:
    texts = sorted({case.resource for case in cases})
    found: dict[str, Vector] = {}
    for start in range(0, len(texts), _ENCODED):
        batch = texts[start : start + _ENCODED]
        found.update(zip(batch, search.questions.encode(batch), strict=True))
        if progress:
            progress("encode", start + len(batch), len(texts))
    return found


def _divisions(search: Search, documents: Sequence[SearchDocument], cases: Sequence[Case]) -> tuple[str, ...]:
    every = [c.id for c in search.vocabulary.concepts("nace2") if search.vocabulary.sector_at(c.id, "division") == c.id]
    return tuple(sorted({*every, *(case.division for case in cases)}))


def _samples(
    search: Search,
    readers: Sequence[FeatureReader],
    cases: Sequence[Case],
    hidden: Sequence[Filters],
    vectors: Mapping[str, Vector],
    divisions: tuple[str, ...],
    progress: Progress | None,
) -> list[Sample]:
    """A sample by each reader, from the same candidates."""
    place = {division: column for column, division in enumerate(divisions)}
    shares = np.zeros((len(readers), len(cases), len(divisions), len(FEATURES)))
    for row, (case, filters) in enumerate(zip(cases, hidden, strict=True)):
        question = search.questions.read(case.resource, vector=vectors[case.resource])
        found = search.candidates(question, filters)
        for number, reader in enumerate(readers):
            features = reader.read(question, found, SectorRole.RECEIVER, Level.DIVISION)
            for sector, values in zip(features.sectors, features.shares, strict=True):
                if sector in place:
                    shares[number, row, place[sector]] = values
        if progress and row % 50 == 49:
            progress("ask", row + 1, len(cases))
    truth = np.array([place[case.division] for case in cases], dtype=np.int64)
    folds = np.array([fold_of(case.group) for case in cases], dtype=np.int64)
    return [Sample(divisions, evidence_of(each), truth, folds) for each in shares]


def _scores(search: Search, sample: Sample, fitted: bool, active: Sequence[int] | None = None) -> Floats:
    """Scores of every case and division, by weights that never saw the case's fold."""
    if not fitted:
        scores: Floats = sample.worth @ np.array(search.model.weights)
        return scores
    scores = np.zeros(sample.worth.shape[:2])
    for fold in range(FOLDS):
        seen, asked = sample.folds != fold, sample.folds == fold
        if asked.any() and seen.any():
            scores[asked] = sample.worth[asked] @ fit(sample.worth[seen], sample.truth[seen], active)
    return scores.round(9)


def _weights(search: Search, sample: Sample, fitted: bool) -> Floats:
    return fit(sample.worth, sample.truth) if fitted else np.array(search.model.weights)


def _network_scores(
    search: Search,
    cases: Sequence[Case],
    away: Sequence[int],
    vectors: Mapping[str, Vector],
    divisions: tuple[str, ...],
    sample: Sample,
    fitted: bool,
    progress: Progress | None,
) -> Floats:
    """Scores with the case's whole network hidden, by weights that never saw the case's fold."""
    chosen = [cases[row] for row in away]
    hidden = [case.hidden_network or case.hidden for case in chosen]
    (there,) = _samples(search, (search.features,), chosen, hidden, vectors, divisions, progress)
    if not fitted:
        scores: Floats = there.worth @ np.array(search.model.weights)
        return scores
    scores = np.zeros(there.worth.shape[:2])
    for fold in range(FOLDS):
        asked, seen = there.folds == fold, sample.folds != fold
        if asked.any():
            scores[asked] = there.worth[asked] @ fit(sample.worth[seen], sample.truth[seen])
    return scores.round(9)


def _baseline_scores(
    search: Search,
    cases: Sequence[Case],
    documents: Sequence[SearchDocument],
    vectors: Mapping[str, Vector],
    divisions: Sequence[str],
) -> dict[str, Floats]:
    division_of = {d.id: search.vocabulary.sector_at(d.receiver_sector, "division") for d in documents}
    groups = {d.id: d.group or d.id for d in documents}
    codes = {d.id: d.waste_code for d in documents}
    baselines = Baselines(search.views, divisions, division_of, groups, codes)
    each = [baselines.scores(case, vectors[case.resource]) for case in cases]
    return {name: np.array([scores[name] for scores in each]) for name in BASELINES}


def _by_kind(scores: Floats, truth: Ints, kinds: npt.NDArray[np.str_]) -> dict[str, Measures]:
    ranks = ranks_of_truth(scores, truth)
    material = kinds == "material"
    return {"all": measure(ranks, truth), "material": measure(ranks[material], truth[material])}


def _by_fields(cases: Sequence[Case], scores: Floats, sample: Sample) -> dict[str, dict[str, Measures]]:
    ranks = ranks_of_truth(scores, sample.truth)
    fields = {
        "kind": [case.kind for case in cases],
        "language": [case.language for case in cases],
        "confidence": [case.confidence or "unknown" for case in cases],
        "division": [case.division for case in cases],
    }
    return {
        name: {
            value: measure(ranks[rows], sample.truth[rows])
            for value in sorted(set(values))
            for rows in [np.array([v == value for v in values])]
        }
        for name, values in fields.items()
    }


def _ablation(sample: Sample, kinds: npt.NDArray[np.str_]) -> dict[str, dict[str, Measures]]:
    """Each feature left out, and each alone, weights fitted anew every time."""
    found = {}
    every = range(len(FEATURES))
    for number, name in enumerate(FEATURES):
        without = _fitted_scores(sample, [other for other in every if other != number])
        found[f"without {name}"] = _by_kind(without, sample.truth, kinds)
    for number, name in enumerate(FEATURES):
        found[f"only {name}"] = _by_kind(_fitted_scores(sample, [number]), sample.truth, kinds)
    return found


def _fitted_scores(sample: Sample, active: Sequence[int]) -> Floats:
    scores = np.zeros(sample.worth.shape[:2])
    for fold in range(FOLDS):
        seen, asked = sample.folds != fold, sample.folds == fold
        if asked.any() and seen.any():
            scores[asked] = sample.worth[asked] @ fit(sample.worth[seen], sample.truth[seen], active)
    return scores.round(9)


def _first_items(chances: Floats, truth: Ints) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Chance and truth of the first items of every answer, flat."""
    first = np.argsort(-chances, axis=1, kind="stable")[:, :_ITEMS]
    return np.take_along_axis(chances, first, axis=1).ravel(), (first == truth[:, None]).ravel()


def _calibrated(
    search: Search, chances: Floats, sample: Sample, fitted: bool
) -> tuple[Sequence[ReliabilityBin], float]:
    """Reliability of the first items; the map of a fold is fitted on the others."""
    called, held = _first_items(chances, sample.truth)
    fold = np.repeat(sample.folds, _ITEMS)
    sure = np.zeros(len(called))
    for number in range(FOLDS):
        asked = fold == number
        if not fitted:
            knots = list(zip(search.model.chances, search.model.confidences, strict=True))
        else:
            knots = monotone_knots(called[~asked], held[~asked])
        sure[asked] = np.interp(called[asked], [k[0] for k in knots], [k[1] for k in knots])
    return reliability(sure, held)


def _failures(cases: Sequence[Case], scores: Floats, sample: Sample) -> list[Failure]:
    ranks = ranks_of_truth(scores, sample.truth)
    first = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    return [
        Failure(case.id, case.resource, case.division, int(rank), tuple(sample.divisions[i] for i in instead))
        for case, rank, instead in zip(cases, ranks, first, strict=True)
        if rank > 3
    ]


def _model(search: Search, sample: Sample, knots: Sequence[tuple[float, float]], cases: int) -> dict[str, object]:
    weights = fit(sample.worth, sample.truth).round(4).tolist()
    trained_on = {"cases": cases, "vocabulary": search.vocabulary.version}
    return stored_form("1", weights, knots, trained_on)
