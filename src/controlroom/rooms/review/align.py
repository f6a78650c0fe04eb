"""Which place of one version is which place of another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.review.alignment import Alignment, Stretch
from controlroom.rooms.review.features import moving_bands
from controlroom.rooms.review.fingerprint import BAND_HOP_S, Fingerprint, fingerprint
from controlroom.rooms.review.same import Run, runs_of
from controlroom.rooms.review.waveform import refined
from controlroom.sound.signal import Signal

LEAST_S, LEAST_SHARE = 10.0, 0.5  # so much, or so much of the shorter version, must be found
LEAST_LIKENESS = 0.55
BLIND_S = 2.0  # a run is believed to reach so far past what was recognised
GUESSED = 0.3  # confidence beyond that
SHORTEST_S = 1.0

SILENCE = "One of the two versions is silent, so there is nothing to align them by."
TOO_SHORT = "One of the two versions is shorter than a second and a half, too short to recognise."
DIFFERENT = "The two do not sound like versions of one song."


def align(old: Signal, new: Signal, progress: Progress = SILENT) -> Alignment:
    """Where every place of `old` is in `new`: both are heard once, then compared by waveform.

    Where fingerprints are kept, use `align_fingerprints`, which needs no second hearing.
    """
    return align_fingerprints(fingerprint(old, progress), fingerprint(new, progress), old, new)


def align_fingerprints(
    old: Fingerprint, new: Fingerprint, old_signal: Signal | None = None, new_signal: Signal | None = None
) -> Alignment:
    """The same from fingerprints of one `engine`: exact to a few milliseconds, and below one where signals are given
    and they are the same recording. Says "none" and why where the two do not align; never guesses."""
    nothing = Alignment(old_duration_s=old.duration_s, new_duration_s=new.duration_s)
    if why := _hopeless(old, new):
        return msgspec.structs.replace(nothing, why=why)
    found = _same_recording(old, new)
    if not found:
        return msgspec.structs.replace(nothing, why=DIFFERENT)
    polarity = 1
    if old_signal is not None and new_signal is not None:
        exact = [refined(old_signal, new_signal, stretch) for stretch in found]
        found = [one.stretch for one in exact]
        polarity = 1 if sum(one.polarity for one in exact) >= 0 else -1
    return Alignment(
        kind="same recording",
        old_duration_s=old.duration_s,
        new_duration_s=new.duration_s,
        stretches=completed(found, old.duration_s, new.duration_s),
        polarity=polarity,
    )


def _hopeless(old: Fingerprint, new: Fingerprint) -> str:
    if min(old.duration_s, new.duration_s) < 1.5:
        return TOO_SHORT
    return SILENCE if old.silent or new.silent else ""


def _same_recording(old: Fingerprint, new: Fingerprint) -> list[Stretch]:
    """Stretches of one recording, as far as they were recognised; nothing when too little was."""
    mine, other = (moving_bands(print_.levels_db.array(), BAND_HOP_S) for print_ in (old, new))
    runs = [run for run in runs_of(mine, other) if run.likeness >= LEAST_LIKENESS]
    found_s = sum(run.last - run.first for run in runs) * BAND_HOP_S
    if found_s < min(LEAST_S, LEAST_SHARE * min(old.duration_s, new.duration_s)):
        return []
    return [_stretch(run) for run in runs]


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


def completed(found: Sequence[Stretch], old_s: float, new_s: float) -> tuple[Stretch, ...]:
    """Stretches that run forwards within both versions, and reach their beginnings and ends where nothing was cut."""
    kept: list[Stretch] = []
    for stretch in found:
        least_old_s, least_new_s = (kept[-1].old_end_s, kept[-1].new_end_s) if kept else (0.0, 0.0)
        start_s = max(stretch.old_start_s, least_old_s, _old_at(stretch, least_new_s))
        end_s = min(stretch.old_end_s, old_s, _old_at(stretch, new_s))
        if end_s - start_s >= SHORTEST_S:
            kept.append(_part(stretch, start_s, end_s))
    if not kept:
        return ()
    head = _part(kept[0], max(0.0, _old_at(kept[0], 0.0)), kept[0].old_start_s)
    tail = _part(kept[-1], kept[-1].old_end_s, min(old_s, _old_at(kept[-1], new_s)))
    if _length(head) > BLIND_S:
        kept.insert(0, _guessed(head))
    else:
        kept[0] = _part(kept[0], head.old_start_s, kept[0].old_end_s)
    if _length(tail) > BLIND_S:
        kept.append(_guessed(tail))
    else:
        kept[-1] = _part(kept[-1], kept[-1].old_start_s, tail.old_end_s)
    return tuple(kept)


def _length(stretch: Stretch) -> float:
    return stretch.old_end_s - stretch.old_start_s


def _guessed(stretch: Stretch) -> Stretch:
    return msgspec.structs.replace(stretch, confidence=min(stretch.confidence, GUESSED))


def _part(stretch: Stretch, start_s: float, end_s: float) -> Stretch:
    """The same straight line between other old times."""
    return msgspec.structs.replace(
        stretch,
        old_start_s=start_s,
        old_end_s=end_s,
        new_start_s=max(_new_at(stretch, start_s), 0.0),
        new_end_s=_new_at(stretch, end_s),
    )


def _new_at(stretch: Stretch, old_s: float) -> float:
    return stretch.new_start_s + (old_s - stretch.old_start_s) * stretch.speed


def _old_at(stretch: Stretch, new_s: float) -> float:
    return stretch.old_start_s + (new_s - stretch.new_start_s) / stretch.speed
