"""What a run did, in the lines for standard error: silence on standard output is worth what these say."""

from collections import Counter

from execution_lint.model.confidence import Confidence
from execution_lint.model.report import Counts, Reason, Report
from execution_lint.reporting.cells import one_line

_BY = {
    Reason.SUPPRESSION: "by a suppression",
    Reason.BASELINE: "by the baseline",
    Reason.CONFIDENCE: "by min-confidence",
    Reason.UNNAMED: "outside the files named",
    Reason.PLACE: "in files that are not reported on",
}


def render(report: Report) -> str:
    """Notes first, then the findings, what was held back by what, and the files; each line ended."""
    notes = [*report.notes, *(note for project in report.projects for note in project.notes)]
    lines = [f"note: {one_line(note)}" for note in dict.fromkeys(notes)]
    lines.append(_findings(report))
    held_back = Counter(item.reason for project in report.projects for item in project.set_aside)
    if held_back:
        listed = ", ".join(f"{held_back[reason]} {_BY[reason]}" for reason in Reason if held_back[reason])
        lines.append(f"Held back {_counted(held_back.total(), 'finding')}: {listed}.")
    counts = _total(report)
    lines.append(f"Files: {counts.found} found, {counts.read} read, {counts.parsed} parsed, {counts.skipped} skipped.")
    if report.is_troubled:
        lines.append("Not everything could be checked; the lines above say what.")
    return "".join(line + "\n" for line in lines)


def statistics(report: Report) -> str:
    """Findings by code, then what could not be decided by reason, the most frequent first; each line ended."""
    findings = Counter((item.code, item.rule) for project in report.projects for item in project.findings)
    undecided: Counter[tuple[str, str]] = Counter()
    for project in report.projects:
        for item in project.undecided:
            undecided[item.subject, item.reason] += item.count
    lines = ["Findings by rule:", *_table(findings)]
    lines += ["Not decided:", *_table(undecided)]
    return "".join(line + "\n" for line in lines)


def _findings(report: Report) -> str:
    findings = [finding for project in report.projects for finding in project.findings]
    if not findings:
        return "No findings."
    files = len({(project.root, finding.place.path) for project in report.projects for finding in project.findings})
    by_confidence = Counter(finding.confidence for finding in findings)
    listed = ", ".join(f"{by_confidence[item]} {item.value}" for item in Confidence if by_confidence[item])
    return f"{_counted(len(findings), 'finding')} in {_counted(files, 'file')}: {listed}."


def _total(report: Report) -> Counts:
    counts = [project.counts for project in report.projects]
    return Counts(
        found=sum(item.found for item in counts),
        read=sum(item.read for item in counts),
        parsed=sum(item.parsed for item in counts),
        skipped=sum(item.skipped for item in counts),
    )


def _table(counted: Counter[tuple[str, str]]) -> list[str]:
    if not counted:
        return ["  none"]
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    number = len(str(rows[0][1]))
    name = max(len(one_line(first)) for (first, _), _ in rows)
    return [f"  {count:>{number}}  {one_line(first):<{name}}  {one_line(second)}" for (first, second), count in rows]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
