"""An electric piano by frequency modulation (Chowning, JAES 21:7, 1973): a warm body and the bell of its tines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from controlroom.sample.composition.score import Note
from controlroom.sample.instruments.tone import RATE_HZ, Row, coloured, frame, hertz
from controlroom.sound.filters import Band
from controlroom.sound.kernels import kernel

_RELEASE_S = 0.22
_TREMOLO_FRAMES = 10400  # 4.6 Hz
_TREMOLO = 0.28
_PREAMPLIFIER = (Band("highpass", 60.0), Band("lowshelf", 220.0, 1.5), Band("lowpass", 9000.0))
_TABLE = np.sin(2 * np.pi * np.arange(4097) / 4096)


def play(notes: Sequence[Note], frames: int, a4_hz: float = 440.0) -> tuple[Row, Row]:
    """All notes on the left and right output: the tremolo moves from side to side, as in a suitcase piano."""
    dry = np.zeros(frames, np.float32)
    for note in notes:
        start = frame(note.start_s)
        held = frame(note.end_s) - start
        f0 = hertz(note.midi, a4_hz)
        decay_s = 2.6 * (262.0 / f0) ** 0.5
        tone = np.array([f0 / RATE_HZ, note.velocity, decay_s * RATE_HZ, 0.28 * RATE_HZ * (262.0 / f0) ** 0.5])
        length = min(held + frame(_RELEASE_S), frames - start)
        if length > 0:
            _strike(dry, start, held, length, tone, _TABLE)
    warm = coloured(np.tanh(np.float32(1.2) * dry), _PREAMPLIFIER)
    turn = np.sin(2 * np.pi * np.arange(_TREMOLO_FRAMES) / _TREMOLO_FRAMES).astype(np.float32)
    swing = np.resize(np.float32(_TREMOLO) * turn, frames) * warm
    return warm + swing, warm - swing


@kernel
def _sine(table: npt.NDArray[np.float64], turns: float) -> float:
    """The sine of a phase in turns."""
    place = (turns - np.floor(turns)) * 4096
    low = int(place)
    sine: float = table[low] + (place - low) * (table[low + 1] - table[low])
    return sine


@kernel
def _strike(
    out: Row, start: int, held: int, length: int, tone: npt.NDArray[np.float64], table: npt.NDArray[np.float64]
) -> None:
    """Add one note: body (1:1) and tine (1:14), both brighter when struck harder."""
    step, velocity = tone[0], tone[1]
    fall, dull, ping = np.exp(-3.0 / tone[2]), np.exp(-1.0 / tone[3]), np.exp(-1.0 / (0.35 * tone[3]))
    body = 0.16 * velocity**1.2
    index = (0.9 + 3.2 * velocity * velocity) / (2 * np.pi)
    bell = 0.09 * velocity**1.8 * min(1.0, 0.012 / step)
    phase = 0.0
    attack = 72
    release = length - held
    for i in range(length):
        heard = body * _sine(table, phase + index * _sine(table, phase + 0.25))
        heard += bell * _sine(table, phase * 1.0 + 0.12 * _sine(table, phase * 14.0))
        if i < attack:
            heard *= 0.5 - 0.5 * np.cos(np.pi * i / attack)
        if i >= held:
            heard *= 0.5 + 0.5 * np.cos(np.pi * (i - held) / release) if release else 0.0
        out[start + i] += np.float32(heard)
        body *= fall
        index = 0.1 + (index - 0.1) * dull
        bell *= ping
        phase += step
