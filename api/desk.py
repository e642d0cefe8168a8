"""What the routes share: the service, the threads that ask it, and who may write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.run import Workers
from kg.errors import Unauthorized
from kg.service import Symbiograph
from kg.service.access import Token

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="The token that the first start wrote into the data directory, or that SYMBIOGRAPH_TOKEN sets.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]


@dataclass(frozen=True)
class Desk:
    """Made once for an application and closed over by its routes."""

    service: Symbiograph
    token: Token
    workers: Workers = field(default_factory=Workers)

    async def may_write(self, given: Credentials) -> None:
        """Let only a holder of the token pass; raises `Unauthorized`."""
        if given is None or not self.token.allows(given.credentials):
            where = f"It is in {self.token.path.name} in the data directory." if self.token.path else ""
            raise Unauthorized(
                "Writing needs the bearer token." if given is None else "The bearer token is not the right one.",
                hint=f"Send it as `Authorization: Bearer ...`. {where}".strip(),
            )


def answers(model: Any, description: str) -> dict[str, Any]:
    """Route arguments that document an answer which is sent without being validated a second time."""
    return {"response_model": model, "response_description": description}
