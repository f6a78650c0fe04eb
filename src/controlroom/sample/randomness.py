"""Chance that can be repeated: every player draws from a stream of his own, named by the song's seed and a word."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def chance(seed: int, *names: object) -> np.random.Generator:
    """The generator for `names` in the song `seed`; no stream depends on how much another one was used."""
    words = [crc32(str(name).encode()) for name in names]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed & (2**63 - 1), *words])))
