"""How long sound takes to die away where it is left to itself, blind: from the free decays in octave bands.

In each octave from 500 Hz to 8 kHz a decay runs from a peak down to the next rise or the noise; a straight line
through its later half gives its slope (the tail of the room, once the direct sound has fallen: M. R. Schroeder's decay,
read off the signal itself as in H. Löllmann et al., "An improved algorithm for blind reverberation time estimation",
IWAENC 2010). The more a decay falls, the more it counts; where they agree, they are the room's. A room shows only
where sounds end sooner than it does: among ringing strings the time is theirs, and no room is longer than it.
"""

from __future__ import annotations

import msgspec
import numpy as np
import scipy

from controlroom.sound.ambience.bands import BandLevels, Floats
from controlroom.sound.kernels import kernel

OCTAVES = range(3, 7)  # 500 Hz to 8 kHz
LEAST_FALL_DB, RIPPLE_DB = 15.0, 2.0
ABOVE_QUIET_DB = 8.0  # where a decay runs into the noise
EARLY_DB = 6.0  # of a decay are the sound's own
STRAIGHT_DB = 2.5  # RMS about the line, of a decay that counts
WAITED = 6  # frames without a new low end a decay
LEAST_DECAYS = 6
NEAR_PERCENT = 40.0  # the quicker decays are the free ones
SPREAD_PERCENTS = (20.0, 60.0)
CONFIDENCE, CONFIDENCE_AN_OCTAVE = 1.05, 0.62  # within 30 %, by how the decays spread: fitted to rooms of known time


class Decay(msgspec.Struct, frozen=True, kw_only=True):
    """`seconds`: the time for 60 dB, `confidence` that it is right within 30 %; None without free decays."""

    seconds: float | None = None
    confidence: float = 0.0


def decay_of(bands: BandLevels) -> Decay:
    """The decay time that the free decays agree on."""
    found = np.concatenate([_decays_in(bands, octave) for octave in OCTAVES])
    if len(found) < LEAST_DECAYS:
        return Decay()
    found = found[np.argsort(found[:, 0])]
    weights = np.cumsum(found[:, 1] ** 2)
    at = np.searchsorted(
        weights / weights[-1], [0.01 * SPREAD_PERCENTS[0], 0.01 * NEAR_PERCENT, 0.01 * SPREAD_PERCENTS[1]]
    )
    quick, near, slow = found[at, 0]
    confidence = float(np.clip(CONFIDENCE - CONFIDENCE_AN_OCTAVE * np.log2(slow / quick), 0.0, 0.95))
    return Decay(seconds=float(near), confidence=confidence)


def _decays_in(bands: BandLevels, octave: int) -> Floats:
    """(decays, 2): seconds for 60 dB, and how many dB it fell."""
    levels = bands.levels_db[:, octave]
    heard = levels[bands.steps[:, octave] > 0]
    if len(heard) < 2 * WAITED:
        return np.zeros((0, 2))
    power = scipy.ndimage.convolve1d(10 ** (levels / 10), np.array([0.25, 0.5, 0.25]), mode="nearest")
    smooth = 10 * np.log10(np.maximum(power, 1e-13))
    out = np.zeros((len(smooth) // 4 + 1, 2))
    count = _decays(smooth, bands.hop_s, float(np.percentile(heard, 2)) + ABOVE_QUIET_DB, out)
    return out[:count]


@kernel
def _decays(levels: Floats, hop_s: float, quiet_db: float, out: Floats) -> int:
    """Write each straight decay's time and fall; their number."""
    count, at = 0, 1
    while at < levels.shape[0] - WAITED:
        if levels[at] < levels[at - 1] or levels[at] <= levels[at + 1]:
            at += 1
            continue
        low = at
        for k in range(at + 1, levels.shape[0]):
            if levels[k] > levels[low] + RIPPLE_DB or k - low > WAITED or levels[low] < quiet_db:
                break
            if levels[k] < levels[low]:
                low = k
        if levels[at] - levels[low] <= LEAST_FALL_DB:
            at += 1
            continue
        first = at
        while levels[first] > levels[at] - EARLY_DB:
            first += 1
        _slope, rms = _line(levels, first, low)
        late, _rms = _line(levels, first + (low - first) // 2, low)
        if low - first >= 4 and rms < STRAIGHT_DB and late < 0:
            out[count, 0], out[count, 1] = -60 * hop_s / late, levels[at] - levels[low]
            count += 1
        at = low + 1
    return count


@kernel
def _line(levels: Floats, first: int, last: int) -> tuple[float, float]:
    """Slope of the line through levels first..last, in dB a frame, and the RMS about it."""
    n = last - first + 1
    if n < 3:
        return 0.0, 1e9
    middle, mean, up, across = (n - 1) / 2, 0.0, 0.0, 0.0
    for i in range(n):
        mean += levels[first + i] / n
    for i in range(n):
        up += (i - middle) * (levels[first + i] - mean)
        across += (i - middle) ** 2
    slope, squares = up / across, 0.0
    for i in range(n):
        squares += (levels[first + i] - mean - slope * (i - middle)) ** 2
    return slope, np.sqrt(squares / n)
