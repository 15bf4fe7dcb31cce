"""Workflow commands, which GitHub shows as annotations on the changed lines.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from execution_lint.model.report import Report
from execution_lint.reporting.cells import one_line
from execution_lint.reporting.location import displayed, position


def render(report: Report, working_directory: str) -> str:
    """A command a finding, each on its line; paths are relative to `working_directory`, which is absolute.

    The message repeats the place, because the log of the job does not show a command's properties.
    """
    commands = []
    for project in report.projects:
        for finding in project.findings:
            span = finding.place.span
            properties = {
                "file": displayed(project.root, finding.place, working_directory).replace("\\", "/"),
                "line": str(span.start_line),
                "col": str(span.start_column),
                "endLine": str(span.end_line),
                "endColumn": str(span.end_column),
                "title": f"execution-lint ({finding.code})",
            }
            listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
            where = position(project.root, finding.place, working_directory)
            commands.append(f"::error {listed}::{_data(f'{where}: {finding.code} {one_line(finding.message)}')}\n")
    return "".join(commands)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
