"""The loudness meter: BS.1770-5 and EBU R 128 in one pass, for whole files, blocks and live input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.meter.gating import integrated_lufs, lufs, lufs_series, range_lu
from controlroom.sound.meter.power import WeightedEnergy
from controlroom.sound.meter.true_peak import PeakSearch
from controlroom.sound.meter.weighting import channel_weights
from controlroom.sound.meter.windows import Windows
from controlroom.sound.parallel import side_by_side
from controlroom.sound.signal import Audio, Samples, Signal, blocks

CHUNK_S = 60  # in memory: long enough that threads pay
READ_S = 5  # from elsewhere: what is held at a time
THREADS_FROM_FRAMES = 100_000  # below, starting threads costs more than they save


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter shows of a programme; None where there is no figure (silence, or too short for the window)."""

    integrated_lufs: float | None = None
    range_lu: float | None = None
    max_momentary_lufs: float | None = None
    max_short_term_lufs: float | None = None
    true_peak_dbtp: float | None = None
    plr_db: float | None = None  # peak to loudness ratio: true peak above integrated loudness


class LoudnessSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Loudness over time: the windows that end at 0.1, 0.2, 0.3, ... s, never below -120 LUFS (before 0: silence)."""

    hop_s: float
    momentary_lufs: Samples
    short_term_lufs: Samples


class LoudnessMeter:
    """Loudness and true peak of a signal given block by block; any cutting into blocks gives the same figures.

    `weights`: what each channel counts (see `LAYOUTS`); by default six channels are 5.1 and all others count alike.
    Without `true_peak` no peaks are looked for, and none are told. Memory does not grow but for 16 bytes every 100 ms.
    Blocks hold no NaN and no infinity.
    """

    def __init__(
        self, rate_hz: int, channels: int, weights: Sequence[float] | None = None, *, true_peak: bool = True
    ) -> None:
        chosen = channel_weights(channels) if weights is None else tuple(weights)
        if len(chosen) != channels:
            raise ValueError(f"{channels} channels need {channels} weights, not {len(chosen)}")
        self._heard = [channel for channel, weight in enumerate(chosen) if weight]
        self._weights = np.array([chosen[channel] for channel in self._heard])
        self._energy = WeightedEnergy(rate_hz, len(self._heard))
        self._windows = Windows(rate_hz)
        self._peak = PeakSearch(channels) if true_peak else None

    def add(self, block: Samples) -> None:
        """The next block, float32, shape (channels, frames)."""
        rows = list(block)
        if not rows[0].size:
            return
        energies, weigh = self._energy.add([rows[channel] for channel in self._heard])
        work = [*weigh, *(self._peak.add(rows) if self._peak else [])]
        if rows[0].size < THREADS_FROM_FRAMES:
            for piece in work:
                piece()
        else:
            side_by_side(_run, work)
        self._windows.add(self._weights @ energies)

    def result(self) -> Loudness:
        """The figures of all that was given so far; more may follow."""
        integrated = integrated_lufs(self._windows.momentary[3:])
        peak_dbtp = _decibels(self._peak.result()) if self._peak else None
        return Loudness(
            integrated_lufs=integrated,
            range_lu=range_lu(self._windows.short_term[29:]),
            max_momentary_lufs=lufs(self._windows.loudest_momentary),
            max_short_term_lufs=lufs(self._windows.loudest_short_term),
            true_peak_dbtp=peak_dbtp,
            plr_db=None if integrated is None or peak_dbtp is None else peak_dbtp - integrated,
        )

    def series(self) -> LoudnessSeries:
        """Momentary and short-term loudness every 100 ms, for pictures."""
        return LoudnessSeries(
            hop_s=0.1,
            momentary_lufs=lufs_series(self._windows.momentary).astype(np.float32),
            short_term_lufs=lufs_series(self._windows.short_term).astype(np.float32),
        )


def metered(signal: Signal, progress: Progress = SILENT, weights: Sequence[float] | None = None) -> LoudnessMeter:
    """A meter that has heard the whole signal, on as many threads as there are cores."""
    meter = LoudnessMeter(signal.rate_hz, signal.channels, weights)
    done = 0
    for block in _chunks(signal):
        meter.add(block)
        done += block.shape[1]
        progress(done, signal.frames, "loudness")
    return meter


def _chunks(signal: Signal) -> Iterator[Samples]:
    if not isinstance(signal, Audio):
        return blocks(signal, READ_S * signal.rate_hz)
    chunk = CHUNK_S * signal.rate_hz
    return (signal.samples[:, start : start + chunk] for start in range(0, signal.frames, chunk))  # views, not copies


def true_peak_dbtp(signal: Signal) -> float | None:
    """The largest point of the curve between the samples, any channel; None for silence."""
    search = PeakSearch(signal.channels)
    for block in _chunks(signal):
        side_by_side(_run, search.add(list(block)))
    return _decibels(search.result())


def measure_loudness(signal: Signal, progress: Progress = SILENT) -> Loudness:
    """Loudness, loudness range and true peak of a signal (BS.1770-5, EBU Tech 3341 and 3342)."""
    return metered(signal, progress).result()


def _run(work: Callable[[], None]) -> None:
    work()


def _decibels(peak: float) -> float | None:
    return 20.0 * float(np.log10(peak)) if peak else None
