"""From what was found to a verdict: keep it, use it with some mending, or do it again."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from controlroom.base.finding import Finding
from controlroom.rooms.tracking.report import PassReport, TakeReport, Verdict

LOST = ("silent", "truncated_file")
"""There is nothing to mend: part of the performance is not there."""
MANY = {"dropout": 3, "click": 8, "clipped": 6}
"""So many places, and it is quicker done again than mended (a finished stem cannot be done again)."""


def decide(report: TakeReport, relations: PassReport | None = None) -> TakeReport:
    """The report with what its pass shows about it, and its verdict."""
    beside = relations.of(report.path) if relations else ()
    told = tuple(finding for finding in report.findings if finding not in beside)
    findings = (*told, *beside)
    return msgspec.structs.replace(report, findings=findings, verdict=_verdict(findings, printed=report.printed))


def _verdict(findings: Sequence[Finding], *, printed: bool) -> Verdict:
    codes = [finding.code for finding in findings]
    spoiled = not printed and any(codes.count(code) >= many for code, many in MANY.items())
    if spoiled or any(code in codes for code in LOST):
        return "retake"
    if any(finding.severity in ("warning", "blocking") for finding in findings):
        return "usable"
    return "keeper"
