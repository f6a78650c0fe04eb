"""Hearing a recording as a reference hears it: one pass, on two threads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import scipy.fft
from msgspec.structs import replace

from controlroom.base.errors import InputRefused
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.beside import stream
from controlroom.rooms.mastering.reference.profile import (
    EDGES_HZ,
    K_WEIGHTING,
    NOTHING_DB,
    QUANTILES,
    SPLITS_HZ,
    DynamicsBand,
    Floats,
    Kind,
    KindName,
    Mask,
    Profile,
    merged,
)
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.filters import Band, Equalizer, response_db
from controlroom.sound.meter import LoudnessMeter
from controlroom.sound.signal import Samples, Signal, duration_s
from controlroom.sound.spectrum import Spectrum

FRAME_S = 0.35  # twice the house's usual frame: neighbouring bass notes stay apart
PIECE_FRAMES = 16  # half overlapping: pieces of about 2.7 s, the grain in which sections are told apart
WINDOW_S = 0.01
GATE_POWER = 1e-7  # -70 dBFS
APART_LU, LEAST_SHARE = 3.0, 0.1  # quiet and loud sections nearer than this, or rarer, are one kind
SHORT_S = 5.0
HEARD_DB = 60.0  # a band this far under the loudest one holds nothing of its own


class Refused(InputRefused):
    """A recording that tells nothing as a reference; `finding` says why."""

    def __init__(self, finding: Finding, name: str) -> None:
        super().__init__(name or "The reference", finding.says().rstrip("."), "Choose another one.")
        self.finding = finding


def profile(
    signals: Sequence[Signal],
    weights: Sequence[float] | None = None,
    *,
    names: Sequence[str] | None = None,
    sections: Sequence[Sequence[tuple[float, float]]] | None = None,
    progress: Progress = SILENT,
) -> Profile:
    """The profile of one or several references, read once each and weighed by `weights` (None: alike).

    `sections` (start_s, end_s) of each, where its form is known: whole sections are then quiet or loud. A reference
    that tells nothing is left out with a finding; raises `Refused` when none is left, `UsageError` for bad weights
    and for no signal.
    """
    heard, shares, left_out = [], [], []
    for k, signal in enumerate(signals):
        part = scaled(progress, k / len(signals), (k + 1) / len(signals), "references")
        try:
            name = names[k] if names else ""
            heard.append(portrait(signal, name, sections[k] if sections else (), part, reference=True))
            shares.append(1.0 if weights is None else weights[k])
        except Refused as refused:
            left_out.append(refused)
    if left_out and not heard:
        raise left_out[0]
    made = merged(heard, shares)
    return replace(made, findings=(*(one.finding for one in left_out), *made.findings))


def portrait(
    signal: Signal,
    name: str = "",
    sections: Sequence[tuple[float, float]] = (),
    progress: Progress = SILENT,
    *,
    reference: bool = False,
) -> Profile:
    """The profile of one recording. Raises `Refused` for one that has no loudness (silence), and, as a `reference`, for
    one that is shorter than 5 s."""
    meter = LoudnessMeter(signal.rate_hz, signal.channels)
    pieces, levels = _Pieces(signal.rate_hz, signal.channels), _Levels(signal.rate_hz, signal.channels)
    stream(signal, [[pieces.add, levels.add], [meter.add]], progress, "listening")
    loudness, lasts_s = meter.result(), duration_s(signal)
    integrated = loudness.integrated_lufs
    if reference and lasts_s < SHORT_S:
        raise Refused(_said("reference_short", name, seconds=round(lasts_s, 1)), name)
    if integrated is None:
        raise Refused(_said("reference_silent", name), name)
    pieces.finish()
    end_hz = bandwidth_hz(pieces.spectrum()) or signal.rate_hz / 2
    heard = Profile(
        names=(name,) if name else (),
        duration_s=round(lasts_s, 2),
        bandwidth_hz=round(end_hz),
        integrated_lufs=round(integrated, 2),
        range_lu=None if loudness.range_lu is None else round(loudness.range_lu, 2),
        plr_db=None if loudness.plr_db is None else round(loudness.plr_db, 2),
        whole=pieces.whole(integrated, end_hz),
        kinds=pieces.kinds(sections, end_hz),
        dynamics=levels.bands(integrated),
    )
    return replace(heard, findings=(_said("reference_mono", name),)) if reference and heard.is_mono else heard


def _said(code: str, name: str, **args: float) -> Finding:
    return Finding(code=code, severity="warning", path=name or None, args=dict(args))


class _Pieces:
    """Power of the middle and of the side in each band, for each piece of the recording.

    The power of both channels together is twice that of middle and side; other layouts count as all middle.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz, self._stereo = rate_hz, channels == 2
        self._size = 1 << max(round(math.log2(FRAME_S * rate_hz)), 6)
        self._hop = self._size // 2
        self._window = np.hanning(self._size + 1)[:-1].astype(np.float32)
        self._scale = 2.0 / (self._size * float(self._window.astype(float) @ self._window))
        freqs_hz = np.arange(self._hop + 1) * (rate_hz / self._size)
        self._heard = 10 ** (response_db(K_WEIGHTING, rate_hz, freqs_hz) / 10)
        self._borders_hz = (np.arange(self._hop + 2) - 0.5) * (rate_hz / self._size)
        self._waiting = np.zeros((channels, 0), np.float32)
        self._bins = np.zeros((2, self._hop + 1))  # of the whole, above the gate
        self._piece, self._in_piece, self._counted = np.zeros((2, self._hop + 1)), 0, 0
        self._bands: list[Floats] = []  # (2, bands) a piece
        self._weighted: list[float] = []  # K-weighted power a piece

    def add(self, block: Samples) -> None:
        held = np.concatenate([self._waiting, block], axis=1)
        at = 0
        while at + self._size <= held.shape[1]:
            self._transform(held[:, at : at + self._size])
            at += self._hop
        self._waiting = held[:, at:]

    def _transform(self, frame: Samples) -> None:
        rows = np.stack([frame[0] + frame[1], frame[0] - frame[1]]) / 2 if self._stereo else frame
        spectra = scipy.fft.rfft(rows * self._window, axis=1)
        power = (spectra.real**2 + spectra.imag**2).astype(np.float64) * self._scale
        if not self._stereo:
            power = np.stack([power.sum(axis=0) / 2, np.zeros(self._hop + 1)])
        self._piece += power
        if 2 * float(power.sum()) > GATE_POWER:
            self._bins += power
            self._counted += 1
        self._in_piece += 1
        if self._in_piece == PIECE_FRAMES:
            self._close()

    def _close(self) -> None:
        power = self._piece / max(self._in_piece, 1)
        self._bands.append(self._banded(power))
        self._weighted.append(2 * float(self._heard @ power.sum(axis=0)))
        self._piece, self._in_piece = np.zeros_like(self._piece), 0

    def finish(self) -> None:
        """What is left becomes a piece; a recording shorter than a frame is filled up with silence."""
        if not self._bands and not self._in_piece:
            self._transform(np.pad(self._waiting, ((0, 0), (0, self._size - self._waiting.shape[1]))))
        if self._in_piece:
            self._close()

    def _banded(self, power: Floats) -> Floats:
        """Power (2, bands) from power (2, bins); a bin that an edge cuts counts in part."""
        below = [np.interp(EDGES_HZ, self._borders_hz, np.concatenate([[0.0], np.cumsum(row)])) for row in power]
        return np.diff(np.array(below), axis=1)

    def spectrum(self) -> Spectrum:
        count = max(self._counted, 1)
        return Spectrum(
            rate_hz=self._rate_hz, fft_frames=self._size, counted=self._counted, channel_power=self._bins / count
        )

    def whole(self, integrated_lufs: float, end_hz: float) -> Kind:
        power = self._banded(self._bins / max(self._counted, 1))
        return _kind("loud", 1.0, 0.0, power, integrated_lufs, end_hz)

    def kinds(self, sections: Sequence[tuple[float, float]], end_hz: float) -> tuple[Kind, ...]:
        """The quiet and the loud sections; nothing where they are alike."""
        lufs = -0.691 + 10 * np.log10(np.maximum(self._weighted, 1e-15))
        middles_s = (np.arange(len(lufs)) + 0.5) * PIECE_FRAMES * self._hop / self._rate_hz
        classed = lufs.copy()
        for start_s, end_s in sections:
            inside = (middles_s >= start_s) & (middles_s < end_s)
            if inside.any():
                classed[inside] = 10 * np.log10((10 ** (lufs[inside] / 10)).mean())
        music = lufs > max(-70.0, 10 * math.log10(max(float(np.mean(self._weighted)), 1e-15)) - 20.0)
        if music.sum() < 4 or (loud := _louder(classed, music)) is None:
            return ()
        bands, weighted = np.array(self._bands), np.array(self._weighted)
        whole_db = 10 * math.log10(float(weighted[music].mean()))
        made: list[Kind] = []
        names: tuple[tuple[KindName, Mask], ...] = (("quiet", music & ~loud), ("loud", music & loud))
        for name, chosen in names:
            level_db = 10 * math.log10(float(weighted[chosen].mean()))
            share = float(chosen.sum() / music.sum())
            power = bands[chosen].mean(axis=0)
            made.append(_kind(name, share, level_db - whole_db, power, level_db - 0.691, end_hz))
        return tuple(made)


