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
CLIPPED_PERCENT = 0.5
"""So much of the sound cut off is more than a word."""


def decide(report: TakeReport, relations: PassReport | None = None) -> TakeReport:
    """The report with what its pass shows about it, and its verdict."""
    beside = relations.of(report.path) if relations else ()
    told = tuple(finding for finding in report.findings if finding not in beside)
    findings = (*told, *beside)
    return msgspec.structs.replace(
        report, findings=findings, verdict=_verdict(findings, report.clipped_percent, printed=report.printed)
    )


def _verdict(findings: Sequence[Finding], clipped_percent: float, *, printed: bool) -> Verdict:
    codes = [finding.code for finding in findings]
    many = clipped_percent >= CLIPPED_PERCENT or any(codes.count(code) >= most for code, most in MANY.items())
    if (many and not printed) or any(code in codes for code in LOST):
        return "retake"
    if any(finding.severity in ("warning", "blocking") for finding in findings):
        return "usable"
    return "keeper"
