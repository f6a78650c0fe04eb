"""A stereo reverberator: a feedback delay network of sixteen lines (Jot and Chaigne, AES 90, 1991).

    in ─ low/high cut ─ pre-delay ─ four all-passes a side ─┬─> 16 delay lines ─ absorption ─┬─ two sums ─> left, right
                                                             └──────── Hadamard mix <─────────┘

The mix is lossless (Stautner and Puckette, 1982), so that decay is set by the absorption alone: each line loses
60 dB x length / decay time a pass at low frequencies and more at high ones (Jot, eq. 9). The lines' lengths are
prime, spread by a constant ratio, and swing slowly by a few samples, so that no mode stands out as a metallic ring.
Left and right read the lines with orthogonal signs: their tails are decorrelated.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, frozen

LINES = 16
BRIGHT_HZ = 8000.0  # where `decay_high` is meant
SWING_S = 1.5e-4  # how far a line's length swings to each side: under a cent of pitch
TILE_FRAMES = 256  # shorter than any delay, so that a tile's outputs depend on what is already written only
GUARD_FRAMES = 2 * TILE_FRAMES
RESPONSE_S = 0.25  # part of the impulse response that is heard to set the level, beyond the decay time
DIFFUSION = 0.625
TINY = np.float32(1e-18)
LEFT_ROW, RIGHT_ROW = 4, 9  # rows of the Hadamard matrix: orthogonal signs

Kind = Literal["room", "plate"]
Floats = npt.NDArray[np.float64]
Row = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

_LINES_S: dict[Kind, tuple[float, float]] = {"room": (0.0231, 0.0792), "plate": (0.0137, 0.0571)}
EARLY: dict[Kind, float] = {"room": 0.7, "plate": 0.35}  # how much of the diffused sound is heard before the lines
_ALLPASSES_S = ((0.00771, 0.00539, 0.0127, 0.00903), (0.00743, 0.00571, 0.0119, 0.00957))


class Reverb(msgspec.Struct, frozen=True, kw_only=True):
    """What a reverb sounds like.

    `decay_s` is the time to fall 60 dB at low and middle frequencies, `decay_high` the part of it left at 8 kHz
    (0..1). A wet signal is as loud as the dry one that it is fed (for a sound in the middle, over its whole decay).
    """

    kind: Kind = "room"
    decay_s: float = 0.8
    decay_high: float = 0.5
    predelay_ms: float = 10.0
    low_cut_hz: float = 150.0
    high_cut_hz: float = 9000.0


class Reverberator:
    """A processor: two channels in, two channels of reverberation out (nothing of the dry sound)."""

    latency_frames = 0

    def __init__(self, rate_hz: int, settings: Reverb) -> None:
        self._network = _Network(rate_hz, settings)
        self._level = level(rate_hz, settings)

    def process(self, block: Samples) -> Samples:
        return frozen(self._network.process(block) * np.float32(self._level))


class _Network:
    """The network at its natural level."""

    def __init__(self, rate_hz: int, settings: Reverb) -> None:
        cuts = (Band("highpass", settings.low_cut_hz), Band("lowpass", settings.high_cut_hz))
        self._cuts = Equalizer(rate_hz, 2, cuts)
        lengths = line_lengths(rate_hz, settings.kind)
        self._lengths = lengths.astype(np.float64)
        self._gains, self._damping = absorption(lengths, rate_hz, settings)
        swing = SWING_S * rate_hz
        self._lines = _ring(LINES, int(lengths.max() + swing) + TILE_FRAMES + 8)
        self._held = np.zeros(LINES)
        self._swing = np.array([swing, rate_hz])
        self._before = _ring(2, round(settings.predelay_ms / 1000 * rate_hz) + TILE_FRAMES + 8)
        self._predelay = round(settings.predelay_ms / 1000 * rate_hz)
        self._diffusers = np.array([[_odd(s * rate_hz) for s in side] for side in _ALLPASSES_S], np.int64)
        self._diffused = np.zeros((2, 4, int(self._diffusers.max())), np.float32)
        self._places = np.zeros((2, 4), np.int64)
        self._kind = settings.kind
        self._at = 0

    def process(self, block: Samples) -> Samples:
        out = np.empty((2, block.shape[1]), np.float32)
        fed = self._cuts.process(block)
        _reverberate(
            fed,
            out,
            self._at,
            (self._before, self._predelay, np.float32(EARLY[self._kind])),
            (self._diffused, self._diffusers, self._places),
            (self._lines, self._lengths, self._gains, self._damping, self._held),
            self._swing,
        )
        self._at += block.shape[1]
        return out


def _ring(rows: int, frames: int) -> Samples:
    """Rows that hold at least so many frames, and their beginning once more."""
    return np.zeros((rows, (1 << (frames - 1).bit_length()) + GUARD_FRAMES), np.float32)


def _odd(frames: float) -> int:
    return 2 * int(frames / 2) + 1


def line_lengths(rate_hz: int, kind: Kind) -> Integers:
    """Sixteen prime lengths in frames, spread by a constant ratio over the kind's shortest to longest time."""
    shortest, longest = _LINES_S[kind]
    wanted = np.geomspace(shortest, longest, LINES) * rate_hz
    return np.array([_prime_from(max(int(frames), TILE_FRAMES + 16)) for frames in wanted], np.int64)


