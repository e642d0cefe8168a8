"""Driver and server errors said in our terms, each with what to do about it.

What is not listed here is a bug of ours (a syntax error, a broken constraint): it is left as it is, and ends as a 500
with an incident id, never as a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from kg.errors import InputError, StaleIndex, StorageFailed, SymbiographError, TimedOut, Unavailable

CREDENTIALS_HINT = (
    "Check SYMBIOGRAPH_GRAPH_USER and SYMBIOGRAPH_GRAPH_PASSWORD (or SYMBIOGRAPH_GRAPH_PASSWORD_FILE). After several "
    "wrong tries the server refuses this user for some seconds."
)
_BY_CODE: tuple[tuple[str, type[SymbiographError], str, str], ...] = (
    (
        "Neo.ClientError.Database.DatabaseNotFound",
        Unavailable,
        "The Neo4j server has no database of this name",
        "Set SYMBIOGRAPH_GRAPH_DATABASE to a database that exists (SHOW DATABASES lists them).",
    ),
    (
        "Neo.TransientError.Database.DatabaseUnavailable",
        Unavailable,
        "The Neo4j database is not available at the moment",
        "It is starting or was stopped; SHOW DATABASES on the server tells. Nothing needs to be restarted here.",
    ),
    (
        "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
        StorageFailed,
        "The Neo4j database is read-only",
        "Reading goes on. Allow writing on the server (ALTER DATABASE ... SET ACCESS READ WRITE), or write elsewhere.",
    ),
    (
        "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
        StorageFailed,
        "The Neo4j database is read-only",
        "Reading goes on. Allow writing on the server (ALTER DATABASE ... SET ACCESS READ WRITE), or write elsewhere.",
    ),
    (
        "Neo.ClientError.Cluster.NotALeader",
        StorageFailed,
        "This Neo4j server is not the one that writes",
        "Use a neo4j:// address, which finds the writing server of a cluster; bolt:// speaks to one server only.",
    ),
    (
        "Neo.ClientError.Security.Forbidden",
        StorageFailed,
        "The Neo4j user may not do this",
        "Give the user the role described in docs/how-to/neo4j.md.",
    ),
    (
        "Neo.ClientError.Schema.IndexNotFound",
        StaleIndex,
        "A search index is missing in the Neo4j database",
        "Run `symbiograph rebuild`; `symbiograph status` names the index.",
    ),
    (
        "Neo.ClientError.Procedure.ProcedureCallFailed",
        StaleIndex,
        "A search index of the Neo4j database cannot be read",
        "Run `symbiograph rebuild`; `symbiograph status` names the index.",
    ),
)
_MEMORY = ("OutOfMemory", "MemoryPoolOutOfMemory", "TransactionOutOfMemory", "StackOverFlow")
_TIME = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration", "LockAcquisitionTimeout", "LockClientStopped")


def explain(error: Exception, address: str) -> SymbiographError | None:
    """Our error for one of the driver's or server's, or None when it is not an operational one."""
    if isinstance(error, Neo4jError):
        return _from_server(error, address)
    if isinstance(error, (ServiceUnavailable, SessionExpired, OSError)):
        return Unavailable(
            f"The Neo4j server at {address} cannot be reached",
            hint="Check that it runs and that SYMBIOGRAPH_GRAPH names it. This service recovers by itself.",
        )
    if isinstance(error, ConfigurationError):
        return Unavailable(f"The Neo4j address {address} cannot be used", hint=str(error))
    if isinstance(error, DriverError):
        return Unavailable(
            f"The Neo4j server at {address} gave no connection in time",
            hint="Too many requests at once, or a slow server: raise SYMBIOGRAPH_GRAPH_POOL_SIZE or give it more.",
        )
    return None


def _from_server(error: Neo4jError, address: str) -> SymbiographError | None:
    code = error.code or ""
    if isinstance(error, AuthError) or code.startswith("Neo.ClientError.Security.Auth"):
        return Unavailable(f"The Neo4j server at {address} refuses the user or the password", hint=CREDENTIALS_HINT)
    for known, kind, message, hint in _BY_CODE:
        if code == known:
            return kind(message, hint=hint)
    if any(part in code for part in _MEMORY):
        return StorageFailed(
            "The Neo4j server ran out of memory for this transaction",
            hint="Lower SYMBIOGRAPH_BATCH_ROWS, or give the server more (docs/how-to/neo4j.md, sizing).",
        )
    if any(part in code for part in _TIME):
        return TimedOut(
            "The Neo4j server took longer than the time limit",
            hint="Ask for less, or raise SYMBIOGRAPH_GRAPH_QUERY_TIMEOUT.",
        )
    if "too large to index" in (error.message or ""):
        return InputError(
            "A name or id is too long: Neo4j looks them up in indexes that hold at most 8 kB of an id, 32 kB of a name",
            hint="Shorten the text in that cell, or move what is more than a name to a remarks column.",
        )
    if code.startswith("Neo.TransientError."):
        return Unavailable("The Neo4j server is busy", hint="Try again in a moment.")
    if code.startswith("Neo.DatabaseError."):
        return StorageFailed(
            f"The Neo4j server at {address} failed: {code}", hint="Its log tells why; a full disk is the usual cause."
        )
    return None


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Raise operational errors of the driver as ours; everything else passes through unchanged."""
    try:
        yield
    except (Neo4jError, DriverError, OSError) as error:
        ours = explain(error, address)
        if ours is None:
            raise
        raise ours from error
