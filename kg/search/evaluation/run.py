"""One evaluation: hide, ask, rank, count; with the baselines, the ablation and the calibration in the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import numpy.typing as npt

from kg.graph.protocol import SearchDocument, Vector
from kg.search.evaluation.baselines import BASELINES, Baselines
from kg.search.evaluation.cases import Case, all_documents
from kg.search.evaluation.fitting import FOLDS
from kg.search.evaluation.measures import (
    Measures,
    ReliabilityBin,
    measure,
    monotone_knots,
    ranks_of_truth,
    reliability,
)
from kg.search.evaluation.sampling import (
    Progress,
    Sample,
    division_of,
    encode_cases,
    held_out,
    learn,
    samples,
)
from kg.search.features import FEATURES, FeatureReader
from kg.search.knowledge import Knowledge
from kg.search.model import softmax, stored_form
from kg.search.searching import Search

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Table = Mapping[str, Mapping[str, Measures]]

OURS = "symbiograph"
STRONG_ONLY = "symbiograph, no routes of strength 1"
NETWORK_CASES = "symbiograph, cases with a network"
NETWORK_OUT = "symbiograph, network left out"
_ITEMS = 5
"""Items of each answer whose confidence counts in the calibration: those that a person reads first."""


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
    """Tables of measures: `methods` by name and kind, `by` field and value, `ablation` by what was left out and kind.

    `model` is the stored form of the weights and confidence map fitted on all cases, empty when nothing was fitted.
    """

    cases: int
    methods: Table
    by: Table
    ablation: Table
    calibration: Sequence[ReliabilityBin]
    calibration_error: float
    weights: Mapping[str, float]
    failures: Sequence[Failure]
    model: Mapping[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Plain data for JSON."""
        return asdict(self)


def evaluate(
    search: Search, cases: Sequence[Case], fitted: bool = True, progress: Progress | None = None
) -> Evaluation:
    """Measure the ranking on cases; `ValueError` for none.

    `fitted` fits weights and calibration without each fold's groups (for cases of the index itself); otherwise the
    shipped model is measured as it is (for cases from elsewhere).
    """
    if not cases:
        raise ValueError("There is no case with a resource and a receiver whose division is known.")
    vectors = encode_cases(search, cases, progress)
    strong = FeatureReader(Knowledge(search.vocabulary, least_strength=2), search.offers)
    hidden = [case.hidden for case in cases]
    sample, weaker = samples(search, (search.features, strong), cases, hidden, vectors, progress)
    kinds = np.array([case.kind for case in cases])
    # niche routes mirror rows of the library: weights learnt with them alone would trust routes more than they deserve
    both = (sample, weaker)
    scores = _scored(search, sample, both, fitted)
    methods = {
        OURS: _by_kind(scores, sample.truth, kinds),
        STRONG_ONLY: _by_kind(_scored(search, weaker, both, fitted), sample.truth, kinds),
        **_networks(search, cases, vectors, both, scores, fitted, progress),
        **_baselines(search, cases, vectors, sample, kinds),
    }
    chances = np.array([softmax(row) for row in scores])
    table, error = _calibrated(search, chances, sample, fitted)
    weights = learn(both, np.ones(len(cases), dtype=np.bool_)) if fitted else np.array(search.model.weights)
    return Evaluation(
        cases=len(cases),
        methods=methods,
        by=_by_fields(cases, scores, sample),
        ablation=_ablation(both, kinds) if fitted else {},
        calibration=table,
        calibration_error=error,
        weights=dict(zip(FEATURES, weights.round(4).tolist(), strict=True)),
        failures=_failures(cases, scores, sample),
        model=_model(search, weights, chances, sample) if fitted else {},
    )


def _scored(search: Search, sample: Sample, learnt_from: Sequence[Sample], fitted: bool) -> Floats:
    return held_out(sample, learnt_from) if fitted else sample.scores(sample.worth, np.array(search.model.weights))


