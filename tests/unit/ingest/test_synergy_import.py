"""Synergies: what becomes of rows, and that nothing in them is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import UnreadableFile
from kg.ingest import Limits, MaterialRequest, NoLinker, TechnologyRequest
from kg.ingest.synergies import join_use, split_use
from kg.model import Link, LinkMethod, ResourceKind, Synergy, SynergyStatus

Load = Callable[..., Any]
HEAD = "id,provider,provider_nace,receiver,receiver_nace,resource,quantity,unit,country,used as,status\n"
ROW = "s1,Power Ltd,35.11,Cement Ltd,23.51,fly ash,1000,kg/day,Germany,cement; replaces clinker,operating\n"


def only(done: Any) -> Synergy:
    assert len(done.records) == 1
    record = next(iter(done.records.values()))
    assert isinstance(record, Synergy)
    return record


def test_a_row_becomes_a_synergy(load: Load) -> None:
    synergy = only(load(HEAD + ROW))
    assert synergy.id == "s1"
    assert (synergy.provider.sector, synergy.receiver.sector) == ("nace2:35.11", "nace2:23.51")
    assert synergy.provider.organisation_id == "organisation:de:power-ltd"
    flow = synergy.flows[0]
    assert flow.quantity is not None
    assert (flow.quantity.value, flow.quantity.unit, flow.quantity.as_stated) == (365.0, "t/yr", "1000 kg/day")
    assert (flow.used_as, flow.replaces) == ("cement", "clinker")
    assert (synergy.country, synergy.status) == ("DE", SynergyStatus.OPERATING)
    assert synergy.extra == (("country", "Germany"),)


def test_importing_again_changes_nothing_and_a_corrected_row_updates(load: Load) -> None:
    first = load(HEAD + ROW)
    assert first.outcomes == ["created"]
    again = load(HEAD + ROW, first.records)
    assert (again.outcomes, again.changes) == (["unchanged"], [])
    corrected = load(HEAD + ROW.replace("1000", "1200"), first.records)
    assert corrected.outcomes == ["updated"]
    assert corrected.changes[0].before == first.records["s1"]


def test_links_are_asked_once_each_in_batches_and_are_no_reason_for_an_update(load: Load) -> None:
    class Linker(NoLinker):
        asked: list[int] = []  # noqa: RUF012

        def link_materials(self, requests: Sequence[MaterialRequest]) -> list[tuple[Link, ...]]:
            self.asked.append(len(requests))
            return [(Link("material:fly-ash", 0.9, LinkMethod.LABEL),) for _ in requests]

        def link_technologies(self, requests: Sequence[TechnologyRequest]) -> list[tuple[Link, ...]]:
            raise AssertionError("no row names a technology")

    text = HEAD + ROW + ROW.replace("s1", "s2")
    done = load(text, linker=Linker())
    assert Linker.asked == [1]
    assert done.records["s2"].flows[0].materials[0].concept == "material:fly-ash"
    assert load(text, done.records).outcomes == ["unchanged", "unchanged"]


def test_without_ids_the_same_five_things_are_the_same_record(load: Load) -> None:
    text = "provider,receiver,resource,place,programme,quantity (t/yr)\nA,B,ash,Here,P,5\n"
    first = load(text)
    assert load(text.replace(",5", ",6"), first.records).outcomes == ["updated"]
    assert load(text.replace("Here", "There"), first.records).outcomes == ["created"]


def test_composed_and_decomposed_letters_make_one_company(load: Load) -> None:
    done = load("provider,receiver,resource\nCafé GmbH,B,ash\nCafe\u0301 GmbH,B,slag\n")
    assert len({one.provider.organisation_id for one in done.records.values()}) == 1
    assert len(load("provider,receiver,resource\nCafé GmbH,B,ash\nCafe\u0301 GmbH,B,ash\n").records) == 1


def test_duplicate_ids_name_the_earlier_row(load: Load) -> None:
    done = load(HEAD + ROW + ROW.replace("fly ash", "slag") + ROW)
    assert done.outcomes == ["created", "rejected", "unchanged"]
    assert "Row 2" in done.issue("duplicate-id").reason
    assert done.issue("duplicate-id").cell == "A3"
    assert done.issue("repeated-row").severity == "warning"


def test_an_id_that_belongs_to_an_unrelated_exchange_is_refused(load: Load) -> None:
    head = "id,provider,receiver,resource,country,programme\n"
    first = load(head + "1,A,B,ash,DE,North\n")
    assert load(head + "1,C,D,whey,FR,South\n", first.records).codes == ["id-of-another"]


@pytest.mark.parametrize(
    ("cells", "code", "outcome"),
    [
        ("s1,A,99.99,B,,ash,1,t,DE,,", "unknown-sector-code", "created"),
        ("s1,A,,B,,ash,-5,t,DE,,", "negative-quantity", "created"),
        ("s1,A,,B,,ash,9e14,t,DE,,", "absurd-quantity", "created"),
        ("s1,A,,B,,ash,5-10,t,DE,,", "no-single-number", "created"),
        ("s1,A,,B,,ash,5,t,Atlantis,,", "unknown-country", "created"),
        ("s1,A,,B,,,5,t,DE,,", "no-resource", "rejected"),
        ("s1,,,,,ash,5,t,DE,,", "no-party", "rejected"),
        (",A,,B,,ash,5,t,DE,,", "no-id", "rejected"),
        ("s1,A,,B,,ash,5,t,DE,,perhaps", "unknown-status", "rejected"),
        ("s1,A,,B,,ash,5,t,DE,,,moved", "too-many-cells", "rejected"),
        ("s1,A,,B,35.11", "no-resource", "rejected"),
    ],
)
def test_what_is_wrong_is_named_with_its_cell_and_a_mend(load: Load, cells: str, code: str, outcome: str) -> None:
    done = load(HEAD + cells + "\n")
    issue = done.issue(code)
    assert done.outcomes == [outcome]
    assert issue.reason
    assert issue.mend
    assert issue.cell.endswith("2")


def test_a_quantity_that_cannot_be_read_keeps_its_words(load: Load) -> None:
    for words in ("-5", "5-10", "many"):
        quantity = only(load(HEAD + f"s1,A,,B,,ash,{words},t,DE,,\n")).flows[0].quantity
        assert quantity is not None
        assert (quantity.value, quantity.unit, quantity.as_stated) == (None, "t", f"{words} t")


def test_decimal_commas_in_a_semicolon_file(load: Load) -> None:
    done = load("Abgeber;Abnehmer;Abfall;Menge (t/a)\nA;B;Asche;1.234\nA;C;Asche;12,5\n")
    assert [one.flows[0].quantity.value for one in done.records.values()] == [1234, 12.5]


def test_unknown_columns_outcomes_and_odd_uses_are_kept(load: Load) -> None:
    done = load(
        "id,provider,receiver,resource,used_as,outcomes,CO2 saved (t/yr),lorry\n"
        "1,A,B,heat,heat; 替代 coal,co2_avoided=5 t/yr; fame=much,7,red\n"
    )
    synergy = only(done)
    assert ("lorry", "red") in synergy.extra
    assert ("used_as", "heat; 替代 coal") in synergy.extra
    assert [(one.metric, one.value, one.unit, one.as_stated) for one in synergy.outcomes] == [
        ("metric:co2_avoided", 5.0, "t/yr", "co2_avoided=5 t/yr"),
        ("", None, "", "fame=much"),
        ("metric:co2_avoided", 7.0, "t/yr", "CO2 saved (t/yr): 7"),
    ]


@pytest.mark.parametrize("text", ["fuel; replaces coal", "replaces sand", "feed", "a; b; replaces c; d", ""])
def test_uses_can_be_put_together_again(text: str) -> None:
    assert join_use(*split_use(text)) == text


def test_kinds_are_read_or_guessed_from_the_unit(load: Load) -> None:
    done = load("id,provider,receiver,resource,kind,quantity,unit\n1,A,B,steam,,5,MWh/yr\n2,A,B,水,水,5,m3\n")
    assert [one.kind for one in done.records.values()] == [ResourceKind.ENERGY, ResourceKind.WATER]


def test_batches_are_bounded(load: Load) -> None:
    rows = "".join(ROW.replace("s1", f"s{i}") for i in range(25))
    assert load(HEAD + rows, limits=Limits(batch_rows=10)).batches == 3


def test_statements_of_query_languages_are_data(load: Load) -> None:
    text = "'); DROP TABLE synergy; -- MATCH (n) DETACH DELETE n"
    assert only(load(HEAD + f'"{text}",A,,B,,"{text}",5,t,DE,,\n')).flows[0].resource == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=15), min_size=5, max_size=7), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_cells_import_and_import_again_without_change(load: Load, table: list[list[str]], delimiter: str) -> None:
    head = ["provider", "receiver", "resource", "quantity", "used as"]
    lines = ['"' + f'"{delimiter}"'.join(cell.replace('"', '""') for cell in row) + '"' for row in [head, *table]]
    try:
        first = load("\n".join(lines).encode("utf-8", "replace"))
    except UnreadableFile:
        return  # control characters are most of it
    again = load("\n".join(lines).encode("utf-8", "replace"), first.records)
    assert set(again.outcomes) <= {"unchanged", "rejected"}
    assert not again.changes
