"""The files that ship import whole."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from planned_files import nothing, results, synergies

from kg.ingest import Limits, NoLinker, plan_import, read_table
from kg.model import Member, Synergy
from kg.ontology import Vocabulary

pytestmark = pytest.mark.integration


def test_the_library_imports_whole(vocabulary: Vocabulary) -> None:
    import csv
    from importlib.resources import files

    data = files("kg.library").joinpath("synergies.csv").read_bytes()
    planned = plan_import(read_table(data, "synergies.csv", Limits()), vocabulary, NoLinker(), nothing)
    found = {one.id: one for one in synergies(planned)}
    assert {str(row.outcome) for row in results(planned)} == {"created"}
    assert not planned.notes
    written = {row["id"]: row for row in csv.DictReader(io.StringIO(data.decode("utf-8")))}
    assert found.keys() == written.keys()
    for identity, row in written.items():
        assert _as_row(found[identity], row) == {key: text for key, text in row.items() if text}, identity


def _as_row(synergy: Synergy, row: Mapping[str, str]) -> dict[str, str]:
    """The row again, from the record: shows that the record keeps all of it."""
    from kg.ingest.synergies import join_use

    flow, source, extra = synergy.flows[0], synergy.source, dict(synergy.extra)
    quantity = flow.quantity
    texts = {
        "id": synergy.id,
        "resource": flow.resource,
        "resource_kind": str(flow.kind),
        "ewc": flow.waste_code_text,
        "used_as": extra.get("used_as") or join_use(flow.used_as, flow.replaces),
        "technology": synergy.technology,
        "country": synergy.country,
        "place": synergy.place,
        "programme": synergy.programme,
        "year_start": str(synergy.year_start or ""),
        "status": str(synergy.status),
        "quantity_as_stated": quantity.as_stated if quantity and row["quantity_as_stated"] else "",
        "quantity_value": row["quantity_value"] if quantity and quantity.value is not None else "",
        "quantity_unit": row["quantity_unit"] if quantity else "",
        "outcomes": "; ".join(one.as_stated for one in synergy.outcomes),
        "source_title": source.title,
        "source_publisher": source.publisher,
        "source_year": str(source.year or ""),
        "source_url": source.url,
        "source_checked": "yes" if source.checked else "no",
        "confidence": synergy.confidence,
        "group": synergy.group,
    }
    for side, party in (("provider", synergy.provider), ("receiver", synergy.receiver)):
        texts[f"{side}_company"] = party.organisation
        texts[f"{side}_sector"] = party.sector_text
        texts[f"{side}_nace"] = party.sector_code
    return {key: text for key, text in texts.items() if text}


def test_the_example_members_import_whole_and_say_that_they_are_fictitious(vocabulary: Vocabulary) -> None:
    from importlib.resources import files

    data = files("kg.library").joinpath("example-members-jiangsu.csv").read_bytes()
    planned = plan_import(read_table(data, "members.csv", Limits()), vocabulary, NoLinker(), nothing)
    members = [change.after for batch in planned for change in batch.changes]
    assert {str(row.outcome) for row in results(planned)} == {"created"}
    assert not [issue for row in results(planned) for issue in row.issues]
    assert 55 <= len(members) <= 70
    assert all(isinstance(one, Member) and one.fictitious and one.sector for one in members)
    assert "ictitious" in planned.table.titles[0]
    assert not [one for one in members if isinstance(one, Member) and one.sector.startswith("nace2:17")]
    assert all(isinstance(one, Member) and 30 < (one.latitude or 0) < 36 for one in members)
