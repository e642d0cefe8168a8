"""What the OpenAPI description allows is answered as it describes; what it does not is refused in its own shape."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.integration

schema = schemathesis.pytest.from_fixture("described")
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture
def described(app: object) -> object:
    """The description of the application over the library, imports left to their own tests."""
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers={"Host": "localhost"})


@schema.exclude(path_regex="/(rebuild|export|report|readyz)").parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_description_holds(case: schemathesis.Case) -> None:
    case.headers = {**(case.headers or {}), "Host": "localhost"}
    case.call_and_validate(checks=list(CHECKS))
