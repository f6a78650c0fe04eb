"""A record as a system plays it: for measuring, and for listening to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.translation.systems import Place, Protection, place_of
from controlroom.sound.codecs import round_trip
from controlroom.sound.dynamics import Compressor
from controlroom.sound.filters import Band, Equalizer, response_db
from controlroom.sound.meter import metered
from controlroom.sound.signal import Samples, Signal, frozen
from controlroom.sound.stream import Chain, Processor

PLAYED_AT_LUFS = -14.0  # what the services play at, and what the protection of small loudspeakers is set for
ROTATION_DB = 3.0  # how far a high-pass may raise peaks that were limited flat, by turning their phase
CROSSOVER_Q = (0.7071, 0.7071)  # Linkwitz-Riley, 24 dB an octave


class Gain:
    latency_frames = 0

    def __init__(self, gain_db: float) -> None:
        self._gain = np.float32(10 ** (gain_db / 20))

    def process(self, block: Samples) -> Samples:
        return frozen(block * self._gain)


class Folded:
    """Every channel becomes the mean of all."""

    latency_frames = 0

    def process(self, block: Samples) -> Samples:
        return frozen(np.broadcast_to(block.mean(axis=0, dtype=np.float32), block.shape))


class FoldedLow:
    """The low end alone becomes the mean of all channels: one subwoofer below a Linkwitz-Riley crossover."""

    latency_frames = 0

    def __init__(self, rate_hz: int, channels: int, below_hz: float) -> None:
        self._low = Equalizer(rate_hz, channels, [Band("lowpass", below_hz, q=q) for q in CROSSOVER_Q])
        self._high = Equalizer(rate_hz, channels, [Band("highpass", below_hz, q=q) for q in CROSSOVER_Q])

    def process(self, block: Samples) -> Samples:
        low = self._low.process(block)
        return frozen(self._high.process(block) + low.mean(axis=0, dtype=np.float32))


def played_on(
    signal: Signal,
    system_name: str,
    *,
    loudness_lufs: float | None = None,
    at_lufs: float | None = None,
    folder: Path | None = None,
    progress: Progress = SILENT,
) -> Signal:
    """`signal` as a system plays it, as long and at the same rate; a loudspeaker's is made while it is read.

    `loudness_lufs` is the signal's own, where it is known (else it is measured first, for what has a protection).
    `at_lufs`: turned to this loudness, to be compared by ear; else a loudspeaker's is turned down by as much as it
    boosts, so that it stays below full scale. A mono system plays the same in every channel. A codec is rendered to a
    nameless temporary file in `folder`. Raises `UsageError` for a system that is not there.
    """
    place = place_of(system_name)
    if loudness_lufs is None and place.protection:
        loudness_lufs = metered(signal, scaled(progress, 0.0, 0.3)).result().integrated_lufs
    played: Signal
    if place.codec:
        played = round_trip(signal, place.codec, folder, scaled(progress, 0.3, 0.7, place.title))
    else:
        played = Chain(signal, lambda: _processors(place, signal, loudness_lufs))
    if at_lufs is None:
        return played
    reached = metered(played, scaled(progress, 0.7, 1.0, place.title)).result().integrated_lufs
    if reached is None:
        return played
    gain_db = at_lufs - reached
    return Chain(played, lambda: [Gain(gain_db)])


def _processors(place: Place, signal: Signal, loudness_lufs: float | None) -> Sequence[Processor]:
    rate_hz, channels = signal.rate_hz, signal.channels
    made: list[Processor] = []
    if channels > 1 and place.mono == "all":
        made.append(Folded())
    if channels > 1 and place.mono == "low end":
        made.append(FoldedLow(rate_hz, channels, place.mono_below_hz))
    made.append(Equalizer(rate_hz, channels, place.bands))
    if place.protection and loudness_lufs is not None:
        set_for_db = PLAYED_AT_LUFS - loudness_lufs
        made += [Gain(set_for_db), _compressor(place.protection, rate_hz, channels), Gain(-set_for_db)]
    made.append(Gain(place_gain_db(place, rate_hz)))
    return made


def place_gain_db(place: Place, rate_hz: int) -> float:
    """By how much a loudspeaker is turned down (negative) so that what it boosts stays below full scale."""
    if not place.bands:
        return 0.0
    boost_db = float(response_db(place.bands, rate_hz, np.geomspace(20.0, rate_hz / 2, 200)).max())
    return -max(boost_db, 0.0) - ROTATION_DB


def _compressor(protection: Protection, rate_hz: int, channels: int) -> Compressor:
    return Compressor(
        rate_hz,
        channels,
        threshold_db=protection.threshold_db,
        ratio=protection.ratio,
        attack_ms=protection.attack_ms,
        release_ms=protection.release_ms,
        detector="rms",
    )
