"""What every test of the runtime starts from: the code under test, plugins that misbehave, a service, a process."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the runtime is an extra: pip install 'execution-lint[runtime]'")

HERE = Path(__file__).parent
# The mutants are judged by running these tests on a changed copy of the runtime.
UNDER_TEST = os.environ.get("RUNTIME_UNDER_TEST", str(HERE.parent.parent))
sys.path[:0] = [UNDER_TEST, str(HERE), str(HERE / "misbehaving")]

import httpx  # noqa: E402
from runtime_harness import ServiceProcess, serving  # noqa: E402

from runtime.settings import Settings  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgres: needs a PostgreSQL server; run by `nox -s postgres`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "postgres" not in config.option.markexpr:
        own_session = pytest.mark.skip(reason="PostgreSQL has a session of its own: nox -s postgres")
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(own_session)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.sqlite3'}"


@pytest.fixture
def settings(database: str) -> Settings:
    return Settings(database=database, workers=2, plugin_timeout_seconds=300.0, drain_seconds=0.2)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings) as client:
        yield client


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path) as process:
        process.start()
        yield process
