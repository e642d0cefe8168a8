"""From evidence to one calibrated score: named features of each candidate concept and what each of them is worth.

The weights are a conditional logit over candidates, fitted on the tuning half of `tests/evaluation/data/linking.csv`
and, with a tenth of the weight, on labels asked for as if they were not there, then rounded. Set by hand, because the
set has too few cases: `origin_only`, `made_of` and the waste codes. The confidence is a logistic of the best
candidate's evidence, fitted on the same half with the phrases that name no resource. docs/linking.md has the figures.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kg.search.linking.lexicon import LabelMatch

_LABEL_COVERED = 1.15
_TEXT_COVERED = 0.67
_COVERED_BOTH = 1.22
_WHOLE = 2.35
_HEAD = 0.34
_MODIFIER = 0.01
_PREF = 0.24
_MATCHED_WEIGHT = 1.36
_CONTAINED = 0.64
_NO_LABEL = -0.08
_MADE_OF = -2.93
_ORIGIN_ONLY = -2.0
_NEARNESS = 1.75
_NEARNESS_LEAD = 1.19
_WASTE_CODE = 1.0
_WASTE_GROUP = 0.3
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


class Candidate(NamedTuple):
    """A concept that may be meant, with its evidence. `nearness` is its cosine in standard deviations above the mean of
    all concepts, `lead` that minus the best concept's; both 0 when no vector was asked for."""

    concept: int
    match: LabelMatch | None
    pref: bool
    nearness: float
    lead: float
    waste_code: bool = False
    waste_group: bool = False

    def strength(self) -> float:
        """Weighted sum of the features, about 0 to 1 each; only its order and differences mean something.

        Written out, because every text asks for ninety: a sum over named features took a third of linking.
        """
        worth = _meant(self.nearness, self.lead)
        if self.waste_code:
            worth += _WASTE_CODE
        if self.waste_group:
            worth += _WASTE_GROUP
        return worth + _NO_LABEL if self.match is None else _told(worth, self.match, self.pref)


def by_nearness(nearness: float, lead: float) -> float:
    """The strength of a candidate of which nothing but its nearness is known: two thirds of all, so that it is told
    without making one."""
    return _meant(nearness, lead) + _NO_LABEL


def _meant(nearness: float, lead: float) -> float:
    return _NEARNESS * (nearness / 4.0) + _NEARNESS_LEAD * max(lead, _FARTHEST_LEAD)


def _told(worth: float, match: LabelMatch, pref: bool) -> float:
    """`worth` with what a label's match adds to it."""
    label_covered, text_covered = match.label_covered, match.text_covered
    worth += _LABEL_COVERED * label_covered
    worth += _TEXT_COVERED * text_covered
    worth += _COVERED_BOTH * (label_covered * text_covered)
    if match.whole:
        worth += _WHOLE
    if match.head:
        worth += _HEAD
    elif match.named:
        worth += _MODIFIER
    if match.made_of:
        worth += _MADE_OF
    if match.origin_only:
        worth += _ORIGIN_ONLY
    if pref:
        worth += _PREF
    worth += _MATCHED_WEIGHT * (min(match.matched_weight, _MOST_WEIGHT) / 10.0)
    return worth + _CONTAINED if label_covered > 0.999 else worth


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
