"""What is wrong with the sound of a demo, as findings: one of each kind, with its first place and how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from controlroom.base.finding import Finding, Value
from controlroom.rooms.listening.character_faults import findings_of_character
from controlroom.rooms.listening.report import PRODUCTIONS, DemoReport
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
FAR_BELOW_DB, HIDDEN_DB = 40.0, 30.0  # under the sound
FEW_CLIPPED = 10  # places
LEAST_PLAYED, IN_TIME = 4, 0.9  # gaps, and how closely they keep to the beat's sixteenths (1: exactly)
OVER_DBTP = 0.2  # below, a codec's own rounding is as likely


def findings_of_sound(hearing: Hearing, report: DemoReport) -> Iterator[Finding]:
    """What is wrong with what it sounds like; `report`: what was heard, and what kind of recording it is."""
    levels, sound, end_hz = hearing.levels, report.sound, report.bandwidth_hz
    if not levels.active:
        yield Finding(code="silent", severity="warning")
        return
    yield from _over(hearing)
    yield from _places(levels, report)
    yield from _image(levels)
    yield from _hum(levels, report)
    yield from _offset(levels)
    if end_hz is not None and end_hz < NARROW_HZ:
        yield narrow_bandwidth(end_hz)
    yield from findings_of_character(sound, hearing.loudness)
    head_s = levels.active[0][0]
    if head_s > LONGEST_HEAD_S:
        yield Finding(code="long_head", severity="info", start_s=0.0, end_s=head_s, args={"seconds": round(head_s, 1)})
    if report.what.kind in PRODUCTIONS:  # what a telephone does to a voice memo says nothing about the song
        yield from tone_outside(sound.balance)


def _over(hearing: Hearing) -> Iterator[Finding]:
    peak = hearing.loudness.true_peak_dbtp
    if peak is not None and peak > OVER_DBTP:
        yield Finding(code="true_peak_over", severity="advice", args={"peak_dbtp": round(peak, 1)})


def _places(levels: Levels, report: DemoReport) -> Iterator[Finding]:
    """In a production, or among drums, a click is an instrument more often than a fault; clipping is full of them."""
    if levels.clipped:
        yield clipped(levels.clipped, "warning", at=[longest(levels.clipped)])
    played = report.what.kind in (*PRODUCTIONS, "drums alone") or len(levels.clipped) > FEW_CLIPPED
    if levels.clicks and not played:
        yield click(max(levels.clicks, key=lambda one: one.size_db), "advice")
    if levels.dropouts and not _keep_time([gap.start_s for gap in levels.dropouts], report.rhythm.beats_s):
        yield dropout(levels.dropouts[0])


def _keep_time(places_s: Sequence[float], beats_s: Sequence[float]) -> bool:
    """Whether gaps fall on sixteenths of the beats: such are played, by a gate or a chip; a fault keeps no time."""
    places = sorted(set(places_s))
    if len(beats_s) < 2 or len(places) < LEAST_PLAYED:
        return False
    beat = np.interp(places, beats_s, np.arange(len(beats_s)))
    return bool(abs(np.exp(2j * np.pi * 4 * beat).mean()) > IN_TIME)


def _offset(levels: Levels) -> Iterator[Finding]:
    """One for the file: the channel that is furthest off."""
    found = list(dc_offsets(levels))
    if found:
        yield max(found, key=lambda one: abs(levels.dc[one.channel or 0]))


def _hum(levels: Levels, report: DemoReport) -> Iterator[Finding]:
    """A hum is heard alone where the sound rests. Where it never does, there is no proof of one far below the music,
    the less where machines play: what repeats exactly has lines as steady as a hum's."""
    if levels.hum is None:
        return
    found = hum(levels.hum, levels, "advice")
    least_db = -(HIDDEN_DB if report.rhythm.to_click else FAR_BELOW_DB)
    if report.sound.noise_floor_dbfs is not None or levels.hum.level_db - (levels.loud_db or 0.0) >= least_db:
        yield found


def _image(levels: Levels) -> Iterator[Finding]:
    yield from dead_channels(levels)
    if levels.stereo is None or None in levels.sample_peak_db:
        return
    if levels.stereo.correlation > SAME_CHANNELS:
        yield Finding(code="false_stereo", severity="info")
    elif levels.stereo.correlation < AGAINST_EACH_OTHER:
        args: dict[str, Value] = {"correlation": round(levels.stereo.correlation, 2)}
        yield Finding(code="out_of_phase", severity="warning", args=args)
