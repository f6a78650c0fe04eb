"""Markers as cue points of a WAV file."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np

from controlroom.rooms.review.markers.marker import Marker
from controlroom.sound.files import Cue, Format, Metadata, write
from controlroom.sound.signal import Audio, Shifted, Signal

RATE_HZ = 48000
_UNTIL = " (end)"


def as_cues(markers: Iterable[Marker], rate_hz: int = RATE_HZ) -> tuple[Cue, ...]:
    """Cue points at a sample rate, for `Metadata.cues`; a stretch has a second one at its end."""
    cues: list[Cue] = []
    for marker in markers:
        cues.append(Cue(round(marker.at_s * rate_hz), marker.name))
        if marker.until_s is not None:
            cues.append(Cue(round(marker.until_s * rate_hz), marker.name + _UNTIL))
    return tuple(sorted(cues, key=lambda cue: cue.at_frame))


def write_cues(path: str | os.PathLike[str], markers: Iterable[Marker], signal: Signal | None = None) -> None:
    """Write a WAV file that carries the markers: `signal` with 24 bits, or silence (mono, 48 kHz, 16 bits) that ends
    a second after the last marker: import it at 0:00."""
    markers = list(markers)
    if signal is not None:
        write(path, signal, Format("wav", 24), metadata=Metadata(cues=as_cues(markers, signal.rate_hz)))
        return
    cues = as_cues(markers)
    silence = Audio(np.zeros((1, 0), np.float32), RATE_HZ)
    frames = max((cue.at_frame for cue in cues), default=0) + RATE_HZ
    write(path, Shifted(silence, 0, frames), Format("wav", 16), metadata=Metadata(cues=cues))
