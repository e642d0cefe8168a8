"""Files in, and out again: imports run in the background, batch by batch, and can be followed, read and undone."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import Conflict, Interrupted, NotFound, StorageFailed, SymbiographError, TimedOut, TooLarge, Unavailable
from kg.graph.protocol import GraphStore
from kg.ontology import Vocabulary
from kg.provenance import Batch, Import, ImportState, RecordKind, RowOutcome, RowResult
from kg.service.answers import ImportReport, ImportView, Taken
from kg.service.jobs import Follower, Jobs, Stop
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.ingest import ImportPlan, Linker, PlannedBatch

KEPT_TRIALS = 4
"""Dry runs whose reports are kept in memory."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Tools:
    """What an import works with. `index` brings the search index up to the graph, and calls its argument where it can
    be stopped."""

    store: GraphStore
    vocabulary: Vocabulary
    linker: Linker
    index: Callable[[Callable[[], None]], None]


@dataclass(slots=True)
class _Trial:
    """A dry run as it stands."""

    progress: Import
    rows: list[RowResult] = field(default_factory=list)


class Imports:
    """Imports of one data directory. `tools` is called when work begins, so that listing costs no encoder."""

    def __init__(
        self, settings: Settings, store: Callable[[], GraphStore], tools: Callable[[], Tools], jobs: Jobs
    ) -> None:
        self._settings = settings
        self._store = store
        self._tools = tools
        self._jobs = jobs
        self._running: dict[str, Import] = {}
        self._unsaved: dict[str, Import] = {}
        self._trials: OrderedDict[str, _Trial] = OrderedDict()

    def take(
        self, file: BinaryIO, name: str, kind: RecordKind | None = None, who: str = "", *, dry_run: bool = False
    ) -> Taken:
        """Copy a file and put its import in line. Raises `TooLarge`, `Busy`, `StorageFailed`, or `Unavailable` when
        the graph cannot be asked."""
        self._store().sequence()
        copy = self._copy(file)
        begun = Import(
            id=uuid.uuid4().hex[:12],
            file_name=Path(name).name[:200] or "upload",
            file_sha256="",
            kind=kind or RecordKind.SYNERGY,
            who=who,
            when=now(),
            state=ImportState.RUNNING,
        )
        if dry_run:
            self._trials[begun.id] = _Trial(begun)
            while len(self._trials) > KEPT_TRIALS:
                self._trials.popitem(last=False)
        else:
            self._running[begun.id] = begun
        try:
            self._jobs.add(lambda stop: self._work(begun, copy, kind, dry_run, stop))
        except SymbiographError:
            copy.unlink(missing_ok=True)
            self._running.pop(begun.id, None)
            self._trials.pop(begun.id, None)
            raise
        return Taken(begun.id, f"/api/v1/imports/{begun.id}", dry_run)

    def all(self) -> Sequence[ImportView]:
        """Imports, newest first, with those in line and the last dry runs."""
        stored = {one.id: one for one in self._store().imports()}
        views = [ImportView(trial.progress, True) for trial in self._trials.values()]
        views += [ImportView(one, False) for one in (stored | self._unsaved | self._running).values()]
        return sorted(views, key=lambda view: (view.progress.when, view.progress.id), reverse=True)

    def get(self, id_: str) -> ImportView:
        """One import as it stands; raises `NotFound`."""
        trial = self._trials.get(id_)
        if trial is not None:
            return ImportView(trial.progress, True)
        return ImportView(self._running.get(id_) or self._unsaved.get(id_) or self._store().import_(id_), False)

    def report(self, id_: str) -> ImportReport:
        """What became of every row so far; raises `NotFound`."""
        view = self.get(id_)
        rows = self._trials[id_].rows if view.dry_run else self._store().row_results(id_)
        return ImportReport(view.progress, view.dry_run, tuple(rows))

    def undo(self, id_: str) -> ImportView:
        """Undo the batches of an import, last first. Raises `NotFound`, or `Conflict` when later work forbids it."""
        if id_ in self._trials:
            raise NotFound("A dry run wrote nothing that could be undone.")
        self._save_ends()
        store, tools = self._store(), self._tools()
        done = store.import_(id_)
        left = [batch for batch in store.batches(id_) if not batch.undone_by and not batch.undoes]
        if not left:
            raise Conflict("Nothing of this import is left to undo.", hint="Its batches: GET /api/v1/batches")
        for batch in left:
            store.undo(batch.id, done.who, now())
        tools.index(lambda: None)
        undone = replace(done, state=ImportState.UNDONE)
        store.save_import(undone)
        return ImportView(undone, False)

    def batches(self) -> Sequence[Batch]:
        """Batches, newest first."""
        return self._store().batches()

    def undo_batch(self, id_: str) -> Batch:
        """Undo one batch; raises `NotFound` or `Conflict`."""
        tools = self._tools()
        undone = tools.store.undo(id_, "", now())
        tools.index(lambda: None)
        return undone

    def mend(self) -> None:
        """Say of imports that a killed process left running that they were interrupted."""
        self._save_ends()
        store = self._store()
        for one in store.imports():
            if one.state is ImportState.RUNNING and one.id not in self._running:
                told = "The process ended before the file did. Import it again: rows that are in do not change."
                store.save_import(replace(one, state=ImportState.INTERRUPTED, problem=told))

    def _copy(self, file: BinaryIO) -> Path:
        limit, size = self._settings.max_upload_bytes, 0
        try:
            folder = self._settings.data / "uploads"
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
                while piece := file.read(_PIECE):
                    size += len(piece)
                    if size > limit:
                        break
                    copy.write(piece)
        except OSError as problem:
            raise StorageFailed(f"The file cannot be kept: {problem.strerror}.") from problem
        if size > limit:
            Path(copy.name).unlink(missing_ok=True)
            raise TooLarge(
                f"The file is larger than {limit} bytes.",
                hint="Split the file, or raise SYMBIOGRAPH_MAX_UPLOAD_BYTES.",
            )
        return Path(copy.name)

    def _work(self, begun: Import, copy: Path, kind: RecordKind | None, dry_run: bool, stop: Stop) -> None:
        run = _Run(self._settings, begun, dry_run, self._show)
        try:
            self._save_ends()
            run.write(self._tools(), copy, kind, stop)
            self._end(run, ImportState.DONE, "")
        except Interrupted as asked:
            self._end(run, ImportState.INTERRUPTED, f"{asked.message} {asked.hint}")
        except SymbiographError as error:
            self._end(run, ImportState.FAILED, f"{error.message} {error.hint}".strip())
        except BaseException:
            self._end(run, ImportState.FAILED, "The import failed by a fault of the service; its log tells more.")
            raise
        finally:
            with suppress(OSError):
                copy.unlink(missing_ok=True)
            self._running.pop(begun.id, None)

    def _end(self, run: _Run, state: ImportState, problem: str) -> None:
        """Say how an import ended; where the graph cannot be told now, it is told before the next one begins."""
        run.say(state, problem)
        if not run.dry_run:
            self._unsaved[run.progress.id] = run.progress
            with suppress(Unavailable):
                self._save_ends()

    def _save_ends(self) -> None:
        for id_, ended in list(self._unsaved.items()):
            self._store().save_import(ended)
            self._unsaved.pop(id_, None)

    def _show(self, progress: Import, rows: tuple[RowResult, ...], dry_run: bool) -> None:
        if not dry_run:
            self._running[progress.id] = progress
        elif progress.id in self._trials:
            self._trials[progress.id].progress = progress
            self._trials[progress.id].rows.extend(rows)


