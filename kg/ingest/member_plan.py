"""Plans batches of members: rows of one site grouped, contradictions found, links, results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.ingest.cells import Cells, Layout
from kg.ingest.codes import Codes
from kg.ingest.fields import Styles
from kg.ingest.link_cache import LinkCache
from kg.ingest.linking import Linker, MaterialRequest
from kg.ingest.members import MemberRow, conflict, merge, read_member, with_resource
from kg.ingest.tables import Table
from kg.model import Member, MemberResource, Record
from kg.provenance import Change, RecordKind, RowOutcome, RowResult

Existing = Callable[[RecordKind, Sequence[str]], Mapping[str, Record]]


@dataclass(slots=True)
class _Site:
    """A site the file has spoken of: what it said so far, in which row first, and where each resource stood."""

    first_row: int
    said: Member
    created: bool
    resources: dict[str, tuple[int, int]] = field(default_factory=dict)


class MemberPlanner:
    """Turns rows into changes, batch by batch, and remembers the sites of the file."""

    def __init__(
        self, table: Table, layout: Layout, codes: Codes, styles: Styles, linker: Linker, existing: Existing
    ) -> None:
        self._table = table
        self._layout = layout
        self._codes = codes
        self._styles = styles
        self._links = LinkCache(linker)
        self._existing = existing
        self._sites: dict[str, _Site] = {}
        self._planned: dict[str, Member] = {}

    def plan(self, rows: Sequence[Cells]) -> tuple[list[Change], list[RowResult]]:
        """Changes and results of one batch, in file order. A site's change spans all its rows of the batch."""
        read = [(cells, self._read(cells)) for cells in rows]
        before = self._before([found.member.id for _, found in read if found is not None])
        now = dict(before)
        outcomes: dict[int, RowOutcome] = {}
        for cells, found in read:
            if found is not None:
                outcomes[cells.row.number] = self._apply(cells, found, now)
        changed = [identity for identity, member in now.items() if member is not None and member != before[identity]]
        after = self._linked([(before[identity], now[identity]) for identity in changed])
        changes = [
            Change(identity, RecordKind.MEMBER, before[identity], member)
            for identity, member in zip(changed, after, strict=True)
        ]
        self._planned.update({member.id: member for member in after})
        return changes, [self._result(cells, found, outcomes) for cells, found in read]

    def _before(self, ids: Sequence[str]) -> dict[str, Member | None]:
        """Members as they are after the earlier batches, whether those are committed (import) or not (dry run)."""
        distinct = list(dict.fromkeys(ids))
        known = self._existing(RecordKind.MEMBER, [one for one in distinct if one not in self._planned])
        found: dict[str, Member | None] = {}
        for one in distinct:
            record = self._planned.get(one) or known.get(one)
            found[one] = record if isinstance(record, Member) else None
        return found

    def _read(self, cells: Cells) -> MemberRow | None:
        cells.check_shape(self._table.limits.cell_characters)
        return None if cells.rejected else read_member(cells, self._codes, self._styles)

    def _apply(self, cells: Cells, found: MemberRow, now: dict[str, Member | None]) -> RowOutcome:
        """Let one row work on its site; what becomes of the row."""
        identity = found.member.id
        known = now[identity]
        site = self._sites.get(identity)
        if site is None:
            site = self._sites[identity] = _Site(cells.row.number, found.member, created=known is None)
        elif self._contradicts(cells, found, site):
            return RowOutcome.REJECTED
        else:
            site.said = merge(site.said, found.member)
        member = found.member if known is None else merge(known, found.member)
        if found.resource is not None:
            site.resources.setdefault(found.resource.id, (cells.row.number, hash(found.resource)))
            member = with_resource(member, _with_known_links(found.resource, member))
        now[identity] = member
        if site.created:
            return RowOutcome.CREATED
        return RowOutcome.UNCHANGED if member == known else RowOutcome.UPDATED

    def _contradicts(self, cells: Cells, found: MemberRow, site: _Site) -> bool:
        name = conflict(site.said, found.member)
        if name:
            cells.reject(
                "site-conflict",
                name,
                f"Row {site.first_row} says something else about the {name.replace('_', ' ')} of this site.",
                "Make the rows agree, or give the sites names or ids of their own.",
            )
            return True
        if found.resource is not None and found.resource.id in site.resources:
            row, digest = site.resources[found.resource.id]
            if digest == hash(found.resource):
                cells.warn("repeated-row", "resource", f"Row {row} says the same.", "Remove one of the two rows.")
                return False
            cells.reject(
                "repeated-resource",
                "resource",
                f"Row {row} lists the same resource of this site.",
                "Remove one of the two rows, or tell the resources apart by name.",
            )
            return True
        return False

    def _linked(self, changed: Sequence[tuple[Member | None, Member | None]]) -> list[Member]:
        """The changed members, with the resources that are new or differ linked."""
        members = [after for _, after in changed if after is not None]
        wanted = [
            (member.sector, resource) for member in members for resource in member.resources if not resource.materials
        ]
        requests = [
            MaterialRequest(one.resource, str(one.kind), one.waste_code, sector, "", self._layout.languages)
            for sector, one in wanted
        ]
        links = {
            resource.id: found for (_, resource), found in zip(wanted, self._links.materials(requests), strict=True)
        }
        return [
            replace(
                member,
                resources=tuple(
                    replace(one, materials=links[one.id]) if links.get(one.id) else one for one in member.resources
                ),
            )
            for member in members
        ]

    def _result(self, cells: Cells, found: MemberRow | None, outcomes: Mapping[int, RowOutcome]) -> RowResult:
        outcome = outcomes.get(cells.row.number, RowOutcome.REJECTED)
        record = found.member.id if found is not None and outcome is not RowOutcome.REJECTED else ""
        return RowResult(cells.row.number, self._table.sheet, outcome, record, tuple(cells.issues), cells.original())


def _with_known_links(resource: MemberResource, member: Member) -> MemberResource:
    """Keep the links of a resource whose words are the same: a corrected quantity is no reason to judge anew."""
    for one in member.resources:
        if one.id == resource.id and (one.resource, one.waste_code) == (resource.resource, resource.waste_code):
            return replace(resource, materials=one.materials)
    return resource
