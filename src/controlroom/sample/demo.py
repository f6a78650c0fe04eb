"""The demo: voice and guitar into a telephone on the table. Narrow, noisy, pumped by its automatic gain, clipped."""

from __future__ import annotations

import numpy as np
import scipy

from controlroom.base.progress import SILENT, Progress
from controlroom.sample.band import loosely
from controlroom.sample.composition import Score
from controlroom.sample.instruments import strings
from controlroom.sample.instruments.tone import RATE_HZ, Row, coloured, frame, noisy, peaking_at
from controlroom.sample.randomness import chance
from controlroom.sample.singers import demo_voice
from controlroom.sound.filters import Band
from controlroom.sound.signal import BLOCK_FRAMES

_GUITAR_BODY = (
    Band("highpass", 90.0),
    Band("bell", 105.0, 5.0, 2.5),
    Band("bell", 210.0, 3.0, 2.0),
    Band("lowpass", 9000.0),
)
_TELEPHONE = (
    Band("highpass", 210.0, q=0.9),
    Band("highpass", 160.0),
    Band("bell", 2600.0, 5.0, 1.0),
    Band("lowpass", 6800.0, q=1.0),
    Band("lowpass", 7600.0),
)
_ROOM_S, _ROOM_DECAY_S = 0.45, 0.55
_AGC_S, _AGC_TARGET_DB, _AGC_STRENGTH, _AGC_MOST_DB = 0.3, -13.0, 0.75, 14.0
_NOISE_DBFS = -57.0
_CEILING = 0.9


def telephone_demo(score: Score, progress: Progress = SILENT) -> Row:
    """Mono, at the session's rate, as long as the song."""
    draw = chance(score.seed, "demo guitar")
    notes = loosely(score.arpeggio, draw, 9.0)
    guitar = peaking_at(
        coloured(strings.play(notes, strings.STEEL, frame(score.duration_s), draw, score.tuning_hz), _GUITAR_BODY),
        -13.0,
    )
    guitar += demo_voice(score, progress)
    guitar += _room(guitar, draw)
    heard = noisy(coloured(guitar, _TELEPHONE), _NOISE_DBFS, draw)
    _pump(heard)
    return np.clip(heard, -_CEILING, _CEILING, out=heard)


def _room(dry: Row, draw: np.random.Generator) -> Row:
    """The living room's answer."""
    time = np.arange(frame(_ROOM_S)) / RATE_HZ
    tail = draw.standard_normal(time.size) * np.exp(-6.9078 * time / _ROOM_DECAY_S)
    tail *= 0.5 / np.sqrt(np.sum(tail**2))
    return np.asarray(scipy.signal.oaconvolve(dry, tail.astype(np.float32))[: dry.size], np.float32)


def _pump(row: Row) -> None:
    """Automatic gain in place: the level of 0.3 s moves towards the target, too slowly for loud moments."""
    hop = frame(0.01)
    cells = row[: row.size // hop * hop].reshape(-1, hop)
    power = scipy.ndimage.uniform_filter1d(
        np.einsum("ij,ij->i", cells, cells) / hop, round(_AGC_S / 0.01), mode="nearest"
    )
    gains_db = np.clip(_AGC_STRENGTH * (_AGC_TARGET_DB - 10 * np.log10(power + 1e-9)), -12.0, _AGC_MOST_DB)
    gains, places = 10 ** (gains_db / 20), np.arange(gains_db.size) + 0.5
    for begin in range(0, row.size, BLOCK_FRAMES):
        block = row[begin : begin + BLOCK_FRAMES]
        block *= np.interp((begin + np.arange(block.size)) / hop, places, gains).astype(np.float32)
