"""Finding List of Waste codes by what a company calls its waste: `the grey stuff from the filter`.

Official titles are terse and lean on the heading above them, so a code is also found by its title together with its
sub-chapter's, by everyday names (`schemes/low-everyday-labels.ttl`), and through the materials that usually carry it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kg.model import Concept, Label, LabelKind, Link
from kg.ontology import Vocabulary
from kg.search.linking.linker import SOFTENED

_THAN_THOSE = re.compile(
    r",? ?(?:others? )?than (?:those|that|the wastes?) mentioned in.*$|\(except [^)]*\)", re.IGNORECASE
)
_BY_MATERIAL = 1.0
"""What a linked material adds to the strength of its code, in the units of the linker's strengths. Tuned: 0 to 5."""
_UNSPECIFIED = 0.6
"""What codes ending in 99 (not otherwise specified) lose: they are for what no other code fits."""
_CODE_LENGTH = len("low:100102")


def waste_concepts(vocabulary: Vocabulary) -> list[Concept]:
    """The six-digit codes, each with its title and its sub-chapter's in one more label."""
    found: list[Concept] = []
    for concept in vocabulary.concepts("low"):
        if len(concept.id) == _CODE_LENGTH:
            heading = vocabulary.label(concept.broader[0]).text if concept.broader else ""
            title = _THAN_THOSE.sub("", vocabulary.label(concept.id).text).strip()
            label = Label(f"{title}, {heading}", "en", LabelKind.HIDDEN)
            found.append(replace(concept, labels=(*concept.labels, label)))
    return found


def rank_wastes(
    wastes: Sequence[Link], materials: Sequence[Link], codes: Mapping[str, Sequence[str]], limit: int | None = None
) -> list[Link]:
    """Codes by their own strength and by the materials the words may name, best first; scores are odds to the best.

    Scores of `wastes` and `materials` are the odds that `SchemeLinker.guesses` gives; `codes` are the codes each
    material carries: a material of many codes says little for each. At most `limit` are given, all without one.
    """
    strengths = {link.concept: SOFTENED * math.log(max(link.score, 1e-9)) for link in wastes}
    strengths = {code: strength - _UNSPECIFIED * code.endswith("99") for code, strength in strengths.items()}
    links = {link.concept: link for link in wastes}
    support: dict[str, tuple[float, Link]] = {}
    for link in materials:
        carried = codes.get(link.concept, ())
        for code in carried:
            share = link.score / len(carried) ** 0.5
            if share > support.get(code, (0.0, link))[0]:
                support[code] = (share, link)
    floor = min(strengths.values(), default=0.0)
    for code, (share, _) in support.items():
        strengths[code] = strengths.get(code, floor) + _BY_MATERIAL * share
    order = sorted(strengths, key=lambda code: (-strengths[code], code))
    best = strengths[order[0]] if order else 0.0
    return [
        replace(
            links.get(code) or support[code][1],
            concept=code,
            score=round(math.exp((strengths[code] - best) / SOFTENED), 4),
        )
        for code in order[:limit]
    ]
