"""Levels, activity and faults of a signal, found in one streaming pass."""

from __future__ import annotations

import math
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.activity import active_spans
from controlroom.sound.cells import CELLS_PER_WINDOW, Cells, cell_frames_at, cells_of
from controlroom.sound.correlation import StereoImage, stereo_image
from controlroom.sound.faults import (
    DROPOUT_CONTEXT_CELLS,
    DROPOUT_MOST_CELLS,
    MOST_SUSPECTS,
    Click,
    Flat,
    Suspect,
    clicks,
    dropouts,
    flat_tops,
    judged,
)
from controlroom.sound.hum import Hum, HumAccumulator
from controlroom.sound.signal import Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]

CHUNK_CELLS = 64 * CELLS_PER_WINDOW  # 1.28 s
CONTEXT_CELLS = DROPOUT_CONTEXT_CELLS + DROPOUT_MOST_CELLS + 2
DIGITAL_SILENCE = 1e-12  # mean square: -120 dBFS
FLOOR_PERCENTILE = 5
MOST_SPANS = 2000  # kept of each kind of fault and channel
CLIP_NEAR = 0.98  # of the channel's extreme: what lies lower was not cut off by the same limit
CLIP_FULL_SCALE = 0.9995
CLIP_JOINED_S = 0.01
SQUARE_SHARE = 0.6  # flat for more of the time than this: a square wave, not a clipped one
REACH_CELLS = 4 * CELLS_PER_WINDOW  # 80 ms
LEAST_REACHES = 60
REACH_PERCENTILE, REACH_QUARTER = 99, 0.25
EDGE_S = 0.004  # where a file or a dropout begins or ends in the middle of sound is no click


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one channel, in seconds."""

    start_s: float
    end_s: float
    channel: int

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


class Levels(msgspec.Struct, frozen=True, kw_only=True):
    """Tuples hold one figure for each channel; levels are dBFS, None where there is nothing but digital silence.

    `noise_floor_db`: the fifth percentile of the 20 ms levels that are not digital silence. `clipped_frames` counts
    the samples in clipped runs, `clipped` places them (runs less than 10 ms apart are one span). `active`: where there
    is sound, (start_s, end_s). `stereo` for two channels only. `crowding_db`: how far the highest quarter of the peaks
    of 80 ms lies under the 99th percentile of them all, on average: a limiter crowds them under its ceiling (None: too
    short, under 5 s).
    """

    sample_peak_db: tuple[float | None, ...]
    rms_db: tuple[float | None, ...]
    noise_floor_db: tuple[float | None, ...]
    dc: tuple[float, ...]
    clipped_frames: tuple[int, ...]
    clipped: tuple[Span, ...]
    clicks: tuple[Click, ...]
    dropouts: tuple[Span, ...]
    hum: Hum | None
    active: tuple[tuple[float, float], ...]
    stereo: StereoImage | None
    crowding_db: float | None = None

    @property
    def crest_db(self) -> tuple[float | None, ...]:
        """Peak over RMS of each channel."""
        pairs = zip(self.sample_peak_db, self.rms_db, strict=True)
        return tuple(None if peak is None or rms is None else peak - rms for peak, rms in pairs)

    @property
    def peak_db(self) -> float | None:
        """The highest sample peak of all channels."""
        return max((peak for peak in self.sample_peak_db if peak is not None), default=None)

    @property
    def loud_db(self) -> float | None:
        """The RMS of the loudest channel."""
        return max((rms for rms in self.rms_db if rms is not None), default=None)


class LevelsAccumulator:
    """Takes blocks of any size; works on chunks of 1.28 s with context on both sides. Ask for `result` once.

    Without `faults` clipping is looked for, but no clicks, dropouts or hum: three times as fast.
    """

    def __init__(self, rate_hz: int, channels: int, *, faults: bool = True) -> None:
        self._rate_hz, self._channels = rate_hz, channels
        self._cell = cell_frames_at(rate_hz)
        self._context, self._chunk = CONTEXT_CELLS * self._cell, CHUNK_CELLS * self._cell
        self._waiting = np.zeros((channels, self._context * 2 + self._chunk), np.float32)
        self._held = self._context  # silence before the beginning
        self._at = 0  # place in the signal of the chunk to come
        self._frames = 0
        self._extremes = np.zeros((channels, 2))
        self._product = 0.0
        self._totals: list[Floats] = []
        self._squares: list[Floats] = []
        self._reaches: list[Samples] = []
        self._flats: list[list[Flat]] = [[] for _ in range(channels)]
        self._suspects: list[Suspect] = []
        self._dropouts: list[Span] = []
        self._hum = HumAccumulator(rate_hz) if faults else None

    def add(self, block: Samples) -> None:
        self._frames += block.shape[1]
        if self._hum:
            self._hum.add(block.mean(axis=0))
        if self._channels == 2:
            self._product += float(np.dot(block[0], block[1]))
        at = 0
        while at < block.shape[1]:
            taken = min(self._waiting.shape[1] - self._held, block.shape[1] - at)
            self._waiting[:, self._held : self._held + taken] = block[:, at : at + taken]
            self._held, at = self._held + taken, at + taken
            if self._held == self._waiting.shape[1]:
                self._look()

    def _look(self) -> None:
        """Take in the chunk in the middle of what is held, and move on by it."""
        cells = cells_of(self._waiting, self._cell, self._cell, 2 * CONTEXT_CELLS + CHUNK_CELLS - 1)
        inside = slice(CONTEXT_CELLS - 1, CONTEXT_CELLS - 1 + CHUNK_CELLS)
        chunk = (self._channels, -1, CELLS_PER_WINDOW)
        self._totals.append(cells.total[:, inside].reshape(chunk).sum(axis=2))
        self._squares.append(cells.squares[:, inside].reshape(chunk).sum(axis=2))
        self._extremes[:, 0] = np.minimum(self._extremes[:, 0], cells.lowest[:, inside].min(axis=1))
        self._extremes[:, 1] = np.maximum(self._extremes[:, 1], cells.highest[:, inside].max(axis=1))
        reach = np.maximum(cells.highest[:, inside], -cells.lowest[:, inside]).max(axis=0)
        self._reaches.append(reach.reshape(-1, REACH_CELLS).max(axis=1))
        for channel in range(self._channels):
            if cells.highest[channel].any() or cells.lowest[channel].any():
                self._judge(channel, cells, inside)
        self._waiting[:, : 2 * self._context] = self._waiting[:, self._chunk :]
        self._held, self._at = 2 * self._context, self._at + self._chunk

    def _judge(self, channel: int, cells: Cells, inside: slice) -> None:
        row, offset = self._waiting[channel], self._at - self._context
        low, high = self._extremes[channel]
        flats = flat_tops(row, cells, channel, inside, (low, high))
        self._flats[channel] += [Flat(flat.start + offset, flat.frames, flat.value) for flat in flats]
        if len(self._flats[channel]) > MOST_SPANS:
            self._flats[channel] = [flat for flat in self._flats[channel] if _cut_off(flat, low, high)]
        if self._hum is None:
            return
        if len(self._suspects) < MOST_SUSPECTS:
            self._suspects += [
                Suspect(found.at + offset, found.channel, found.size, found.around)
                for found in clicks(row, cells, channel, inside)
            ]
        for cell, count in dropouts(cells.peak[channel], cells.rms[channel], inside):
            start_s = (offset + (cell + 1) * self._cell) / self._rate_hz
            self._dropouts.append(
                Span(start_s=start_s, end_s=start_s + count * self._cell / self._rate_hz, channel=channel)
            )

    def result(self) -> Levels:
        while self._at < self._frames:
            self._waiting[:, self._held :] = 0
            self._look()
        count = -(-self._frames // (self._cell * CELLS_PER_WINDOW))
        nothing = np.zeros((self._channels, 0))
        totals = np.concatenate([nothing, *self._totals], axis=1)[:, :count]
        squares = np.concatenate([nothing, *self._squares], axis=1)[:, :count]
        dc = totals.sum(axis=1) / max(self._frames, 1)
        frames = np.full(count, self._cell * CELLS_PER_WINDOW)
        frames[-1:] -= frames.sum() - self._frames
        power = np.maximum(squares - 2 * dc[:, None] * totals, -frames * dc[:, None] ** 2) / frames + dc[:, None] ** 2
        mean_square = squares.sum(axis=1) / max(self._frames, 1)
        clipped = [self._clipped(channel) for channel in range(self._channels)]
        return Levels(
            sample_peak_db=tuple(_db(float(peak) ** 2) for peak in np.abs(self._extremes).max(axis=1)),
            rms_db=tuple(_db(float(square)) for square in mean_square),
            noise_floor_db=tuple(_floor_db(channel) for channel in power),
            dc=tuple(dc.tolist()),
            clipped_frames=tuple(sum(flat.frames for flat in flats) for flats in clipped),
            clipped=tuple(span for channel, flats in enumerate(clipped) for span in self._spans(channel, flats)),
            clicks=tuple(click for click in judged(self._suspects, self._rate_hz) if self._lone(click)),
            dropouts=tuple(self._dropouts),
            hum=self._hum.result() if self._hum else None,
            active=tuple(self._active(power)),
            stereo=stereo_image(mean_square[0], mean_square[1], self._product / max(self._frames, 1))
            if self._channels == 2
            else None,
            crowding_db=self._crowding_db(),
        )

    def _crowding_db(self) -> float | None:
        whole = self._frames // (self._cell * REACH_CELLS)
        if whole < LEAST_REACHES:
            return None
        reaches_db = 20 * np.log10(np.maximum(np.concatenate(self._reaches)[:whole], DIGITAL_SILENCE**0.5))
        highest = np.sort(reaches_db)[-math.ceil(REACH_QUARTER * whole) :]
        return float(np.maximum(np.percentile(reaches_db, REACH_PERCENTILE) - highest, 0.0).mean())

    def _lone(self, click: Click) -> bool:
        """Not the beginning or end of the file, nor of a dropout."""
        edges_s = [
            0.0,
            self._frames / self._rate_hz,
            *(at for gap in self._dropouts for at in (gap.start_s, gap.end_s)),
        ]
        return all(abs(click.at_s - edge_s) > EDGE_S for edge_s in edges_s)

    def _active(self, power: Floats) -> list[tuple[float, float]]:
        window_s, length_s = self._cell * CELLS_PER_WINDOW / self._rate_hz, self._frames / self._rate_hz
        levels_db = 10 * np.log10(np.maximum(power.max(axis=0, initial=0.0), 1e-20))
        return [(start_s, min(end_s, length_s)) for start_s, end_s in active_spans(levels_db, window_s)]

    def _clipped(self, channel: int) -> list[Flat]:
        low, high = self._extremes[channel]
        flats = [flat for flat in self._flats[channel] if _cut_off(flat, low, high)]
        lone = len(flats) == 1 and abs(flats[0].value) < CLIP_FULL_SCALE
        square = sum(flat.frames for flat in flats) > SQUARE_SHARE * self._frames
        return [] if lone or square else flats

    def _spans(self, channel: int, flats: list[Flat]) -> list[Span]:
        spans: list[list[int]] = []
        for flat in flats:
            if spans and flat.start - spans[-1][1] < CLIP_JOINED_S * self._rate_hz:
                spans[-1][1] = flat.start + flat.frames
            else:
                spans.append([flat.start, flat.start + flat.frames])
        rate_hz = self._rate_hz
        return [Span(start_s=a / rate_hz, end_s=b / rate_hz, channel=channel) for a, b in spans[:MOST_SPANS]]


def _cut_off(flat: Flat, low: float, high: float) -> bool:
    """Does a run lie at the channel's extreme of its polarity?"""
    return flat.value >= CLIP_NEAR * high if flat.value > 0 else flat.value <= CLIP_NEAR * low


def _db(power: float) -> float | None:
    return 10 * float(np.log10(power)) if power > DIGITAL_SILENCE else None


def _floor_db(power: Floats) -> float | None:
    heard = power[power > DIGITAL_SILENCE]
    return _db(float(np.percentile(heard, FLOOR_PERCENTILE))) if len(heard) else None


def levels_of(signal: Signal) -> Levels:
    """The levels of a signal."""
    accumulator = LevelsAccumulator(signal.rate_hz, signal.channels)
    for block in blocks(signal):
        accumulator.add(block)
    return accumulator.result()
