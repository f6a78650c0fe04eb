"""The voice's own track, where the song has one: what translation judges the voice by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from controlroom.base.errors import ControlroomError
from controlroom.base.files import safe_name
from controlroom.desk.songs.models import Song
from controlroom.desk.songs.production import material_from, out_of
from controlroom.song.roles import family_of
from controlroom.song.whole import version_of
from controlroom.sound.files import AudioFile
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Samples, Shifted, Signal, frozen

LEAD = "lead vocal"


class Together:
    """Signals of one rate laid over each other, in mono; as long as the longest."""

    channels = 1

    def __init__(self, signals: Sequence[Signal]) -> None:
        self.rate_hz, self.frames = signals[0].rate_hz, max(signal.frames for signal in signals)
        self._signals = [Shifted(signal, 0, self.frames) for signal in signals]

    def read(self, start: int, frames: int) -> Samples:
        rows = np.stack([signal.read(start, frames).mean(axis=0) for signal in self._signals])
        return frozen(rows.sum(axis=0, dtype=np.float32, keepdims=True))


@contextmanager
def voice_of(song: Song, rate_hz: int) -> Iterator[Signal | None]:
    """The lead vocal from the song's beginning on; None where there is no track of it.

    An a cappella that came with the mix, else the tracks of the lead vocal as they were edited, or as they came where
    there is one pass of it. Whether it lies in the record that is judged, the room finds out by itself.
    """
    with ExitStack() as opened:
        tracks: list[Signal] = []
        for path in paths_of(song):
            file = opened.enter_context(AudioFile(path))
            tracks.append(file if file.rate_hz == rate_hz else Resampled(file, rate_hz))
        yield tracks[0] if len(tracks) == 1 else Together(tracks) if tracks else None


def paths_of(song: Song) -> list[Path]:
    """The files of the voice."""
    try:
        material = material_from(song)
    except ControlroomError:
        return []  # neither take nor mix
    sent = [path for path in material.song.alternates if version_of(path.stem) == "a cappella"]
    if sent:
        return [material.sources[sent[-1]].at]
    found: list[Path] = []
    for part in material.song.parts:
        if family_of(part.role) != LEAD:
            continue
        edited = sorted((out_of(song) / "edits" / safe_name(part.name)).glob("*.wav"))
        if edited:
            found += edited
        elif len(part.passes) == 1 and part.passes[0].start_s == 0.0:
            found += [material.sources[mic.path].at for mic in part.passes[0].mics]
    return found