def _prime_from(number: int) -> int:
    while any(number % divisor == 0 for divisor in range(2, math.isqrt(number) + 1)):
        number += 1
    return number


def absorption(lengths: Integers, rate_hz: int, settings: Reverb) -> tuple[Floats, Floats]:
    """Gain and pole of each line's one-pole low-pass: -60 dB after `decay_s`, and `decay_high` of that at 8 kHz."""
    lost = -3.0 * lengths / rate_hz / max(settings.decay_s, 0.05)  # powers of ten a pass
    high = min(max(settings.decay_high, 0.05), 0.999)
    squared = 10.0 ** (2.0 * lost * (1.0 / high - 1.0))  # at 8 kHz, against 0 Hz
    cos = math.cos(2.0 * math.pi * min(BRIGHT_HZ / rate_hz, 0.45))
    half = 1.0 - squared * cos
    poles = (half - np.sqrt(half**2 - (1.0 - squared) ** 2)) / (1.0 - squared)
    return 10.0**lost * (1.0 - poles), poles


@lru_cache(maxsize=32)
def level(rate_hz: int, settings: Reverb) -> float:
    """The gain that makes the wet signal as strong as the dry one: one over the response's energy in each channel."""
    network = _Network(rate_hz, settings)
    frames = round((settings.decay_s + settings.predelay_ms / 1000 + RESPONSE_S) * rate_hz)
    impulse = np.zeros((2, frames), np.float32)
    impulse[:, 0] = 1.0
    response = network.process(frozen(impulse)).astype(np.float64)
    return 1.0 / math.sqrt(max(float(np.square(response).sum()) / 2.0, 1e-12))


@kernel
def _diffuse(row: Row, memory: Samples, delays: Integers, places: Integers) -> None:
    """Schroeder all-passes in series over one row, in place; no delay is shorter than the row."""
    for k in range(delays.shape[0]):
        done = 0
        while done < row.shape[0]:
            length = min(delays[k] - places[k], row.shape[0] - done)
            line = memory[k, places[k] : places[k] + length]
            span = row[done : done + length]
            for i in range(length):
                late = line[i]
                now = span[i] - np.float32(DIFFUSION) * late
                line[i] = now if abs(now) > TINY else np.float32(0.0)
                span[i] = late + np.float32(DIFFUSION) * now
            done += length
            places[k] = (places[k] + length) % delays[k]


@kernel
def _read_line(out: Row, line: Row, mask: int, at: int, begin: float, step: float) -> None:
    """A delay line while its length grows from `begin` by `step` a frame, both as of the tile's own start.

    Third-order Lagrange interpolation, in spans over which the whole samples of the length stay the same.
    """
    frames, offset = out.shape[0], at % TILE_FRAMES
    done = 0
    while done < frames:
        whole = int(begin + step * (offset + done))
        length = 1
        while done + length < frames and int(begin + step * (offset + done + length)) == whole:
            length += 1
        span = line[(at + done - whole - 2) & mask :]
        for i in range(length):
            d = np.float32(begin + step * (offset + done + i) - whole)
            one, two, three = d + np.float32(1.0), d - np.float32(1.0), d - np.float32(2.0)
            outer, inner = d * np.float32(1 / 6), np.float32(0.5) * one * three
            near, last = outer * two * three, outer * one * two
            out[done + i] = inner * two * span[i + 2] - inner * d * span[i + 1] - near * span[i + 3] + last * span[i]
        done += length


