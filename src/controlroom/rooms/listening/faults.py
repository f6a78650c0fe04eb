"""What is wrong with the sound of a demo, as findings: one of each kind, with its first place and how often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from controlroom.base.finding import Finding, Value
from controlroom.sound.files import AudioInfo
from controlroom.sound.hearing import Hearing
from controlroom.sound.levels import Levels

Values: TypeAlias = dict[str, Value]

NARROW_HZ = 16000.0
LEAST_DC = 0.003
LONGEST_HEAD_S = 3.0
SAME_CHANNELS = 0.9999
AGAINST_EACH_OTHER = -0.2
OVER_DBTP = 0.0


def findings_of_file(info: AudioInfo, nonfinite_samples: int) -> Iterator[Finding]:
    """What is wrong with the file itself."""
    if info.truncated:
        yield Finding(code="truncated_file", severity="warning", args={"seconds": round(info.duration_s, 2)})
    if nonfinite_samples:
        yield Finding(code="nonfinite_samples", severity="warning", args={"count": nonfinite_samples})


def findings_of_sound(hearing: Hearing, end_hz: float | None) -> Iterator[Finding]:
    """What is wrong with what it sounds like; `end_hz`: where the sound ends."""
    levels = hearing.levels
    if not levels.active:
        yield Finding(code="silent", severity="warning")
        return
    yield from _over(hearing)
    yield from _places(levels)
    yield from _image(levels)
    if levels.hum:
        loud_db = max((rms for rms in levels.rms_db if rms is not None), default=0.0)
        below = round(loud_db - levels.hum.level_db)
        args: Values = {"mains_hz": levels.hum.mains_hz, "level_db": round(levels.hum.level_db, 1), "below_db": below}
        yield Finding(code="hum", severity="advice", args=args)
    for channel, dc in enumerate(levels.dc):
        if abs(dc) >= LEAST_DC:
            yield Finding(code="dc_offset", severity="advice", channel=channel, args={"percent": round(100 * dc, 2)})
    if end_hz is not None and end_hz < NARROW_HZ:
        yield Finding(code="narrow_bandwidth", severity="advice", args={"bandwidth_khz": round(end_hz / 1000, 1)})
    head_s = levels.active[0][0]
    if head_s > LONGEST_HEAD_S:
        yield Finding(code="long_head", severity="info", start_s=0.0, end_s=head_s, args={"seconds": round(head_s, 1)})


def _over(hearing: Hearing) -> Iterator[Finding]:
    peak = hearing.loudness.true_peak_dbtp
    if peak is not None and peak > OVER_DBTP:
        yield Finding(code="true_peak_over", severity="advice", args={"peak_dbtp": round(peak, 1)})


def _places(levels: Levels) -> Iterator[Finding]:
    if levels.clipped:
        longest = max(levels.clipped, key=lambda span: span.end_s - span.start_s)
        longest_ms = round(1000 * (longest.end_s - longest.start_s), 2)
        args: Values = {"count": len(levels.clipped), "longest_ms": longest_ms}
        yield Finding(code="clipped", severity="warning", start_s=longest.start_s, end_s=longest.end_s, args=args)
    if levels.clicks:
        loudest = max(levels.clicks, key=lambda click: click.size_db)
        size: Values = {"size_db": round(loudest.size_db, 1)}
        yield Finding(code="click", severity="advice", start_s=loudest.at_s, end_s=loudest.at_s, args=size)
    if levels.dropouts:
        first = levels.dropouts[0]
        length: Values = {"length_ms": round(1000 * (first.end_s - first.start_s), 1)}
        yield Finding(code="dropout", severity="warning", start_s=first.start_s, end_s=first.end_s, args=length)


def _image(levels: Levels) -> Iterator[Finding]:
    for channel, peak in enumerate(levels.sample_peak_db):
        if peak is None:
            yield Finding(code="dead_channel", severity="advice", channel=channel, args={"channel": channel + 1})
    if levels.stereo is None or None in levels.sample_peak_db:
        return
    if levels.stereo.correlation > SAME_CHANNELS:
        yield Finding(code="false_stereo", severity="info")
    elif levels.stereo.correlation < AGAINST_EACH_OTHER:
        args: Values = {"correlation": round(levels.stereo.correlation, 2)}
        yield Finding(code="out_of_phase", severity="warning", args=args)
