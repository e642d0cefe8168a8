"""Commands that write: init, import, batches, undo, rebuild."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

import typer

from kg.cli import INTERRUPTED
from kg.cli.face import Face, connect
from kg.cli.interrupt import deferred_interrupt
from kg.cli.options import form_of
from kg.cli.output import Column, Progress, Sheet, emit, tell
from kg.errors import InputError, SymbiographError, Unavailable
from kg.provenance import ImportState, RecordKind, RowOutcome
from kg.service.answers import ImportReport

POLL = 0.1
SHOWN_ISSUES = 10
AS_JSON = typer.Option(False, "--json", help="Print the answer as JSON.")
AS_CSV = typer.Option(False, "--csv", help="Print the table as CSV for a spreadsheet.")


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to bring in, and what is known of it."""

    path: Path
    kind: RecordKind | None = None


def init(
    example: bool = typer.Option(
        False, "--example", help="Also load the example programme: its members are fictitious."
    ),
) -> None:
    """Make graph and index from the library that ships with the product."""
    from kg.service.shipped import EXAMPLE_MEMBERS, LIBRARY

    with connect() as service:
        files = [_Source(LIBRARY, RecordKind.SYNERGY)] + (
            [_Source(EXAMPLE_MEMBERS, RecordKind.MEMBER)] if example else []
        )
        for source in files:
            report = _bring(service, source, who="library", dry_run=False)
            tell(_counts(report))
        status = service.status()
    tell(f'Ready: {status.indexed} synergies in {status.data}. Try: symbiograph sectors "fly ash"')


def import_(
    files: list[Path] = typer.Argument(..., metavar="FILE...", help="CSV or XLSX files of synergies or of members"),
    dry_run: bool = typer.Option(False, "--dry-run", help="Report what would happen; write nothing."),
    kind: RecordKind | None = typer.Option(None, help="What the rows are; recognised from the header when not given."),
    who: str = typer.Option("", help="Who brings the file; your user name when not given."),
    report_to: Path | None = typer.Option(None, "--report", help="Write the report on every row to this CSV file."),
    as_json: bool = AS_JSON,
    as_csv: bool = AS_CSV,
) -> None:
    """Bring in files of synergies or members."""
    form = form_of(as_json, as_csv)
    for path in files:
        if not path.is_file():
            raise InputError(f"There is no file {path}.")
    with connect() as service:
        for path in files:
            report = _bring(service, _Source(path, kind), who=who or _user(), dry_run=dry_run)
            emit(report, partial(_sheet, report), form)
            if report_to is not None:
                _write_report(report, report_to)
            if report.progress.rows_total and report.progress.rejected == report.progress.rows_total:
                raise InputError(f"Every row of {path} was rejected.", hint="The report tells why, row by row.")


def batches(as_json: bool = AS_JSON, as_csv: bool = AS_CSV) -> None:
    """List what was written, newest first."""
    with connect() as service:
        found = service.imports.batches()
    columns = (
        Column("batch"),
        Column("import"),
        Column("kind"),
        Column("who"),
        Column("when"),
        Column("created", number=True),
        Column("updated", number=True),
        Column("undoes"),
        Column("undone by"),
    )
    rows = [
        (one.id, one.import_id, one.kind.value, one.who, one.when, one.created, one.updated, one.undoes, one.undone_by)
        for one in found
    ]
    emit(found, lambda: Sheet(columns, rows, after=[f"{len(rows)} batches"]), form_of(as_json, as_csv))


def undo(id_: str = typer.Argument(..., metavar="BATCH", help="Id of a batch or of an import")) -> None:
    """Take back a batch or a whole import."""
    with connect() as service:
        if any(batch.import_id == id_ for batch in service.imports.batches()):
            service.imports.undo(id_)
        else:
            service.imports.undo_batch(id_)
    tell(f"{id_} is undone.")


def rebuild() -> None:
    """Make the index anew from the graph."""
    progress = Progress()
    with deferred_interrupt() as asked, connect() as service:
        state = service.upkeep.rebuild()
        while state.state == "running":
            if asked.wait(POLL):
                _interrupted(service, "What is encoded is kept: run `symbiograph rebuild` again to go on.", "")
            state = service.upkeep.state()
            progress.show(state.done, state.total, "indexed")
        if state.state == "failed":
            raise Unavailable(state.problem)
    progress.end()
    tell("The index is made.")


def _interrupted(service: Face, mend: str, follow: str) -> NoReturn:
    """Stop at the next safe point, or leave the work to the server that does it; say which."""
    tell("\nStopping at the next safe point.")
    tell(f"Interrupted. {mend}" if service.stop() else f"The server goes on with it{follow}.")
    sys.exit(INTERRUPTED)


def _bring(service: Face, source: _Source, *, who: str, dry_run: bool) -> ImportReport:
    """Import one file and wait for it, telling how far it is. Raises `InputError` when it fails."""
    tell(f"{'Trying' if dry_run else 'Importing'} {source.path.name}")
    progress = Progress()
    with deferred_interrupt() as asked:
        with source.path.open("rb") as file:
            taken = service.imports.take(file, source.path.name, source.kind, who, dry_run=dry_run)
        view = service.imports.get(taken.id)
        while view.progress.state is ImportState.RUNNING:
            if asked.wait(POLL):
                _interrupted(
                    service,
                    "The batches that were written stay, none is half written: run the same command again.",
                    f": see GET {taken.location} or `symbiograph batches`",
                )
            view = service.imports.get(taken.id)
            done, total = view.progress.rows_done, view.progress.rows_total
            progress.show(done, total, "rows" if done < total else "rows, being indexed")
    progress.end()
    if view.progress.state is ImportState.FAILED:
        raise InputError(view.progress.problem)
    if view.progress.state is ImportState.INTERRUPTED:
        raise Unavailable("The import was interrupted.", hint="Import the file again: rows that are in do not change.")
    return service.imports.report(taken.id)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _counts(report: ImportReport) -> str:
    one = report.progress
    found = f"{one.created} created, {one.updated} updated, {one.unchanged} unchanged, {one.rejected} rejected"
    return f"{one.file_name}: {found}{' (nothing was written)' if report.dry_run else ''}"


def _sheet(report: ImportReport) -> Sheet:
    columns = (
        Column("row", number=True),
        Column("outcome"),
        Column("record"),
        Column("cell"),
        Column("severity"),
        Column("value"),
        Column("reason"),
        Column("mend"),
    )
    rows = [
        (
            row.row,
            row.outcome.value,
            row.record,
            issue.cell,
            issue.severity.value,
            issue.value,
            issue.reason,
            issue.mend,
        )
        for row in sorted(report.rows, key=lambda row: row.outcome is not RowOutcome.REJECTED)
        for issue in row.issues
    ]
    more = [f"{len(rows) - SHOWN_ISSUES} more remarks: --report FILE writes all."] if len(rows) > SHOWN_ISSUES else []
    notes = [f"{note.reason} {note.mend}".strip() for note in report.progress.notes]
    return Sheet(columns, rows[:SHOWN_ISSUES], before=notes, after=[*more, _counts(report)])


def _write_report(report: ImportReport, path: Path) -> None:
    from kg.ingest.report import report_csv

    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(report_csv(report.rows))
    except OSError as problem:
        raise SymbiographError(f"The report cannot be written to {path}: {problem.strerror}.") from problem


COMMANDS: dict[str, Callable[..., None]] = {
    "init": init,
    "import": import_,
    "batches": batches,
    "undo": undo,
    "rebuild": rebuild,
}
