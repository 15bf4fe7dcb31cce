"""`python -m runtime`: the service from the command line."""

import sys
from collections.abc import Sequence

from runtime import INSTALL_HINT
from runtime.settings import parse_settings


def main(arguments: Sequence[str]) -> int:
    """Serve until a signal ends it; 2 if the runtime is not installed or its settings are not sound."""
    settings = parse_settings(arguments)
    try:
        import uvicorn

        from runtime.app import create_app
        from runtime.store import database_url
    except ModuleNotFoundError as missing:
        print(INSTALL_HINT.format(missing=missing.name), file=sys.stderr)
        return 2
    try:
        database_url(settings.database)
    except ValueError as unsound:
        print(f"--database: {unsound}", file=sys.stderr)
        return 2
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
