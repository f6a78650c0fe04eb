"""Which place of one version is which place of another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.sound.signal import Signal
from controlroom.sound.versions.alignment import SURE, Alignment, Stretch
from controlroom.sound.versions.features import Rows, moving_bands
from controlroom.sound.versions.fingerprint import BAND_HOP_S, CLASS_HOP_S, CLASSES, Fingerprint, fingerprint
from controlroom.sound.versions.following import followed
from controlroom.sound.versions.lines import completed
from controlroom.sound.versions.same import Run, runs_of
from controlroom.sound.versions.tempo import played, walk
from controlroom.sound.versions.together import together
from controlroom.sound.versions.waveform import refined, rejoined

LEAST_S, LEAST_SHARE = 10.0, 0.5  # so much in one piece, or so much of the shorter version, must be found
MOST_SHARE, CREEPS, CLEARLY_MORE = 0.6, 1e-4, 1.1
LEAST_LIKENESS = 0.55
LEAST_HARMONY = 0.5  # one recording in any mix: 0.8 and more; another song to the same drum part: up to 0.3
MOST_CUTS, CUTS_APART_S = 4, 20.0
MOST_LOOKS, LEAST_LOOKS = 24, 4
CREEP, CREEP_GAP, LEAST_CREEPS = 6.0, 200, 3  # frames of 25 ms
LEAST_SONG_S = 8.0
# Likeness a frame of what is played, and of what moves along the path (see `together`): one song at two tempi 0.3 to
# 0.8 and 0.4 to 0.6, their sum 0.8 and more; others that share every chord reach 0.5 in the one or 0.35 in the other,
# and 0.63 as their sum.
LEAST_PLAYED, LEAST_TOGETHER = 0.2, 0.3
LEAST_ALIKE, SURELY_ALIKE = 0.72, 1.1
TIMES_CHANCE = 2.0

SILENCE = "One of the two versions is silent, so there is nothing to align them by."
TOO_SHORT = "One of the two versions is shorter than a second and a half, too short to recognise."
DIFFERENT = "The two do not sound like versions of one song."


def align(old: Signal, new: Signal, progress: Progress = SILENT) -> Alignment:
    """Where every place of `old` is in `new`: both are heard once, then compared by waveform.

    Where fingerprints are kept, use `align_fingerprints`, which needs no second hearing.
    """
    first, second = scaled(progress, 0.0, 0.5), scaled(progress, 0.5, 1.0)
    return align_fingerprints(fingerprint(old, first), fingerprint(new, second), old, new)


def align_fingerprints(
    old: Fingerprint, new: Fingerprint, old_signal: Signal | None = None, new_signal: Signal | None = None
) -> Alignment:
    """The same from fingerprints of one `engine`: exact to a few milliseconds, and below one where signals are given
    and they are the same recording. Says "none" and why where the two do not align; never guesses."""
    nothing = Alignment(old_duration_s=old.duration_s, new_duration_s=new.duration_s)
    if why := _hopeless(old, new):
        return msgspec.structs.replace(nothing, why=why)
    moving = (moving_bands(old.levels_db.array(), BAND_HOP_S), moving_bands(new.levels_db.array(), BAND_HOP_S))
    found = _same_recording(moving, old, new)
    if not found or not _plain(found, min(old.duration_s, new.duration_s)):
        song = _same_song(nothing, moving, old, new)
        if song is not None and _heard_s(song.stretches) > CLEARLY_MORE * _heard_s(found):
            return song
    return _exact(nothing, found, old_signal, new_signal) if found else msgspec.structs.replace(nothing, why=DIFFERENT)


def _plain(found: Sequence[Stretch], shorter_s: float) -> bool:
    """Whether these are the edits of a person: most of it is there, in few pieces, at one speed."""
    few = len(found) <= max(MOST_CUTS, shorter_s / CUTS_APART_S)
    return few and _heard_s(found) >= MOST_SHARE * shorter_s and all(abs(one.speed - 1) < CREEPS for one in found)


def _heard_s(stretches: Sequence[Stretch]) -> float:
    return sum(stretch.old_end_s - stretch.old_start_s for stretch in stretches)


def _exact(nothing: Alignment, found: list[Stretch], old: Signal | None, new: Signal | None) -> Alignment:
    """Stretches of one recording, by waveform where there are signals."""
    polarity = 1
    if old is not None and new is not None:
        looks = max(MOST_LOOKS // len(found), LEAST_LOOKS)
        refinements = [refined(old, new, stretch, looks) for stretch in found]
        polarity = 1 if sum(one.polarity for one in refinements) >= 0 else -1
        found = rejoined(old, new, [one.stretch for one in refinements], polarity)
    stretches = completed(found, nothing.old_duration_s, nothing.new_duration_s)
    return msgspec.structs.replace(nothing, kind="same recording", stretches=stretches, polarity=polarity)


def _same_song(nothing: Alignment, moving: tuple[Rows, Rows], old: Fingerprint, new: Fingerprint) -> Alignment | None:
    """Another performance or another speed; None where it is another song."""
    if min(old.duration_s, new.duration_s) < LEAST_SONG_S:
        return None
    path = walk(played(old.classes_db.array()), played(new.classes_db.array()))
    frames = min(old.duration_s, new.duration_s) / CLASS_HOP_S
    likeness = path.score / frames
    if likeness < LEAST_PLAYED or path.score < TIMES_CHANCE * path.chance:
        return None
    found = followed(*moving, BAND_HOP_S, path.old * CLASS_HOP_S, path.new * CLASS_HOP_S)
    semitones = round(((path.rotation + CLASSES / 2) % CLASSES - CLASSES / 2) * 12 / CLASSES, 2)
    moves = together(*moving, found, semitones)
    if moves < LEAST_TOGETHER or likeness + moves < LEAST_ALIKE:
        return None
    sure = SURE + (1 - SURE) * (likeness + moves - LEAST_ALIKE) / (SURELY_ALIKE - LEAST_ALIKE)
    believed = [msgspec.structs.replace(stretch, confidence=round(min(sure, 1.0), 3)) for stretch in found]
    stretches = completed(believed, old.duration_s, new.duration_s)
    return (
        msgspec.structs.replace(nothing, kind="same song", stretches=stretches, semitones=semitones)
        if stretches
        else None
    )


def _hopeless(old: Fingerprint, new: Fingerprint) -> str:
    if min(old.duration_s, new.duration_s) < 1.5:
        return TOO_SHORT
    return SILENCE if old.silent or new.silent else ""


def _same_recording(moving: tuple[Rows, Rows], old: Fingerprint, new: Fingerprint) -> list[Stretch]:
    """Stretches of one recording, as far as they were recognised; nothing when too little was."""
    runs = [run for run in runs_of(*moving) if run.likeness >= LEAST_LIKENESS]
    chains = _chains(runs)
    longest_s = max((chain[-1].last - chain[0].first for chain in chains), default=0) * BAND_HOP_S
    if longest_s < min(LEAST_S, LEAST_SHARE * min(old.duration_s, new.duration_s)):
        return []
    if _harmony(runs, played(old.classes_db.array()), played(new.classes_db.array())) < LEAST_HARMONY:
        return []
    return [stretch for chain in chains for stretch in _drawn(chain, moving)]


def _harmony(runs: Sequence[Run], old: Rows, new: Rows) -> float:
    """How alike the pitches of all runs are, -1 to 1; 1 where there are none to compare."""
    frames_each = round(CLASS_HOP_S / BAND_HOP_S)
    mine = [np.arange(-(-run.first // frames_each), run.last // frames_each) for run in runs]
    other = [np.round(at + run.lag / frames_each).astype(int) for at, run in zip(mine, runs, strict=True)]
    at, there = np.concatenate(mine), np.concatenate(other)
    inside = (at < len(old)) & (there >= 0) & (there < len(new))
    a, b = old[at[inside]], new[there[inside]]
    both = float(np.sqrt(np.vdot(a, a) * np.vdot(b, b)))
    return float(np.vdot(a, b)) / both if both > 0 else 1.0


def _chains(runs: list[Run]) -> list[list[Run]]:
    """Runs that creep along by a frame or two belong together: a clock that drifts, not an edit."""
    chains: list[list[Run]] = []
    for run in runs:
        before = chains[-1][-1] if chains else None
        creeps = before is not None and abs(run.lag - before.lag) <= CREEP and run.first - before.last <= CREEP_GAP
        if creeps:
            chains[-1].append(run)
        else:
            chains.append([run])
    return chains


def _drawn(chain: list[Run], moving: tuple[Rows, Rows]) -> list[Stretch]:
    """Each run as a stretch of its own; a drift of many of them as the lines that it follows."""
    if len(chain) < LEAST_CREEPS:
        return [_stretch(run) for run in chain]
    old_s = np.array([place for run in chain for place in (run.first, run.last)]) * BAND_HOP_S
    lags_s = np.repeat([run.lag for run in chain], 2) * BAND_HOP_S
    confidence = min(_stretch(run).confidence for run in chain)
    found = followed(*moving, BAND_HOP_S, old_s, old_s + lags_s, whole=True)
    return [msgspec.structs.replace(stretch, confidence=confidence) for stretch in found]


def _stretch(run: Run) -> Stretch:
    start_s, end_s, lag_s = run.first * BAND_HOP_S, run.last * BAND_HOP_S, run.lag * BAND_HOP_S
    confidence = round(float(np.clip((run.likeness - 0.4) / 0.4, 0.0, 1.0)), 3)
    return Stretch(
        old_start_s=start_s,
        old_end_s=end_s,
        new_start_s=start_s + lag_s,
        new_end_s=end_s + lag_s,
        confidence=confidence,
    )