def _louder(lufs: Floats, music: Mask) -> Mask | None:
    """Which pieces are loud ones: two means (Lloyd, 1982) of their loudness; None where there are no two kinds."""
    values = lufs[music]
    low, high = np.quantile(values, [0.1, 0.9])
    for _ in range(20):
        border = (low + high) / 2
        below, above = values[values < border], values[values >= border]
        if not len(below) or not len(above):
            return None
        low, high = float(below.mean()), float(above.mean())
    apart = high - low >= APART_LU and min(len(below), len(above)) >= LEAST_SHARE * len(values)
    return np.asarray(lufs >= border) if apart else None


def _kind(name: KindName, share: float, level_lu: float, power: Floats, lufs: float, end_hz: float) -> Kind:
    """`power` (2, bands) as levels less `lufs`; what is not heard, or lies above the end of the sound, is nothing."""
    levels_db = 10 * np.log10(np.maximum(power, 1e-20))
    heard = (levels_db.max(axis=0) > levels_db.max() - HEARD_DB) & (end_hz > EDGES_HZ[1:])
    rows = [np.where(heard & (row > levels_db.max() - 1.5 * HEARD_DB), row - lufs, NOTHING_DB) for row in levels_db]
    mid, side = (tuple(round(float(level), 2) for level in row) for row in rows)
    return Kind(name=name, share=round(share, 4), level_lu=round(level_lu, 2), mid_db=mid, side_db=side)


