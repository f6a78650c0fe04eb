"""The spans that chords are heard in: from beat to beat, each with what sounds in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.chroma import Chroma

Floats: TypeAlias = npt.NDArray[np.float64]

PULSE_S = 0.5  # the span where no beat is known
LONGEST_S = 1.0  # a longer beat is halved: chords may change within it
SAME_S = 0.15
FAINT = 0.5  # a treble or bass of this length counts half


class Spans(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`edges_s` (spans + 1,); `features` (spans, 24): treble and bass, each of unit length where it is strong;
    `on_beat` and `on_downbeat` (spans,) tell where one begins."""

    edges_s: Floats
    features: Floats
    on_beat: npt.NDArray[np.bool_]
    on_downbeat: npt.NDArray[np.bool_]


def spans_of(chroma: Chroma, beats_s: Sequence[float], downbeats_s: Sequence[float]) -> Spans:
    """The spans of a whole recording; without beats, spans of half a second."""
    end_s = (len(chroma.treble) - 1) * chroma.hop_s  # the last frame is centred within the recording
    edges_s = _edges(beats_s, end_s)
    frames = np.concatenate([chroma.treble, chroma.bass], axis=1).astype(np.float64)
    mean = _means(frames, edges_s / chroma.hop_s)
    treble = np.linalg.norm(mean[:, :12], axis=1)
    bass = np.linalg.norm(mean[:, 12:], axis=1)
    features = np.concatenate(
        [mean[:, :12] / (treble + FAINT)[:, None], mean[:, 12:] / (bass + FAINT)[:, None]], axis=1
    )
    return Spans(
        edges_s=edges_s,
        features=features,
        on_beat=_near(edges_s[:-1], beats_s),
        on_downbeat=_near(edges_s[:-1], downbeats_s),
    )


def _edges(beats_s: Sequence[float], end_s: float) -> Floats:
    """From 0 to the end over all beats, gaps filled in their pulse."""
    beats = np.asarray([beat for beat in beats_s if 0 < beat < end_s], dtype=np.float64)
    pulse_s = float(np.median(np.diff(beats))) if len(beats) > 1 else PULSE_S
    if pulse_s > LONGEST_S:
        pulse_s /= 2
    marks = np.concatenate([[0.0], beats[(beats > SAME_S) & (beats < end_s - SAME_S)], [max(end_s, 1e-3)]])
    pieces = []
    for start_s, stop_s in pairwise(marks.tolist()):
        count = max(round((stop_s - start_s) / pulse_s), 1)
        pieces.append(np.linspace(start_s, stop_s, count, endpoint=False))
    return np.concatenate([*pieces, marks[-1:]])


def _means(frames: Floats, edges: Floats) -> Floats:
    """Mean of the frames between edges (in frames), the frame of an edge divided between both sides."""
    at = np.clip(edges + 0.5, 0, len(frames))
    sums = np.concatenate([np.zeros((1, frames.shape[1])), np.cumsum(frames, axis=0)])
    whole = np.minimum(at.astype(np.int64), len(frames))
    rest = (at - whole)[:, None]
    until = sums[whole] + rest * np.concatenate([frames, np.zeros((1, frames.shape[1]))])[whole]
    result: Floats = np.diff(until, axis=0) / np.maximum(np.diff(at), 1e-9)[:, None]
    return result


def _near(times_s: Floats, marks_s: Sequence[float]) -> npt.NDArray[np.bool_]:
    """Which of the times lie on a mark."""
    marks = np.asarray(marks_s, dtype=np.float64)
    if not len(marks) or not len(times_s):
        return np.zeros(len(times_s), np.bool_)
    after = np.clip(np.searchsorted(marks, times_s), 0, len(marks) - 1)
    before = np.maximum(after - 1, 0)
    result: npt.NDArray[np.bool_] = np.minimum(abs(marks[after] - times_s), abs(marks[before] - times_s)) < SAME_S / 3
    return result
