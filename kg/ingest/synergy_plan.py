"""Plans batches of synergies: repeats, comparison with the graph, links, results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kg.ingest.cells import Cells, Layout
from kg.ingest.codes import Codes
from kg.ingest.fields import Styles
from kg.ingest.link_cache import LinkCache
from kg.ingest.linking import Linker, MaterialRequest, TechnologyRequest
from kg.ingest.synergies import read_synergy
from kg.ingest.tables import Table
from kg.model import Link, Record, Synergy
from kg.provenance import Change, RecordKind, RowOutcome, RowResult

Existing = Callable[[RecordKind, Sequence[str]], Mapping[str, Record]]


class SynergyPlanner:
    """Turns rows into changes, batch by batch, and remembers which ids the file has used."""

    def __init__(
        self, table: Table, layout: Layout, codes: Codes, styles: Styles, linker: Linker, existing: Existing
    ) -> None:
        self._table = table
        self._layout = layout
        self._codes = codes
        self._styles = styles
        self._links = LinkCache(linker)
        self._existing = existing
        self._seen: dict[str, tuple[int, int]] = {}
        self._repeated: dict[int, str] = {}

    def plan(self, rows: Sequence[Cells]) -> tuple[list[Change], list[RowResult]]:
        """Changes and results of one batch, in file order."""
        self._repeated.clear()
        read = [(cells, self._read(cells)) for cells in rows]
        known = self._existing(RecordKind.SYNERGY, [found.id for _, found in read if found is not None])
        outcomes = dict.fromkeys(self._repeated, RowOutcome.UNCHANGED)
        fresh: list[tuple[Cells, Synergy, Synergy | None]] = []
        for cells, found in read:
            if found is None:
                continue
            before = known.get(found.id)
            if not isinstance(before, Synergy):
                fresh.append((cells, found, None))
            elif _without_links(before) == found:
                outcomes[cells.row.number] = RowOutcome.UNCHANGED
            elif _another(before, found):
                self._taken(cells, before)
            else:
                fresh.append((cells, found, before))
        changes = []
        for (cells, _, before), after in zip(fresh, self._linked([found for _, found, _ in fresh]), strict=True):
            changes.append(Change(after.id, RecordKind.SYNERGY, before, after))
            outcomes[cells.row.number] = RowOutcome.UPDATED if before else RowOutcome.CREATED
        return changes, [self._result(cells, found, outcomes) for cells, found in read]

    def _read(self, cells: Cells) -> Synergy | None:
        cells.check_shape(self._table.limits.cell_characters)
        if cells.rejected:
            return None
        found = read_synergy(cells, self._codes, self._styles)
        return None if found is None or self._repeats(cells, found) else found

    def _repeats(self, cells: Cells, found: Synergy) -> bool:
        """Whether an earlier row of the file has the id: harmless when it says the same, an error when it does not."""
        digest = hash(tuple(cells.texts))
        first = self._seen.setdefault(found.id, (cells.row.number, digest))
        if first[0] == cells.row.number:
            return False
        if first[1] == digest:
            cells.warn("repeated-row", "id", f"Row {first[0]} says the same.", "Remove one of the two rows.")
            self._repeated[cells.row.number] = found.id
        elif "id" in self._layout.index:
            cells.reject("duplicate-id", "id", f"Row {first[0]} has the same id.", "Give each row an id of its own.")
        else:
            cells.reject(
                "duplicate-key",
                "resource",
                f"Row {first[0]} has the same provider, receiver, resource, place and programme.",
                "Add a column id that tells the rows apart.",
            )
        return True

    def _taken(self, cells: Cells, before: Synergy) -> None:
        cells.reject(
            "id-of-another",
            "id",
            f"The graph holds another exchange under this id ({before.title[:80]}).",
            "Give ids that no other programme uses, such as its name and a number.",
        )

    def _linked(self, found: list[Synergy]) -> list[Synergy]:
        languages = self._layout.languages
        materials = self._links.materials(
            [
                MaterialRequest(
                    one.flows[0].resource,
                    str(one.flows[0].kind),
                    one.flows[0].waste_code,
                    one.provider.sector,
                    one.flows[0].used_as,
                    languages,
                )
                for one in found
            ]
        )
        technologies = self._links.technologies(
            [TechnologyRequest(one.technology, one.flows[0].resource, languages) for one in found]
        )
        return [
            _with_links(one, links, technology)
            for one, links, technology in zip(found, materials, technologies, strict=True)
        ]

    def _result(self, cells: Cells, found: Synergy | None, outcomes: Mapping[int, RowOutcome]) -> RowResult:
        outcome = outcomes.get(cells.row.number, RowOutcome.REJECTED)
        number = cells.row.number
        record = found.id if found is not None else self._repeated.get(number, "")
        record = "" if outcome is RowOutcome.REJECTED else record
        return RowResult(cells.row.number, self._table.sheet, outcome, record, tuple(cells.issues), cells.original())


def _with_links(synergy: Synergy, materials: tuple[Link, ...], technologies: tuple[Link, ...]) -> Synergy:
    if not materials and not technologies:
        return synergy
    flows = (replace(synergy.flows[0], materials=materials), *synergy.flows[1:])
    return replace(synergy, flows=flows, technologies=technologies)


def _without_links(synergy: Synergy) -> Synergy:
    """What the file said. Links are our own judgement: they do not make a row an update."""
    return replace(synergy, technologies=(), flows=tuple(replace(flow, materials=()) for flow in synergy.flows))


def _another(before: Synergy, found: Synergy) -> bool:
    """Whether an id is used for two exchanges that have nothing in common, as when two files both number from 1."""
    return (
        before.programme != found.programme
        and before.country != found.country
        and before.flows[0].resource != found.flows[0].resource
        and before.provider.organisation_id != found.provider.organisation_id
    )
