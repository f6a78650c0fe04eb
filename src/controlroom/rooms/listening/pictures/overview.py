"""The song at a glance: its waveform under its sections, where somebody sings, its chords, bars and time."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from controlroom.rooms.listening.pictures.lanes import (
    HEAD,
    bar_ruler,
    chord_lane,
    chords_fit,
    section_bands,
    voice_lane,
)
from controlroom.rooms.listening.pictures.names import listed
from controlroom.rooms.listening.pictures.shown import Shown
from controlroom.sound.drawing import Frame, clock, fold, label, svg, time_marks

LEFT = 52
WAVE = 112
QUIETEST = 0.001  # a peak at -60 dBFS still fills the height: how loud it is stands elsewhere
COLUMNS = 800  # a little more than units of width


def overview(shown: Shown, width: int) -> Markup | None:
    """None for a file without samples."""
    if not shown.waveform.lowest.shape[1]:
        return None
    head = HEAD if shown.sections else 0
    peak = max(float(np.abs([shown.waveform.lowest, shown.waveform.highest]).max()), QUIETEST)
    span_s = max(shown.duration_s, 1e-3)
    frame = Frame(width, head + WAVE, (0.0, span_s), (-peak, peak), top=head + 6, bottom=6, left=LEFT)
    body = section_bands(shown.sections, frame.x, head + WAVE) + _wave(shown, frame)
    y = head + WAVE + 8
    if shown.voice:
        body += _named("voice", y + 8) + voice_lane(shown.voice, frame.x, y + 1)
        y += 14
    if chords_fit(shown.chords, frame.x):
        body += _named("chords", y + 14) + chord_lane(shown.chords, frame.x, y)
        y += 28
    if len(shown.downbeats_s) > 1:
        body += _named("bars", y + 16) + bar_ruler(shown.beats_s, shown.downbeats_s, frame.x, y)
        y += 24
    body += "".join(
        label(clock(at), frame.x(at), y + 11, anchor="middle") for at in time_marks(shown.duration_s, width // 70)
    )
    return svg(width, y + 16, body, _says(shown))


def _named(lane: str, y: float) -> str:
    return label(lane, LEFT - 10, y, anchor="end")


def _wave(shown: Shown, frame: Frame) -> str:
    """The highest and lowest samples as an outline, the RMS as its body."""
    row = shown.waveform.folded()
    tops, bottoms = fold(row.highest[0], COLUMNS, np.max), fold(row.lowest[0], COLUMNS, np.min)
    bodies = fold(row.rms[0], COLUMNS, np.max)
    middles_s = (np.arange(len(tops)) + 0.5) * shown.duration_s / len(tops)
    return (
        f'<path class="outer" d="{frame.between(middles_s, bottoms, tops)}"/>'
        f'<path class="inner" d="{frame.between(middles_s, [-x for x in bodies], bodies)}"/>'
    )


def _says(shown: Shown) -> str:
    says = f"Waveform of {shown.name}, {clock(shown.duration_s)} long"
    if shown.sections:
        says += ": " + listed([f"{one.name} at {clock(one.start_s)}" for one in shown.sections])
    if shown.voice:
        says += f". Somebody sings from {clock(shown.voice[0].start_s)} to {clock(shown.voice[-1].end_s)}"
    return says
