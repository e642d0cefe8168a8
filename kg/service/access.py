"""Who may write and through which names: the bearer token's file, the addresses served, the Host names accepted."""

from __future__ import annotations

import hmac
import ipaddress
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Forbidden, StorageFailed
from kg.settings import Settings

TOKEN_FILE = "token"  # noqa: S105 - the name of a file
SHORTEST_TOKEN = 16
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Token:
    """The secret of the writing routes. `path` is its file, or None when the setting gave it."""

    secret: str
    path: Path | None = None

    def allows(self, given: str) -> bool:
        """Whether the given secret is this one, in time that does not depend on where they differ."""
        return hmac.compare_digest(self.secret.encode(), given.encode())

    def __repr__(self) -> str:
        return f"Token(path={self.path})"


def access_token(settings: Settings) -> Token:
    """The token of the setting, or of the data directory's file, made there (mode 0600) when it is missing.

    Raises `Forbidden` when the token is too short or its file can be read by others, `StorageFailed` when it cannot be
    written.
    """
    stated = settings.token.get_secret_value()
    if stated:
        return Token(_long_enough(stated))
    path = settings.data / TOKEN_FILE
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return Token(_read_private(path), path)
    except OSError as problem:
        raise StorageFailed(
            f"The token cannot be written to {path}: {problem.strerror}.",
            hint="Make the data directory writable, or set SYMBIOGRAPH_TOKEN.",
        ) from problem
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    return Token(_read_private(path), path)


def _read_private(path: Path) -> str:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise Forbidden(
            f"Others can read the token in {path}.",
            hint=f"Delete the file; the next start makes a new one that only you can read: rm {path}",
        )
    try:
        return _long_enough(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError) as problem:
        raise StorageFailed(f"The token cannot be read from {path}.", hint="Delete the file.") from problem


def _long_enough(secret: str) -> str:
    if len(secret) < SHORTEST_TOKEN:
        raise Forbidden(
            f"The token has fewer than {SHORTEST_TOKEN} characters.",
            hint="Set SYMBIOGRAPH_TOKEN to a long random text, or leave it empty to have one made.",
        )
    return secret


def is_loopback(host: str) -> bool:
    """Whether an address to bind can be reached from this computer alone. Names other than localhost are not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_bind(settings: Settings) -> None:
    """Refuse (`Forbidden`) to serve beyond loopback with a token that was not set on purpose."""
    if is_loopback(settings.host):
        return
    if not settings.token.get_secret_value():
        raise Forbidden(
            f"Serving on {settings.host} opens the service to the network, and no token is set.",
            hint="Set SYMBIOGRAPH_TOKEN to a long random text, or serve on 127.0.0.1.",
        )
    _long_enough(settings.token.get_secret_value())


def accepted_hosts(settings: Settings) -> frozenset[str]:
    """Names a Host header may carry, in lower case and without port.

    A web page's script can reach this service through a name of its own that it lets point here, but then the Host
    header carries that name; so only names the owner chose are accepted.
    """
    bound = () if settings.host in ("0.0.0.0", "::", "") else (settings.host.lower(),)  # noqa: S104 - compared only
    return frozenset((*LOOPBACK_NAMES, *bound, *(name.lower() for name in settings.allowed_hosts)))


def host_name(header: str) -> str:
    """The name in a Host header without its port and IPv6 brackets, in lower case; empty when it is malformed."""
    header = header.strip().lower()
    if header.startswith("["):
        name, bracket, port = header[1:].partition("]")
        return name if bracket and (not port or (port[1:].isdigit() and port[0] == ":")) else ""
    name, colon, port = header.partition(":")
    return name if not colon or port.isdigit() else ""
