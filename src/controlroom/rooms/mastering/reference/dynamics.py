"""Dynamics toward a reference: compression, band by band, of what is livelier than it. Nothing is ever expanded."""

from __future__ import annotations

import numpy as np

from controlroom.rooms.mastering.plan import BandControl, Multiband
from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, NOTHING_DB, SPLITS_HZ, Floats, Profile
from controlroom.sound.dynamics import compression_db

RATIO, KNEE_DB = 3.0, 6.0
EFFECT = 0.4  # of what the curve takes off a peak: the release takes the rest off what follows it
ATTACK_MS, RELEASE_MS = (8.0, 4.0, 3.0, 2.0), (120.0, 80.0, 60.0, 50.0)
LOOKAHEAD_MS = 5.0  # a peak is held where it stands, not pushed out of what follows it
LEAST_DB, MOST_DB, MOST_MEAN_DB = 0.5, 4.0, 3.0
OPEN_DB = 12.0  # a threshold so far over the loudest is never reached
HALVINGS = 30


def multiband_to(mix: Profile, target: Profile, amount: float, curve_db: Floats) -> Multiband | None:
    """Bands of `mix`, its tone changed by `curve_db`, brought to the crest that `target` has there, by `amount`.

    At most 4 dB of crest a band; each band keeps its mean level. None where nothing is livelier than the target.
    """
    bands, taken = [], []
    for k, (mine, theirs) in enumerate(zip(mix.dynamics, target.dynamics, strict=True)):
        heard = mine.mean_db > NOTHING_DB and theirs.mean_db > NOTHING_DB
        less_db = min(amount * (mine.crest_db - theirs.crest_db), MOST_DB) if heard else 0.0
        levels_db = np.array(mine.levels_db)
        mean_dbfs = mine.mean_db + mix.integrated_lufs + _mean_gain_db(mix, curve_db, mine.low_hz, mine.high_hz)
        if less_db < LEAST_DB:
            over_db, ratio, makeup_db = float(levels_db[-1]) + OPEN_DB, 1.0, 0.0
        else:
            over_db, ratio = _threshold(levels_db, less_db / EFFECT), RATIO
            makeup_db = -_mean_db(_compressed(levels_db, over_db))
            taken.append(f"{_named(mine.low_hz, mine.high_hz)} by {less_db:.1f} dB")
        bands.append(
            BandControl(
                threshold_db=round(min(mean_dbfs + over_db, 0.0), 1),
                ratio=ratio,
                knee_db=KNEE_DB,
                attack_ms=ATTACK_MS[k],
                release_ms=RELEASE_MS[k],
                makeup_db=round(makeup_db, 2),
            )
        )
    if not taken:
        return None
    reason = f"The peaks of {', '.join(taken)} towards the references, which are denser."
    return Multiband(crossovers_hz=SPLITS_HZ, bands=tuple(bands), lookahead_ms=LOOKAHEAD_MS, reason=reason)


def _threshold(levels_db: Floats, less_db: float) -> float:
    """The threshold (against the mean level) that lowers the crest by `less_db`, but the mean by 3 dB at most."""
    low, high = float(np.median(levels_db)), float(levels_db[-1]) + KNEE_DB
    before_db = float(levels_db[-1]) - _mean_db(levels_db)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        after = _compressed(levels_db, middle)
        much = before_db - (float(after[-1]) - _mean_db(after)) > less_db or _mean_db(after) < -MOST_MEAN_DB
        low, high = (middle, high) if much else (low, middle)
    return high


def _compressed(levels_db: Floats, threshold_db: float) -> Floats:
    return np.asarray(levels_db - compression_db(levels_db, threshold_db=threshold_db, ratio=RATIO, knee_db=KNEE_DB))


def _mean_db(levels_db: Floats) -> float:
    return float(10 * np.log10((10 ** (levels_db / 10)).mean()))


def _mean_gain_db(mix: Profile, curve_db: Floats, low_hz: float, high_hz: float) -> float:
    """What the curve adds to the level of a band."""
    mid = np.array(mix.whole.mid_db)
    inside = (low_hz <= CENTRES_HZ) & ((high_hz or np.inf) > CENTRES_HZ) & (mid > NOTHING_DB)
    if not inside.any():
        return 0.0
    power = 10 ** (mid[inside] / 10)
    return float(10 * np.log10((power * 10 ** (curve_db[inside] / 10)).sum() / power.sum()))


def _named(low_hz: float, high_hz: float) -> str:
    if not low_hz:
        return f"what is below {high_hz:g} Hz"
    return f"{low_hz:g} to {high_hz:g} Hz" if high_hz else f"what is above {low_hz:g} Hz"
