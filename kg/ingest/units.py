"""Brings quantities to t, m3 or MWh a year where their unit has one reading; every other unit stays as it was stated.

Rates an hour or a second describe a capacity, not a yearly amount, and are not turned into one. A day counts 365 times
a year, a week 52, a month 12, a quarter 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.text import fold

BASES = {"mass": "t", "volume": "m3", "gas volume": "Nm3", "energy": "MWh"}

# Our users' spellings (folded) -> (kind, the unit pint knows it by). A gallon without its country and a barrel have
# more than one reading, and are left out.
_UNITS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ["t", "tonne", "tonnes", "ton", "tons", "metric ton", "metric tons", "metric tonnes", "mt", "to", "tonnen",
         "tonelada", "toneladas", "tonne metrique", "吨", "公吨", "te"], ("mass", "tonne")),
    **dict.fromkeys(["kt", "kilotonne", "kilotonnes", "ktonnes", "kiloton", "千吨"], ("mass", "kilotonne")),
    **dict.fromkeys(["万吨"], ("mass", "10_000_tonne")),
    **dict.fromkeys(["kg", "kgs", "kilogram", "kilograms", "kilogramme", "kilogrammes", "quilograma", "quilogramas",
                     "kilogramo", "kilogramos", "kilo", "kilos", "千克", "公斤"], ("mass", "kilogram")),
    **dict.fromkeys(["g", "gram", "grams", "gramme", "克"], ("mass", "gram")),
    **dict.fromkeys(["lb", "lbs", "pound", "pounds"], ("mass", "pound")),
    **dict.fromkeys(["short ton", "short tons", "us ton", "us tons"], ("mass", "short_ton")),
    **dict.fromkeys(["long ton", "long tons"], ("mass", "long_ton")),
    **dict.fromkeys(["m3", "m^3", "cubic metre", "cubic metres", "cubic meter", "cubic meters", "cbm", "立方米", "立方",
                     "metros cubicos", "metro cubico", "metre cube", "metres cubes", "kubikmeter", "kl"],
                    ("volume", "meter**3")),
    **dict.fromkeys(["万立方米", "万m3"], ("volume", "10_000_meter**3")),
    **dict.fromkeys(["l", "litre", "litres", "liter", "liters", "litro", "litros", "升"], ("volume", "liter")),
    **dict.fromkeys(["hl", "hectolitre", "hectolitres"], ("volume", "hectoliter")),
    **dict.fromkeys(["megalitre", "megalitres"], ("volume", "megaliter")),
    **dict.fromkeys(["us gal", "us gallon", "us gallons"], ("volume", "US_liquid_gallon")),
    **dict.fromkeys(["nm3", "normal cubic metre", "normal cubic metres", "标准立方米", "标立方米"],
                    ("gas volume", "meter**3")),
    **dict.fromkeys(["mwh", "megawatt hour", "megawatt hours", "兆瓦时"], ("energy", "megawatt_hour")),
    **dict.fromkeys(["kwh", "kilowatt hour", "kilowatt hours", "千瓦时", "度"], ("energy", "kilowatt_hour")),
    **dict.fromkeys(["gwh", "gigawatt hour", "gigawatt hours"], ("energy", "gigawatt_hour")),
    **dict.fromkeys(["twh"], ("energy", "terawatt_hour")),
    **dict.fromkeys(["gj", "gigajoule", "gigajoules", "吉焦"], ("energy", "gigajoule")),
    **dict.fromkeys(["tj", "terajoule", "terajoules"], ("energy", "terajoule")),
    **dict.fromkeys(["mj", "megajoule", "megajoules"], ("energy", "megajoule")),
    **dict.fromkeys(["mmbtu"], ("energy", "1_000_000_Btu")),
}  # fmt: skip
_CASED = {"ML": ("volume", "megaliter"), "Ml": ("volume", "megaliter"), "ml": ("volume", "milliliter"),
          "Mt": ("mass", "megatonne"), "mL": ("volume", "milliliter")}  # fmt: skip
_PERIODS: dict[str, float] = {
    **dict.fromkeys(["year", "yr", "y", "a", "annum", "years", "ano", "anno", "an", "jahr", "annee", "年", "pa", "p.a"],
                    1.0),
    **dict.fromkeys(["half-year", "half year", "semester", "semestre", "halbjahr", "半年"], 2.0),
    **dict.fromkeys(["quarter", "qtr", "trimestre", "quartal", "季度", "季"], 4.0),
    **dict.fromkeys(["month", "mo", "mth", "mes", "mois", "monat", "月"], 12.0),
    **dict.fromkeys(["week", "wk", "semana", "semaine", "woche", "周", "星期"], 52.0),
    **dict.fromkeys(["day", "d", "dia", "jour", "tag", "天", "日"], 365.0),
}  # fmt: skip
_RATES = frozenset(
    {"h", "hr", "hour", "s", "sec", "second", "min", "minute", "小时", "时", "秒", "hora", "heure", "stunde"}
)
_SCALE = {"million": 1e6, "millions": 1e6, "mio": 1e6, "thousand": 1e3, "millones": 1e6, "milhoes": 1e6, "mil": 1e3,
          "billion": 1e9, "万": 1e4, "亿": 1e8, "10,000": 1e4, "1000": 1e3, "1,000": 1e3}  # fmt: skip
_YEAR_NOTE = re.compile(r"\s*\((?:in )?(?:19|20)\d\d\)$")
_SPLIT = re.compile(r"\s*/\s*|\s+(?:per|pro|por|par|a|an|each|每)\s+|每")
_ADVERBS = {"annually": "year", "per annum": "year", "p.a.": "year", "yearly": "year", "monthly": "month",
            "weekly": "week", "daily": "day", "anual": "year", "mensual": "month", "mensal": "month",
            "par an": "year", "jahrlich": "year"}  # fmt: skip
_COUNTED = re.compile(r"^[^\W\d_][\w -]{0,30}$")


@dataclass(frozen=True, slots=True)
class UnitReading:
    """What a stated unit means: multiply by `factor` to get `unit`. `known` is false when it stays as it was stated."""

    unit: str
    factor: float
    known: bool


@lru_cache(maxsize=4096)
def read_unit(stated: str) -> UnitReading:
    """The normalised unit and the factor to it; the stated unit with factor 1 when there is not one reading."""
    text = " ".join(stated.replace("³", "3").split())
    as_it_was = UnitReading(text, 1.0, known=False)
    body = _YEAR_NOTE.sub("", text) if "/" in text else text
    what, period, clear = _parts(body)
    if not clear or not what:
        return as_it_was
    scale, what = _scale(what)
    found = _CASED.get(what) or _UNITS.get(fold(what).rstrip("."))
    if period is None:
        return as_it_was if found is None else UnitReading(BASES[found[0]], _exact(scale * _factor(*found)), known=True)
    if found is not None:
        return UnitReading(f"{BASES[found[0]]}/yr", _exact(scale * _factor(*found) * period), known=True)
    if _COUNTED.match(what) and " " not in what and fold(what) not in _PERIODS:
        return UnitReading(f"{what}/yr", _exact(scale * period), known=True)
    return as_it_was


def _parts(text: str) -> tuple[str, float | None, bool]:
    """What is counted, how often a year (None for an amount that is no rate), and whether that is all there is."""
    for adverb, period in _ADVERBS.items():
        if fold(text).endswith(" " + adverb):
            return text[: -len(adverb) - 1].strip(), _PERIODS[period], True
    pieces = [piece for piece in _SPLIT.split(text) if piece]
    if len(pieces) == 1:
        return pieces[0], None, True
    if len(pieces) != 2 or fold(pieces[1]) in _RATES:
        return text, None, False
    period_found = _PERIODS.get(fold(pieces[1]).rstrip("."))
    return pieces[0], period_found, period_found is not None


def _scale(what: str) -> tuple[float, str]:
    head, _, tail = what.partition(" ")
    if tail and fold(head).rstrip(".") in _SCALE:
        return _SCALE[fold(head).rstrip(".")], tail
    return 1.0, what


def _exact(factor: float) -> float:
    """Twelve significant digits: what a double holds without the dust of conversions."""
    return float(f"{factor:.12g}")


@lru_cache(maxsize=256)
def _factor(kind: str, unit: str) -> float:
    """Factor from a unit pint knows to the base of its kind; a leading `10_000_` multiplies."""
    many = re.match(r"([0-9_]+)_(?=[a-zA-Z])", unit)
    multiple = float(many.group(1).replace("_", "")) if many else 1.0
    bare = unit[many.end() :] if many else unit
    base = {"mass": "tonne", "volume": "meter**3", "gas volume": "meter**3", "energy": "megawatt_hour"}[kind]
    registry = _registry()
    return multiple * float(registry.Quantity(1.0, bare).to(base).magnitude)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()
