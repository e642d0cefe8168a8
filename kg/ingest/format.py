"""What the columns of an import mean, in words: the source of the import format page.

Run as a module it rewrites the tables of the page given: `python -m kg.ingest.format docs/reference/import-format.md`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kg.ingest.words import heading_data
from kg.model import LANGUAGES

BEGIN, END = "<!-- columns: begin -->", "<!-- columns: end -->"

PARTY = {
    "company": "Name of the provider or receiver. May be empty when only its sector is known",
    "site": "Name of its site or plant",
    "sector": "What it does, in plain words",
    "sector_code": "Its sector code: NACE, ISIC, CNAE or NAICS; named in the heading if not NACE Rev. 2",
    "contact_name": "Person to ask",
    "email": "Their e-mail address",
    "phone": "Their telephone number",
}
SHARED = {
    "resource": "**Required.** What is exchanged, or had or wanted, in the field's own words",
    "resource_kind": "`material`, `energy`, `water` or `other`; when empty, energy if its unit is, else material",
    "waste_code": "List of Waste code: `10 01 02`, `10.01.02`, `100102`, with or without a star",
    "quantity": "A number; its unit may stand in the cell, in the heading in brackets, or in a column of its own",
    "quantity_unit": "`t`, `kt`, `kg`, `lb`, `short ton`, `m3`, `L`, `MWh`, `GJ`, ... alone or per year, month, day",
    "country": "Name in any of the six languages, or ISO 3166 code",
    "place": "Town, region or address",
    "programme": "Network, park or programme that runs it",
}
SYNERGY = {
    "id": "Stable id of the row. With it, a corrected row updates its record",
    "title": "A title; when empty one is made of resource, provider and receiver",
    "used_as": "What the receiver uses it as; `X; replaces Y` is split into use and what it replaces",
    "replaces": "What it takes the place of",
    "technology": "The process between provider and receiver, if any",
    "year_start": "Year the exchange began",
    "status": "`operating`, `ended`, `completed` (it did run), `implementation`, `negotiation`, `discussion`, "
    "`idea`, `lost`; when empty, completed",
    "quantity_as_stated": "The source's own words about the quantity",
    "outcomes": "`metric=value unit; ...`, such as `co2_avoided=5000 t/yr; jobs=4 jobs`",
    "source_title": "Where it was read",
    "source_publisher": "Who published it",
    "source_year": "Year of publication",
    "source_url": "Its address",
    "confidence": "`high`, `medium` or `low`",
    "source_checked": "`yes` when the fields were read from the source's text",
    "group": "Rows with the same group are related (one source, company or chain)",
}
MEMBER = {
    "id": "Stable id of the site; when empty it is made of programme, country, organisation and site",
    "role": "**Required with a resource.** `have` or `want`",
    "frequency": "When it arises or is needed",
    "fate": "What happens to it today",
    "latitude": "Degrees north, WGS 84",
    "longitude": "Degrees east, WGS 84",
    "fictitious": "`yes` for an invented example",
}


def column_tables() -> str:
    """The tables of the page, in Markdown."""
    data = heading_data()
    metrics = {name: f"See metric `{name}` in the vocabulary" for name in data["outcome"]}
    lines = ["### Parties of a synergy", "", "A word for the party and one for the attribute, in either order.", ""]
    lines += [
        "| party | words |",
        "|---|---|",
        *(f"| `{name}` | {_names(found)} |" for name, found in data["party"].items()),
    ]
    lines += ["", *_table("attribute", PARTY, data["attribute"])]
    lines += ["### Columns of both kinds of file", "", *_table("column", SHARED, data["shared"])]
    lines += ["### Columns of a synergies file", "", *_table("column", SYNERGY, data["synergy"])]
    lines += ["### Outcomes with a column of their own", "", *_table("column", metrics, data["outcome"])]
    lines += ["### Columns of a members file", "", "Also the attributes above, without a word for a party.", ""]
    lines += _table("column", MEMBER, data["member"])
    return "\n".join(lines)


def page_with(tables: str, page: str) -> str:
    """The page with its tables replaced. Raises `ValueError` when it has no place for them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{tables}\n{END}{after}"


def _table(name: str, meanings: dict[str, str], table: dict[str, Any]) -> list[str]:
    rows = [f"| `{field}` | {text} | {_names(table[field])} |" for field, text in meanings.items()]
    return [f"| {name} | meaning | also called |", "|---|---|---|", *rows, ""]


def _names(words: dict[str, list[str]]) -> str:
    """Some words of each language, none twice."""
    shown = [text for language in LANGUAGES for text in words[language][: 4 if language == "en" else 2]]
    return ", ".join(dict.fromkeys(shown))


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(page_with(column_tables(), path.read_text(encoding="utf-8")), encoding="utf-8")
