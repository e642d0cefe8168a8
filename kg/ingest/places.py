"""Countries in words or codes to ISO 3166-1 alpha-2, in the languages of our users."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.model import LANGUAGES
from kg.text import fold

_ALSO = {
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "usa": "US", "u.s.a.": "US", "u.s.": "US", "america": "US",
    "united states of america": "US",
    "holland": "NL", "prc": "CN", "p.r. china": "CN", "people's republic of china": "CN", "中华人民共和国": "CN",
    "korea": "KR", "south korea": "KR", "republic of korea": "KR", "north korea": "KP", "russia": "RU",
    "taiwan": "TW", "chinese taipei": "TW", "hong kong": "HK", "macau": "MO", "macao": "MO", "viet nam": "VN",
    "ivory coast": "CI", "czech republic": "CZ", "turkey": "TR", "uae": "AE", "el": "GR", "eua": "US", "ee.uu.": "US",
    "eeuu": "US", "etats unis": "US", "vae": "AE", "deutschland": "DE", "grossbritannien": "GB", "reino unido": "GB",
    "royaume uni": "GB", "台湾": "TW", "香港": "HK", "澳门": "MO", "英国": "GB", "韩国": "KR", "drc": "CD",
}  # fmt: skip
_PLAIN = re.compile(r"[^\w\s]+")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Every folded name and code. Built once: pycountry's official names, then Babel's names by language."""
    import pycountry
    from babel import Locale

    names: dict[str, str] = {}
    codes = set()
    for country in pycountry.countries:
        codes.add(country.alpha_2)
        for attribute in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            text = getattr(country, attribute, "")
            if text:
                names.setdefault(_key(text), country.alpha_2)
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in codes:
                names.setdefault(_key(name), code)
    names.update({_key(name): code for name, code in _ALSO.items()})
    return names


def _key(text: str) -> str:
    return " ".join(_PLAIN.sub(" ", fold(text)).split())


@lru_cache(maxsize=4096)
def read_country(text: str) -> str:
    """The alpha-2 code of a country in words or codes, or empty when there is no such country."""
    if len(text) == 2 and text.isascii() and text.isupper() and _key(text) not in ("uk", "el"):
        return text if _names().get(text.lower()) == text else ""
    return _names().get(_key(text), "")
