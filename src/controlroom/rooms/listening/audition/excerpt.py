"""Which stretch of a demo is heard, and which pieces of it are left when bars are cut."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from controlroom.base.progress import Progress, scaled
from controlroom.rooms.listening.audition.join import crossfaded, join_at
from controlroom.rooms.listening.audition.plan import Audition, Cut
from controlroom.sound.signal import Samples, Signal, blocks

LEAD_S = 4.0  # before the place that the advice names
LEAD_TO_CUT_S = 10.0
LONGEST_ORIGINAL_S = 90.0


class Stretch(NamedTuple):
    """From frame to frame."""

    start: int
    stop: int


class Excerpt(NamedTuple):
    """What is heard of the original, and the pieces of the other version; does it end where the song was cut off?"""

    original: Stretch
    pieces: tuple[Stretch, ...]
    ends: bool


def excerpt_of(audition: Audition, rate_hz: int, frames: int) -> Excerpt:
    """The stretch around the place of the advice; around a cut, what comes before and after it."""
    duration_s = frames / rate_hz
    cuts = sorted((step for step in audition.steps if isinstance(step, Cut)), key=lambda cut: cut.start_s)
    if not cuts:
        middle_s = (duration_s - audition.length_s) / 2 + LEAD_S
        start_s = (middle_s if audition.at_s is None else audition.at_s) - LEAD_S
        start_s = min(max(start_s, 0.0), max(duration_s - audition.length_s, 0.0))
        whole = _stretch(start_s, start_s + audition.length_s, rate_hz, frames)
        return Excerpt(whole, (whole,), ends=False)
    ends = cuts[-1].end_s >= duration_s
    lead_s = audition.length_s - LEAD_S if ends else min(LEAD_TO_CUT_S, audition.length_s / 2)
    edges_s = [max(cuts[0].start_s - lead_s, 0.0)]
    for cut in cuts:
        edges_s += [cut.start_s, min(cut.end_s, duration_s)]
    edges_s.append(min(cuts[-1].end_s + audition.length_s - lead_s, duration_s))
    pieces = [_stretch(*pair, rate_hz, frames) for pair in zip(edges_s[::2], edges_s[1::2], strict=True)]
    stop_s = min(edges_s[-1], edges_s[0] + LONGEST_ORIGINAL_S)
    left = tuple(piece for piece in pieces if piece.stop > piece.start)
    return Excerpt(_stretch(edges_s[0], stop_s, rate_hz, frames), left, ends)


def _stretch(start_s: float, stop_s: float, rate_hz: int, frames: int) -> Stretch:
    start = min(round(start_s * rate_hz), frames)
    return Stretch(start, min(max(round(stop_s * rate_hz), start), frames))


def joined(signal: Signal, pieces: tuple[Stretch, ...], progress: Progress) -> Samples:
    """The pieces one after the other (channels, frames), crossfaded where they meet."""
    parts: list[Samples] = []
    start = pieces[0].start
    for at, (piece, after) in enumerate(pairwise(pieces)):
        part = scaled(progress, at / len(pieces), (at + 1) / len(pieces))
        join = join_at(signal, piece.stop, after.start)
        before = join.fade // 2
        parts += _read(signal, start, join.leave - before, part)
        parts.append(crossfaded(signal, join))
        start = join.enter - before + join.fade
    parts += _read(signal, start, pieces[-1].stop, scaled(progress, 1 - 1 / len(pieces), 1.0))
    return np.concatenate(parts, axis=1)


def _read(signal: Signal, start: int, stop: int, progress: Progress) -> list[Samples]:
    read: list[Samples] = [np.zeros((signal.channels, 0), np.float32)]
    done = 0
    for block in blocks(signal, start=max(start, 0), stop=stop):
        read.append(block)
        done += block.shape[1]
        progress(done, stop - start)
    return read


def faded(samples: Samples, rate_hz: int, in_s: float, out_s: float) -> Samples:
    """With a beginning and an end that do not click."""
    out = np.array(samples)
    for seconds, edge in ((in_s, 1), (out_s, -1)):
        frames = min(round(seconds * rate_hz), out.shape[1])
        rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / max(frames, 1))).astype(np.float32)
        if frames:
            part = np.s_[:, :frames] if edge == 1 else np.s_[:, -frames:]
            out[part] *= rise[::edge]
    return out
