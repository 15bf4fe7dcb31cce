"""What can be set when the service starts: from the command line, else from the environment, else the default."""

import argparse
import ipaddress
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """Everything that one running service may differ in from another."""

    host: str = "127.0.0.1"
    port: int = 8000
    database: str = "sqlite:///runtime.sqlite3"
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    workers: int = 4
    """Jobs that run at once; the others wait."""
    plugin_timeout_seconds: float = 60.0
    drain_seconds: float = 10.0
    """How long running jobs may go on after the service was told to stop."""
    queue_limit: int = 1000
    body_limit_bytes: int = 10 * 1024 * 1024


def parse_settings(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `--options` and `RUNTIME_*` variables; if they are not sound, exit 2 and a line that says why."""
    parser = argparse.ArgumentParser(
        prog="python -m runtime",
        description="Runs plugins as jobs over HTTP. Each option can also be set by the variable in its help.",
    )
    defaults = Settings()

    def option(name: str, convert: Callable[[str], object], default: object, help_text: str) -> None:
        variable = "RUNTIME_" + name.replace("-", "_").upper()
        parser.add_argument(
            f"--{name}",
            type=convert,
            metavar=name.rpartition("-")[2].upper(),
            default=environment.get(variable) or default,
            help=f"{help_text} (default: {default}; {variable})",
        )

    option("host", str, defaults.host, "the address to listen on")
    option("port", _port, defaults.port, "the port to listen on, 0 for any free one")
    option("database", str, defaults.database, "where jobs are kept: sqlite:///FILE, postgresql://USER@HOST/NAME")
    option("workers", _count, defaults.workers, "how many jobs run at once")
    option("plugin-timeout", _seconds, defaults.plugin_timeout_seconds, "seconds a plugin may take")
    option("drain", _seconds, defaults.drain_seconds, "seconds that running jobs may go on after a stop")
    option("queue-limit", _count, defaults.queue_limit, "how many jobs may wait")
    option("body-limit", _count, defaults.body_limit_bytes, "bytes that a request may have")
    parser.add_argument(
        "--api-key",
        action="append",
        help="a key that clients may send as X-API-Key; may be repeated (RUNTIME_API_KEY, separated by commas)",
    )
    parsed = parser.parse_args(arguments)
    from_environment = environment.get("RUNTIME_API_KEY", "").split(",")
    settings = Settings(
        host=parsed.host,
        port=parsed.port,
        database=parsed.database,
        api_keys=tuple(key for key in parsed.api_key or from_environment if key),
        workers=parsed.workers,
        plugin_timeout_seconds=parsed.plugin_timeout,
        drain_seconds=parsed.drain,
        queue_limit=parsed.queue_limit,
        body_limit_bytes=parsed.body_limit,
    )
    if not settings.api_keys and not _is_loopback(settings.host):
        parser.error(f"{settings.host} can be reached from elsewhere: give an --api-key, or listen on 127.0.0.1")
    return settings


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(text: str) -> int:
    if not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return int(text)


def _count(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return int(text)


def _seconds(text: str) -> float:
    if not 0 <= float(text) <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400")
    return float(text)
