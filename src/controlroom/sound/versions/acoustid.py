"""The fingerprint by which AcoustID and MusicBrainz know a recording, where Chromaprint's `fpcalc` is installed.

It travels: two studios can compare it without sending sound. It holds the first two minutes and knows neither another
speed nor another key, so it is evidence beside the fingerprint of the house, not instead of it (L. Lalinský, "How does
Chromaprint work?", 2011; the compressed form is that of libchromaprint 1.5).
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from os import PathLike, fspath
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.doubt import Doubt

Words: TypeAlias = npt.NDArray[np.uint32]
Bits: TypeAlias = npt.NDArray[np.uint8]

PROGRAM = "fpcalc"
PATIENCE_S = 30.0
LEAST_WORDS = 80  # ten seconds; fewer agree by chance
SHORT_BITS, LONG_BITS, LONG = 3, 5, 7

NOT_FOUND = Doubt(about="AcoustID", because="fpcalc (Chromaprint) is not installed, so there is no such fingerprint")
NOT_MADE = Doubt(about="AcoustID", because="fpcalc (Chromaprint) gave no fingerprint of this file")


def acoustid(path: str | PathLike[str], patience_s: float = PATIENCE_S) -> str | Doubt:
    """The compressed fingerprint of a file, as AcoustID takes it; a doubt where there is none, never an error."""
    program = shutil.which(PROGRAM)
    if program is None:
        return NOT_FOUND
    try:
        done = subprocess.run(
            [program, "-json", "--", fspath(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience_s,
            check=False,
        )
        found = json.loads(done.stdout)["fingerprint"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return NOT_MADE
    return found if isinstance(found, str) and found else NOT_MADE


def words_of(fingerprint: str) -> Words:
    """The 32 bits every 0.124 s that a compressed fingerprint holds; none where it is damaged."""
    try:
        data = np.frombuffer(base64.urlsafe_b64decode(fingerprint + "=" * (-len(fingerprint) % 4)), np.uint8)
    except ValueError:
        return np.zeros(0, np.uint32)
    if len(data) < 4:
        return np.zeros(0, np.uint32)
    count = int.from_bytes(data[1:4].tobytes(), "big")
    steps = _numbers(np.unpackbits(data[4:], bitorder="little"), SHORT_BITS)
    ends = np.flatnonzero(steps == 0)
    if not 0 < count <= len(ends):
        return np.zeros(0, np.uint32)
    steps = steps[: ends[count - 1] + 1].astype(np.int64)
    used = -(-len(steps) * SHORT_BITS // 8)
    longer = np.flatnonzero(steps == LONG)
    extra = _numbers(np.unpackbits(data[4 + used :], bitorder="little"), LONG_BITS)
    if len(extra) < len(longer):
        return np.zeros(0, np.uint32)
    steps[longer] += extra[: len(longer)]
    return _words(steps)


def _numbers(bits: Bits, width: int) -> npt.NDArray[np.int64]:
    whole = bits[: len(bits) // width * width].reshape(-1, width)
    return whole.astype(np.int64) @ (1 << np.arange(width))


def _words(steps: npt.NDArray[np.int64]) -> Words:
    """Each word is what changed in the one before: the distances between its set bits, then a 0."""
    changed, word, bit = [], 0, 0
    for step in steps.tolist():
        if step:
            bit += step
            word |= 1 << (bit - 1) if bit <= 32 else 0
        else:
            changed.append(word)
            word, bit = 0, 0
    return np.bitwise_xor.accumulate(np.array(changed, np.uint32))


def agreement(one: str, other: str) -> float | None:
    """Share of bits that agree where the two lie best beside each other; None where either is too short.

    Unrelated recordings stay near 0.6 at their best, one recording through any codec lies above 0.8.
    """
    a, b = words_of(one), words_of(other)
    if min(len(a), len(b)) < LEAST_WORDS:
        return None
    best = 0.0
    for lag in range(LEAST_WORDS - len(b), len(a) - LEAST_WORDS + 1):
        mine, its = a[max(lag, 0) : lag + len(b)], b[max(-lag, 0) : len(a) - lag]
        differing = np.bitwise_count(mine ^ its).mean() / 32
        best = max(best, 1.0 - float(differing))
    return best
