"""The application, as a value built from settings; everything that runs is started and stopped by its lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from runtime.plugin_process import open_process_pool
from runtime.plugins.registry import load_plugins
from runtime.problem_answers import BodyLimit, answer_problems
from runtime.routes import executions, health, plugins
from runtime.service import AnalysisExecutionService, JobExecutionService, PluginExecutionService
from runtime.settings import Settings
from runtime.store import open_store
from runtime.tool_runner import ToolRunner
from runtime.worker import Worker


class State(TypedDict):
    """What the lifespan hands to every request."""

    analysis: AnalysisExecutionService
    api_keys: tuple[str, ...]


@asynccontextmanager
async def open_analysis(settings: Settings) -> AsyncIterator[AnalysisExecutionService]:
    """The service with its store, its worker and its processes; all of them gone on leaving."""
    registered = load_plugins()
    async with open_store(settings.database) as store, open_process_pool() as processes:
        jobs = JobExecutionService(store, settings.queue_limit)
        executing = PluginExecutionService(registered, ToolRunner(processes, settings.plugin_timeout_seconds))
        async with Worker(jobs, executing, settings.workers, settings.drain_seconds).working():
            yield AnalysisExecutionService(jobs, executing, settings.workers)


def create_app(settings: Settings) -> FastAPI:
    """The application. Nothing is opened or started before its lifespan is."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        async with open_analysis(settings) as analysis:
            yield {"analysis": analysis, "api_keys": settings.api_keys}

    app = FastAPI(title="execution-lint reference runtime", version="1", lifespan=lifespan)
    app.include_router(health)
    app.include_router(executions)
    app.include_router(plugins)
    app.add_middleware(BodyLimit, limit_bytes=settings.body_limit_bytes)
    answer_problems(app)
    return app
