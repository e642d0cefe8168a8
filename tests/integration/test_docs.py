"""The pages' own examples run: every `$ symbiograph ...` of README and tutorial, in order, with what it must print.

Below a command stands what it prints; a line of three dots stands for any lines, three dots in a line for any words.
Scores may differ in their last digits between processors, so that any score fits a score.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from library_data import copy_of

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/tutorial.md")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")


def examples(page: Path) -> Iterator[tuple[str, str]]:
    """(command, expected output) pairs of a page, in order."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        command, expected = "", []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, "\n".join(expected)
                command, expected = line[2:], []
            else:
                expected.append(line)
        if command:
            yield command, "\n".join(expected)


SCORE = re.compile(r"\d+\\\.\d{3}(?!\d)")


def matches(expected: str, printed: str) -> bool:
    """Whether the output has the expected form; blanks at line ends do not count."""
    lines = [line.rstrip() for line in expected.strip().splitlines()]
    escaped = [re.escape(line).replace(r"\.\.\.", "[^\n]*") for line in lines]
    pattern = "\n".join(
        ".*" if line.strip() == "..." else SCORE.sub(r"\\d+\\.\\d{3}", form)
        for line, form in zip(lines, escaped, strict=True)
    )
    told = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return re.fullmatch(pattern, told, re.DOTALL) is not None


@pytest.mark.integration
@pytest.mark.parametrize("name", PAGES)
def test_examples_print_what_the_page_shows(name: str, library: Path, tmp_path: Path) -> None:
    workbook(tmp_path / "synergies.xlsx")
    (tmp_path / "kg").symlink_to(ROOT / "kg")
    settings = {"SYMBIOGRAPH_DATA": str(copy_of(library, tmp_path / "data")), "COLUMNS": "100"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SYMBIOGRAPH_")} | settings
    found = list(examples(ROOT / name))
    assert found, f"{name} has no examples"
    for command, expected in found:
        words = shlex.split(command)
        assert words[0] == "symbiograph"
        program = [sys.executable, "-c", "from kg.cli import main; main()", *words[1:]]
        done = subprocess.run(program, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        if expected.strip():
            assert matches(expected, done.stdout), f"{command}\nprints\n{done.stdout}"


def workbook(path: Path) -> None:
    """The sheet a reader would bring: one exchange, in a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(
        ["Provider", "Provider NACE", "Receiver", "Receiver NACE", "Resource", "Country", "Quantity (t/yr)"]
    )
    book.active.append(["Example mill", "10.61", "Example brickworks", "23.32", "rice husk", "PT", 1200])
    book.save(path)


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(page: Path) -> None:
    missing = [
        target for target in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]
    assert not missing
