"""Members: rows of one site are one member, files add to what is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.ingest import Limits
from kg.model import Member, ResourceRole

Load = Callable[..., Any]
HEAD = (
    "organisation,site,country,programme,nace,latitude,longitude,role,resource,quantity,unit,frequency,present fate\n"
)
ASH = "Power Ltd,North,CN,P,35.11,34.2,117.3,have,fly ash,1000,t/yr,daily,landfill\n"
GYPSUM = "Power Ltd,North,CN,P,35.11,34.2,117.3,have,gypsum,500,t/yr,daily,stored\n"
WANT = "Power Ltd,North,,P,,,,need,limestone,20,kt/yr,,\n"


def only(done: Any) -> Member:
    assert len(done.records) == 1
    record = next(iter(done.records.values()))
    assert isinstance(record, Member)
    return record


def test_rows_of_one_site_are_one_member(load: Load) -> None:
    done = load(HEAD + ASH + GYPSUM)
    member = only(done)
    assert done.outcomes == ["created", "created"]
    assert len(done.changes) == 1
    assert [one.resource for one in member.resources] == ["fly ash", "gypsum"]
    assert (member.sector, member.latitude, member.country) == ("nace2:35.11", 34.2, "CN")


def test_roles_in_our_users_languages(load: Load) -> None:
    text = "企业名称,供需,资源\n甲公司,供应,粉煤灰\n甲公司,需求,石灰石\n"
    assert [one.role for one in only(load(text)).resources] == [ResourceRole.HAVE, ResourceRole.WANT]


def test_a_file_that_lists_one_more_resource_adds_it_and_blanks_keep_what_is_known(load: Load) -> None:
    first = load(HEAD + ASH)
    identity = only(first).id
    second = load(HEAD + WANT.replace("North,,P", "North,CN,P"), first.records)
    assert second.outcomes == ["updated"]
    member = second.records[identity]
    assert [one.resource for one in member.resources] == ["fly ash", "limestone"]
    assert (member.sector, member.latitude) == ("nace2:35.11", 34.2)


def test_importing_again_changes_nothing_in_whatever_batches(load: Load) -> None:
    text = HEAD + ASH + GYPSUM
    for size in (1, 2, 100):
        first = load(text, limits=Limits(batch_rows=size))
        again = load(text, first.records, limits=Limits(batch_rows=size))
        assert set(again.outcomes) == {"unchanged"}
        assert not again.changes
        assert first.records == load(text).records


def test_a_corrected_quantity_updates_its_resource(load: Load) -> None:
    first = load(HEAD + ASH + GYPSUM)
    done = load(HEAD + ASH.replace("1000", "1200") + GYPSUM, first.records)
    assert done.outcomes == ["updated", "unchanged"]
    assert [one.quantity.value for one in only(done).resources] == [1200, 500]


def test_rows_that_contradict_each_other_about_a_site(load: Load) -> None:
    done = load(HEAD + ASH + GYPSUM.replace("35.11", "23.51"))
    assert done.outcomes == ["created", "rejected"]
    assert "Row 2" in done.issue("site-conflict").reason
    assert done.issue("site-conflict").cell == "E3"


def test_a_resource_listed_twice(load: Load) -> None:
    done = load(HEAD + ASH + ASH.replace("1000", "7") + ASH)
    assert done.outcomes == ["created", "rejected", "created"]
    assert done.issue("repeated-resource").reason == "Row 2 lists the same resource of this site."
    assert len(only(done).resources) == 1


def test_a_site_without_resources_and_a_row_without_a_role(load: Load) -> None:
    done = load(HEAD + "A,,CN,P,,,,,,,,,\nB,,CN,P,,,,,ash,5,t,,\n")
    assert done.outcomes == ["created", "rejected"]
    assert done.issue("unknown-role").cell == "H3"


def test_coordinates_off_the_globe_are_left_out_and_kept_in_words(load: Load) -> None:
    done = load('organisation,latitude,longitude\nA,134.2,117\nB,"34,2","117,3"\n')
    first, second = done.records.values()
    assert (first.latitude, first.longitude) == (None, None)
    assert ("latitude", "134.2") in first.extra
    assert (second.latitude, second.longitude) == (34.2, 117.3)
    assert "bad-coordinates" in done.codes
