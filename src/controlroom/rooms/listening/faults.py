"""What is wrong with the sound of a demo, as findings: one of each kind, with its first place and how often."""

from __future__ import annotations

from collections.abc import Iterator

from controlroom.base.finding import Finding, Value
from controlroom.rooms.listening.character_faults import findings_of_character
from controlroom.rooms.listening.report import PRODUCTIONS, What
from controlroom.sound.character import Sound
from controlroom.sound.findings import (
    click,
    clipped,
    dc_offsets,
    dead_channels,
    dropout,
    hum,
    longest,
    narrow_bandwidth,
    tone_outside,
)
from controlroom.sound.hearing import Hearing
from controlroom.sound.levels import Levels

NARROW_HZ = 16000.0
LONGEST_HEAD_S = 3.0
SAME_CHANNELS = 0.9999
AGAINST_EACH_OTHER = -0.2
OVER_DBTP = 0.0


def findings_of_sound(hearing: Hearing, end_hz: float | None, sound: Sound) -> Iterator[Finding]:
    """What is wrong with what it sounds like; `end_hz`: where the sound ends."""
    levels = hearing.levels
    if not levels.active:
        yield Finding(code="silent", severity="warning")
        return
    yield from _over(hearing)
    yield from _places(levels)
    yield from _image(levels)
    if levels.hum:
        yield hum(levels.hum, levels, "advice")
    yield from dc_offsets(levels)
    if end_hz is not None and end_hz < NARROW_HZ:
        yield narrow_bandwidth(end_hz)
    yield from findings_of_character(sound, hearing.loudness)
    head_s = levels.active[0][0]
    if head_s > LONGEST_HEAD_S:
        yield Finding(code="long_head", severity="info", start_s=0.0, end_s=head_s, args={"seconds": round(head_s, 1)})


def tone_of(what: What, sound: Sound) -> Iterator[Finding]:
    """Of a production only: what a telephone does to a voice memo says nothing about the song."""
    if what.kind in PRODUCTIONS:
        yield from tone_outside(sound.balance)


def _over(hearing: Hearing) -> Iterator[Finding]:
    peak = hearing.loudness.true_peak_dbtp
    if peak is not None and peak > OVER_DBTP:
        yield Finding(code="true_peak_over", severity="advice", args={"peak_dbtp": round(peak, 1)})


def _places(levels: Levels) -> Iterator[Finding]:
    if levels.clipped:
        yield clipped(levels.clipped, "warning", at=[longest(levels.clipped)])
    if levels.clicks:
        yield click(max(levels.clicks, key=lambda one: one.size_db), "advice")
    if levels.dropouts:
        yield dropout(levels.dropouts[0])


def _image(levels: Levels) -> Iterator[Finding]:
    yield from dead_channels(levels)
    if levels.stereo is None or None in levels.sample_peak_db:
        return
    if levels.stereo.correlation > SAME_CHANNELS:
        yield Finding(code="false_stereo", severity="info")
    elif levels.stereo.correlation < AGAINST_EACH_OTHER:
        args: dict[str, Value] = {"correlation": round(levels.stereo.correlation, 2)}
        yield Finding(code="out_of_phase", severity="warning", args=args)
