"""What the product can do, as one small class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, StaleIndex, Unavailable
from kg.search.questions.composing import QuestionAnswer
from kg.search.results import MarketAnswer, RecruitmentAnswer, SectorAnswer, SynergyAnswer, SynergyDetail
from kg.service.answers import ConceptAnswer, ConceptDetail, Readiness, Status
from kg.service.asking import Asking
from kg.service.engines import is_embedded
from kg.service.imports import Imports, Tools
from kg.service.jobs import Jobs
from kg.service.owner import Ownership
from kg.service.parts import Parts
from kg.service.queries import (
    AskQuery,
    ConceptQuery,
    Language,
    MarketQuery,
    RecruitmentQuery,
    SectorQuery,
    SynergyQuery,
)
from kg.service.questions import Questions
from kg.service.status import readiness, status
from kg.service.upkeep import Upkeep
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.search.evaluation import Evaluation


class Symbiograph:
    """One data directory at work. Every method may be called from any thread; each raises what its part raises.

    Made by `open`; nothing is opened before it is needed, so that a question costs only what answers it.
    """

    def __init__(self, settings: Settings, ownership: Ownership | None = None) -> None:
        self._settings = settings
        self._ownership = ownership
        self._parts = Parts(settings)
        self._jobs = Jobs(settings.max_waiting_imports)
        self._questions = Questions(self._parts)
        self._asking = Asking(self._parts, self._questions)
        self.upkeep = Upkeep(self._parts, self._jobs)
        self.imports = Imports(settings, lambda: self._parts.store, self._tools, self._jobs)

    @classmethod
    def open(cls, settings: Settings, wait: float = 0.0) -> Symbiograph:
        """Own the data directory, waiting at most `wait` seconds for another command to leave it.

        Raises `DataDirectoryLocked` or `StorageFailed`.
        """
        return cls(settings, Ownership.take(settings.data, wait))

    def close(self) -> None:
        """Stop what is being written at a safe point and release everything. Closing twice is harmless."""
        self._jobs.close()
        self._parts.close()
        if self._ownership is not None:
            self._ownership.release()

    def warm(self) -> None:
        """Open everything that a first question would have to wait for, and mend what a killed process left.

        An index that does not fit is made anew in the background; until then questions are refused. While a graph
        server is away nothing is opened: the first question after it is back does that.
        """
        if not self._parts.exists:
            return
        try:
            self.imports.mend()
            self._questions.warm()
        except StaleIndex:
            self.upkeep.rebuild()
        except Unavailable:
            if is_embedded(self._settings):
                raise

    def announce(self, address: str) -> None:
        """Let other processes of the same user ask this one at `address`."""
        if self._ownership is not None:
            self._ownership.announce(address)

    # --- asking

    def search(self, query: SynergyQuery) -> SynergyAnswer:
        """Synergies that fit, ranked, each with why."""
        self._check(query.q, query.resource, limit=query.limit)
        return self._questions.search(query)

    def synergy(self, id_: str, language: Language = Language.EN) -> SynergyDetail:
        """One synergy whole; raises `NotFound`."""
        return self._questions.synergy(id_, language.value)

    def sectors(self, query: SectorQuery) -> SectorAnswer:
        """Sectors that take or give a resource, ranked, with their grounds."""
        self._check(query.resource, limit=query.limit)
        return self._questions.sectors(query)

    def recruit(self, query: RecruitmentQuery) -> RecruitmentAnswer:
        """Sectors a programme should recruit, and those it has."""
        self._check(query.resource, limit=query.limit)
        return self._questions.recruit(query)

    def markets(self, query: MarketQuery) -> MarketAnswer:
        """Who feeds a technology and who buys what it makes."""
        self._check(query.technology, limit=query.limit)
        return self._questions.markets(query)

    def ask(self, query: AskQuery) -> QuestionAnswer:
        """A question in plain language, answered from evidence."""
        self._check(query.question, limit=1)
        return self._asking.answer(query)

    def concepts(self, query: ConceptQuery) -> ConceptAnswer:
        """Concepts that fit words, a code or an id."""
        self._check(query.q, limit=query.limit)
        return self._questions.finder.find(query.q, query.scheme, query.lang.value, query.limit)

    def concept(self, id_: str, language: Language = Language.EN) -> ConceptDetail:
        """One concept whole; raises `NotFound`."""
        return self._questions.finder.show(id_, language.value)

    # --- keeping

    def ready(self) -> Readiness:
        """Whether questions can be answered, and what is missing."""
        return readiness(self._parts)

    def status(self) -> Status:
        """Versions, counts, model and vocabulary."""
        return status(self._parts)

    def stop(self) -> bool:
        """Let what is being written end at a safe point; true, because it is this process that writes."""
        self._jobs.close()
        return True

    def export(self, what: str) -> Iterator[bytes]:
        """`synergies` or `members` as a sheet that can be imported, or the whole graph as `turtle` or `json-ld`."""
        from kg.service.exports import export_pieces  # a question needs neither this nor what it imports

        return export_pieces(self._parts.store if self._parts.exists else None, lambda: self._parts.vocabulary, what)

    def evaluate(
        self, sheet: Path | None = None, progress: Callable[[str, int, int], None] | None = None
    ) -> Evaluation:
        """Measure the ranking on what is loaded, each group hidden in turn, or on a sheet of cases from elsewhere."""
        return self._questions.evaluation(sheet, progress)

    def _tools(self) -> Tools:
        parts = self._parts
        parts.require_writable()
        return Tools(parts.store, parts.vocabulary, parts.linker, parts.catch_up)

    def _check(self, *texts: str, limit: int) -> None:
        longest, most = self._settings.max_query_characters, self._settings.max_limit
        if any(len(text) > longest for text in texts):
            raise InputError(f"The text has more than {longest} characters.", hint="Name the resource in a few words.")
        if limit > most:
            raise InputError(f"An answer holds at most {most} items.", hint=f"Ask with a limit of {most} or less.")
