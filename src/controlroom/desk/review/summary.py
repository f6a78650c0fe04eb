"""What works, and what comes next: what works always stands first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from controlroom.desk.review.notes import Shown, points_of

MOST = 5


def what_works(notes: Sequence[Shown], report: dict[str, Any] | None) -> list[str]:
    """What people praised, then what the report finds in order. Nothing is said that was not heard."""
    praised = [point for point in points_of(notes) if point.praise]
    said = [f"{' and '.join(point.authors)}: {point.text}" for point in praised]
    return (said + (_in_order(report) if report else []))[:MOST]


def _in_order(report: dict[str, Any]) -> list[str]:
    says = []
    rhythm, loudness = report.get("rhythm") or {}, report.get("loudness") or {}
    if rhythm.get("steady") and rhythm.get("tempo_bpm"):
        says.append(f"It plays steadily at {rhythm['tempo_bpm']:.0f} BPM.")
    peak_dbtp = loudness.get("true_peak_dbtp")
    if peak_dbtp is not None and peak_dbtp <= -1.0:
        says.append(f"Its peaks keep {-peak_dbtp:.1f} dB below full scale.")
    if not report.get("findings"):
        says.append("Listening to all of it found no fault in the sound.")
    return says


def what_next(report: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The report's advice, the most helpful first: `says`, `because`, `at_s`."""
    advice = (report or {}).get("advice") or []
    return sorted(advice, key=lambda each: each.get("priority", MOST))[:MOST]


def sections_of(report: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The form that was heard: `start_s`, `end_s`, `label`."""
    return list(((report or {}).get("form") or {}).get("sections") or [])
