"""The service as a running server gives it: the same answers, asked over loopback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, TypeVar

import httpx
from pydantic import TypeAdapter

from kg.errors import SymbiographError, Unavailable, every_error
from kg.provenance import Batch, RecordKind
from kg.search.questions.composing import QuestionAnswer
from kg.search.results import MarketAnswer, RecruitmentAnswer, SectorAnswer, SynergyAnswer, SynergyDetail
from kg.service.access import access_token
from kg.service.answers import ConceptAnswer, ConceptDetail, ImportReport, ImportView, Rebuild, Status, Taken
from kg.service.queries import (
    AskQuery,
    ConceptQuery,
    Language,
    MarketQuery,
    Query,
    RecruitmentQuery,
    SectorQuery,
    SynergyQuery,
)
from kg.settings import Settings

Answer = TypeVar("Answer")


class _Caller:
    def __init__(self, address: str, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.Client(
            base_url=address, timeout=httpx.Timeout(settings.import_timeout, connect=5.0), trust_env=False
        )

    def ask(self, kind: type[Answer], path: str, parameters: dict[str, Any] | None = None) -> Answer:
        return self.call(kind, "GET", path, params=parameters)

    def write(self, kind: type[Answer], method: str, path: str, **content: Any) -> Answer:
        token = access_token(self._settings).secret
        return self.call(kind, method, path, headers={"Authorization": f"Bearer {token}"}, **content)

    def call(self, kind: type[Answer], method: str, path: str, **content: Any) -> Answer:
        try:
            response = self._http.request(method, path, **content)
        except httpx.HTTPError as problem:
            raise _gone(problem) from problem
        if response.is_error:
            raise _error(response)
        return TypeAdapter(kind).validate_json(response.content)

    def stream(self, path: str, parameters: dict[str, Any]) -> Iterator[bytes]:
        try:
            with self._http.stream("GET", path, params=parameters) as response:
                if response.is_error:
                    response.read()
                    raise _error(response)
                yield from response.iter_bytes()
        except httpx.HTTPError as problem:
            raise _gone(problem) from problem

    def close(self) -> None:
        self._http.close()


class RemoteImports:
    """Bringing in and taking back, through the server."""

    def __init__(self, caller: _Caller) -> None:
        self._caller = caller

    def take(
        self, file: BinaryIO, name: str, kind: RecordKind | None = None, who: str = "", *, dry_run: bool = False
    ) -> Taken:
        """Upload a file."""
        words = {"dry_run": "true" if dry_run else "false", "kind": kind.value if kind else "", "who": who}
        return self._caller.write(Taken, "POST", "/api/v1/imports", data=words, files={"file": (name, file)})

    def get(self, id_: str) -> ImportView:
        """One import as it stands."""
        return self._caller.ask(ImportView, f"/api/v1/imports/{id_}")

    def report(self, id_: str) -> ImportReport:
        """What became of every row."""
        return self._caller.ask(ImportReport, f"/api/v1/imports/{id_}/report")

    def undo(self, id_: str) -> ImportView:
        """Undo an import."""
        return self._caller.write(ImportView, "DELETE", f"/api/v1/imports/{id_}")

    def batches(self) -> Sequence[Batch]:
        """Batches, newest first."""
        return self._caller.ask(list[Batch], "/api/v1/batches")

    def undo_batch(self, id_: str) -> Batch:
        """Undo one batch."""
        return self._caller.write(Batch, "DELETE", f"/api/v1/batches/{id_}")


class RemoteUpkeep:
    """Keeping the server's index."""

    def __init__(self, caller: _Caller) -> None:
        self._caller = caller

    def rebuild(self) -> Rebuild:
        """Begin to make the index anew."""
        return self._caller.write(Rebuild, "POST", "/api/v1/rebuild")

    def state(self) -> Rebuild:
        """How far that is."""
        return self._caller.ask(Rebuild, "/api/v1/rebuild")


class RemoteService:
    """Asks a server; raises the same errors as the service in this process, and `Unavailable` when it has gone."""

    def __init__(self, address: str, settings: Settings) -> None:
        self._caller = _Caller(address, settings)
        self.imports = RemoteImports(self._caller)
        self.upkeep = RemoteUpkeep(self._caller)

    def search(self, query: SynergyQuery) -> SynergyAnswer:
        """Find synergies."""
        return self._caller.ask(SynergyAnswer, "/api/v1/synergies", _parameters(query))

    def synergy(self, id_: str, language: Language) -> SynergyDetail:
        """One synergy whole."""
        return self._caller.ask(SynergyDetail, f"/api/v1/synergies/{_quoted(id_)}", {"lang": language.value})

    def sectors(self, query: SectorQuery) -> SectorAnswer:
        """Sectors for a resource."""
        return self._caller.ask(SectorAnswer, "/api/v1/sectors", _parameters(query))

    def recruit(self, query: RecruitmentQuery) -> RecruitmentAnswer:
        """Sectors a programme should recruit."""
        return self._caller.ask(RecruitmentAnswer, "/api/v1/recruitment", _parameters(query))

    def markets(self, query: MarketQuery) -> MarketAnswer:
        """The market of a technology."""
        return self._caller.ask(MarketAnswer, "/api/v1/markets", _parameters(query))

    def ask(self, query: AskQuery) -> QuestionAnswer:
        """A question in plain language."""
        content = query.model_dump(mode="json", exclude_none=True)
        return self._caller.call(QuestionAnswer, "POST", "/api/v1/ask", json=content)

    def concepts(self, query: ConceptQuery) -> ConceptAnswer:
        """Concepts that fit."""
        return self._caller.ask(ConceptAnswer, "/api/v1/concepts", _parameters(query))

    def concept(self, id_: str, language: Language) -> ConceptDetail:
        """One concept whole."""
        return self._caller.ask(ConceptDetail, f"/api/v1/concepts/{_quoted(id_)}", {"lang": language.value})

    def status(self) -> Status:
        """Versions and counts."""
        return self._caller.ask(Status, "/api/v1/status")

    def stop(self) -> bool:
        """The server goes on with what it was given."""
        return False

    def export(self, what: str) -> Iterator[bytes]:
        """Everything, in pieces."""
        return self._caller.stream("/api/v1/export", {"what": what})

    def close(self) -> None:
        """Leave the server."""
        self._caller.close()


def _parameters(query: Query) -> dict[str, Any]:
    return query.model_dump(mode="json", exclude_defaults=True)


def _quoted(id_: str) -> str:
    from urllib.parse import quote

    return quote(id_, safe="/:")


def _gone(problem: httpx.HTTPError) -> Unavailable:
    return Unavailable(
        f"The server that owns the data directory does not answer ({type(problem).__name__}).",
        hint="See whether it is still running, then try again.",
    )


def _error(response: httpx.Response) -> SymbiographError:
    """The error that a problem document tells of; one that is not understood becomes `Unavailable`."""
    try:
        document = response.json()
        kinds = {error.code: error for error in every_error()}
        return kinds[document["code"]](document["detail"], hint=document.get("hint", ""))
    except (ValueError, KeyError, TypeError):
        return Unavailable(f"The server answered with status {response.status_code}.")
