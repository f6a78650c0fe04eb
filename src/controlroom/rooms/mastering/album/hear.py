"""Hearing a song for its place in an album: as a mix, as its destination hears it, and its ends."""

from __future__ import annotations

import math

import numpy as np

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.album.report import OCTAVES_HZ, Ends, SongReport
from controlroom.rooms.mastering.decide import decide as song_decide
from controlroom.rooms.mastering.listen import listen
from controlroom.rooms.mastering.loud import carried
from controlroom.rooms.mastering.measure import measure
from controlroom.rooms.mastering.media import MediumEar
from controlroom.rooms.mastering.shaping import shaped
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, blocks
from controlroom.sound.spectrum import Spectrum, band_levels_db

SHARE_LISTENING = 0.7
SILENCE_DB = -60.0  # under the song's peak
FAINT_DB = -15.0  # under the song's level, in its last second
IN_SOUND_DB, IN_SOUND_S = -30.0, 0.05  # under the song's level, at its very end
LOUD_SHARE = 1 / 3
GATE_LUFS = -70.0
OUTERMOST_S, FADED_DB = 0.002, -12.0  # this much softer at the very end: somebody faded it
CORNER_S = 0.005
WHOLE_ENOUGH = 1.5  # of an octave that reaches twice as high


def hear(
    signal: Signal, file: str, *, title: str = "", artist: str = "", isrc: str = "", progress: Progress = SILENT
) -> SongReport:
    """Measure a mix (or a finished master) as a song of an album."""
    listened = listen(signal, scaled(progress, 0.0, SHARE_LISTENING, "listening"))
    ear, done = MediumEar(signal.rate_hz, signal.channels), 0
    for block in blocks(signal):
        ear.add(block)
        done += block.shape[1]
        scaled(progress, SHARE_LISTENING, 1.0)(done, signal.frames, "listening")
    report = measure(listened)
    peak_db = listened.levels.peak_db
    own = shaped(song_decide(report), report, listened)
    carries = None if report.finished else carried(signal, report, own)
    return SongReport(
        file=file,
        title=title,
        artist=artist,
        isrc=isrc,
        master=report,
        medium=ear.result(listened.loudness, listened.levels),
        own=own,
        carries_lufs=report.loudness.integrated_lufs if carries is None else carries.lufs,
        loud_lufs=_loud_lufs(listened.loudness_series.short_term_lufs),
        octaves_db=_octaves(listened.spectrum, report.bandwidth_hz),
        ends=Ends() if peak_db is None else _ends(signal, peak_db, listened.levels.loud_db or peak_db),
    )


def _loud_lufs(short_term_lufs: Samples) -> float | None:
    heard = np.sort(short_term_lufs[short_term_lufs > GATE_LUFS].astype(np.float64))
    if not len(heard):
        return None
    loudest = heard[-max(round(LOUD_SHARE * len(heard)), 1) :]
    return float(10 * np.log10(np.mean(10 ** (loudest / 10))))


def _octaves(spectrum: Spectrum, ends_hz: float | None) -> tuple[float | None, ...]:
    """The level of each octave that is there as a whole."""
    reach_hz = min(ends_hz or math.inf, spectrum.rate_hz / 2)
    edges = [(centre / math.sqrt(2), centre * math.sqrt(2)) for centre in OCTAVES_HZ]
    levels = [float(band_levels_db(spectrum, edge)[0]) for edge in edges]
    inside = [low * WHOLE_ENOUGH < reach_hz for low, _ in edges]
    return tuple(level if there and level > -150 else None for level, there in zip(levels, inside, strict=True))


def _ends(signal: Signal, peak_db: float, level_db: float) -> Ends:
    silence = 10 ** ((peak_db + SILENCE_DB) / 20)
    window, near = round(IN_SOUND_S * signal.rate_hz), round(CORNER_S * signal.rate_hz)
    first, last = signal.read(0, window), signal.read(signal.frames - window, window)
    in_sound = 10 ** ((level_db + IN_SOUND_DB) / 10)
    after = _silent_frames_after(signal, silence)
    second = signal.read(signal.frames - after - signal.rate_hz, signal.rate_hz)
    return Ends(
        silence_before_s=_silent_frames(signal, silence) / signal.rate_hz,
        silence_after_s=after / signal.rate_hz,
        in_sound_before=_in_sound(first[:, ::-1], in_sound, signal.rate_hz),
        in_sound_after=_in_sound(last, in_sound, signal.rate_hz),
        dies_away=bool((second**2).mean() < 10 ** ((level_db + FAINT_DB) / 10)),
        first=tuple(map(float, first[:, 0])),
        last=tuple(map(float, last[:, -1])),
        expected=tuple(map(float, 2 * last[:, -1] - last[:, -2:][:, 0])),
        corner_before=_corner(first[:, :near]),
        corner_after=_corner(last[:, -near:]),
        level_before_db=_level_db(first),
        level_after_db=_level_db(last),
    )


def _corner(part: Samples) -> float:
    """The RMS of the second differences."""
    corners = np.diff(part.astype(np.float64), n=2, axis=1)
    return float(np.sqrt((corners**2).mean())) if corners.size else 0.0


def _level_db(part: Samples) -> float:
    return 10 * math.log10(max(float((part.astype(np.float64) ** 2).mean()), 1e-20))


def _in_sound(end: Samples, power: float, rate_hz: int) -> bool:
    """Is there sound up to the last sample of `end`, and no fade, however short?"""
    outermost = end[:, -round(OUTERMOST_S * rate_hz) :]
    mean = float((end**2).mean())
    return mean > power and float((outermost**2).mean()) > mean * 10 ** (FADED_DB / 10)


def _silent_frames(signal: Signal, silence: float) -> int:
    for at in range(0, signal.frames, BLOCK_FRAMES):
        loud = np.flatnonzero(np.abs(signal.read(at, BLOCK_FRAMES)).max(axis=0) > silence)
        if len(loud):
            return at + int(loud[0])
    return signal.frames


def _silent_frames_after(signal: Signal, silence: float) -> int:
    for at in range((signal.frames - 1) // BLOCK_FRAMES * BLOCK_FRAMES, -1, -BLOCK_FRAMES):
        loud = np.flatnonzero(np.abs(signal.read(at, BLOCK_FRAMES)).max(axis=0) > silence)
        if len(loud):
            return signal.frames - 1 - at - int(loud[-1])
    return signal.frames
