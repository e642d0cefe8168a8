"""What a service tells of itself."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from kg.service.answers import ProgrammeSize, Readiness, Status
from kg.service.parts import Parts


def readiness(parts: Parts) -> Readiness:
    """Whether questions can be answered, and what is missing."""
    missing = tuple(parts.missing())
    return Readiness(not missing, missing)


def status(parts: Parts) -> Status:
    """Versions, counts, model and vocabulary; a directory without a graph has them too."""
    ready, exists = readiness(parts), parts.exists
    stamp = parts.views.stamp() if exists else None
    return Status(
        version=_version(),
        engine=parts.engine,
        data=str(parts.settings.data),
        ready=ready.ready,
        missing=ready.missing,
        encoder=stamp.encoder if stamp else parts.settings.encoder,
        encoder_hash=stamp.encoder_hash if stamp else "",
        dimension=stamp.dimension if stamp else 0,
        vocabulary=parts.vocabulary.version,
        schemes={scheme.id: scheme.size for scheme in parts.vocabulary.schemes()},
        routes=len(parts.vocabulary.routes),
        counts=dict(parts.store.counts()) if exists else {},
        programmes=tuple(ProgrammeSize(*one) for one in (parts.store.programmes() if exists else [])),
        indexed=parts.views.count() if stamp else 0,
        graph_sequence=parts.store.sequence() if exists else 0,
        index_sequence=parts.views.sequence() if stamp else 0,
    )


@cache
def _version() -> str:
    return version("symbiograph")
