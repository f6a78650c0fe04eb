"""Compressor and gate: a level detector, a gain computer and ballistics, kept apart.

After D. Giannoulis, M. Massberg and J. D. Reiss, "Digital Dynamic Range Compressor Design: A Tutorial and Analysis",
JAES 60 (6), 2012: feed-forward, in decibels, the detector behind the gain computer ("smooth, decoupled", eq. 17), so
that attack and release are what they say and the knee is not blurred. All channels get one gain (the picture stays).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, frozen

Floats = npt.NDArray[np.float64]
Detector = Literal["peak", "rms"]

CHUNK = 256  # frames worked on at a time: they stay in the fastest cache
RMS_MS = 10.0
DB_PER_OCTAVE = 20.0 * math.log10(2.0)
LEAST_DB = 1e-20  # in place of none: smoothers that fall towards zero would crawl through denormal numbers
OPEN_DB = 1e-6  # a gate that takes off no more is open
QUIETEST = 1e-10  # -200 dB
NO_KNEE_DB = 1e-9
SLOW_CHARGE, SLOW_RELEASE = 4.0, 8.0  # times the release: how the slow part of the automatic release moves
GATE_DETECTOR_MS = 10.0  # the gate's level falls no faster, so that it does not follow single waves


def compression_db(
    level_db: npt.ArrayLike, *, threshold_db: float, ratio: float, knee_db: float = 0.0
) -> npt.NDArray[np.float64]:
    """Gain reduction (>= 0) at each level: the soft-knee curve of Giannoulis et al., eq. 4."""
    levels = np.atleast_1d(np.asarray(level_db, np.float64))
    reductions = np.empty_like(levels)
    _curve(levels - threshold_db, 1.0 - 1.0 / ratio, max(knee_db, NO_KNEE_DB), math.inf, reductions)
    return reductions.reshape(np.shape(level_db))


def expansion_db(
    level_db: npt.ArrayLike, *, threshold_db: float, ratio: float, knee_db: float = 0.0, range_db: float = math.inf
) -> npt.NDArray[np.float64]:
    """Gain reduction (>= 0, at most `range_db`) of a downward expander: `ratio` - 1 dB for each dB below threshold."""
    levels = np.atleast_1d(np.asarray(level_db, np.float64))
    reductions = np.empty_like(levels)
    _curve(threshold_db - levels, ratio - 1.0, max(knee_db, NO_KNEE_DB), range_db, reductions)
    return reductions.reshape(np.shape(level_db))


def smoothing(time_ms: float, rate_hz: float) -> float:
    """The coefficient of a one-pole smoother that comes within 1/e in `time_ms`; 1 when that is no time at all."""
    return 1.0 - math.exp(-1000.0 / (time_ms * rate_hz)) if time_ms > 0.0 else 1.0


class _GainRider:
    """What compressor and gate share: the chunks, and the figures of what they took off."""

    latency_frames = 0

    def __init__(self) -> None:
        self.max_reduction_db = 0.0
        self._summed_db, self._frames = 0.0, 0

    @property
    def mean_reduction_db(self) -> float:
        """The mean over every frame so far."""
        return self._summed_db / self._frames if self._frames else 0.0

    def _note(self, summed_db: float, most_db: float, frames: int) -> None:
        self._summed_db += summed_db
        self._frames += frames
        self.max_reduction_db = max(self.max_reduction_db, most_db)


class Compressor(_GainRider):
    """A processor: what is above `threshold_db` (dBFS) rises only 1 dB for every `ratio` dB.

    `detector`: "peak" acts on the largest sample of any channel, "rms" on the mean power of the last 10 ms of the
    loudest channel. `auto_release`: what has been held down for long is let go slowly (up to eight times
    `release_ms`), what peaked for a moment at `release_ms`.
    """

    def __init__(
        self,
        rate_hz: int,
        channels: int,
        *,
        threshold_db: float,
        ratio: float,
        knee_db: float = 6.0,
        attack_ms: float = 10.0,
        release_ms: float = 100.0,
        makeup_db: float = 0.0,
        detector: Detector = "peak",
        auto_release: bool = False,
    ) -> None:
        super().__init__()
        self._settings = np.array(
            [
                threshold_db,
                1.0 - 1.0 / ratio,
                max(knee_db, NO_KNEE_DB),
                makeup_db,
                smoothing(attack_ms, rate_hz),
                smoothing(release_ms, rate_hz),
                smoothing(SLOW_CHARGE * release_ms, rate_hz) if auto_release else 0.0,
                smoothing(SLOW_RELEASE * release_ms, rate_hz),
                smoothing(RMS_MS, rate_hz) if detector == "rms" else 0.0,
            ]
        )
        self._state = np.zeros(3)
        self._power = np.zeros(channels)

    def process(self, block: Samples) -> Samples:
        out = np.empty(block.shape, np.float32)
        self._note(*_compress(block, self._settings, self._power, self._state, out), block.shape[1])
        return frozen(out)


class Gate(_GainRider):
    """A processor: what falls below `threshold_db` (dBFS) is turned down, `ratio` - 1 dB for each dB, at most by
    `range_db`. It opens within `attack_ms`, waits `hold_ms`, and closes within `release_ms`."""

    def __init__(
        self,
        rate_hz: int,
        channels: int,
        *,
        threshold_db: float,
        ratio: float = 4.0,
        range_db: float = 40.0,
        knee_db: float = 6.0,
        attack_ms: float = 0.5,
        hold_ms: float = 50.0,
        release_ms: float = 100.0,
    ) -> None:
        super().__init__()
        self._settings = np.array(
            [
                threshold_db,
                ratio - 1.0,
                max(knee_db, NO_KNEE_DB),
                range_db,
                smoothing(attack_ms, rate_hz),
                smoothing(release_ms, rate_hz),
                round(hold_ms * rate_hz / 1000),
                20.0 * math.log10(math.e) * 1000.0 / (GATE_DETECTOR_MS * rate_hz),
            ]
        )
        self._state = np.array([-200.0, 0.0, 0.0])

    def process(self, block: Samples) -> Samples:
        out = np.empty(block.shape, np.float32)
        self._note(*_gate(block, self._settings, self._state, out), block.shape[1])
        return frozen(out)


@kernel
def _compress(block: Samples, settings: Floats, power: Floats, state: Floats, out: Samples) -> tuple[float, float]:
    """One gain for all channels; gives the sum and the largest of the reduction in dB."""
    threshold, slope, knee, makeup, attack, release, charge, slow_release, averaging = settings
    held, smooth, slow = state
    summed, most = 0.0, 0.0
    over, reduction, gain = np.empty(CHUNK), np.empty(CHUNK), np.empty(CHUNK)
    for start in range(0, block.shape[1], CHUNK):
        count = min(CHUNK, block.shape[1] - start)
        piece = block[:, start : start + count]
        if averaging > 0.0:
            _mean_power_db(piece, averaging, power, over[:count])
        else:
            _peak_db(piece, over[:count])
        over[:count] -= threshold
        _curve(over[:count], slope, knee, np.inf, reduction[:count])
        for n in range(count):
            wanted = reduction[n]
            held = max(wanted, held + release * (wanted - held))
            smooth += attack * (held - smooth)
            if charge > 0.0:
                slow += (charge if smooth > slow else slow_release) * (smooth - slow)
            now = max(smooth, slow)
            summed += now
            most = max(most, now)
            reduction[n] = now
        _gains(reduction[:count], makeup, gain[:count])
        _apply(piece, gain[:count], out[:, start : start + count])
    state[0], state[1], state[2] = held, smooth, slow
    return summed, most


@kernel
def _gate(block: Samples, settings: Floats, state: Floats, out: Samples) -> tuple[float, float]:
    """One gain for all channels; gives the sum and the largest of the reduction in dB."""
    threshold, slope, knee, most_taken, attack, release, hold, fall = settings
    level, taken, waiting = state
    summed, most = 0.0, 0.0
    under, reduction, gain = np.empty(CHUNK), np.empty(CHUNK), np.empty(CHUNK)
    for start in range(0, block.shape[1], CHUNK):
        count = min(CHUNK, block.shape[1] - start)
        piece = block[:, start : start + count]
        _peak_db(piece, under[:count])
        for n in range(count):
            level = max(under[n], level - fall)
            under[n] = threshold - level
        _curve(under[:count], slope, knee, most_taken, reduction[:count])
        for n in range(count):
            wanted = reduction[n]
            if wanted <= max(taken, OPEN_DB):
                taken += attack * (wanted - taken)
                waiting = hold
            elif waiting > 0.0:
                waiting -= 1.0
            else:
                taken += release * (wanted - taken)
            summed += taken
            most = max(most, taken)
            reduction[n] = taken
        _gains(reduction[:count], 0.0, gain[:count])
        _apply(piece, gain[:count], out[:, start : start + count])
    state[0], state[1], state[2] = level, taken, waiting
    return summed, most


@kernel
def _peak_db(piece: Samples, level: Floats) -> None:
    level[:] = QUIETEST
    for row in piece:
        for n in range(level.size):
            level[n] = max(level[n], abs(np.float64(row[n])))
    for n in range(level.size):
        level[n] = DB_PER_OCTAVE * _log2(level[n])


@kernel
def _mean_power_db(piece: Samples, averaging: float, power: Floats, level: Floats) -> None:
    level[:] = QUIETEST * QUIETEST
    for channel in range(piece.shape[0]):
        mean = power[channel]
        for n in range(level.size):
            mean += averaging * (np.float64(piece[channel, n]) ** 2 - mean)
            level[n] = max(level[n], mean)
        power[channel] = mean if mean > QUIETEST * QUIETEST else 0.0
    for n in range(level.size):
        level[n] = 0.5 * DB_PER_OCTAVE * _log2(level[n])


@kernel
def _curve(over: Floats, slope: float, knee: float, most: float, reduction: Floats) -> None:
    """Nothing below the knee, a parabola within it, a line above, never more than `most`."""
    for n in range(over.size):
        into_knee = min(max(over[n] + knee / 2, 0.0), knee)
        above_knee = max(over[n] - knee / 2, 0.0)
        reduction[n] = max(min(slope * (into_knee * into_knee / (2 * knee) + above_knee), most), LEAST_DB)


@kernel
def _gains(reduction: Floats, makeup: float, gain: Floats) -> None:
    for n in range(gain.size):
        gain[n] = _exp2((makeup - reduction[n]) / DB_PER_OCTAVE)


@kernel
def _apply(piece: Samples, gain: Floats, out: Samples) -> None:
    for channel in range(piece.shape[0]):
        for n in range(gain.size):
            out[channel, n] = piece[channel, n] * gain[n]


@kernel
def _log2(value: float) -> float:
    """Logarithm to base 2 of a normal number, error below 1e-9; without a branch, so that it runs in SIMD lanes."""
    bits = np.float64(value).view(np.int64)
    exponent = (bits >> 52) - 1023
    mantissa = np.int64((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000).view(np.float64)
    large = mantissa > math.sqrt(2.0)
    mantissa = 0.5 * mantissa if large else mantissa
    whole = exponent + 1.0 if large else exponent + 0.0
    s = (mantissa - 1.0) / (mantissa + 1.0)  # log m = 2 artanh s
    q = s * s
    return whole + 2.8853900817779268 * s * (1.0 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q / 11)))))


@kernel
def _exp2(value: float) -> float:
    """2 to a power between -1000 and 1000, relative error below 1e-8; without a branch."""
    whole: float = np.floor(value + 0.5)
    z = (value - whole) * 0.6931471805599453
    scale: float = np.int64((np.int64(whole) + 1023) << 52).view(np.float64)
    return scale * (
        1.0 + z * (1.0 + z * (1 / 2 + z * (1 / 6 + z * (1 / 24 + z * (1 / 120 + z * (1 / 720 + z / 5040))))))
    )
