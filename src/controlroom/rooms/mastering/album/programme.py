"""Songs one after the other as one signal: placed to the frame, faded, crossfaded, with silence between."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.rooms.mastering.album.plan import FadeShape
from controlroom.sound.signal import Samples, Signal, frozen

Floats = npt.NDArray[np.float64]
FADE_FLOOR_DB = -60.0


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A signal from frame `start` of the programme on; its fades in frames.

    `crossed_*`: the fade is half of a crossfade; its power and the other half's add up to 1.
    """

    signal: Signal
    start: int
    fade_in: int = 0
    fade_out: int = 0
    shape: FadeShape = "cosine"
    crossed_in: bool = False
    crossed_out: bool = False

    @property
    def stop(self) -> int:
        return self.start + self.signal.frames


class Programme:
    """The pieces as one signal; what no piece covers is silence."""

    def __init__(self, pieces: Sequence[Piece], rate_hz: int, channels: int) -> None:
        self.pieces, self.rate_hz, self.channels = tuple(pieces), rate_hz, channels
        self.frames = max((piece.stop for piece in pieces), default=0)

    def read(self, start: int, frames: int) -> Samples:
        stop = max(min(start + frames, self.frames), 0)
        start = min(max(start, 0), stop)
        out = np.zeros((self.channels, stop - start), np.float32)
        for piece in self.pieces:
            begin, end = max(start, piece.start), min(stop, piece.stop)
            if begin < end:
                block = piece.signal.read(begin - piece.start, end - begin)
                gains = _gains(piece, begin - piece.start, end - begin)
                out[:, begin - start : end - start] += block if gains is None else block * gains
        return frozen(out)


def _gains(piece: Piece, start: int, frames: int) -> Samples | None:
    """The fades over these frames of a piece; None where there are none."""
    length = piece.signal.frames
    if start >= piece.fade_in and start + frames <= length - piece.fade_out:
        return None
    at = np.arange(start, start + frames, dtype=np.float64) + 0.5
    gains = np.ones(frames)
    if piece.fade_in:
        gains *= _curve(at / piece.fade_in, piece.shape, piece.crossed_in)
    if piece.fade_out:
        gains *= _curve((length - at) / piece.fade_out, piece.shape, piece.crossed_out)
    return gains.astype(np.float32)


def _curve(share: Floats, shape: FadeShape, crossed: bool) -> Floats:
    """The gain of a fade at these shares of its length, 0 silent to 1 (and beyond) open."""
    share = np.clip(share, 0.0, 1.0)
    if crossed:
        return np.sin(np.pi / 2 * share)
    if shape == "linear":
        return share
    if shape == "cosine":
        return 0.5 - 0.5 * np.cos(np.pi * share)
    floor = 10 ** (FADE_FLOOR_DB / 20)
    return (10 ** (FADE_FLOOR_DB / 20 * (1.0 - share)) - floor) / (1.0 - floor)


class Joined:
    """Signals of one rate and one number of channels, end to end."""

    def __init__(self, signals: Sequence[Signal]) -> None:
        self.rate_hz, self.channels = signals[0].rate_hz, signals[0].channels
        starts = np.cumsum([0, *(signal.frames for signal in signals)])
        self._placed = list(zip(signals, map(int, starts), strict=False))
        self.frames = int(starts[-1])

    def read(self, start: int, frames: int) -> Samples:
        stop = max(min(start + frames, self.frames), 0)
        start = min(max(start, 0), stop)
        parts = [
            signal.read(max(start - at, 0), min(stop - at, signal.frames) - max(start - at, 0))
            for signal, at in self._placed
            if at < stop and at + signal.frames > start
        ]
        return frozen(np.concatenate(parts, axis=1) if parts else np.zeros((self.channels, 0), np.float32))


class Patched:
    """A signal of which stretches (start, in memory) are replaced."""

    def __init__(self, source: Signal, patches: Sequence[tuple[int, Samples]]) -> None:
        self.rate_hz, self.channels, self.frames = source.rate_hz, source.channels, source.frames
        self._source, self._patches = source, tuple(patches)

    def read(self, start: int, frames: int) -> Samples:
        block = self._source.read(start, frames)
        start = max(start, 0)
        stop = start + block.shape[1]
        for at, patch in self._patches:
            begin, end = max(start, at), min(stop, at + patch.shape[1])
            if begin < end:
                copy = block.copy()
                copy[:, begin - start : end - start] = patch[:, begin - at : end - at]
                block = frozen(copy)
        return block
