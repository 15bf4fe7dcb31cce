"""The routes: typed parameters, one call, one envelope."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, status

from runtime.envelope import Execution, ExecutionPage, ExecutionRequest, Health, PluginListing, PluginName
from runtime.problem_answers import documented
from runtime.problems import KeyRefused
from runtime.service import AnalysisExecutionService
from runtime.status import JobStatus


async def analysis_service(request: Request) -> AnalysisExecutionService:
    """The service that the lifespan of the app made."""
    service: AnalysisExecutionService = request.state.analysis
    return service


async def require_key(request: Request, key: Annotated[str, Header(alias="X-API-Key")] = "") -> None:
    """Raise KeyRefused unless the client sent one of the keys, or there are none."""
    keys: tuple[str, ...] = request.state.api_keys
    # No early end: the time taken says nothing about which key was how nearly right.
    matches = [secrets.compare_digest(key.encode(), known.encode()) for known in keys]
    if keys and not any(matches):
        raise KeyRefused("send a valid API key as X-API-Key")


Analysis = Annotated[AnalysisExecutionService, Depends(analysis_service)]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[int | None, Query(ge=1, le=2**63 - 1)]

executions = APIRouter(
    prefix="/v1/analyze-execution",
    tags=["executions"],
    dependencies=[Depends(require_key)],
    responses=documented(401, 503),
)
plugins = APIRouter(
    prefix="/v1/plugins", tags=["plugins"], dependencies=[Depends(require_key)], responses=documented(401)
)
health = APIRouter(tags=["health"], responses=documented(503))


@executions.post("", responses=documented(400, 404, 409, 413, 500))
async def analyze(request: ExecutionRequest, analysis: Analysis) -> Execution:
    """Run a plugin and wait for its result."""
    return await analysis.analyze(request)


@executions.post("/async", status_code=status.HTTP_202_ACCEPTED, responses=documented(404, 413))
async def submit(request: ExecutionRequest, analysis: Analysis) -> Execution:
    """Queue a job for a plugin."""
    return await analysis.submit(request)


@executions.get("/jobs")
async def jobs(
    analysis: Analysis,
    plugin: Annotated[PluginName | None, Query()] = None,
    status: JobStatus | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ExecutionPage:
    """List jobs, newest first."""
    return await analysis.page(plugin, status, limit, cursor)


@executions.get("/jobs/{job_id}", responses=documented(404))
async def job(job_id: str, analysis: Analysis) -> Execution:
    """A job as it stands."""
    return await analysis.execution(job_id)


@executions.get("/jobs/{job_id}/result", responses=documented(404, 409))
async def result(job_id: str, analysis: Analysis) -> Execution:
    """A job that is over, with its result or its error."""
    return await analysis.result(job_id)


@executions.delete("/jobs/{job_id}", responses=documented(404, 409))
async def cancel(job_id: str, analysis: Analysis) -> Execution:
    """Cancel a job that waits or runs."""
    return await analysis.cancel(job_id)


@plugins.get("")
async def registered_plugins(analysis: Analysis) -> PluginListing:
    """List the registered plugins."""
    return analysis.plugins()


@health.get("/health")
@health.get("/v1/analyze-execution/health")
async def is_healthy(analysis: Analysis) -> Health:
    """Say whether the service and its store answer; no key is asked for."""
    return await analysis.health()