class _Levels:
    """The level of every 10 ms in a few bands (Linkwitz-Riley, 24 dB an octave), louder channel."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._window = round(WINDOW_S * rate_hz)
        self._splits = [split for split in SPLITS_HZ if split < 0.45 * rate_hz]
        ranges = zip([None, *self._splits], [*self._splits, None], strict=True)
        self._filters = [Equalizer(rate_hz, channels, _between(low, high)) for low, high in ranges]
        self._waiting = [np.zeros((channels, 0), np.float32) for _ in self._filters]
        self._powers: list[list[Samples]] = [[] for _ in self._filters]

    def add(self, block: Samples) -> None:
        for k, equalizer in enumerate(self._filters):
            held = np.concatenate([self._waiting[k], equalizer.process(block)], axis=1)
            count = held.shape[1] // self._window
            pieces = held[:, : count * self._window].reshape(held.shape[0], count, self._window)
            self._powers[k].append(np.einsum("cwn,cwn->cw", pieces, pieces).max(axis=0) / self._window)
            self._waiting[k] = held[:, count * self._window :]

    def bands(self, integrated_lufs: float) -> tuple[DynamicsBand, ...]:
        powers = np.array([np.concatenate(rows) for rows in self._powers]).astype(np.float64)
        heard = powers.sum(axis=0) > GATE_POWER
        edges = [0.0, *SPLITS_HZ, 0.0]
        made = []
        for k, (low_hz, high_hz) in enumerate(pairwise(edges)):
            row = powers[k][heard] if k < len(powers) else np.zeros(0)
            mean = float(row.mean()) if len(row) else 0.0
            if mean < 1e-12:
                nothing = (NOTHING_DB,) * len(QUANTILES)
                made.append(DynamicsBand(low_hz=low_hz, high_hz=high_hz, mean_db=NOTHING_DB, levels_db=nothing))
                continue
            levels_db = 10 * np.log10(np.maximum(np.quantile(row, QUANTILES) / mean, 1e-10))
            made.append(
                DynamicsBand(
                    low_hz=low_hz,
                    high_hz=high_hz,
                    mean_db=round(10 * math.log10(mean) - integrated_lufs, 2),
                    levels_db=tuple(round(float(level), 2) for level in levels_db),
                )
            )
        return tuple(made)


def _between(low_hz: float | None, high_hz: float | None) -> list[Band]:
    low = [Band("highpass", low_hz)] * 2 if low_hz else []
    return low + ([Band("lowpass", high_hz)] * 2 if high_hz else [])
