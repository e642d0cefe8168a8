"""Text folding and analysis shared by linking, word search and identity keys. Pure functions.

One analyser for every engine: what is stored and what is asked go through the same code, so that an engine only has to
split at blanks. Chinese runs become overlapping pairs of characters, because they are written without spaces.
"""

from __future__ import annotations

import re
import unicodedata

ANALYSER_VERSION = "2"

_WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_]+[0-9]*|[^\W_]+", re.UNICODE)
_SPELLING = re.compile(
    r"sulph|aluminium|tyre|fibre|centre|litre|metre|calibre|colour|odour|vapour|labour|harbour|flavour"
    r"|mould|grey|plough|isation|yse(?=[dr]?$)|ise(?=[dr]?$)|ising$|programme|jewellery|licence|storey|kerb|draught"
)
_AMERICAN = {
    "sulph": "sulf",
    "aluminium": "aluminum",
    "tyre": "tire",
    "fibre": "fiber",
    "centre": "center",
    "litre": "liter",
    "metre": "meter",
    "calibre": "caliber",
    "colour": "color",
    "odour": "odor",
    "vapour": "vapor",
    "labour": "labor",
    "harbour": "harbor",
    "flavour": "flavor",
    "mould": "mold",
    "grey": "gray",
    "plough": "plow",
    "isation": "ization",
    "yse": "yze",
    "ise": "ize",
    "ising": "izing",
    "programme": "program",
    "jewellery": "jewelry",
    "licence": "license",
    "storey": "story",
    "kerb": "curb",
    "draught": "draft",
}
_SIBILANT_PLURAL = ("ches", "shes", "sses", "xes", "zes")
_IRREGULAR = {
    "gases": "gas",
    "leaves": "leaf",
    "loaves": "loaf",
    "calves": "calf",
    "hooves": "hoof",
    "shelves": "shelf",
}
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


def clean(text: str) -> str:
    """NFC with control characters removed and white space runs made one blank; what a person would see stays."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Zs") else c for c in composed)
    return " ".join(kept.split())


def fold(text: str) -> str:
    """Compatibility-normalised, case-folded, without accents on Latin letters, blanks made single."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def words(text: str) -> list[str]:
    """Folded words in order; a run of Chinese characters is one word."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        word = match.group()
        start = 0
        for run in _CJK.finditer(word):
            if run.start() > start:
                found.append(word[start : run.start()])
            found.append(run.group())
            start = run.end()
        if start < len(word):
            found.append(word[start:])
    return found


def analyse(text: str) -> list[str]:
    """Index terms in order with repeats: folded words with one spelling and light plural stemming, Chinese runs as
    character pairs."""
    terms: list[str] = []
    for word in words(text):
        if _CJK.match(word):
            terms.extend(word[i : i + 2] for i in range(len(word) - 1)) if len(word) > 1 else terms.append(word)
        else:
            terms.append(stem(spell(word)))
    return terms


def spell(word: str) -> str:
    """American spelling of a folded word (tyre: tire, sulphur: sulfur), so that both ways are one term."""
    return _SPELLING.sub(lambda found: _AMERICAN[found.group()], word)


def stem(word: str) -> str:
    """Singular form of a folded Latin word by the S-stemmer (Harman 1991): cautious on purpose.

    Unlike the original it takes the whole `es` after a sibilant, because ash and ashes must meet.
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(_SIBILANT_PLURAL):
        return word[:-2]
    if len(word) > 4 and word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word
