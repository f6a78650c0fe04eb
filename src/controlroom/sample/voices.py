"""Solo voices whose pitch is known: thirty characters sing the song's lead, alone or with the band in the microphone.

The pitch is that of the glottis which makes the sound, not a measurement of it.
"""

from __future__ import annotations

from typing import Unpack

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.base.errors import UsageError
from controlroom.sample import singers
from controlroom.sample.composition import Note, Score, Wishes, compose
from controlroom.sample.instruments.singer import Singer, Sound
from controlroom.sample.instruments.tone import RATE_HZ, coloured, gain, peaking_at
from controlroom.sample.instruments.vocal_tract import TICK_FRAMES
from controlroom.sample.rough import mixed
from controlroom.sound.filters import Band
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio

Floats = npt.NDArray[np.float64]

HOP_S = 0.005
_REGISTERS = {  # the middle of the tune (MIDI), the tract against a man's
    "bass": (46.0, 0.94), "baritone": (53.0, 1.0), "tenor": (59.0, 1.03), "alto": (65.0, 1.16),
    "soprano": (73.0, 1.22), "child": (69.0, 1.36),
}  # fmt: skip
_MANNERS = {
    "plain": Singer(name="plain", tract=1.0),
    "breathy": Singer(name="breathy", tract=1.0, effort=-0.4, breathiness=0.3, vibrato_cents=15.0, consonants=0.8),
    "shouted": Singer(name="shouted", tract=1.04, effort=0.4, breathiness=0.02, vibrato_cents=12.0, loose_cents=14.0),
    "soft": Singer(name="soft", tract=1.0, effort=-0.3, breathiness=0.07, vibrato_hz=5.0, consonants=0.6),
    "waving": Singer(name="waving", tract=0.98, vibrato_hz=6.2, vibrato_cents=85.0),
}
VOICES = tuple(f"{register} {manner}" for register in _REGISTERS for manner in _MANNERS)
_SHOUTED_SEMITONES = 3
_VOICED = 0.05  # of a loud note's amplitude: softer than that the glottis is not heard
_PEAK_DBFS = -6.0
_THROUGH_HEADPHONES = (Band("highpass", 180.0), Band("lowpass", 5000.0))


class SungPitch(msgspec.Struct, frozen=True):
    """The true pitch of a solo voice every `HOP_S` from 0; 0 where nothing is voiced."""

    times_s: Floats
    f0_hz: Floats


def solo_voice(
    seed: int,
    tempo_bpm: float | None = None,
    key: str | None = None,
    seconds: float = 75.0,
    *,
    voice: str | None = None,
    bleed_db: float | None = None,
    **wishes: Unpack[Wishes],
) -> tuple[Audio, SungPitch]:
    """The lead vocal of the song alone (mono, 48 kHz), and its pitch.

    `voice` is one of `VOICES` ("soprano breathy"), who sings in a register of their own; by default it is the song's
    singer. `bleed_db` is the loudness of the band in the microphone against the voice's: it plays in the key that is
    sung. Raises `UsageError` for a voice that there is not, and for what cannot be played.
    """
    score = compose(seed, tempo_bpm, key, seconds, **wishes)
    singer = singers.lead_singer(score)
    if voice is not None:
        score, singer = _cast(score, voice)
    row, sounds = singers.good_pass(score, singer)
    peaking_at(row, _PEAK_DBFS)
    if bleed_db is not None:
        band = coloured(mixed(score, ("vocal",)).samples.mean(axis=0), _THROUGH_HEADPHONES)
        band *= np.float32(gain(_loudness_lufs(row) + bleed_db - _loudness_lufs(band)))
        row = peaking_at(row + band, _PEAK_DBFS)
    return Audio(row, RATE_HZ), _pitch(sounds, score.duration_s)


def _cast(score: Score, voice: str) -> tuple[Score, Singer]:
    """The song in the key of another singer."""
    if voice not in VOICES:
        raise UsageError(f"voice {voice!r}", "nobody sings like that", f"Choose one of {', '.join(VOICES)}.")
    register, manner = voice.split()
    middle, tract = _REGISTERS[register]
    singer = _MANNERS[manner]
    middle += _SHOUTED_SEMITONES if manner == "shouted" else 0
    sung = [note.midi for phrase in score.lead for note in phrase.notes]
    shift = round(middle - float(np.median(sung)))
    octaves = round(shift / 12) * 12
    moved = msgspec.structs.replace(
        score,
        lead=tuple(
            msgspec.structs.replace(
                phrase,
                notes=tuple(msgspec.structs.replace(note, midi=note.midi + shift) for note in phrase.notes),
            )
            for phrase in score.lead
        ),
        bass=_moved(score.bass, shift - octaves),
        arpeggio=_moved(score.arpeggio, shift - octaves),
        strum=_moved(score.strum, shift - octaves),
        keys=_moved(score.keys, shift - octaves),
    )
    return moved, msgspec.structs.replace(singer, tract=singer.tract * tract, a4_hz=score.tuning_hz)


def _moved(notes: tuple[Note, ...], semitones: int) -> tuple[Note, ...]:
    return tuple(msgspec.structs.replace(note, midi=note.midi + semitones) for note in notes)


def _loudness_lufs(row: npt.NDArray[np.float32]) -> float:
    return measure_loudness(Audio(row, RATE_HZ)).integrated_lufs or 0.0


def _pitch(sounds: list[Sound], duration_s: float) -> SungPitch:
    """The phrases' pitches on one clock. Between milliseconds the glottis moves evenly, so this is exact."""
    times_s: Floats = HOP_S * np.arange(int(duration_s / HOP_S) + 1, dtype=np.float64)
    f0_hz = np.zeros(times_s.size)
    loud = float(np.percentile(np.concatenate([sound.voiced[sound.voiced > 0] for sound in sounds]), 90))
    for sound in sounds:
        ticks_s = sound.start_s + TICK_FRAMES / RATE_HZ * np.arange(sound.pitch_hz.size)
        inside = slice(*np.searchsorted(times_s, (ticks_s[0], ticks_s[-1])))
        heard = np.interp(times_s[inside], ticks_s, sound.voiced) > _VOICED * loud
        f0_hz[inside] = np.where(heard, np.interp(times_s[inside], ticks_s, sound.pitch_hz), 0.0)
    return SungPitch(times_s, f0_hz)
