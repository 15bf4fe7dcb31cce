"""Jobs in a database. Each change of status is one compare-and-set statement: no two callers win the same move."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    TypeDecorator,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from runtime.job import FailureKind, Job, JobError, now
from runtime.problems import JobUnknown, StoreUnavailable
from runtime.status import MOVES, JobStatus

ASYNC_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, also in databases that drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  SQLAlchemy passes it by position
    ) -> datetime | None:
        """Give back the zone that SQLite dropped."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=timezone.utc)


METADATA = MetaData()
JOBS = Table(
    "jobs",
    METADATA,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("job_id", String(32), nullable=False, unique=True),
    Column("plugin", String(64), nullable=False),
    Column("args", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("error", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("duration_seconds", Float),
    Index("jobs_by_status", "status", "sequence"),
    sqlite_autoincrement=True,
)


def database_url(text: str) -> URL:
    """
    A database URL with its asynchronous driver: `sqlite:///jobs.sqlite3`, `postgresql://user@host/name`.

    Raises ValueError for a URL that is none, or whose driver is not installed.
    """
    try:
        url = make_url(text)
        url = url.set(drivername=ASYNC_DRIVERS.get(url.drivername, url.drivername))
        url.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError) as malformed:
        raise ValueError(f"not a database URL: {malformed}") from malformed
    except ModuleNotFoundError as missing:
        raise ValueError(f"its driver is not installed: {missing.name}") from missing
    return url


class JobStore:
    """The table of jobs. Every method is one transaction; a database that does not answer raises StoreUnavailable."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def insert(self, plugin: str, args: Mapping[str, Any]) -> Job:
        """A new job, queued."""
        values = {
            "job_id": uuid.uuid4().hex,
            "plugin": plugin,
            "args": dict(args),
            "status": JobStatus.QUEUED.value,
            "created_at": now(),
        }
        async with self._transaction() as connection:
            return _job((await connection.execute(insert(JOBS).values(values).returning(JOBS))).one())

    async def find(self, job_id: str) -> Job:
        """The job with this id; JobUnknown if there is none."""
        # PostgreSQL refuses a NUL in any text, and no id holds anything but letters and digits.
        query = select(JOBS).where(JOBS.c.job_id == job_id)
        if job_id.isascii() and job_id.isalnum():
            async with self._transaction() as connection:
                row = (await connection.execute(query)).one_or_none()
            if row is not None:
                return _job(row)
        raise JobUnknown("no job has this id", {"job_id": job_id})

    async def page(self, plugin: str | None, status: JobStatus | None, limit: int, before: int | None) -> Sequence[Job]:
        """At most `limit` jobs, newest first; of one plugin, in one status, before a sequence number, where given."""
        query = select(JOBS).order_by(JOBS.c.sequence.desc()).limit(limit)
        if plugin is not None:
            query = query.where(JOBS.c.plugin == plugin)
        if status is not None:
            query = query.where(JOBS.c.status.in_(status.spellings))
        if before is not None:
            query = query.where(JOBS.c.sequence < before)
        async with self._transaction() as connection:
            return [_job(row) for row in await connection.execute(query)]

    async def count(self, status: JobStatus) -> int:
        """How many jobs are in a status."""
        query = select(func.count()).where(JOBS.c.status.in_(status.spellings))
        async with self._transaction() as connection:
            return (await connection.execute(query)).scalar_one()

    async def claim(self) -> Job | None:
        """Move the oldest queued job to running, if there is one."""
        oldest = (
            select(JOBS.c.job_id).where(JOBS.c.status == JobStatus.QUEUED.value).order_by(JOBS.c.sequence).limit(1)
        ).scalar_subquery()
        statement = (
            update(JOBS)
            .where(JOBS.c.job_id == oldest, JOBS.c.status == JobStatus.QUEUED.value)
            .values(status=JobStatus.RUNNING.value, started_at=now())
            .returning(JOBS)
        )
        async with self._transaction() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _job(row)

    async def move(
        self,
        job_id: str,
        source: JobStatus,
        target: JobStatus,
        result: Mapping[str, Any] | None = None,
        error: JobError | None = None,
        seconds: float | None = None,
    ) -> Job | None:
        """
        Move a job that is in `source` to `target`, an end state; None if it is in `source` no more.

        Raises ValueError for a move that MOVES does not have.
        """
        if target not in MOVES[source]:
            raise ValueError(f"a job cannot move from {source.value} to {target.value}")
        statement = (
            update(JOBS)
            .where(JOBS.c.job_id == job_id, JOBS.c.status == source.value)
            .values(
                status=target.value,
                result=None if result is None else dict(result),
                error=None if error is None else error.model_dump(mode="json"),
                finished_at=now(),
                duration_seconds=seconds,
            )
            .returning(JOBS)
        )
        async with self._transaction() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _job(row)

    async def interrupt_running(self) -> int:
        """Move every running job to error, and say how many: nobody runs them after a restart."""
        error = JobError(type=FailureKind.INTERRUPTED.value, message="the service ended while the job ran")
        statement = (
            update(JOBS)
            .where(JOBS.c.status == JobStatus.RUNNING.value)
            .values(status=JobStatus.ERROR.value, error=error.model_dump(mode="json"), finished_at=now())
        )
        async with self._transaction() as connection:
            return (await connection.execute(statement)).rowcount

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as unavailable:
            raise StoreUnavailable("the database does not answer") from unavailable


@asynccontextmanager
async def open_store(database: str) -> AsyncIterator[JobStore]:
    """The store behind a URL, its table made if need be; closed on leaving."""
    url = database_url(database)
    # SQLite has one writer at a time anyway; one connection also makes `:memory:` one database.
    is_sqlite = url.get_backend_name() == "sqlite"
    one_connection = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
    engine = create_async_engine(url, **(one_connection if is_sqlite else {}))
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _set_write_ahead_log)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
        yield JobStore(engine)
    finally:
        await engine.dispose()


def _set_write_ahead_log(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")


def _job(row: Row[Any]) -> Job:
    return Job(
        sequence=row.sequence,
        job_id=row.job_id,
        plugin=row.plugin,
        args=row.args,
        status=JobStatus(row.status),
        result=row.result,
        error=None if row.error is None else JobError.model_validate(row.error),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        duration_seconds=row.duration_seconds,
    )
