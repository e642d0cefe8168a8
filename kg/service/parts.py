"""The parts of a running service, each opened when it is first needed, and once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from kg.errors import NotInitialised, StaleIndex, Unavailable
from kg.graph.protocol import CandidateViews, GraphStore
from kg.ontology import Vocabulary, load_vocabulary
from kg.search.encoders import Encoder, open_encoder
from kg.search.encoders.sources import MINILM
from kg.search.indexing import catch_up, rebuild, stamp_of
from kg.search.linking import Linker, open_linker
from kg.service.engines import EMBEDDED, engine_exists, is_embedded, open_store, open_views, problems
from kg.service.trust import Trust
from kg.settings import Settings

Progress = Callable[[int, int], None]


class Parts:
    """Vocabulary, graph, index, encoder and linker of one data directory. Safe between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.RLock()
        self._indexing = threading.Lock()
        self._building = False
        self._alone = is_embedded(settings)
        self._trust = Trust(self._alone)
        self._current = False

    @property
    def vocabulary(self) -> Vocabulary:
        """The shipped schemes, and those dropped into `schemes` in the data directory."""
        with self._lock:
            return self._vocabulary

    @property
    def store(self) -> GraphStore:
        """The graph, with the vocabulary's concepts in it."""
        with self._lock:
            store = self._store
        if not self._current and store.vocabulary_version() != self.vocabulary.version:
            with self._lock:
                if not self._current and store.vocabulary_version() != self.vocabulary.version:
                    store.initialise(self.vocabulary)
        self._current = True
        return store

    @property
    def views(self) -> CandidateViews:
        """The index as it is on disk; whether it fits is another question."""
        with self._lock:
            return self._views

    @property
    def encoder(self) -> Encoder:
        """The encoder that the settings name."""
        with self._lock:
            return self._encoder

    @property
    def linker(self) -> Linker:
        """Links words to concepts."""
        with self._lock:
            return self._linker

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        extra = sorted((self.settings.data / "schemes").glob("*.ttl"))
        return load_vocabulary(extra, self.settings.models / "vocabulary")

    @cached_property
    def _store(self) -> GraphStore:
        return open_store(self.settings)

    @cached_property
    def _views(self) -> CandidateViews:
        return open_views(self.settings)

    @cached_property
    def _encoder(self) -> Encoder:
        return open_encoder(self.settings)

    @cached_property
    def _linker(self) -> Linker:
        languages = ("en",) if self.settings.encoder == MINILM else ()
        return open_linker(self.vocabulary, self.encoder, self.settings.models / "linking", languages)

    @property
    def engine(self) -> str:
        """Name of the engine that keeps graph and index."""
        return EMBEDDED if is_embedded(self.settings) else "neo4j"

    @property
    def exists(self) -> bool:
        """Whether a graph was made; asking makes none."""
        return engine_exists(self.settings)

    def require_graph(self) -> None:
        """Raise `NotInitialised` when there is no graph, rather than make an empty one."""
        if not self.exists:
            raise NotInitialised(
                f"There is no graph in {self.settings.data}.", hint="Make one from the library: symbiograph init"
            )

    def missing(self) -> Iterator[str]:
        """What keeps questions from being answered, in sentences that say what to do."""
        try:
            yield from self._missing()
        except Unavailable as problem:
            yield f"{problem.message} {problem.hint}"

    def _missing(self) -> Iterator[str]:
        if not self.exists:
            yield "There is no graph yet: run `symbiograph init`."
            return
        if self._building:
            yield "The index is being made, or its making was interrupted: run `symbiograph rebuild`."
            return
        stamp = self.views.stamp()
        if stamp is None:
            yield "There is no index: run `symbiograph rebuild`."
        elif stamp != stamp_of(self.encoder, self.vocabulary):
            yield "The index was made with another encoder or vocabulary: run `symbiograph rebuild`."
        elif self._lags():
            yield "The index lags behind the graph: it is being brought up."
        for sentence in problems(self.store, self.views):
            yield f"{sentence} Run `symbiograph rebuild`."

    def _lags(self) -> bool:
        """Whether the index is behind the graph. One that is shared is so while anybody imports, and answers all the
        same; it is only missing while it is made anew."""
        held, last = self.views.sequence(), self.store.sequence()
        return held != last if self._alone else held == 0 < last

    def require_index(self) -> CandidateViews:
        """The index, if it fits graph, encoder and vocabulary; brought up first when it lags and nobody else does it.

        Where other processes share the index it is looked at again every few seconds. Raises `NotInitialised`,
        `StaleIndex`, or `Unavailable` while it is being made.
        """
        if self._building:
            raise Unavailable("The index is being made.", hint="GET /api/v1/rebuild tells how far it is.")
        if not self._trust.holds():
            self._look()
            self._trust.renew()
        return self.views

    def _look(self) -> None:
        self.require_graph()
        stamp = self.views.stamp()
        if stamp is None or stamp != stamp_of(self.encoder, self.vocabulary):
            raise StaleIndex(
                "The index was made with another encoder or vocabulary." if stamp else "There is no index.",
                hint="Make it anew: symbiograph rebuild",
            )
        held, last = self.views.sequence(), self.store.sequence()
        if not self._alone and held == 0 < last:
            raise StaleIndex(
                "Another process makes the index, or its making was interrupted.",
                hint="Wait for it, or make it anew: symbiograph rebuild",
            )
        if self._trust.must_catch_up(held, last):
            self.catch_up()

    def require_writable(self) -> None:
        """Raise what keeps this process from writing: a graph that cannot be asked (`Unavailable`), or an index that
        others made with another encoder or vocabulary (`StaleIndex`), which must not be made over by the way."""
        self.store.sequence()
        stamp = None if self._alone else self.views.stamp()
        if stamp is not None and stamp != stamp_of(self.encoder, self.vocabulary):
            raise StaleIndex(
                "The index was made with another encoder or vocabulary; this process would write what does not fit it.",
                hint="Bring all processes to the same settings and version, then: symbiograph rebuild",
            )

    def catch_up(self, check: Callable[[], None] = lambda: None) -> None:
        """Bring the index up to the graph; one that does not fit or is damaged is made anew.

        `check` is called every few texts and may raise to stop: the next call goes on from there.
        """

        def told(done: int, total: int) -> None:
            check()

        with self._indexing:
            try:
                catch_up(self.store, self.views, self.encoder, self.vocabulary, self._vectors, told)
            except StaleIndex:
                rebuild(self.store, self.views, self.encoder, self.vocabulary, self._vectors, told)

    def index_anew(self, progress: Progress) -> None:
        """Make the index anew; `progress` is told of documents done and to do, and may raise to stop it.

        Until it is made, questions are refused: half an index gives no half answers.
        """
        self.require_graph()
        with self._indexing:
            self._building = True
            self._trust.end()
            try:
                self.store.initialise(self.vocabulary)  # brings back constraints and indexes that somebody dropped
                rebuild(self.store, self.views, self.encoder, self.vocabulary, self._vectors, progress)
            except BaseException:
                self._building = self._alone  # what others may mend is looked at again
                raise
            self._building = False

    @property
    def _vectors(self) -> Path:
        return self.settings.data / "vectors"

    def close(self) -> None:
        """Release the index and the graph, if they were opened."""
        with self._lock:
            for name in ("_views", "_store"):
                opened = self.__dict__.pop(name, None)
                if opened is not None:
                    opened.close()
            self._current = False
            self._trust.end()
