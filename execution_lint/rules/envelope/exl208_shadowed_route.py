"""
A route that no request reaches: its method and path are registered twice, or an earlier path takes all that it matches.

## Why it matters

The handler looks alive, has tests that call it directly, and never runs. `GET /jobs/latest` behind `GET /jobs/{job_id}`
answers with the job called "latest": a 404, or worse, somebody's job.

## Instead

Register the fixed path before the one with a parameter, or give the parameter a kind that leaves it out:
`/jobs/{job_id:int}`. Of two handlers for the same method and path keep one.

## Known limits

Each framework is judged by its own way to choose: FastAPI, Starlette and Django take the first path that matches,
aiohttp the first among those with the same fixed beginning; Flask, Quart, Litestar and Sanic prefer a fixed path
wherever it stands, so that there only a repetition counts. The order of registrations in different modules is not
known: there too only a repetition is reported. Two registrations of which an `if` or a `try` makes one are no
repetition. What a mounted application or a folder of static files takes is not looked at.
"""

from collections.abc import Iterator

from execution_lint.model.finding import Finding
from execution_lint.project.project import Project
from execution_lint.project.subjects import ShadowedRoute
from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL208",
    name="shadowed-route",
    message="`{route}` {what}",
    since="0.1.0",
)


@RULE.on(ShadowedRoute)
def check(route: ShadowedRoute, project: Project) -> Iterator[Finding]:
    """A registration that another makes idle."""
    yield RULE.finding(
        route.place,
        scope=route.scope,
        confidence=route.confidence,
        related=route.related,
        help=_help(route),
        route=route.spelled,
        what=_what(route),
    )


def _what(route: ShadowedRoute) -> str:
    if route.fails:
        return "is registered twice: the application does not start"
    if route.is_same:
        return f"is never reached: `{route.by}` is the same path"
    return f"is never reached: `{route.by}`, which is registered earlier, takes its requests"


def _help(route: ShadowedRoute) -> str:
    if route.is_same:
        return "keep one of the two, or give them different paths"
    return f"register it before `{route.by}`"
