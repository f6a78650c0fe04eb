"""Plucked strings: the extended Karplus-Strong algorithm (Jaffe and Smith, Computer Music Journal 7:2, 1983).

A delay line as long as the period, a one-pole low-pass for the losses of high partials and a first-order all-pass for
the fraction of a sample, so that strings are in tune within a cent. The line holds the string's velocity: a pluck fills
it with a rectangle as wide as the plectrum's place, its edges soft and a little noisy; a pick-up has its own place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sample.composition.score import Note
from controlroom.sample.instruments.tone import RATE_HZ, Row, frame, hertz
from controlroom.sound.kernels import kernel

_DAMPED_HZ = 4000.0
_REPLUCK_S = 0.006  # the plectrum stops a string that still rings


class String(msgspec.Struct, frozen=True, kw_only=True):
    """How a kind of string sounds.

    `ring_s` is the decay time (60 dB) at 110 Hz, `bright_s` that of its partials at 4 kHz; `pluck` and `pickup` are
    places along the string (0 bridge, 0.5 middle); `noise` the part of the pluck that is noise; `push_ms` how long
    the hardest and the softest push lasts; `release_s` how fast a note stops when it ends.
    """

    ring_s: float
    bright_s: float
    pluck: float
    pickup: float
    noise: float
    push_ms: tuple[float, float]
    release_s: float
    muted_ring_s: float = 0.22


STEEL = String(ring_s=4.5, bright_s=0.95, pluck=0.16, pickup=0.11, noise=0.22, push_ms=(0.1, 0.45), release_s=0.05)
NICKEL = String(ring_s=3.6, bright_s=0.7, pluck=0.13, pickup=0.09, noise=0.3, push_ms=(0.08, 0.35), release_s=0.04)
BASS = String(ring_s=5.0, bright_s=0.4, pluck=0.17, pickup=0.21, noise=0.06, push_ms=(0.35, 1.3), release_s=0.045)


def play(notes: Sequence[Note], string: String, frames: int, chance: np.random.Generator, a4_hz: float = 440.0) -> Row:
    """All notes of a player, `frames` long; a string rings until it is plucked again or its note ends."""
    out = np.zeros(frames, np.float32)
    ends = _ends(notes)
    for note, end_s in zip(notes, ends, strict=True):
        start = frame(note.start_s)
        release_s = string.release_s if end_s >= note.end_s - 1e-9 else _REPLUCK_S
        length = min(frame(end_s) - start, frames - start)
        if length <= 0:
            continue
        f0 = hertz(note.midi, a4_hz)
        push = _push(note, string, f0, chance)
        loop = _loop(note, string, f0)
        _ring(out, start, length, frame(release_s), push, loop, max(round(string.pickup * loop[0]), 1))
    return out


def _ends(notes: Sequence[Note]) -> list[float]:
    """When each note stops: at its end, or when its string is plucked again."""
    following: dict[int, float] = {}
    ends = [0.0] * len(notes)
    for at in range(len(notes) - 1, -1, -1):
        note = notes[at]
        ends[at] = min(note.end_s, following.get(note.string, math.inf))
        following[note.string] = note.start_s
    return ends


def _loop(note: Note, string: String, f0: float) -> npt.NDArray[np.float64]:
    """(whole delay, all-pass coefficient, loss, low-pass pole) for a note; the filters' own delays are taken off."""
    ring_s = string.muted_ring_s if note.muted else string.ring_s * (110.0 / f0) ** 0.45
    bright_s = min(0.06 if note.muted else string.bright_s * (0.6 + 0.6 * note.velocity), 0.8 * ring_s)
    loss = 10 ** (-3.0 / (f0 * ring_s))
    pole = _pole(10 ** (-3.0 / (f0 * bright_s)) / loss)
    omega = 2 * math.pi * f0 / RATE_HZ
    filtered = math.atan2(pole * math.sin(omega), 1 - pole * math.cos(omega)) / omega
    period = RATE_HZ / f0 - filtered
    whole = int(period - 0.3)
    fraction = period - whole  # 0.3 to 1.3: where the all-pass is flat
    allpass = math.sin((1 - fraction) * omega / 2) / math.sin((1 + fraction) * omega / 2)
    return np.array([whole, allpass, loss, pole])


def _pole(kept: float) -> float:
    """The one-pole low-pass that keeps `kept` of the amplitude at `_DAMPED_HZ`."""
    cos = math.cos(2 * math.pi * _DAMPED_HZ / RATE_HZ)
    squared = min(kept * kept, 1 - 1e-9)
    half = 1 - squared * cos
    return (half - math.sqrt(half * half - (1 - squared) ** 2)) / (1 - squared)


def _push(note: Note, string: String, f0: float, chance: np.random.Generator) -> Row:
    """One period of a string's velocity as it leaves the plectrum: a rectangle, its edges the softer the gentler."""
    period = round(RATE_HZ / f0)
    hard, soft = string.push_ms
    width = max(int((soft + (hard - soft) * note.velocity) * RATE_HZ / 1000), 3)
    edge = np.hanning(width + 2)[1:-1]
    edge = edge * (1 + 3 * string.noise * chance.standard_normal(width))
    apart = max(int(string.pluck * (1 + 0.1 * chance.uniform(-1, 1)) * period), 1)
    moved = np.zeros(max(period, width + apart))
    moved[:width] += edge / max(float(edge.sum()), 0.2 * width)
    moved[apart : apart + width] -= moved[:width]
    velocity = np.cumsum(moved)
    velocity -= velocity.mean()
    scale = note.velocity**1.3 / np.sqrt(string.pluck)
    return np.asarray(scale * velocity, np.float32)


@kernel
def _ring(
    out: Row, start: int, length: int, release: int, push: Row, loop: npt.NDArray[np.float64], pickup: int
) -> None:
    """Add one note to `out`: `length` frames, the last `release` of them fading."""
    delay, allpass, loss, pole = int(loop[0]), loop[1], loop[2], loop[3]
    line = np.zeros(delay)
    place = 0
    low = 0.0
    before = 0.0
    tuned = 0.0
    fade_from = max(length - release, 0)
    for i in range(length):
        came = line[place]
        tuned = allpass * (came - tuned) + before
        before = came
        low = (1.0 - pole) * loss * tuned + pole * low
        fed = low + (push[i] if i < push.shape[0] else 0.0)
        line[place] = fed
        earlier = place - pickup
        if earlier < 0:
            earlier += delay
        heard = fed - 0.75 * line[earlier]
        if i >= fade_from:
            heard *= 0.5 + 0.5 * np.cos(np.pi * (i - fade_from) / release)
        out[start + i] += np.float32(heard)
        place += 1
        if place == delay:
            place = 0
