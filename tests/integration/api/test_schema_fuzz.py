"""What the OpenAPI description allows is answered as it describes; what it does not is refused in its own shape."""

from __future__ import annotations

import re

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.integration

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ELSEWHERE = re.compile("/(rebuild|export|report)$")
"""Routes whose calls are long or write: they have tests of their own."""
EXAMPLES = 12


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_the_description_holds(app: FastAPI, client: object, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers={"Host": "localhost"})
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.method.upper() != "GET" or ELSEWHERE.search(operation.path):
            continue
        asked += 1

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, headers={"Host": "localhost"})

        try:
            holds()
        except Exception as error:
            if "Unsatisfiable" not in type(error).__name__:  # a route without parameters cannot be asked wrongly
                raise
    assert asked >= 12
