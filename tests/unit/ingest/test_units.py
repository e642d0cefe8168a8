"""Units with one reading are normalised; the others stay as they were stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ingest.units import read_unit


@pytest.mark.parametrize(
    ("stated", "unit", "factor"),
    [
        ("t", "t", 1),
        ("t/yr", "t/yr", 1),
        ("t/a", "t/yr", 1),
        ("tonnes per year", "t/yr", 1),
        ("吨/年", "t/yr", 1),
        ("万吨/年", "t/yr", 10_000),
        ("toneladas/año", "t/yr", 1),
        ("t/an", "t/yr", 1),
        ("t/Jahr", "t/yr", 1),
        ("kt/yr", "t/yr", 1000),
        ("Mt", "t", 1e6),
        ("kg/day", "t/yr", 0.365),
        ("t/week", "t/yr", 52),
        ("t/month", "t/yr", 12),
        ("t/quarter", "t/yr", 4),
        ("t per half-year", "t/yr", 2),
        ("lb", "t", 0.00045359237),
        ("short tons/yr", "t/yr", 0.90718474),
        ("m³/d", "m3/yr", 365),
        ("L", "m3", 0.001),
        ("ML/day", "m3/yr", 365_000),
        ("million L/day", "m3/yr", 365_000),
        ("Nm3/day", "Nm3/yr", 365),
        ("GWh/yr", "MWh/yr", 1000),
        ("GJ/yr", "MWh/yr", 1 / 3.6),
        ("MMBtu/yr", "MWh/yr", 0.29307107),
        ("t/yr (2004)", "t/yr", 1),
        ("tyres/yr", "tyres/yr", 1),
        ("items/month", "items/yr", 12),
    ],
)
def test_one_reading(stated: str, unit: str, factor: float) -> None:
    reading = read_unit(stated)
    assert (reading.unit, reading.known) == (unit, True)
    assert reading.factor == pytest.approx(factor, rel=1e-6)


@pytest.mark.parametrize(
    "stated",
    ["", "MW", "t/h", "L/s", "m3/h", "t (2012-2016)", "t/yr (capacity)", "t/season", "tyres", "t CO2/yr", "kg/batch",
     "bags of 18 kg/month", "t per brew", "t in 2012"],
)  # fmt: skip
def test_several_readings_or_none_stay_as_stated(stated: str) -> None:
    reading = read_unit(stated)
    assert (reading.unit, reading.factor, reading.known) == (stated, 1.0, False)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_unit(text).factor > 0
