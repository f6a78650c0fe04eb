"""What each kind of file hands over when it is opened: its description, and how to decode it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from controlroom.base.errors import InputRefused
from controlroom.sound.files.info import AudioInfo
from controlroom.sound.signal import Samples


class Decoder(Protocol):
    """Gives the frames that exist in [start, start + frames), float32, shape (channels, frames).

    `lost_frames`: how many it has met so far that were damaged and are silence now.
    """

    @property
    def lost_frames(self) -> int: ...
    def read(self, start: int, frames: int) -> Samples: ...
    def close(self) -> None: ...


class Track(NamedTuple):
    """One track of sound in a file; `decoder()` opens it."""

    info: AudioInfo
    decoder: Callable[[], Decoder]


def refused_as_broken(path: object, why: str) -> InputRefused:
    """The refusal of a file whose header does not hold together."""
    return InputRefused(str(path), why, "Ask for the file again, or export it again as WAV.")
