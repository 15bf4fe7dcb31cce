"""One line a finding: `path:line:column: CODE message`."""

from execution_lint.model.report import Report
from execution_lint.reporting.cells import one_line
from execution_lint.reporting.location import position


def render(report: Report, working_directory: str) -> str:
    """A line a finding, each ended; paths are relative to `working_directory`, which is absolute."""
    return "".join(
        f"{position(project.root, finding.place, working_directory)}: {finding.code} {one_line(finding.message)}\n"
        for project in report.projects
        for finding in project.findings
    )
