"""The token's file, the addresses served and the Host names accepted."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from kg.errors import Forbidden, StorageFailed
from kg.service.access import accepted_hosts, access_token, check_bind, host_name, is_loopback
from kg.settings import Settings

LONG = "a-long-enough-secret"


def test_the_first_start_makes_a_token_only_the_owner_can_read(tmp_path: Path) -> None:
    token = access_token(Settings(data=tmp_path / "new"))
    assert token.path is not None
    assert len(token.secret) >= 32
    assert stat.S_IMODE(token.path.stat().st_mode) == 0o600
    assert access_token(Settings(data=tmp_path / "new")) == token


def test_a_stated_token_leaves_no_file(tmp_path: Path) -> None:
    token = access_token(Settings(data=tmp_path, token=SecretStr(LONG)))
    assert (token.secret, token.path) == (LONG, None)
    assert not list(tmp_path.iterdir())


def test_a_token_others_can_read_is_refused(tmp_path: Path) -> None:
    path = access_token(Settings(data=tmp_path)).path
    assert path is not None
    path.chmod(0o644)
    with pytest.raises(Forbidden) as refused:
        access_token(Settings(data=tmp_path))
    assert "rm " in refused.value.hint


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        access_token(Settings(data=tmp_path, token=SecretStr("short")))


def test_a_damaged_token_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"\xff\xfe" * 20)
    path.chmod(0o600)
    with pytest.raises(StorageFailed):
        access_token(Settings(data=tmp_path))


def test_a_token_is_compared_whole_and_not_shown(tmp_path: Path) -> None:
    token = access_token(Settings(data=tmp_path))
    assert token.allows(token.secret)
    assert not token.allows(token.secret[:-1])
    assert not token.allows("ключ")
    assert token.secret not in repr(token)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_loopback_needs_no_stated_token(host: str, tmp_path: Path) -> None:
    assert is_loopback(host)
    check_bind(Settings(data=tmp_path, host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104
def test_serving_the_network_without_a_token_is_refused(host: str, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        check_bind(Settings(data=tmp_path, host=host))


def test_serving_the_network_with_a_token_is_allowed(tmp_path: Path) -> None:
    check_bind(Settings(data=tmp_path, host="192.0.2.1", token=SecretStr(LONG)))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost:8745", "localhost"),
        ("LOCALHOST", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:8745", "::1"),
        ("[::1]", "::1"),
        ("evil.example:8745", "evil.example"),
        ("localhost:80@evil.example", ""),
        ("[::1", ""),
        ("[::1]evil", ""),
        ("::1", ""),
        ("", ""),
    ],
)
def test_host_header_names(header: str, name: str) -> None:
    assert host_name(header) == name


def test_only_chosen_names_are_accepted(tmp_path: Path) -> None:
    hosts = accepted_hosts(Settings(data=tmp_path, host="0.0.0.0", allowed_hosts=("Graph.Example",)))  # noqa: S104
    assert hosts == {"localhost", "127.0.0.1", "::1", "graph.example"}
    assert "" not in hosts