def _networks(
    search: Search,
    cases: Sequence[Case],
    vectors: Mapping[str, Vector],
    both: Sequence[Sample],
    scores: Floats,
    fitted: bool,
    progress: Progress | None,
) -> dict[str, dict[str, Measures]]:
    """The cases that name a network: as they are, and with their whole network hidden."""
    away = [row for row, case in enumerate(cases) if case.hidden_network is not None]
    if not away:
        return {}
    chosen = [cases[row] for row in away]
    kinds = np.array([case.kind for case in chosen])
    hidden = [case.hidden_network or case.hidden for case in chosen]
    (there,) = samples(search, (search.features,), chosen, hidden, vectors, progress)
    left_out = held_out(both[0], both, elsewhere=there) if fitted else _scored(search, there, (), fitted)
    truth = both[0].truth[away]
    return {NETWORK_CASES: _by_kind(scores[away], truth, kinds), NETWORK_OUT: _by_kind(left_out, truth, kinds)}


def _baselines(
    search: Search,
    cases: Sequence[Case],
    vectors: Mapping[str, Vector],
    sample: Sample,
    kinds: npt.NDArray[np.str_],
) -> dict[str, dict[str, Measures]]:
    documents: list[SearchDocument] = list(all_documents(search.views))
    baselines = Baselines(
        search.views,
        sample.divisions,
        {document.id: division_of(search, document) for document in documents},
        {document.id: document.group or document.id for document in documents},
        {document.id: document.waste_code for document in documents},
    )
    each = [baselines.scores(case, vectors[case.resource]) for case in cases]
    return {name: _by_kind(np.array([scores[name] for scores in each]), sample.truth, kinds) for name in BASELINES}


def _by_kind(scores: Floats, truth: Ints, kinds: npt.NDArray[np.str_]) -> dict[str, Measures]:
    ranks = ranks_of_truth(scores, truth)
    material = kinds == "material"
    return {"all": measure(ranks, truth), "material": measure(ranks[material], truth[material])}


def _by_fields(cases: Sequence[Case], scores: Floats, sample: Sample) -> dict[str, dict[str, Measures]]:
    ranks = ranks_of_truth(scores, sample.truth)
    fields = {
        "kind": np.array([case.kind for case in cases]),
        "language": np.array([case.language for case in cases]),
        "confidence": np.array([case.confidence or "unknown" for case in cases]),
        "division": np.array([case.division for case in cases]),
    }
    return {
        name: {
            str(value): measure(ranks[values == value], sample.truth[values == value]) for value in np.unique(values)
        }
        for name, values in fields.items()
    }


def _ablation(both: Sequence[Sample], kinds: npt.NDArray[np.str_]) -> dict[str, dict[str, Measures]]:
    """Each feature left out, and each alone, weights fitted anew every time; and no discount of general sectors."""
    sample, every = both[0], range(len(FEATURES))
    chosen = {f"without {name}": [f for f in every if f != number] for number, name in enumerate(FEATURES)}
    chosen |= {f"only {name}": [number] for number, name in enumerate(FEATURES)}
    found = {name: _by_kind(held_out(sample, both, active), sample.truth, kinds) for name, active in chosen.items()}
    plain = replace(sample, rarity=np.zeros_like(sample.rarity))
    return found | {"without rarity": _by_kind(held_out(plain, both), sample.truth, kinds)}


def _first_items(chances: Floats, truth: Ints) -> tuple[Floats, Bools]:
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
        if not asked.any():
            continue
        knots = list(zip(search.model.chances, search.model.confidences, strict=True))
        if fitted and not asked.all():
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


def _model(search: Search, weights: Floats, chances: Floats, sample: Sample) -> dict[str, object]:
    knots = monotone_knots(*_first_items(chances, sample.truth))
    trained_on = {"cases": len(sample.truth), "vocabulary": search.vocabulary.version}
    return stored_form("1", weights.round(4).tolist(), knots, trained_on)
