"""Findings in the words of the page."""

from __future__ import annotations

from collections.abc import Sequence

from controlroom.base.finding import SEVERITIES, Finding


def spoken(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Findings as the page shows them, the gravest first."""
    ordered = sorted(findings, key=lambda finding: -SEVERITIES.index(finding.severity))
    return [
        {"severity": finding.severity, "place": place(finding), "says": _of_file(finding) + finding.says()}
        for finding in ordered
    ]


def place(finding: Finding) -> str:
    """Where a finding is, as " at 1:02.5"."""
    if finding.start_s is None:
        return ""
    return f" at {int(finding.start_s // 60)}:{finding.start_s % 60:04.1f}"


def _of_file(finding: Finding) -> str:
    return f"{finding.path}: " if finding.path else ""
