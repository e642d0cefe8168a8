"""One typed, frozen settings object, built once at the edge and passed in. Environment names are `SYMBIOGRAPH_...`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

PREFIX = "SYMBIOGRAPH_"


def default_data_directory() -> Path:
    """`symbiograph` in the user's data directory, where a user's own files belong (XDG base directories)."""
    return Path.home() / ".local" / "share" / "symbiograph"


def default_model_directory() -> Path:
    """`symbiograph/models` in the user's cache: exported encoders, the same for every data directory."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache") / "symbiograph" / "models"


class Settings(BaseModel):
    """Every limit and choice, with its default. Sizes are bytes, times seconds.

    What is not given is read from the environment at the moment of making. The package for that would add 0.1 s of
    imports to every command for what ten lines do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(default_factory=default_data_directory, description="Directory of the graph, index and caches")
    graph: str = Field(
        default="ladybug", description="`ladybug` (embedded) or a Neo4j address: neo4j://, neo4j+s://, bolt://"
    )
    graph_user: str = Field(default="neo4j", description="User of the Neo4j server")
    graph_password: SecretStr = Field(default=SecretStr(""), description="Password of the Neo4j user")
    graph_password_file: Path | None = Field(
        default=None, description="File that holds the password, instead of the setting"
    )
    graph_database: str = Field(default="neo4j", description="Database of the Neo4j server")
    graph_pool_size: int = Field(default=50, ge=1, description="Most connections to the Neo4j server")
    graph_acquire_timeout: float = Field(default=10.0, gt=0, description="Longest wait for a connection")
    graph_connect_timeout: float = Field(
        default=5.0, gt=0, description="Longest wait for the server to accept a connection"
    )
    graph_query_timeout: float = Field(default=30.0, gt=0, description="Longest time one query may take on the server")
    graph_write_timeout: float = Field(default=300.0, gt=0, description="Longest time one batch may take on the server")
    graph_retry_time: float = Field(default=10.0, ge=0, description="Longest time a failed transaction is tried again")
    graph_cards: int = Field(
        default=5_000, ge=0, description="Most documents of a Neo4j server's index kept in memory, with their vectors"
    )
    graph_memory: int = Field(default=134_217_728, ge=33_554_432, description="Buffer pool of the embedded graph")
    encoder: str = Field(
        default="multilingual", description="`multilingual`, `minilm`, or a sentence-transformers name or path"
    )
    encoder_threads: int = Field(default=0, ge=0, description="Threads of the encoder; 0 takes every core")
    models: Path = Field(default_factory=default_model_directory, description="Directory of exported encoders")
    host: str = Field(default="127.0.0.1", description="Address to serve on; beyond loopback a token must be set")
    port: int = Field(default=8745, ge=0, le=65535, description="Port to serve on; 0 takes a free one")
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Further Host header names to accept, with commas between them"
    )
    token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token of the writing routes; when empty, one is made at first start"
    )
    max_upload_bytes: int = Field(default=50_000_000, ge=1, description="Largest file that can be imported")
    max_inflated_bytes: int = Field(default=300_000_000, ge=1, description="Largest inflated size of an XLSX file")
    max_body_bytes: int = Field(default=65_536, ge=1, description="Largest request body of routes that take no file")
    max_address_characters: int = Field(
        default=262_144, ge=1024, description="Longest path and query string of a request"
    )
    max_rows: int = Field(default=200_000, ge=1, description="Most rows one file may hold")
    max_columns: int = Field(default=200, ge=1, description="Most columns one file may hold")
    max_cell_characters: int = Field(default=20_000, ge=1, description="Longest text of one cell")
    max_query_characters: int = Field(default=2_000, ge=1, description="Longest query text; a longer one is refused")
    max_filter_values: int = Field(default=50, ge=1, description="Most values one filter may repeat")
    max_limit: int = Field(default=100, ge=1, description="Most items one answer may hold")
    max_waiting_imports: int = Field(default=8, ge=1, description="Most uploaded files that wait for their turn")
    batch_rows: int = Field(default=500, ge=1, description="Records written in one all-or-nothing batch")
    request_timeout: float = Field(default=30.0, gt=0, description="Longest time one request may take")
    import_timeout: float = Field(default=3600.0, gt=0, description="Longest time one import may take")

    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        stated = {name: os.environ.get(PREFIX + name.upper()) for name in cls.model_fields}
        return {name: value for name, value in stated.items() if value is not None} | given

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return tuple(filter(None, (part.strip() for part in given.split(",")))) if isinstance(given, str) else given


def unknown_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Names in the environment that look like settings and are none: a misspelt limit must not be ignored silently."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known)
