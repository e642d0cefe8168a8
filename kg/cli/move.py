"""The command that moves a graph between engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from kg.cli.face import read_settings
from kg.cli.options import form_of
from kg.cli.output import Column, Sheet, emit, tell

if TYPE_CHECKING:
    from kg.graph.copy import CopyReport

FROM = typer.Option(..., "--from", metavar="ENGINE", help="ladybug, or the address of a Neo4j server.")
TO = typer.Option(..., "--to", metavar="ENGINE", help="ladybug, or the address of a Neo4j server.")
AS_JSON = typer.Option(False, "--json", help="Print the counts and digests as JSON.")


def copy(source: str = FROM, target: str = TO, as_json: bool = AS_JSON) -> None:
    """Move a whole graph from one engine to another, verified; interrupted, the same command goes on."""
    from kg.service.copying import copy_graph

    shown: set[str] = set()

    def show(what: str, done: int, total: int) -> None:
        if what not in shown or done == total:
            shown.add(what)
            tell(f"{what}: {done} of {total}")

    report = copy_graph(read_settings(), source, target, show)
    emit(report, lambda: _sheet(report), form_of(as_json, False))


def _sheet(report: CopyReport) -> Sheet:
    counted = [(f"{kind} nodes", count) for kind, count in report.contents.counts.items()]
    digests = [(f"{part}, SHA-256", digest) for part, digest in report.contents.digests.items()]
    done = f"{report.batches} batches and {report.documents} documents were copied; both engines hold the same."
    return Sheet((Column(""), Column("")), [*counted, *digests], after=[done])


COMMANDS: dict[str, Callable[..., None]] = {"copy": copy}
