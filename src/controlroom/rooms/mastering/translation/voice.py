"""Is the voice still understood? Said only where the voice's own track is at hand.

The track is looked for in the record band by band: the part of the record that moves with it, by cross spectra, says
how loud it is in there, whatever equaliser the record went through. What is not found there (another take, another
place) is not judged. How well it is understood on a system is the speech intelligibility index of ANSI S3.5-1997: in
each critical band the voice over everything else from -15 dB (nothing) to +15 dB (all), weighted by the band's
importance.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.rooms.mastering.translation.hearing import BANDS_HZ, Floats, Sound, SoundAccumulator, sounding
from controlroom.sound.signal import Samples
from controlroom.sound.spectrum import fft_frames_at

Bins: TypeAlias = npt.NDArray[np.complex64]

# ANSI S3.5-1997, table 1, on our bands (its bands begin at 100 Hz; ours part that one, and add two above 9.5 kHz).
IMPORTANCE: Floats = np.array(
    [0.0, 0.0, 0.005, 0.0053, 0.0261, 0.0419, *(0.0577,) * 14, 0.0460, 0.0343, 0.0226, 0.0110, 0.0, 0.0], float
)
REACH_DB = 15.0
LEAST_SHARE = 1e-4  # of the record's power that moves with the track: below, it is not in there
LEAST_IN_STEP = 0.7  # cosine of the angle between them: 1 where the track is in there, at any level; else anything
MOST_OF_ALL = 0.97  # a voice is no more than this of what is heard


class Voice(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The voice as it lies in the record: power of each frame and band, and which frames it sings in.

    `fold`: what folding to mono leaves of it in each band, 0..1.
    """

    power: Samples
    sings: npt.NDArray[np.bool_]
    fold: Floats


class VoiceAccumulator:
    """Takes batches of the record's spectra and of the track's, of the same frames; gives the Voice, if it is there."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        size = fft_frames_at(rate_hz)
        self._edges = np.clip(np.round(BANDS_HZ * size / rate_hz).astype(int), 0, size // 2)
        self._own = SoundAccumulator(rate_hz, channels)
        self._together = np.zeros(len(BANDS_HZ) - 1, complex)
        self._track = np.zeros(len(BANDS_HZ) - 1)
        self._record = np.zeros(len(BANDS_HZ) - 1)

    def add(self, record: Bins, track: Bins) -> None:
        self._own.add(track)
        mixed, alone = record.mean(axis=0), track.mean(axis=0)
        for sums, values in (
            (self._together, mixed * alone.conj()),
            (self._track, np.abs(alone) ** 2),
            (self._record, np.abs(mixed) ** 2),
        ):
            whole = np.concatenate([[0.0], np.cumsum(values.sum(axis=0, dtype=sums.dtype))])
            sums += np.diff(whole[self._edges])

    def result(self) -> Voice | None:
        own: Sound = self._own.result()
        track, record = np.maximum(self._track, 1e-30), np.maximum(self._record, 1e-30)
        gain = np.maximum(self._together.real, 0.0) / track
        shared = np.abs(self._together) ** 2 / (track * record)
        in_step = self._together.real / np.maximum(np.abs(self._together), 1e-30)
        if float(IMPORTANCE @ shared) < LEAST_SHARE or float(IMPORTANCE @ in_step) < LEAST_IN_STEP:
            return None
        fold = np.ones(len(gain))
        if own.cross is not None:
            both = np.maximum(own.power.sum(axis=0, dtype=np.float64), 1e-30)
            fold = np.clip((both + own.cross.sum(axis=0, dtype=np.float64)) / (2 * both), 0.0, 1.0)
        return Voice(power=(own.power * gain**2).astype(np.float32), sings=sounding(own.power), fold=fold)


def understood(voice: Voice, gain: Floats, played: Samples, noise: Floats) -> float | None:
    """The index (0..1) over the frames in which it sings; None where it never does.

    `gain` (frames, bands): what the system does to the voice's power; `played`: all that is heard; `noise` (bands,):
    what the place adds, all in the same unit.
    """
    if not voice.sings.any():
        return None
    heard = played[voice.sings].astype(np.float64)
    alone = np.minimum((voice.power * gain)[voice.sings], MOST_OF_ALL * heard)
    ratio_db = 10 * np.log10(np.maximum(alone, 1e-30) / np.maximum(heard - alone + noise, 1e-30))
    audible = np.clip((ratio_db + REACH_DB) / (2 * REACH_DB), 0.0, 1.0)
    return float((audible @ IMPORTANCE).mean() / IMPORTANCE.sum())
