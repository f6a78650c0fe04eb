"""Faults of a recording as findings: what is said of each, wherever it is said. How grave it is the rooms know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from controlroom.base.finding import Finding, Severity, Value
from controlroom.sound.faults import Click
from controlroom.sound.files import AudioInfo
from controlroom.sound.hum import Hum
from controlroom.sound.levels import Levels, Span

DC_LEAST = 0.003


def at_place(
    code: str, severity: Severity, start_s: float, end_s: float, channel: int | None = None, **args: Value
) -> Finding:
    """A finding about a place."""
    return Finding(
        code=code, severity=severity, start_s=round(start_s, 4), end_s=round(end_s, 4), channel=channel, args=args
    )


def file_faults(info: AudioInfo, nonfinite_samples: int) -> Iterator[Finding]:
    """A file that breaks off, samples that are no numbers."""
    if info.truncated:
        yield Finding(code="truncated_file", severity="warning", args={"seconds": round(info.duration_s, 2)})
    if nonfinite_samples:
        yield Finding(code="nonfinite_samples", severity="warning", args={"count": nonfinite_samples})


def clipped(spans: Sequence[Span], severity: Severity, *, at: Sequence[Span] = ()) -> Finding:
    """How often `spans` (one or more) are clipped and for how long at the most; placed over `at`, else over all."""
    where = at or spans
    channels = {span.channel for span in where}
    return at_place(
        "clipped",
        severity,
        min(span.start_s for span in where),
        max(span.end_s for span in where),
        channels.pop() if len(channels) == 1 else None,
        count=len(spans),
        longest_ms=round(1000 * longest(spans).length_s, 2),
    )


def longest(spans: Sequence[Span]) -> Span:
    return max(spans, key=lambda span: span.length_s)


def click(found: Click, severity: Severity) -> Finding:
    return at_place("click", severity, found.at_s, found.at_s, found.channel, size_db=round(found.size_db, 1))


def dropout(gap: Span) -> Finding:
    return at_place("dropout", "warning", gap.start_s, gap.end_s, gap.channel, length_ms=round(1000 * gap.length_s, 1))


def hum(found: Hum, levels: Levels, severity: Severity) -> Finding:
    """A hum against the loudest channel's RMS."""
    args: dict[str, Value] = {
        "mains_hz": found.mains_hz,
        "level_db": round(found.level_db, 1),
        "below_db": round((levels.loud_db or 0.0) - found.level_db),
    }
    return Finding(code="hum", severity=severity, args=args)


def dc_offsets(levels: Levels) -> Iterator[Finding]:
    for channel, dc in enumerate(levels.dc):
        if abs(dc) >= DC_LEAST:
            yield Finding(code="dc_offset", severity="advice", channel=channel, args={"percent": round(100 * dc, 2)})


def dead_channels(levels: Levels) -> Iterator[Finding]:
    """Channels of digital silence."""
    for channel, peak in enumerate(levels.sample_peak_db):
        if peak is None:
            yield Finding(code="dead_channel", severity="advice", channel=channel, args={"channel": channel + 1})


def narrow_bandwidth(end_hz: float) -> Finding:
    """A sound that ends at `end_hz`, below what it should have."""
    return Finding(code="narrow_bandwidth", severity="advice", args={"bandwidth_khz": round(end_hz / 1000, 1)})
