"""Serving: open the service, bind, announce the address, and leave everything in order at the end."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from api.app import create_app
from kg.errors import Unavailable
from kg.service import Symbiograph
from kg.service.access import access_token, check_bind
from kg.settings import Settings

BACKLOG = 256
KEEP_ALIVE = 30
"""Seconds an idle connection is kept."""
FAREWELL = 5
"""Seconds that running requests get to finish when the server is told to stop."""


class _Server(uvicorn.Server):
    """uvicorn's server, telling when it accepts connections."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell()


def serve(settings: Settings, started: Callable[[str, Symbiograph], None]) -> None:
    """Serve until told to stop; `started` is called with the address when requests are accepted.

    Raises `Forbidden` for an address that must not be served, `Unavailable` when it cannot be bound, and what opening
    the service raises.
    """
    check_bind(settings)
    token = access_token(settings)
    service = Symbiograph.open(settings)
    try:
        listening = _bind(settings)
        address = _address(listening)
        service.warm()
        gc.collect()
        gc.freeze()  # vocabulary and index live as long as the server: collections need not walk them again
        config = uvicorn.Config(
            create_app(service, settings, token),
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=FAREWELL,
            h11_max_incomplete_event_size=settings.max_address_characters + 65_536,
            ws="none",
        )
        signal.signal(signal.SIGTERM, _leave)

        def tell() -> None:
            service.announce(address)
            started(address, service)

        _Server(config, tell).run(sockets=[listening])
    except KeyboardInterrupt:
        return
    finally:
        service.close()


def _leave(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as problem:
        listening.close()
        raise Unavailable(
            f"Address {settings.host}:{settings.port} cannot be served: {problem.strerror or problem}.",
            hint="Choose another with --port, or --port 0 for any free one.",
        ) from problem
    listening.listen(BACKLOG)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
