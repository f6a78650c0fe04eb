"""Faults of a recording as findings: what is said of each, wherever it is said. How grave it is the rooms know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from controlroom.base.finding import Finding, Severity, Value
from controlroom.sound.balance import Balance
from controlroom.sound.faults import Click
from controlroom.sound.files import AudioInfo
from controlroom.sound.hum import Hum
from controlroom.sound.levels import Levels, Span
from controlroom.sound.lossy import Lossy

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


def lossy_ancestry(found: Lossy) -> Iterator[Finding]:
    """A codec that left its frames in the sound."""
    if found.codec is not None and found.rate_kbps is not None:
        low, high = found.rate_kbps
        args: dict[str, Value] = {"codec": found.codec, "low_kbps": low, "high_kbps": high}
        yield Finding(code="lossy_ancestry", severity="advice", args=args)


def hissy(hiss_db: float) -> Finding:
    """A hiss so far from the sound's level (negative: below it)."""
    return Finding(code="hissy", severity="advice", args={"below_db": round(-hiss_db)})


def roomy(reverberation_s: float) -> Finding:
    return Finding(code="roomy", severity="info", args={"seconds": round(reverberation_s, 1)})


def low_end_out_of_phase(correlation: float) -> Finding:
    return Finding(code="low_end_out_of_phase", severity="warning", args={"correlation": round(correlation, 2)})


def delayed_copy(delay_ms: float) -> Finding:
    """One side is the other, later by so much (negative: the left one is)."""
    args: dict[str, Value] = {"side": "right" if delay_ms > 0 else "left", "delay_ms": abs(delay_ms)}
    return Finding(code="delayed_copy", severity="advice", args=args)


def wow(cents: float, rate_hz: float) -> Finding:
    return Finding(code="wow", severity="info", args={"cents": cents, "rate_hz": rate_hz})


def crushed(integrated_lufs: float, plr_db: float) -> Finding:
    args: dict[str, Value] = {"integrated_lufs": round(integrated_lufs, 1), "plr_db": round(plr_db, 1)}
    return Finding(code="crushed", severity="advice", args=args)


def tone_outside(balance: Balance) -> Iterator[Finding]:
    """Regions outside what they are compared with, the farthest first."""
    for band in sorted(balance.bands, key=lambda one: -abs(one.excess_db)):
        if band.off_db is not None and band.excess_db:
            args: dict[str, Value] = {
                "region": band.name,
                "off_db": abs(band.off_db),
                "against": balance.against,
                "range_db": band.range_db,
            }
            code = "tone_over" if band.off_db > 0 else "tone_under"
            yield Finding(code=code, severity="info", args=args)
