"""Another sample rate: soxr at its very high quality, as a signal."""

from __future__ import annotations

import numpy as np
import soxr

from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, frozen


class Resampled:
    """`source` at `rate_hz`: linear phase, without latency, `round(frames * rate_hz / source.rate_hz)` frames long.

    Whatever block size it is read with, the source is fed in the same chunks from its first frame on, so the samples
    are the same; read it forwards (reading backwards starts over). Not for use by two threads at once.
    soxr's VHQ keeps the error below -130 dB and the passband to 0.95 of the lower Nyquist frequency
    (sourceforge.net/p/soxr; float32 in and out).
    """

    def __init__(self, source: Signal, rate_hz: int) -> None:
        self.source, self.rate_hz, self.channels = source, int(rate_hz), source.channels
        self.frames = (2 * source.frames * self.rate_hz + source.rate_hz) // (2 * source.rate_hz)
        self._rewind()

    def _rewind(self) -> None:
        self._stream = soxr.ResampleStream(
            self.source.rate_hz, self.rate_hz, self.channels, dtype="float32", quality="VHQ"
        )
        self._fed = 0  # frames of the source given to soxr
        self._at = 0  # place of the first frame in `_ready`
        self._ready: Samples = np.zeros((self.channels, 0), np.float32)

    def _feed(self) -> None:
        """Put what the next chunk of the source becomes after what is ready; silence where soxr ends a frame early."""
        if self._fed < self.source.frames:
            chunk = self.source.read(self._fed, BLOCK_FRAMES)
            self._fed += BLOCK_FRAMES
            more = self._stream.resample_chunk(np.ascontiguousarray(chunk.T), last=self._fed >= self.source.frames).T
        else:
            more = np.zeros((self.channels, self.frames - self._at - self._ready.shape[1]), np.float32)
        self._ready = np.concatenate([self._ready, more], axis=1)

    def _drop(self, frames: int) -> None:
        self._ready, self._at = self._ready[:, frames:], self._at + frames

    def read(self, start: int, frames: int) -> Samples:
        stop = min(max(start + frames, 0), self.frames)
        start = min(max(start, 0), stop)
        if self.rate_hz == self.source.rate_hz:
            return self.source.read(start, stop - start)
        if start < self._at:
            self._rewind()
        while self._at + self._ready.shape[1] < stop:
            self._drop(min(max(start - self._at, 0), self._ready.shape[1]))
            self._feed()
        out = frozen(self._ready[:, start - self._at : stop - self._at].copy())
        self._drop(max(stop - self._at, 0))
        return out
