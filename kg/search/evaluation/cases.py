"""Cases: exchanges whose receiver is known, asked by their resource text alone with everything related hidden."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UnreadableFile
from kg.graph.protocol import CandidateViews, Filters, SearchDocument
from kg.ontology import Vocabulary

_PAGE = 1_000
_CJK = re.compile(r"[\u3400-\u9fff]")
_SECTOR_COLUMNS = ("receiver_nace", "receiver_sector_code", "receiver_code")


@dataclass(frozen=True, slots=True)
class Case:
    """One exchange: what is asked (`resource`), the true receiver's division, and what must not be seen.

    `hidden` hides the records related to the case (its group); `hidden_network` also those of its whole network, and
    is None when the case names none. `waste_code` is only for the waste-code baseline.
    """

    id: str
    resource: str
    division: str
    kind: str
    group: str
    language: str
    confidence: str
    waste_code: str
    hidden: Filters
    hidden_network: Filters | None = None


def all_documents(views: CandidateViews) -> Iterator[SearchDocument]:
    """Every document, in order of id."""
    after = ""
    while ids := views.matching(Filters(), _PAGE, after):
        yield from views.documents(ids)
        after = ids[-1]


def cases_of_index(views: CandidateViews, vocabulary: Vocabulary) -> list[Case]:
    """A case for every indexed synergy with a resource and a receiver whose division is known."""
    documents = list(all_documents(views))
    networks: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        if document.programme:
            networks[document.programme].add(document.id)
    found = (_case_of(document, vocabulary, networks) for document in documents)
    return [case for case in found if case.division and case.resource]


def _case_of(document: SearchDocument, vocabulary: Vocabulary, networks: Mapping[str, Iterable[str]]) -> Case:
    group = document.group or document.id
    hidden = Filters(exclude_groups=frozenset({group}), exclude_ids=frozenset({document.id}))
    network = None
    if document.programme:
        ids = frozenset({document.id, *networks[document.programme]})
        network = Filters(exclude_groups=frozenset({group}), exclude_ids=ids)
    return Case(
        id=document.id,
        resource=document.resource,
        division=vocabulary.sector_at(document.receiver_sector, "division") if document.receiver_sector else "",
        kind=document.kind,
        group=group,
        language=_language(document.resource),
        confidence=document.confidence,
        waste_code=document.waste_code,
        hidden=hidden,
        hidden_network=network,
    )


def cases_of_sheet(path: Path, vocabulary: Vocabulary) -> list[Case]:
    """Cases of a CSV file (UTF-8) with the columns `resource` and `receiver_nace`; `id`, `group`, `resource_kind`,
    `ewc`, `language` and `confidence` are used where present. Nothing is hidden but records of the same id or group.

    Raises `UnreadableFile` when a column is missing or the file is no UTF-8 text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = reader.fieldnames or ()
            sector = next((name for name in _SECTOR_COLUMNS if name in columns), "")
            if "resource" not in columns or not sector:
                raise UnreadableFile(
                    f"{path.name} has no column resource or none of {', '.join(_SECTOR_COLUMNS)}.",
                    hint="Give a CSV file with one exchange a row and these columns.",
                )
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"{path.name} cannot be read as UTF-8 text.", hint="Save it as CSV in UTF-8.") from problem
    found = [_case_of_row(row, sector, place, vocabulary) for place, row in enumerate(rows, start=1)]
    return [case for case in found if case.division and case.resource]


def _case_of_row(row: Mapping[str, str], sector: str, place: int, vocabulary: Vocabulary) -> Case:
    concepts: Sequence[str] = vocabulary.resolve_sector(row.get(sector) or "").concepts
    id_ = row.get("id") or f"row-{place}"
    group = row.get("group") or id_
    waste = vocabulary.resolve_waste(row.get("ewc") or "").concepts if row.get("ewc") else ()
    return Case(
        id=id_,
        resource=(row.get("resource") or "").strip(),
        division=vocabulary.sector_at(concepts[0], "division") if concepts else "",
        kind=row.get("resource_kind") or row.get("kind") or "material",
        group=group,
        language=row.get("language") or _language(row.get("resource") or ""),
        confidence=row.get("confidence") or "",
        waste_code=waste[0] if waste else "",
        hidden=Filters(exclude_groups=frozenset({group}), exclude_ids=frozenset({id_})),
    )


def _language(text: str) -> str:
    return "zh" if _CJK.search(text) else "en"
