"""One track on its way to the mix: delay, polarity, inserts, fader, rides and pan, chunk by chunk."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from controlroom.rooms.mixing.plan import BusPlan, Ride, Squeeze, TrackPlan
from controlroom.sound.delay import delayed
from controlroom.sound.dynamics import Compressor
from controlroom.sound.filters import Equalizer
from controlroom.sound.meter import LoudnessMeter
from controlroom.sound.mixdown import place
from controlroom.sound.pan import fold, placed
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, frozen
from controlroom.sound.stream import Processor


def db_to_gain(level_db: float) -> float:
    return float(10.0 ** (level_db / 20.0))


def inserts(strip: TrackPlan | BusPlan, rate_hz: int, channels: int) -> list[Processor]:
    """Fresh processors of a strip: equaliser, then compressor."""
    chain: list[Processor] = []
    if strip.eq:
        chain.append(Equalizer(rate_hz, channels, strip.eq))
    if strip.compressor:
        chain.append(compressor(strip.compressor, rate_hz, channels))
    return chain


def compressor(squeeze: Squeeze, rate_hz: int, channels: int) -> Processor:
    return Compressor(
        rate_hz,
        channels,
        threshold_db=squeeze.threshold_db,
        ratio=squeeze.ratio,
        knee_db=squeeze.knee_db,
        attack_ms=squeeze.attack_ms,
        release_ms=squeeze.release_ms,
        makeup_db=squeeze.makeup_db,
        detector=squeeze.detector,
        auto_release=squeeze.auto_release,
    )


def matrix_of(track: TrackPlan, channels: int) -> npt.NDArray[np.float64]:
    """2 x channels: fader, polarity and pan in one; a printed mono stem stands on both sides as it is."""
    place_of = placed(channels, track.pan)
    if track.printed and channels == 1:
        place_of = place_of * math.sqrt(2.0)
        if track.pan == 0.0:
            place_of = fold(1)
    gain = db_to_gain(track.gain_db) if track.gain_db else 1.0
    return np.ascontiguousarray(place_of * (gain * track.polarity))


class Strip:
    """A track's signal becoming two channels of the mix; reads forward only, one chunk after the other."""

    def __init__(self, signal: Signal, track: TrackPlan, rate_hz: int, *, compare: bool = False) -> None:
        self.track = track
        source = signal if signal.rate_hz == rate_hz else Resampled(signal, rate_hz)
        self._source = delayed(source, track.delay_ms / 1000.0 * rate_hz)
        self._rate_hz, self.frames = rate_hz, self._source.frames
        self._inserts = inserts(track, rate_hz, source.channels)
        self._matrix = matrix_of(track, source.channels)
        self._as_it_is = source.channels == 2 and np.array_equal(self._matrix, np.eye(2))
        self._meter = LoudnessMeter(rate_hz, 2) if changes_shape(track, source.channels) else None
        compared = compare and bool(self._inserts)
        self._before, self._after = (LoudnessMeter(rate_hz, source.channels) if compared else None for _ in range(2))

    def fill(self, out: Samples, at: int) -> None:
        """Write the strip's chunk that begins at frame `at` into `out` (2, BLOCK_FRAMES), after its fader."""
        if at >= self.frames or self.track.mute:
            out[:] = 0.0
            return
        block = self._source.read(at, BLOCK_FRAMES)
        if self._before:
            self._before.add(block)
        for processor in self._inserts:
            block = processor.process(block)
        if self._after:
            self._after.add(block)
        if self._as_it_is:
            out[:, : block.shape[1]], out[:, block.shape[1] :] = block, 0.0
        else:
            place(block, self._matrix, out)
        if self.track.rides:
            ride(out, self.track.rides, at, self._rate_hz)
        if self._meter:
            self._meter.add(frozen(out[:, : block.shape[1]].copy()))

    def gain_lu(self) -> float | None:
        """How much louder the track stands after its fader than its file; None where a loudness does not exist."""
        if self.track.mute or self.track.loudness_lufs is None:
            return None
        if self._meter is None:
            return self.track.gain_db
        heard = self._meter.result().integrated_lufs
        return None if heard is None else heard - self.track.loudness_lufs

    def inserts_lu(self) -> tuple[float, float] | None:
        """Loudness before and after the inserts, of a strip that was asked to compare them; None for silence."""
        if self._before is None or self._after is None:
            return None
        before, after = self._before.result().integrated_lufs, self._after.result().integrated_lufs
        return None if before is None or after is None else (before, after)


def changes_shape(track: TrackPlan, channels: int) -> bool:
    """Whether the fader alone does not tell how loud a strip is: it is processed, ridden, or its image is moved."""
    return bool(track.eq or track.compressor or track.rides) or (channels != 1 and track.pan != 0.0) or channels > 2


def ride(out: Samples, rides: Sequence[Ride], at: int, rate_hz: int) -> None:
    """Apply automation in place: linear in dB between points, held before the first and after the last."""
    times = np.array([point.at_s for point in rides]) * rate_hz
    levels = np.array([point.gain_db for point in rides])
    curve_db = np.interp(np.arange(at, at + out.shape[1]), times, levels)
    if curve_db.any():
        out *= (10.0 ** (curve_db / 20.0)).astype(np.float32)
