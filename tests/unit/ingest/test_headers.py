"""Headings in six languages, in any order, with units and code lists in them."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from kg.ingest.headers import column_name, map_headers
from kg.provenance import RecordKind

SHEETS = {
    "en": ("Receiver,Provider company,Sector of the provider,Provider NACE,Resource,Quantity (t/yr),Country,Used as",
           "receiver,provider,provider_sector,provider_sector_code,resource,quantity,country,used_as"),
    "zh": ("提供方企业,供方行业,供方行业代码,接收方企业,资源名称,数量（吨/年）,国家,用途",
           "provider,provider_sector,provider_sector_code,receiver,resource,quantity,country,used_as"),
    "pt": ("Empresa fornecedora,Setor do fornecedor,CNAE do fornecedor,Receptor,Resíduo,Quantidade (t/ano),País,Uso",
           "provider,provider_sector,provider_sector_code,receiver,resource,quantity,country,used_as"),
    "es": ("Empresa proveedora,Sector del proveedor,Empresa receptora,Residuo,Cantidad (t/año),País,Código LER",
           "provider,provider_sector,receiver,resource,quantity,country,waste_code"),
    "fr": ("Entreprise productrice,Secteur du producteur,Repreneur,Déchet,Quantité (t/an),Pays,Procédé",
           "provider,provider_sector,receiver,resource,quantity,country,technology"),
    "de": ("Abgeber,Branche des Abgebers,Abnehmer,WZ-Code des Abnehmers,Abfall,Menge (t/a),Land,Verfahren",
           "provider,provider_sector,receiver,receiver_sector_code,resource,quantity,country,technology"),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(SHEETS))
def test_synergies_in_each_language(language: str) -> None:
    headings, fields = (line.split(",") for line in SHEETS[language])
    header = map_headers(headings)
    assert header.kind is RecordKind.SYNERGY
    assert [column.field for column in header.columns] == fields
    assert language in header.languages[:2]
    assert header.known["quantity"].unit


def test_members_are_told_from_synergies() -> None:
    chinese = map_headers(["企业名称", "园区", "行业代码", "供需", "资源", "数量（吨/年）", "经度", "纬度", "去向"])
    assert chinese.kind is RecordKind.MEMBER
    assert not chinese.unknown
    header = map_headers(["Organisation", "Site", "Sector code (ISIC Rev. 4)", "Have/Want", "Resource", "Latitude"])
    assert header.kind is RecordKind.MEMBER
    assert header.known["sector_code"].scheme == "isic4"


def test_every_column_of_the_shipped_files_is_known_but_the_one_meant_to_be_kept() -> None:
    library = files("kg.library")
    with library.joinpath("synergies.csv").open(encoding="utf-8") as stream:
        assert not map_headers(next(csv.reader(stream))).unknown
    with library.joinpath("example-members-jiangsu.csv").open(encoding="utf-8") as stream:
        next(stream)
        assert [column.heading for column in map_headers(next(csv.reader(stream))).unknown] == ["name_zh"]


def test_code_lists_named_in_headings() -> None:
    headings = ["Provider", "Provider sector (NACE)", "Receiver", "Receiver ISIC Rev. 5 code", "Resource"]
    known = map_headers(headings).known
    assert known["provider_sector_code"].scheme == "nace2"
    assert known["receiver_sector_code"].scheme == "isic5"


def test_duplicates_and_unknown_columns_are_reported_with_their_cell() -> None:
    header = map_headers(["Provider", "Resource", "Material", "Colour of the lorry"], row=4)
    assert [(note.code, note.cell) for note in header.notes] == [("duplicate-heading", "C4"), ("unknown-column", "D4")]
    assert [column.heading for column in header.unknown] == ["Material", "Colour of the lorry"]


def test_column_names() -> None:
    assert [column_name(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