class _Run:
    """One import being made: keeps its progress and tells of it."""

    def __init__(
        self,
        settings: Settings,
        begun: Import,
        dry_run: bool,
        show: Callable[[Import, tuple[RowResult, ...], bool], None],
    ) -> None:
        self._settings = settings
        self.progress = begun
        self.dry_run = dry_run
        self._show = show
        self._until = time.monotonic() + settings.import_timeout

    def write(self, tools: Tools, copy: Path, kind: RecordKind | None, stop: Stop) -> None:
        """Plan and commit batch after batch; each is whole or not there when this ends in any way."""
        from kg.ingest import Limits, plan_import, read_table  # a question does without

        table = read_table(copy, self.progress.file_name, Limits.of(self._settings))
        plan = plan_import(table, tools.vocabulary, tools.linker, tools.store.records, kind=kind)
        self.progress = replace(
            self.progress,
            kind=plan.kind,
            file_sha256=table.sha256,
            rows_total=sum(1 for _ in table.rows()),
            notes=plan.notes,
        )
        self._tell(())
        if not self.dry_run:
            tools.store.save_import(self.progress)
        with Follower(lambda: tools.index(stop.check)) as index:  # encodes while the next rows are planned and written
            for planned in _checked(plan, stop, self._until):
                self._count(planned)
                if not self.dry_run:
                    tools.store.commit(self._batch(planned), planned.changes, planned.rows, self.progress)
                    index.nudge()
                self._tell(planned.rows)
            index.finish()

    def say(self, state: ImportState, problem: str) -> None:
        """Say to those who follow how it ended."""
        done = self.progress.rows_total if state is ImportState.DONE else self.progress.rows_done
        self.progress = replace(self.progress, state=state, problem=problem, rows_done=done)
        self._tell(())

    def _tell(self, rows: tuple[RowResult, ...]) -> None:
        self._show(self.progress, rows, self.dry_run)

    def _count(self, planned: PlannedBatch) -> None:
        of = {outcome: sum(row.outcome is outcome for row in planned.rows) for outcome in RowOutcome}
        now_, add = self.progress, len(planned.rows)
        self.progress = replace(
            now_,
            rows_done=now_.rows_done + add,
            created=now_.created + of[RowOutcome.CREATED],
            updated=now_.updated + of[RowOutcome.UPDATED],
            unchanged=now_.unchanged + of[RowOutcome.UNCHANGED],
            rejected=now_.rejected + of[RowOutcome.REJECTED],
            notes=now_.notes + planned.notes,
        )

    def _batch(self, planned: PlannedBatch) -> Batch:
        of = {outcome: sum(row.outcome is outcome for row in planned.rows) for outcome in RowOutcome}
        return Batch(
            id=uuid.uuid4().hex[:12],
            import_id=self.progress.id,
            kind=planned.kind,
            who=self.progress.who,
            when=now(),
            created=of[RowOutcome.CREATED],
            updated=of[RowOutcome.UPDATED],
            unchanged=of[RowOutcome.UNCHANGED],
            rejected=of[RowOutcome.REJECTED],
        )


def _checked(plan: ImportPlan, stop: Stop, until: float) -> Iterator[PlannedBatch]:
    """The batches of a plan, as long as nobody asks to stop and time is left."""
    for planned in plan:
        stop.check()
        if time.monotonic() > until:
            raise TimedOut(
                "The import took longer than its time limit; the batches before it are in.",
                hint="Import the file again to go on, or raise SYMBIOGRAPH_IMPORT_TIMEOUT.",
            )
        yield planned


def now() -> str:
    """This moment as an ISO 8601 UTC time to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
