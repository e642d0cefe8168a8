"""What members of a programme are and hold, seen from a question: who sits in a sector, who has or wants what fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.model import Level, Member, MemberResource, ResourceRole
from kg.search.knowledge import Knowledge
from kg.search.presenting import Presenter
from kg.search.question import Question, Reach
from kg.search.results import Amount, Holder, MemberRef
from kg.search.scale import Scale
from kg.text import analyse

FITS_FROM = 0.3
"""Least fit of a member's resource: a sure link one step away, or a third of the rarer words."""
_WORDS_ALONE = 0.6


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a member's resource fits a question (0 to 1), over which path, in words."""

    relevance: float
    reach: Reach | None
    sentence: str


class MemberReader:
    """Reads members against one question."""

    def __init__(self, question: Question, knowledge: Knowledge, scale: Scale, presenter: Presenter) -> None:
        self._question = question
        self._knowledge = knowledge
        self._scale = scale
        self._presenter = presenter

    def by_sector(self, members: Sequence[Member], level: Level) -> Mapping[str, list[MemberRef]]:
        """Members by the sector they count for at a level, each with the wants that fit."""
        found: dict[str, list[MemberRef]] = defaultdict(list)
        for member in members:
            sector = self._knowledge.sector_at(member.sector, level) if member.sector else ""
            if sector:
                found[sector].append(self.ref(member))
        return found

    def ref(self, member: Member) -> MemberRef:
        """A member as shown, with its wanted resources that fit the question."""
        return MemberRef(
            id=member.id,
            organisation=member.organisation,
            site=member.site,
            place=member.place,
            sector=self._presenter.maybe(member.sector),
            fictitious=member.fictitious,
            wants=tuple(r.resource for r, _ in self._fitting(member, ResourceRole.WANT)),
        )

    def holders(self, members: Sequence[Member]) -> tuple[Holder, ...]:
        """Members that have what is asked, best fit first, ties by member and resource id."""
        found = [
            (fit, member, resource) for member in members for resource, fit in self._fitting(member, ResourceRole.HAVE)
        ]
        found.sort(key=lambda entry: (-round(entry[0].relevance, 9), entry[1].id, entry[2].id))
        return tuple(
            Holder(
                member=self.ref(member),
                resource=resource.resource,
                concept=self._presenter.maybe(fit.reach.path[-1] if fit.reach else ""),
                quantity=_amount(resource),
                fate=resource.fate,
                relevance=round(fit.relevance, 4),
                matched=fit.sentence,
            )
            for fit, member, resource in found
        )

    def _fitting(self, member: Member, role: ResourceRole) -> list[tuple[MemberResource, Fit]]:
        held = [(resource, self.fit(resource)) for resource in member.resources if resource.role is role]
        return [(resource, fit) for resource, fit in held if fit.relevance >= FITS_FROM]

    def fit(self, resource: MemberResource) -> Fit:
        """How well a resource fits: by its concepts, its waste code, or by the words it shares."""
        best, weight = None, 0.0
        for concept, score in [*((k.concept, k.score) for k in resource.materials), (resource.waste_code, 1.0)]:
            reach = self._question.reach.get(concept)
            if reach and reach.weight * score > weight:
                best, weight = reach, reach.weight * score
        if best is not None and weight >= FITS_FROM:
            label = self._presenter.ref(best.path[-1]).label
            return Fit(min(weight, 1.0), best, f"{resource.resource} is {label}")
        shared = float(self._scale.overlap(self._question.terms, [analyse(resource.resource)])[0])
        return Fit(_WORDS_ALONE * shared, None, f"{resource.resource} shares words with what was asked")


def _amount(resource: MemberResource) -> Amount | None:
    quantity = resource.quantity
    return Amount(quantity.value, quantity.unit, quantity.as_stated) if quantity else None


def held_quantities(holders: Sequence[Holder]) -> dict[str, float]:
    """Sums of what members hold, by unit."""
    sums: dict[str, float] = defaultdict(float)
    for holder in holders:
        if holder.quantity and holder.quantity.value is not None and holder.quantity.unit:
            sums[holder.quantity.unit] += holder.quantity.value
    return dict(sorted(sums.items()))
