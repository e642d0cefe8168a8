"""Commands that run and measure: status, serve, export, evaluate."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kg.cli import sheets
from kg.cli.face import PATIENCE, connect, read_settings
from kg.cli.options import form_of
from kg.cli.output import Progress, emit, tell
from kg.errors import StorageFailed

if TYPE_CHECKING:
    from kg.service import Symbiograph

AS_JSON = typer.Option(False, "--json", help="Print the answer as JSON.")
AS_CSV = typer.Option(False, "--csv", help="Print the table as CSV for a spreadsheet.")


class Exported(StrEnum):
    """What can be written out."""

    SYNERGIES = "synergies"
    MEMBERS = "members"
    TURTLE = "turtle"
    JSON_LD = "json-ld"


def status(as_json: bool = AS_JSON, as_csv: bool = AS_CSV) -> None:
    """Versions, counts, model and vocabulary."""
    with connect() as service:
        found = service.status()
    emit(found, lambda: sheets.of_status(found), form_of(as_json, as_csv))


def serve(
    host: str = typer.Option("", help="Address to serve on; SYMBIOGRAPH_HOST when not given."),
    port: int = typer.Option(-1, min=-1, max=65535, help="Port; 0 takes a free one, SYMBIOGRAPH_PORT when not given."),
) -> None:
    """Serve the API and its pages."""
    from api.server import serve as run

    settings = read_settings()
    given = {**({"host": host} if host else {}), **({"port": port} if port >= 0 else {})}

    def started(address: str, service: Symbiograph) -> None:
        for sentence in _things_to_try(address, service):
            tell(sentence)

    run(settings.model_copy(update=given), started)


def _things_to_try(address: str, service: Symbiograph) -> list[str]:
    """Three addresses that answer now; recruiting is among them when a programme has members."""
    from urllib.parse import quote

    known = service.status().programmes if service.ready().ready else ()
    programme = next((one.name for one in known if one.members), "")
    second = f"recruitment?resource=straw&programme={quote(programme)}" if programme else "synergies?q=waste%20heat"
    return [
        f"Symbiograph answers at {address} (Ctrl-C ends it). Three things to try:",
        f"  {address}/api/v1/sectors?resource=fly%20ash",
        f"  {address}/api/v1/{second}",
        f"  {address}/docs",
    ]


def export(
    what: Exported = typer.Argument(Exported.SYNERGIES, help="What to write out"),
    to: Path | None = typer.Option(None, "--to", help="File to write; standard output when not given."),
) -> None:
    """Write synergies or members out as a sheet that can be imported, or the whole graph as RDF."""
    with connect() as service:
        pieces = service.export(what.value)
        if to is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        try:
            with to.open("wb") as file:
                file.writelines(pieces)
        except OSError as problem:
            raise StorageFailed(f"{to} cannot be written: {problem.strerror}.") from problem


def evaluate(
    sheet: Path | None = typer.Argument(None, help="CSV of cases from elsewhere; what is loaded when not given"),
    model_to: Path | None = typer.Option(None, "--model", help="Write the weights fitted on all cases to this file."),
    as_json: bool = AS_JSON,
    as_csv: bool = AS_CSV,
) -> None:
    """Measure the ranking on the loaded library, each group hidden in turn, beside four simpler methods."""
    import orjson

    from kg.service import Symbiograph

    form = form_of(as_json, as_csv)
    progress = Progress()
    service = Symbiograph.open(read_settings(), wait=PATIENCE)
    try:
        found = service.evaluate(sheet, lambda what, done, total: progress.show(done, total, what))
    finally:
        service.close()
    progress.end()
    if model_to is not None:
        model_to.write_bytes(orjson.dumps(found.model, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    emit(found, lambda: sheets.of_evaluation(found), form)


COMMANDS: dict[str, Callable[..., None]] = {"status": status, "serve": serve, "export": export, "evaluate": evaluate}