@kernel
def _absorb(rows: Samples, gains: Floats, poles: Floats, held: Floats) -> None:
    """One-pole low-passes over four rows, in place; what has died away becomes zero before it turns denormal."""
    a, b, c, d = held[0], held[1], held[2], held[3]
    for i in range(rows.shape[1]):
        a = gains[0] * rows[0, i] + poles[0] * a
        b = gains[1] * rows[1, i] + poles[1] * b
        c = gains[2] * rows[2, i] + poles[2] * c
        d = gains[3] * rows[3, i] + poles[3] * d
        rows[0, i], rows[1, i], rows[2, i], rows[3, i] = a, b, c, d
    held[0], held[1], held[2], held[3] = a, b, c, d
    for k in range(4):
        if abs(held[k]) < TINY:
            held[k] = 0.0


@kernel
def _hadamard(rows: Samples) -> None:
    """The fast Walsh-Hadamard transform across sixteen rows, in place and lossless."""
    half = 1
    while half < LINES:
        scale = np.float32(0.5 if half < 4 else 1.0)
        for first in range(0, LINES, 2 * half):
            for k in range(first, first + half):
                low, high = rows[k], rows[k + half]
                for i in range(low.shape[0]):
                    a, b = low[i] * scale, high[i] * scale
                    low[i] = a + b
                    high[i] = a - b
        half *= 2


@kernel
def _reverberate(
    fed: Samples,
    out: Samples,
    at: int,
    early: tuple[Samples, int, np.float32],
    diffusers: tuple[Samples, Integers, Integers],
    network: tuple[Samples, Floats, Floats, Floats, Floats],
    swing: Floats,
) -> None:
    """The whole network over a block, in tiles that never cross a multiple of TILE_FRAMES of the time line.

    So a tile is written to a ring in one piece; rings repeat their beginning behind their end, to be read in one.
    """
    before, predelay, amount = early
    memory, delays, places = diffusers
    lines, lengths, gains, poles, held = network
    rows = np.empty((LINES, TILE_FRAMES), np.float32)
    sides = np.empty((2, TILE_FRAMES), np.float32)
    done, frames = 0, fed.shape[1]
    while done < frames:
        now = at + done
        length = min(TILE_FRAMES - now % TILE_FRAMES, frames - done)
        for c in range(2):
            _write(before[c], now, fed[c, done : done + length])
            past = (now - predelay) & (before.shape[1] - GUARD_FRAMES - 1)
            sides[c, :length] = before[c, past : past + length]
            _diffuse(sides[c, :length], memory[c], delays[c], places[c])
        for k in range(LINES):
            turn = 2.0 * math.pi * (0.31 + 0.043 * k) / swing[1]
            tile = now - now % TILE_FRAMES
            begin = lengths[k] + swing[0] * math.sin(turn * tile + k)
            step = (lengths[k] + swing[0] * math.sin(turn * (tile + TILE_FRAMES) + k) - begin) / TILE_FRAMES
            _read_line(rows[k, :length], lines[k], lines.shape[1] - GUARD_FRAMES - 1, now, begin, step)
        for k in range(0, LINES, 4):
            _absorb(rows[k : k + 4, :length], gains[k : k + 4], poles[k : k + 4], held[k : k + 4])
        _hadamard(rows[:, :length])
        for c in range(2):
            heard = rows[LEFT_ROW if c == 0 else RIGHT_ROW]
            for i in range(length):
                out[c, done + i] = heard[i] + amount * sides[c, i]
        for k in range(LINES):
            sign = np.float32(1.0) if (k >> 1) & 1 == 0 else np.float32(-1.0)
            for i in range(length):
                rows[k, i] += sign * sides[k & 1, i]
            _write(lines[k], now, rows[k, :length])
        done += length


@kernel
def _write(ring: Row, now: int, tile: Row) -> None:
    """A tile into a ring, and again behind its end when it is one of the first."""
    size = ring.shape[0] - GUARD_FRAMES
    start = now & (size - 1)
    for i in range(tile.shape[0]):
        ring[start + i] = tile[i] if abs(tile[i]) > TINY else np.float32(0.0)
    if start < GUARD_FRAMES:
        ring[size + start : size + start + tile.shape[0]] = ring[start : start + tile.shape[0]]
