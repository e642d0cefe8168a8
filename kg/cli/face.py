"""What a command asks: the service in this process, or the server that owns the data directory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Protocol

from kg.errors import InputError

if TYPE_CHECKING:
    from kg.provenance import Batch, RecordKind
    from kg.search.questions.composing import QuestionAnswer
    from kg.search.results import MarketAnswer, RecruitmentAnswer, SectorAnswer, SynergyAnswer, SynergyDetail
    from kg.service.answers import ConceptAnswer, ConceptDetail, ImportReport, ImportView, Rebuild, Status, Taken
    from kg.service.queries import (
        AskQuery,
        ConceptQuery,
        Language,
        MarketQuery,
        RecruitmentQuery,
        SectorQuery,
        SynergyQuery,
    )
    from kg.settings import Settings

PATIENCE = 10.0
"""Seconds a command waits for another command to leave the data directory."""


class ImportsFace(Protocol):
    """Bringing in and taking back."""

    def take(
        self, file: BinaryIO, name: str, kind: RecordKind | None = None, who: str = "", *, dry_run: bool = False
    ) -> Taken:
        """Begin an import."""

    def get(self, id_: str) -> ImportView:
        """One import as it stands."""

    def report(self, id_: str) -> ImportReport:
        """What became of every row."""

    def undo(self, id_: str) -> ImportView:
        """Undo an import."""

    def batches(self) -> Sequence[Batch]:
        """Batches, newest first."""

    def undo_batch(self, id_: str) -> Batch:
        """Undo one batch."""


class UpkeepFace(Protocol):
    """Keeping the index."""

    def rebuild(self) -> Rebuild:
        """Begin to make the index anew."""

    def state(self) -> Rebuild:
        """How far that is."""


class Face(Protocol):
    """The part of the service that commands use."""

    @property
    def upkeep(self) -> UpkeepFace:
        """Keeping the index."""

    @property
    def imports(self) -> ImportsFace:
        """Bringing in and taking back."""

    def search(self, query: SynergyQuery) -> SynergyAnswer:
        """Find synergies."""

    def synergy(self, id_: str, language: Language) -> SynergyDetail:
        """One synergy whole."""

    def sectors(self, query: SectorQuery) -> SectorAnswer:
        """Sectors for a resource."""

    def recruit(self, query: RecruitmentQuery) -> RecruitmentAnswer:
        """Sectors a programme should recruit."""

    def markets(self, query: MarketQuery) -> MarketAnswer:
        """The market of a technology."""

    def ask(self, query: AskQuery) -> QuestionAnswer:
        """A question in plain language."""

    def concepts(self, query: ConceptQuery) -> ConceptAnswer:
        """Concepts that fit."""

    def concept(self, id_: str, language: Language) -> ConceptDetail:
        """One concept whole."""

    def status(self) -> Status:
        """Versions and counts."""

    def stop(self) -> bool:
        """Let what is being written end at a safe point, and say whether it was this process that wrote."""

    def export(self, what: str) -> Iterator[bytes]:
        """Everything, in pieces."""


def read_settings() -> Settings:
    """The settings of the environment; raises `InputError` for a value or name that cannot be."""
    from pydantic import ValidationError

    from kg.settings import Settings, unknown_names

    unknown = unknown_names()
    if unknown:
        raise InputError(
            f"There is no setting {', '.join(unknown)}.", hint="The reference of settings lists all names."
        )
    try:
        return Settings()
    except ValidationError as problem:
        told = [f"SYMBIOGRAPH_{str(error['loc'][0]).upper()}: {error['msg']}" for error in problem.errors()]
        raise InputError("; ".join(told) + ".", hint="The reference of settings tells what each can be.") from None


@contextmanager
def connect() -> Iterator[Face]:
    """The service for the length of a command, wherever it runs.

    Raises `DataDirectoryLocked` when a process that is no server owns the data directory and does not leave it.
    """
    from kg.service.owner import running_server

    settings = read_settings()
    server = running_server(settings.data)
    if server is not None:
        from kg.cli.remote import RemoteService

        remote = RemoteService(server.address, settings)
        try:
            yield remote
        finally:
            remote.close()
        return
    from kg.service import Symbiograph

    service = Symbiograph.open(settings, wait=PATIENCE)
    try:
        yield service
    finally:
        service.close()
