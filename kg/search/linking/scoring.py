"""From evidence to one calibrated score: named features of each candidate concept and what each of them is worth.

The weights are a conditional logit over candidates, fitted on the tuning half of `tests/evaluation/data/linking.csv`
and, with a tenth of the weight, on labels asked for as if they were not there, then rounded. Set by hand, because the
set has too few cases: `origin_only`, `made_of` and the waste codes. The confidence is a logistic of the best
candidate's evidence, fitted on the same half with the phrases that name no resource. docs/linking.md has the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kg.search.linking.lexicon import LabelMatch

WEIGHTS = {
    "label_covered": 1.15,
    "text_covered": 0.67,
    "covered_both": 1.22,
    "whole": 2.35,
    "head": 0.34,
    "modifier": 0.01,
    "pref": 0.24,
    "matched_weight": 1.36,
    "contained": 0.64,
    "no_label": -0.08,
    "made_of": -2.93,
    "origin_only": -2.0,
    "nearness": 1.75,
    "nearness_lead": 1.19,
    "waste_code": 1.0,
    "waste_group": 0.3,
}
CONFIDENCE = {
    "constant": -5.28,
    "second": -0.33,
    "text_covered": 1.43,
    "label_covered": 3.19,
    "both": 2.35,
    "nearness": 0.43,
    "not_asked": 1.67,
    "waste_code": 1.0,
    "made_of": -4.0,
}
_MOST_WEIGHT = 20.0
_FARTHEST_SECOND = -5.0
_FARTHEST_LEAD = -2.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept that may be meant, with its evidence. `nearness` is its cosine in standard deviations above the mean of
    all concepts, `lead` that minus the best concept's; both 0 when no vector was asked for."""

    concept: int
    match: LabelMatch | None
    pref: bool
    nearness: float
    lead: float
    waste_code: bool = False
    waste_group: bool = False

    def features(self) -> dict[str, float]:
        """Named features, about 0 to 1 each."""
        match = self.match
        found = {
            "nearness": self.nearness / 4.0,
            "nearness_lead": max(self.lead, _FARTHEST_LEAD),
            "waste_code": float(self.waste_code),
            "waste_group": float(self.waste_group),
            "no_label": float(match is None),
        }
        if match:
            found |= {
                "label_covered": match.label_covered,
                "text_covered": match.text_covered,
                "covered_both": match.label_covered * match.text_covered,
                "whole": float(match.whole),
                "head": float(match.head),
                "modifier": float(match.named and not match.head),
                "made_of": float(match.made_of),
                "origin_only": float(match.origin_only),
                "pref": float(self.pref),
                "matched_weight": min(match.matched_weight, _MOST_WEIGHT) / 10.0,
                "contained": float(match.label_covered > 0.999),
            }
        return found

    def strength(self) -> float:
        """Weighted sum of the features; only its order and differences mean something."""
        return sum(WEIGHTS[name] * worth for name, worth in self.features().items())


def logistic(value: float) -> float:
    """1 / (1 + e^-value), without overflow."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, value))))


def confidence(best: Candidate, second: float) -> float:
    """Chance that the best candidate is what a practitioner would accept, from its evidence alone.

    `second` is the second candidate's strength minus the best's, 0 or less.
    """
    match = best.match
    told = (match.text_covered, match.label_covered) if match else (0.0, 0.0)
    value = CONFIDENCE["constant"] + CONFIDENCE["second"] * max(second, _FARTHEST_SECOND)
    value += CONFIDENCE["text_covered"] * told[0] + CONFIDENCE["label_covered"] * told[1]
    value += CONFIDENCE["both"] * told[0] * told[1]
    if best.nearness:
        value += CONFIDENCE["nearness"] * best.nearness
    else:
        value += CONFIDENCE["not_asked"]
    if match and match.made_of:
        value += CONFIDENCE["made_of"]
    if best.waste_code:
        value += CONFIDENCE["waste_code"]
    return logistic(value)
