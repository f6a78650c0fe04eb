"""What people see: tables, bars, sparklines; and what scripts read: one JSON object."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from controlroom.base.canonical import to_json
from controlroom.base.progress import SILENT, Progress

SEVERITY_STYLE = {"info": "dim", "advice": "cyan", "warning": "yellow", "blocking": "bold red"}
_STEPS = "▁▂▃▄▅▆▇█"


def print_json(value: Any) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(to_json(value, indent=2).decode() + "\n")


def console(*, stderr: bool = False) -> Any:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Progress]:
    """A bar on stderr; nothing when asked to be quiet or when nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield SILENT
        return
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=1.0)

        def show(done: float, total: float, what: str = "") -> None:
            shown = bars.tasks[0].description
            bars.update(task, completed=done / total if total else 0.0, description=what or shown)

        yield show


def sparkline(values: Sequence[float], width: int = 60) -> str:
    """`values` as a line of block characters between their smallest and largest."""
    if not values:
        return ""
    stride = max(len(values) / width, 1.0)
    bins = [
        values[int(i * stride) : max(int((i + 1) * stride), int(i * stride) + 1)]
        for i in range(int(len(values) / stride))
    ]
    levels = [max(values_in) for values_in in bins if values_in]
    low, high = min(levels), max(levels)
    span = (high - low) or 1.0
    return "".join(_STEPS[min(int((level - low) / span * len(_STEPS)), len(_STEPS) - 1)] for level in levels)


def figure(value: float | None, unit: str, digits: int = 1) -> str:
    """A figure with its unit, or a dash where it does not exist; a peak over full scale bears its sign."""
    sign = "+" if unit == "dBTP" and value and round(value, digits) > 0 else ""
    return "–" if value is None else f"{sign}{value:.{digits}f} {unit}"


def print_findings(out: Any, findings: Sequence[dict[str, Any]]) -> None:
    """Findings as sentences, the gravest first."""
    from rich.markup import escape

    order = list(SEVERITY_STYLE)
    for finding in sorted(findings, key=lambda f: -order.index(f["severity"])):
        style = SEVERITY_STYLE[finding["severity"]]
        at = "" if finding.get("start_s") is None else f" at {clock(finding['start_s'])}"
        out.print(f"  [{style}]{finding['severity']}[/]{at}  {escape(finding['says'])}")


def clock(seconds: float) -> str:
    """Seconds as m:ss.t, the way a session clock shows them."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def print_checks(out: Any, checks: Sequence[dict[str, Any]]) -> None:
    """Figures held against their bounds; one without bounds is told, and not marked."""
    for check in checks:
        bound = check["at_least"] is not None or check["at_most"] is not None
        mark = ("[green]✓[/]" if check["passed"] else "[bold red]✗[/]") if bound else " "
        whole = check["unit"] == "frames" and check["value"] is not None
        value = f"{check['value']:,.0f} frames" if whole else figure(check["value"], check["unit"], 2)
        out.print(f"  {mark} {check['name']}  {value}")
