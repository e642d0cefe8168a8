"""The tree is the architecture: imports run downwards, modules stay small, no package is a placeholder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"kg.model", "kg.text", "kg.settings", "kg.errors"}),
    frozenset({"kg.provenance"}),
    frozenset({"kg.ontology"}),
    frozenset({"kg.graph"}),
    frozenset({"kg.search", "kg.ingest"}),
    frozenset({"kg.service"}),
    frozenset({"api"}),
    frozenset({"kg.cli"}),  # above the API, for `serve` starts it
)
SOURCES = sorted([*(ROOT / "kg").rglob("*.py"), *(ROOT / "api").rglob("*.py")])
LONGEST_MODULE = 400
LONGEST_FUNCTION = 70


def unit_of(module: str) -> str:
    """The layered unit a dotted module belongs to: `kg.search.fusion` -> `kg.search`."""
    parts = module.split(".")
    return parts[0] if parts[0] == "api" else ".".join(parts[:2])


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Every project module the file imports, also inside functions and type-checking blocks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in ("kg", "api"))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("kg", "api"):
            if node.module == "kg":
                yield from (f"kg.{alias.name}" for alias in node.names)
            else:
                yield node.module


def level(unit: str) -> int:
    found = [i for i, units in enumerate(LAYERS) if unit in units]
    assert found, f"{unit} has no place in the layers: add it to LAYERS with a reason"
    return found[0]


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_run_downwards(path: Path) -> None:
    unit = unit_of(module_name(path))
    if unit == "kg":
        return
    for imported in imports(path):
        other = unit_of(imported)
        if other not in (unit, "kg"):
            assert level(other) < level(unit), f"{module_name(path)} must not import {imported}"


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_modules_and_functions_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= LONGEST_MODULE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not source.strip() or ast.get_docstring(ast.parse(source)), "a module needs a docstring"


def test_no_private_addresses_in_the_tree() -> None:
    """Nothing in the project names a registry's host or a path of one machine."""
    words = ("files.pythonhosted" + ".org", "registry.npmjs" + ".org", "/work" + "/", "download.pytorch" + ".org")
    for path in [*SOURCES, *(ROOT / "docs").rglob("*.md"), *(ROOT / "scripts").glob("*"), ROOT / "README.md"]:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not [word for word in words if word in text], path
