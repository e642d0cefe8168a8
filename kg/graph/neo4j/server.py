"""One Neo4j server or cluster as the store and the views see it: managed transactions, time limits, bookmarks, version.

Nothing connects before the first question, so a process starts and keeps running while the server is away, and finds
it again by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import neo4j
from neo4j import ManagedTransaction, unit_of_work

from kg.errors import Unavailable
from kg.graph.neo4j.failures import translated
from kg.settings import Settings

OLDEST = (2026, 2)
"""The first release whose vector index filters inside itself; without that a filter would hold only after the cut."""

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
MAX_LIFETIME = 1800.0
"""Seconds after which a pooled connection is replaced, under the idle limits of common load balancers (an hour)."""

T = TypeVar("T")
Row = dict[str, Any]


def is_address(graph: str) -> bool:
    """Whether the setting `graph` names a Neo4j server."""
    scheme, separator, _ = graph.partition("://")
    return bool(separator) and scheme in SCHEMES


def read_version(agent: str) -> tuple[int, ...]:
    """Numbers of a server's version, given as `Neo4j/2026.09.0` or plainly; empty when there are none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", agent)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def refuse_old(agent: str, address: str) -> None:
    """Raise `Unavailable` when the server is too old. The hosted service (`-aura`) is kept current."""
    if "aura" not in agent and read_version(agent)[:2] < OLDEST:
        raise Unavailable(
            f"The Neo4j server at {address} is {agent or 'of an unknown version'}; "
            f"Symbiograph needs {OLDEST[0]}.{OLDEST[1]:02d} or newer",
            hint="Older servers filter a vector search only after the cut and would hide answers. Upgrade the server.",
        )


class Neo4jServer:
    """A pooled driver with our settings. Safe to share between threads; `close` when done.

    Every transaction has the settings' time limit, is retried by the driver when the server says it may be, and sees
    what this process wrote before, on whatever server of a cluster it lands.
    """

    def __init__(self, settings: Settings) -> None:
        self.address = settings.graph
        self.database = settings.graph_database
        self._timeout = settings.graph_query_timeout
        self._write_timeout = settings.graph_write_timeout
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        self._checked = False
        with translated(self.address):
            self._driver = neo4j.GraphDatabase.driver(
                settings.graph,
                auth=(settings.graph_user, _password(settings)),
                max_connection_pool_size=settings.graph_pool_size,
                connection_acquisition_timeout=settings.graph_acquire_timeout,
                connection_timeout=settings.graph_connect_timeout,
                connection_write_timeout=settings.graph_query_timeout,
                max_transaction_retry_time=settings.graph_retry_time,
                max_connection_lifetime=MAX_LIFETIME,
                liveness_check_timeout=60.0,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
                user_agent="symbiograph",
            )

    def read(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Run `work` in a read transaction, on a replica where there is one. It may run more than once."""
        limited = unit_of_work(timeout=self._timeout)(work)
        with self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(limited)

    def write(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Run `work` in one write transaction: all or nothing. It may run more than once."""
        limited = unit_of_work(timeout=self._write_timeout)(work)
        with self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(limited)

    def rows(self, query: str, **parameters: object) -> list[Row]:
        """All rows of one reading query."""
        return self.read(lambda tx: run(tx, query, parameters))

    def change(self, query: str, **parameters: object) -> list[Row]:
        """All rows of one writing query, in a transaction of its own."""
        return self.write(lambda tx: run(tx, query, parameters))

    def define(self, query: str) -> None:
        """Run a schema command or `CALL {} IN TRANSACTIONS`, which manage their own transactions."""
        with self._session(neo4j.WRITE_ACCESS) as session:
            session.run(query).consume()

    def version(self) -> str:
        """The server's version as it tells it (`2026.09.0`)."""
        with translated(self.address):
            agent = self._driver.get_server_info().agent
        return agent.partition("/")[2] or agent

    def close(self) -> None:
        """Close every connection. Harmless when repeated."""
        self._driver.close()

    @contextmanager
    def _session(self, access: str) -> Iterator[neo4j.Session]:
        self._check_version()
        try:
            with (
                translated(self.address),
                self._driver.session(
                    database=self.database, default_access_mode=access, bookmark_manager=self._bookmarks
                ) as session,
            ):
                yield session
        except Unavailable:
            self._checked = False
            raise

    def _check_version(self) -> None:
        """Ask for the version first, once, and again when the server was away: it may come back as another.

        Asking is not retried, so that while a server is down each request is told so at once, not after the driver's
        retries.
        """
        if not self._checked:
            refuse_old(self.version(), self.address)
            self._checked = True


def _password(settings: Settings) -> str:
    path = settings.graph_password_file
    if path is None:
        return settings.graph_password.get_secret_value()
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise Unavailable(
            f"The password file {path} cannot be read: {error.strerror}", hint="Check SYMBIOGRAPH_GRAPH_PASSWORD_FILE."
        ) from error


def run(tx: ManagedTransaction, query: str, parameters: Mapping[str, Any]) -> list[Row]:
    """All rows of one query. `Result.data` would copy byte strings one number at a time, a hundred times slower."""
    result = tx.run(query, dict(parameters))
    names = result.keys()
    return [dict(zip(names, values, strict=True)) for values in result.values()]
