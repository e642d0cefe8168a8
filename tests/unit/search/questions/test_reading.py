"""Reading questions: what is said of places, years, amounts and sides is understood before names are looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.search.places import Places
from kg.search.questions import Entity, Intent, Interpretation, read_question
from kg.search.questions.cues import cues, likely_languages
from kg.search.questions.measures import read_quantity, read_years
from kg.search.questions.places import read_countries
from kg.search.questions.spans import Reader, fold_with_offsets
from kg.text import fold

MATERIALS = {
    "fly ash": "en", "used cooking oil": "en", "wheat straw": "en", "gesso de dessulfuracao": "pt", "脱硫石膏": "zh",
    "paja de trigo": "es", "marc de cafe": "fr", "molke": "de",
}  # fmt: skip


class LabelFinder:
    """Knows a few names, whole and folded; enough to see what a reading hands over."""

    def waste_code(self, text: str) -> Entity | None:
        digits = "".join(character for character in text if character.isdigit())
        return Entity(f"low:{digits}", text, text)

    def material(self, text: str) -> Entity | None:
        name = fold(text)
        return Entity(f"material:{name}", name, text, 1.0, MATERIALS[name]) if name in MATERIALS else None

    def technology(self, text: str) -> Entity | None:
        return Entity("technology:pyrolysis", "pyrolysis", text) if fold(text) in ("pyrolysis", "pirolisis") else None

    def sector(self, text: str) -> Entity | None:
        return Entity("nace2:17.12", "paper", text) if fold(text) in ("paper mills", "造纸厂") else None


PLACES = Places(
    ("Kalundborg", "Rizhao, Shandong", "Shandong", "São Paulo", "Nuevo León", "Duisburg, Ruhr", "Dunkirk",
     "Rock, Cornwall", "Portland, Whangarei", "江苏省苏州市", "South Australia",
     "Port of Gävle", "Mexico", "Papua, New Guinea")
)  # fmt: skip


def read(question: str, **options: str) -> Interpretation:
    return read_question(question, LabelFinder(), programmes=("NISP", "NISP North"), places=PLACES, **options)


@pytest.mark.parametrize(
    ("question", "intent", "resource"),
    [
        ("Which sectors outside China have used fly ash?", Intent.SECTORS, "material:fly ash"),
        ("Whom should we recruit for fly ash?", Intent.RECRUIT, "material:fly ash"),
        ("show me cases of used cooking oil since 2015", Intent.SYNERGIES, "material:used cooking oil"),
        ("Que setores fora da China usaram gesso de dessulfuração?", Intent.SECTORS, "material:gesso de dessulfuracao"),
        ("中国以外有哪些行业使用过脱硫石膏？", Intent.SECTORS, "material:脱硫石膏"),
        ("¿A quién deberíamos reclutar para la paja de trigo?", Intent.RECRUIT, "material:paja de trigo"),
        ("Liste de recrutement pour le marc de café", Intent.RECRUIT, "material:marc de cafe"),
        ("Wen sollten wir für Molke anwerben?", Intent.RECRUIT, "material:molke"),
        ("fly ash", Intent.SECTORS, "material:fly ash"),
        ("10 01 02", Intent.SECTORS, "low:100102"),
    ],
)
def test_intent_and_resource(question: str, intent: Intent, resource: str) -> None:
    found = read(question)
    assert (found.intent, found.resource and found.resource.id) == (intent, resource)


def test_a_sector_named_alone_is_asked_for_its_exchanges_and_its_side() -> None:
    taking = read("what do paper mills take in?")
    giving = read("What have paper mills given away?")
    assert (taking.intent, taking.sector_role) == (Intent.SYNERGIES, "receiver")
    assert (giving.intent, giving.sector_role) == (Intent.SYNERGIES, "provider")


def test_a_technology_named_alone_is_asked_for_its_market() -> None:
    assert read("pyrolysis").intent is Intent.MARKETS
    assert read("buscar mercados para la pirólisis").technology is not None


@pytest.mark.parametrize("question", ["What is the weather tomorrow?", "你好，你是谁？", "", "???", "🙂"])
def test_what_names_nothing_is_unknown(question: str) -> None:
    assert read(question).intent is Intent.UNKNOWN


def test_every_field_tells_the_words_it_came_from() -> None:
    found = read("Which sectors except in the United States and Canada took fly ash since 2015 in NISP North?")
    words = dict(found.words)
    assert found.exclude_countries == ("US", "CA")
    assert (found.year_from, found.year_to, found.programme) == (2015, None, "NISP North")
    assert words["exclude_countries"] == "United States, Canada"
    assert (words["year"], words["programme"], words["resource"]) == ("since 2015", "NISP North", "fly ash")


def test_a_word_that_is_not_understood_is_told() -> None:
    assert "blorpium" in read("Who takes fly ash, blorpium?").unused


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("between 2005 and 2015", "en", (2005, 2015)),
        ("before 2010", "en", (None, 2009)),
        ("after 2010", "en", (2011, None)),
        ("in 2012", "en", (2012, 2012)),
        ("2015年以来", "zh", (2015, None)),
        ("2005年至2015年", "zh", (2005, 2015)),
        ("jusqu'en 2010", "fr", (None, 2010)),
        ("seit 2012", "de", (2012, None)),
        ("até 2010", "pt", (None, 2010)),
        ("desde 2015", "es", (2015, None)),
    ],
)
def test_years(text: str, language: str, expected: tuple[int | None, int | None]) -> None:
    years = read_years(Reader(text), cues(language))
    assert (years.first, years.last) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("5,000 tonnes a year", "en", "5000 t/yr"),
        ("200 kt", "en", "200000 t"),
        ("5.000 Tonnen pro Jahr", "de", "5000 t/yr"),
        ("5 000 tonnes par an", "fr", "5000 t/yr"),
        ("200 mil toneladas", "pt", "200000 t"),
        ("1,5 millones de toneladas al año", "es", "1500000 t/yr"),
        ("每年有5000吨", "zh", "5000 t/yr"),
        ("20万吨", "zh", "200000 t"),
        ("no amount", "en", ""),
    ],
)
def test_quantities(text: str, language: str, expected: str) -> None:
    assert read_quantity(Reader(text), cues(language))[0] == expected


@pytest.mark.parametrize(
    ("text", "language", "included", "excluded"),
    [
        ("in Sweden or Finland", "en", ["SE", "FI"], []),
        ("outside China", "en", [], ["CN"]),
        ("in France but not in Germany", "en", ["FR"], ["DE"]),
        ("除美国和加拿大以外", "zh", [], ["US", "CA"]),
        ("中国以外", "zh", [], ["CN"]),
        ("o que usa o Brasil", "pt", ["BR"], []),
        ("nos EUA", "pt", ["US"], []),
        ("Japan nicht mitgezählt", "de", [], ["JP"]),
        ("hors de Chine", "fr", [], ["CN"]),
        ("in the UK", "en", ["GB"], []),
        ("¿Qué sectores usan ceniza?", "es", [], []),
    ],
)
def test_countries(text: str, language: str, included: list[str], excluded: list[str]) -> None:
    found = read_countries(Reader(text), cues(language))
    assert ([code for code, _ in found[0]], [code for code, _ in found[1]]) == (included, excluded)


@pytest.mark.parametrize(
    ("question", "place", "words"),
    [
        ("Who in Kalundborg takes fly ash?", "Kalundborg", "Kalundborg"),
        ("Which sectors in Rizhao, Shandong have used fly ash?", "Rizhao, Shandong", "Rizhao, Shandong"),
        ("Who uses fly ash from the Shandong province?", "Shandong", "Shandong"),
        ("Who uses fly ash in the port of Gävle?", "Port of Gävle", "port of Gävle"),
        ("Who uses fly ash in South Australia?", "South Australia", "South Australia"),
        ("苏州有哪些行业使用过脱硫石膏？", "苏州", "苏州"),
        ("在Kalundborg谁用过脱硫石膏？", "Kalundborg", "Kalundborg"),
        ("Quem em Sao Paulo usou gesso de dessulfuração?", "São Paulo", "Sao Paulo"),
        ("¿Quién de Nuevo León ha usado paja de trigo?", "Nuevo León", "Nuevo León"),
        ("Qui utilise du marc de café à Dunkirk ?", "Dunkirk", "Dunkirk"),
        ("Wer nimmt in Duisburg Molke?", "Duisburg", "Duisburg"),
        ("Wer nutzt Molke aus der Stadt Duisburg?", "Duisburg", "Duisburg"),
    ],
)
def test_a_place_on_record_is_read_behind_a_word_that_says_where(question: str, place: str, words: str) -> None:
    found = read(question)
    assert (found.place, dict(found.words)["place"]) == (place, words)
    assert found.resource is not None
    assert (found.include_countries, found.unused) == ((), ())


@pytest.mark.parametrize(
    "question",
    [
        "Who used fly ash in rock?",
        "Who used fly ash in Portland cement?",
        "Who used fly ash, Kalundborg?",
        "Who used fly ash in Mexico?",
        "Who used fly ash in Papua New Guinea?",
        "Who used fly ash outside Kalundborg?",
        "Who used fly ash not in Shandong?",
        "Quem fora de São Paulo usou gesso de dessulfuração?",
        "苏州以外有哪些行业使用过脱硫石膏？",
    ],
)
def test_words_countries_and_what_is_left_out_are_no_place(question: str) -> None:
    assert read(question).place == ""


@pytest.mark.parametrize("question", ["Who took fly ash in Timbuktu?", "Who in Timbuktu took fly ash?"])
def test_a_place_that_no_record_has_is_told(question: str) -> None:
    found = read(question)
    assert (found.place, found.unused) == ("", ("Timbuktu",))
    assert found.resource is not None


def test_a_thing_written_large_is_no_unknown_place() -> None:
    found = read("Usos de Paja De Trigo")
    assert found.resource is not None
    assert found.unused == ()


def test_a_place_to_leave_out_is_told_rather_than_ignored() -> None:
    assert read("Who outside Kalundborg took fly ash?").unused == ("Kalundborg",)


def test_exchanges_are_asked_for_by_their_place_alone() -> None:
    found = read("Show synergies in Kalundborg")
    assert (found.intent, found.place) == (Intent.SYNERGIES, "Kalundborg")
    assert read("Which sectors are in Kalundborg?").intent is Intent.UNKNOWN


def test_likely_languages() -> None:
    assert likely_languages("哪些行业") == ("zh",)
    assert likely_languages("Who has used this?") == ("en",)
    assert likely_languages("Wer hat das genutzt?") == ("de",)


@given(st.text(max_size=200))
def test_offsets_lead_back_into_the_text(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert len(folded) == len(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)
    assert list(offsets) == sorted(offsets)


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read(text).intent in Intent
