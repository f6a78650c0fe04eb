"""Has this been here before? A fingerprint is looked for among all that are kept.

Every kept fingerprint costs a few milliseconds: what is played (pitch classes, frames of 0.8 s) is compared in the
likeliest rotations by the best local path (see `tempo`), which neither key, tempo, cuts nor sound can hide. The best
few are then aligned, and the alignment alone says yes or no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

from controlroom.sound.kernels import kernel
from controlroom.sound.versions.features import Rows
from controlroom.sound.versions.fingerprint import CLASS_HOP_S, CLASSES, Fingerprint
from controlroom.sound.versions.recognition import Recognition, recognised
from controlroom.sound.versions.tempo import heard_classes, played, thinned

Floats: TypeAlias = npt.NDArray[np.float64]

FRAMES_EACH = 4
ROTATIONS = 6
UNLIKE = 0.35
LEAST_SIZE = 0.3  # of a frame whose pitches are heard clearly: 1
MOST = 5
LEAST_LIKENESS = 0.2  # one song in any dress 0.25 and more; others mostly below 0.1, to the same chords up to 0.45


class Sketch(NamedTuple):
    """What a fingerprint is looked for by: unit rows of pitch classes (frames, 36), their profile (36,), seconds."""

    rows: Rows
    profile: Floats
    duration_s: float


class Candidate(NamedTuple):
    """`likeness`: seconds of the best path, less what chance gives, a second of the shorter of the two."""

    name: str
    likeness: float


class Library:
    """Fingerprints by name, ready to be searched; those of another `engine` are passed over."""

    def __init__(self, known: Iterable[tuple[str, Fingerprint]]) -> None:
        self.known = dict(known)
        self._sketches = {name: sketched(each) for name, each in self.known.items()}

    def __len__(self) -> int:
        return len(self.known)

    def likely(self, fingerprint: Fingerprint, most: int = MOST) -> list[Candidate]:
        """The most alike first. Likely, no more: unrelated songs are among them when nothing else is there."""
        wanted = sketched(fingerprint)
        found = [
            Candidate(name, likeness(sketch, wanted))
            for name, sketch in self._sketches.items()
            if self.known[name].engine == fingerprint.engine
        ]
        return sorted(found, key=lambda candidate: -candidate.likeness)[:most]

    def versions_of(self, fingerprint: Fingerprint, most: int = MOST) -> list[Recognition]:
        """Those that are the same recording or the same song, the surest first; nothing where it is new here."""
        found = self._recognised(fingerprint, most)
        return sorted(found, key=lambda each: (each.kind != "same recording", -each.confidence))

    def _recognised(self, fingerprint: Fingerprint, most: int) -> Iterator[Recognition]:
        for candidate in self.likely(fingerprint, most):
            if candidate.likeness < LEAST_LIKENESS:
                return
            found = recognised(candidate.name, self.known[candidate.name], fingerprint)
            if found is not None:
                yield found


def sketched(fingerprint: Fingerprint) -> Sketch:
    classes_db = fingerprint.classes_db.array()
    rows = thinned(played(classes_db), FRAMES_EACH)
    size = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    profile = scipy.ndimage.gaussian_filter1d(heard_classes(classes_db).sum(axis=0), 1.0, mode="wrap")
    profile = profile - profile.mean()
    return Sketch(
        np.ascontiguousarray(rows / np.maximum(size, LEAST_SIZE), np.float32),
        profile / max(float(np.sqrt(profile @ profile)), 1e-9),
        fingerprint.duration_s,
    )


def likeness(kept: Sketch, new: Sketch) -> float:
    """The best local path through both in the likeliest rotations, a second of the shorter one."""
    shorter_s = min(kept.duration_s, new.duration_s)
    if not len(kept.rows) or not len(new.rows):
        return 0.0
    turns = np.arange(CLASSES)
    turned = new.profile[(np.arange(CLASSES)[None, :] + turns[:, None]) % CLASSES]
    likeliest = np.argsort(-(turned @ kept.profile), kind="stable")[:ROTATIONS]
    best = max(float(_best_path(kept.rows @ np.roll(new.rows, -int(turn), axis=1).T, UNLIKE)) for turn in likeliest)
    return best * FRAMES_EACH * CLASS_HOP_S / shorter_s


@kernel
def _best_path(like: Rows, unlike: float) -> np.float32:
    """Score of the best path with steps of 1:1, 1:2 and 2:1 that begins and ends anywhere."""
    rows, columns = like.shape
    best = np.float32(0.0)
    before, last = np.zeros(columns + 1, np.float32), np.zeros(columns + 1, np.float32)
    now = np.zeros(columns + 1, np.float32)
    for i in range(rows):
        for j in range(columns):
            gain = like[i, j] - np.float32(unlike)
            half = np.float32(0.5) * gain
            value = max(last[j], before[j] + half)
            if j > 0:
                value = max(value, last[j - 1] + half)
            value = max(value + gain, np.float32(0.0))
            now[j + 1] = value
            best = max(best, value)
        before, last, now = last, now, before
    return best
