"""Markers as CSV: for spreadsheets, and as Reaper's Region/Marker Manager exports and imports them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from controlroom.rooms.review.markers.marker import Marker, time_of

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def as_csv(markers: Iterable[Marker]) -> str:
    """Time, length (s) and name, one marker a row. A name that a spreadsheet would run as a formula gets an
    apostrophe in front (OWASP, "CSV Injection")."""
    rows = ((time_of(marker.at_s), f"{marker.length_s:.3f}", _harmless(marker.name)) for marker in markers)
    return _table(("Time", "Length (s)", "Name"), rows)


def as_reaper(markers: Iterable[Marker]) -> str:
    """Reaper's own table: M1, M2, ... are markers, R1, R2, ... regions; times as minutes and seconds, colours none."""
    rows, counts = [], {"M": 0, "R": 0}
    for marker in markers:
        kind = "R" if marker.until_s is not None else "M"
        counts[kind] += 1
        end, length = ("", "") if marker.until_s is None else (time_of(marker.until_s), time_of(marker.length_s))
        name = marker.name.replace('"', "'")
        rows.append((f"{kind}{counts[kind]}", name, time_of(marker.at_s), end, length, ""))
    return _table(("#", "Name", "Start", "End", "Length", "Color"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name
