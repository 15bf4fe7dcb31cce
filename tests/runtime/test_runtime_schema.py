"""The OpenAPI document is kept: generated requests get documented answers, and never an error of the server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from runtime_harness import EXECUTIONS, JOBS, PATIENCE, ServiceProcess
from schemathesis.checks import allow_header_conformance

from runtime.app import create_app
from runtime.settings import Settings

DOCUMENT = schemathesis.openapi.from_dict(create_app(Settings()).openapi())

OPERATIONS = [
    ("POST", EXECUTIONS),
    ("POST", f"{EXECUTIONS}/async"),
    ("GET", JOBS),
    ("GET", f"{JOBS}/{{job_id}}"),
    ("GET", f"{JOBS}/{{job_id}}/result"),
    ("DELETE", f"{JOBS}/{{job_id}}"),
    ("GET", "/v1/plugins"),
    ("GET", "/health"),
    ("GET", f"{EXECUTIONS}/health"),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    folder: Path = tmp_path_factory.mktemp("schema")
    with ServiceProcess(folder, "--plugin-timeout", "0.2") as process:
        process.start()
        yield process


def test_the_document_has_these_operations_and_no_other(service: ServiceProcess) -> None:
    paths = service.client.get("/openapi.json").json()["paths"]
    assert sorted((method.upper(), path) for path in paths for method in paths[path]) == sorted(OPERATIONS)


@DOCUMENT.parametrize()
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_generated_requests_get_documented_answers(case: schemathesis.Case[Any], service: ServiceProcess) -> None:
    # Starlette's Allow names the methods of the first route on a path, not those of the others beside it.
    case.call_and_validate(
        base_url=str(service.client.base_url), excluded_checks=[allow_header_conformance], timeout=PATIENCE
    )
