"""A rough mix: the song as its players would hear it on the way home, without faults and without files.

The first good pass of every part, a little evened out, brought to its loudness against the voice, panned, in a room.
Seeds differ in balance, sides and room as engineers do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Unpack

import msgspec
import numpy as np

from controlroom.sample import band, singers
from controlroom.sample.composition import Score, Wishes, compose
from controlroom.sample.facts import truth_on_paper
from controlroom.sample.instruments.drum_room import MICS, Kit
from controlroom.sample.instruments.tone import RATE_HZ, Row, frame, gain, peak_of
from controlroom.sample.randomness import chance
from controlroom.sample.truth import Truth
from controlroom.sound.dynamics import Compressor
from controlroom.sound.meter import measure_loudness
from controlroom.sound.pan import constant_power
from controlroom.sound.parallel import side_by_side
from controlroom.sound.reverb import Reverb, Reverberator
from controlroom.sound.signal import BLOCK_FRAMES, Audio, Samples, frozen

# Loudness against the lead voice (LU), how far an engineer strays from it, how much of it goes to the room (dB).
_BALANCE = {
    "drums": (1.5, 1.5, -17.0),
    "bass": (-1.0, 1.5, -40.0),
    "guitar 1": (-5.0, 2.0, -14.0),
    "guitar 2": (-5.5, 2.0, -18.0),
    "keys": (-6.0, 2.0, -15.0),
    "lead vocal": (0.0, 1.5, -13.0),
    "backing vocal": (-7.0, 2.0, -11.0),
}
_WIDE = 0.65
_DRUM_MICS_DB = {"Kick In": 0.0, "Snare Top": -2.0, "Tom": -6.0, "OH L": 0.0, "OH R": 0.0}
_PEAK_DBFS = -1.0
_LOOSEST_DB = 3.0  # the highest peaks are rounded off by that much
_VOICE_LUFS = -20.0


def rough_mix(
    seed: int,
    tempo_bpm: float | None = None,
    key: str | None = None,
    seconds: float = 75.0,
    *,
    drums: bool = True,
    voice: bool = True,
    **wishes: Unpack[Wishes],
) -> tuple[Audio, Truth]:
    """The song of these arguments as a stereo mix (48 kHz), with what is true of it.

    The same song as `make_sample_song` makes; nothing is written. Without `drums` or `voice` these parts are silent
    and their notes are not in the truth. Same arguments, same samples. Raises `UsageError` for what cannot be played.
    """
    score = compose(seed, tempo_bpm, key, seconds, **wishes)
    absent = [name for name, wanted in (("drums", drums), ("vocal", voice)) if not wanted]
    truth = truth_on_paper(score)
    heard = tuple(note for note in truth.notes if not any(word in note.part for word in absent))
    phrases = truth.phrases if voice else ()
    return mixed(score, absent), msgspec.structs.replace(truth, notes=heard, phrases=phrases)


def mixed(score: Score, absent: Sequence[str] = ()) -> Audio:
    """The song as everybody plays it, without the parts whose names hold one of the words `absent`."""
    parts = {name: play for name, play in _parts(score).items() if not any(word in name for word in absent)}
    stems = dict(zip(parts, side_by_side(lambda play: play(), parts.values()), strict=True))
    return _together(stems, score.seed)


def _parts(score: Score) -> dict[str, Callable[[], Samples]]:
    """Every part as what its players do: a stereo stem, shape (2, frames)."""
    side = 1.0 if chance(score.seed, "sides").random() < 0.5 else -1.0

    def backing() -> Samples:
        high, low = (singers.backing(score, None, above) for above in (True, False))
        return _panned(high, 0.45 * side) + _panned(low, -0.45 * side)

    return {
        "lead vocal": lambda: _panned(singers.good_pass(score, singers.lead_singer(score))[0], 0.0),
        "drums": lambda: _drums(score),
        "backing vocal": backing,
        "guitar 1": lambda: _panned(band.arpeggio_guitar(score, None), -_WIDE * side),
        "guitar 2": lambda: _panned(band.strum_guitar(score), _WIDE * side),
        "keys": lambda: np.stack(band.keys(score)),
        "bass": lambda: _panned(band.bass(score, None)[1], 0.0),
    }


def _drums(score: Score) -> Samples:
    """The kit: close microphones in the middle, overheads to the sides."""
    kit = Kit(score.seed)
    hits = band.played_drums(score, (), 0)
    out = np.zeros((2, frame(score.duration_s)), np.float32)
    for mic in (mic for mic in MICS if mic.name in _DRUM_MICS_DB):
        row = band.struck(kit.heard_by(mic), hits, out.shape[1], chance(score.seed, "strokes", 0))
        pan = {"L": -0.8, "R": 0.8}.get(mic.side, 0.0)
        out += _panned(row, pan) * np.float32(gain(_DRUM_MICS_DB[mic.name]))
    return out


def _panned(row: Row, pan: float) -> Samples:
    return np.asarray(constant_power(pan), np.float32)[:, None] * row


def _together(stems: dict[str, Samples], seed: int) -> Audio:
    """The balance, the room, the peaks."""
    draw = chance(seed, "rough mix")
    room = Reverb(decay_s=float(draw.uniform(0.7, 1.6)), predelay_ms=float(draw.uniform(8, 25)))
    strays = {part: float(draw.uniform(-stray, stray)) for part, (_, stray, _) in _BALANCE.items()}
    stems = dict(zip(stems, side_by_side(_evened, stems.values()), strict=True))
    levels = {part: _loudness_lufs(stem) for part, stem in stems.items()}
    mix = np.zeros_like(next(iter(stems.values())))
    sent = np.zeros_like(mix)
    for part, stem in stems.items():
        level = levels[part]
        if level is None:
            continue  # nobody plays it in this song
        balance_lu, _, room_db = _BALANCE[part]
        stem *= np.float32(gain(_VOICE_LUFS + balance_lu + strays[part] - level))
        mix += stem
        sent += stem * np.float32(gain(room_db))
    reverberator = Reverberator(RATE_HZ, room)
    for begin in range(0, mix.shape[1], BLOCK_FRAMES):
        block = slice(begin, begin + BLOCK_FRAMES)
        mix[:, block] += reverberator.process(frozen(sent[:, block]))
    return Audio(_rounded(mix), RATE_HZ)


def _evened(stem: Samples) -> Samples:
    """A compressor as one is set without listening long: what is above the mean level rises half as much."""
    mean_db = 10 * float(np.log10(np.mean(stem**2) + 1e-12))
    compressor = Compressor(
        RATE_HZ, 2, threshold_db=mean_db - 3.0, ratio=2.0, knee_db=6.0, attack_ms=20.0, release_ms=250.0, detector="rms"
    )
    out = np.empty_like(stem)
    for begin in range(0, stem.shape[1], BLOCK_FRAMES):
        block = slice(begin, begin + BLOCK_FRAMES)
        out[:, block] = compressor.process(frozen(stem[:, block]))
    return out


def _rounded(mix: Samples) -> Samples:
    """Brought to its peak in place, the tops of the loudest strokes rounded off as a desk's transformers do."""
    bend = gain(_LOOSEST_DB) / (peak_of(mix.ravel()) or 1.0)
    mix *= np.float32(bend)
    np.tanh(mix, out=mix)
    mix *= np.float32(gain(_PEAK_DBFS) / (peak_of(mix.ravel()) or 1.0))
    return mix


def _loudness_lufs(stem: Samples) -> float | None:
    return measure_loudness(Audio(stem, RATE_HZ)).integrated_lufs
