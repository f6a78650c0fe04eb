"""Decoding by PyAV: whatever FFmpeg reads (AAC, ALAC, MP3, Opus, Vorbis, the sound of a video)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from controlroom.sound.signal import Samples

Block = npt.NDArray[np.float32]


def _planar(frame: av.AudioFrame, channels: int) -> Block:
    """The samples of a decoded frame, float32, shape (channels, frames)."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, channels).T
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - np.float32(128)) / np.float32(128)
    if samples.dtype.kind == "i":
        return samples.astype(np.float32) * np.float32(0.5 ** (8 * samples.dtype.itemsize - 1))
    return samples.astype(np.float32, copy=False)


class PacketDecoder:
    """The first audio track of a file, decoded from its beginning; reading backwards starts over.

    A lossy decoder's output depends on everything before it, so starting over is what makes any read exact.
    `skip`: frames of the decoder's output before the first one of the recording.
    """

    def __init__(self, path: Path, channels: int, skip: int = 0) -> None:
        self._path, self._channels, self._skip = path, channels, skip
        self._restart()

    def _restart(self) -> None:
        self._container = av.open(str(self._path))
        self._decoded = self._frames()
        self._at = -self._skip
        self._ready = np.zeros((self._channels, 0), np.float32)

    def _frames(self) -> Iterator[Block]:
        for frame in self._container.decode(audio=0):
            yield _planar(frame, self._channels)

    def read(self, start: int, frames: int) -> Samples:
        """What there is in [start, start + frames); shorter where the stream ends."""
        if start < self._at:
            self.close()
            self._restart()
        pieces: list[Block] = []
        stop = start + frames
        while self._at < stop:
            if not self._ready.shape[1]:
                block = next(self._decoded, None)
                if block is None:
                    break
                self._ready = block
            take = min(self._ready.shape[1], stop - self._at)
            skip = min(max(start - self._at, 0), take)
            if take > skip:
                pieces.append(self._ready[:, skip:take])
            self._ready = self._ready[:, take:]
            self._at += take
        return np.concatenate(pieces, axis=1) if pieces else np.zeros((self._channels, 0), np.float32)

    def close(self) -> None:
        self._decoded.close()  # type: ignore[attr-defined]
        self._container.close()
