"""How the tone of one recording differs from that of another, octave by octave, and the curve that takes it there.

Compared is power in octaves around each band, only where both have sound. In the low end an octave is narrower than
what one bass note or another makes of it: there octaves count as far as both play the same notes; as far as they do
not, the whole low end counts as one, so that a song in another key is not tuned to the reference's notes.
"""

from __future__ import annotations

import msgspec
import numpy as np
from scipy.ndimage import correlate1d

from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, NOTHING_DB, STEPS, Floats, Kind, Mask, Profile

MOST_DB = 6.0
LOW_END_HZ = 160.0  # below: notes; above: tone
JOIN_OCTAVES = 0.5  # of the low end, in which it comes to meet what is above
NOTES_HZ = (35.0, 260.0)
SAME_NOTES, OTHER_NOTES = 0.9, 0.5  # correlation of what stands out of the low end
KINDS_DB = 1.0  # as far the sections, like with like, may move what the whole asks for
FADE_OCTAVES = 0.5
ROUNDS, CLOSE_DB = 12, 0.1
LOUD_ENOUGH_DB = 45.0  # an octave so far under the loudest is no sound to match
LOWEST_HZ = 30.0  # below lies no note
STEEPEST_DB = (1.0, 3.0)  # a band: 6 dB an octave in the low end, 18 above
MOST_SHIFT_DB = 2.0

_OCTAVE = np.array([0.5, 1, 1, 1, 1, 1, 0.5])
_HALF = np.array([1, 2, 3, 2, 1]) / 9


class Difference(msgspec.Struct, frozen=True, eq=False):
    """What one recording has to gain in each band to have the tone of another; nothing is said outside `both`."""

    gain_db: Floats
    both: Mask

    @property
    def worst_db(self) -> float:
        return float(np.abs(self.gain_db[self.both]).max(initial=0.0))


def total_db(kind: Kind, side_db: Floats | float = 0.0) -> Floats:
    """Level of both channels in each band, the difference of the channels `side_db` louder."""
    mid, side = np.array(kind.mid_db), np.array(kind.side_db)
    power = np.where(mid > NOTHING_DB, 10 ** (mid / 10), 0.0)
    power += np.where(side > NOTHING_DB, 10 ** ((side + side_db) / 10), 0.0)
    return np.asarray(np.where(power > 0, 10 * np.log10(np.maximum(2 * power, 1e-30)), NOTHING_DB))


def heard_in(profile: Profile) -> Mask:
    """The bands in which a recording has sound."""
    levels = total_db(profile.whole)
    smooth = smoothed_db(levels, levels > NOTHING_DB)
    return np.asarray((levels > NOTHING_DB) & (smooth > smooth.max() - LOUD_ENOUGH_DB) & (CENTRES_HZ > LOWEST_HZ))


def smoothed_db(levels_db: Floats, there: Mask) -> Floats:
    """The level in the octave around each band, of the bands that are `there`."""
    power = np.where(there, 10 ** (levels_db / 10), 0.0)
    summed = correlate1d(power, _OCTAVE, mode="constant")
    counted = correlate1d(there.astype(float), _OCTAVE, mode="constant")
    return np.asarray(10 * np.log10(np.maximum(summed, 1e-30) / np.maximum(counted, 0.5)))


def difference(
    mix: Profile, target: Profile, curve_db: Floats | float = 0.0, side_db: Floats | float = 0.0
) -> Difference:
    """What `mix`, changed by `curve_db` and with its side `side_db` louder, has to gain to have the tone of `target`.

    The levels are matched by the median. Quiet sections are compared with quiet ones, loud with loud, as far as that
    stays within a decibel of what the whole asks for.
    """
    both = heard_in(mix) & heard_in(target)
    if not both.any():
        return Difference(np.zeros(len(CENTRES_HZ)), both)
    alike = notes_alike(mix, target, both)
    whole = _centred(_gain_db(total_db(mix.whole, side_db) + curve_db, total_db(target.whole), both, alike), both)
    if not (mix.kinds and target.kinds):
        return Difference(whole, both)
    by_kind = np.zeros_like(whole)
    for mine, theirs in zip(mix.kinds, target.kinds, strict=True):
        mine_db, theirs_db = total_db(mine, side_db) + curve_db, total_db(theirs)
        there = both & (total_db(mine) > NOTHING_DB) & (theirs_db > NOTHING_DB)
        gain_db = np.where(there, _centred(_gain_db(mine_db, theirs_db, there, alike), there), whole)
        by_kind += mine.share * gain_db
    by_kind = _centred(by_kind, both)
    return Difference(np.clip(by_kind, whole - KINDS_DB, whole + KINDS_DB), both)


def _centred(gain_db: Floats, both: Mask) -> Floats:
    return np.where(both, gain_db - np.median(gain_db[both]), 0.0) if both.any() else np.zeros_like(gain_db)


def _gain_db(mine_db: Floats, theirs_db: Floats, both: Mask, alike: float) -> Floats:
    """Octave by octave; as far as the notes are not `alike`, the low end is one band, and no octave reaches into it."""
    octaves = smoothed_db(theirs_db, both) - smoothed_db(mine_db, both)
    low = both & (CENTRES_HZ < LOW_END_HZ)
    if not low.any():
        return octaves
    above = smoothed_db(theirs_db, both & ~low) - smoothed_db(mine_db, both & ~low)
    whole_low, border = (
        _level_db(theirs_db[low]) - _level_db(mine_db[low]),
        int(np.searchsorted(CENTRES_HZ, LOW_END_HZ)),
    )
    share = np.clip(np.log2(LOW_END_HZ / CENTRES_HZ) / JOIN_OCTAVES, 0.0, 1.0)
    apart = np.where(low, share * whole_low + (1 - share) * above[border], above)
    return np.asarray(alike * octaves + (1 - alike) * apart)


def _level_db(levels_db: Floats) -> float:
    return float(10 * np.log10((10 ** (levels_db / 10)).sum()))


def notes_alike(mix: Profile, target: Profile, both: Mask) -> float:
    """0 where other bass notes are played, 1 where the same ones (or none): how much what stands out of the octaves of
    the low end looks the same in both."""
    low = both & (NOTES_HZ[0] < CENTRES_HZ) & (NOTES_HZ[1] > CENTRES_HZ)
    if low.sum() < STEPS:
        return 0.0
    mine, theirs = (
        (levels - smoothed_db(levels, both))[low] for levels in (total_db(mix.whole), total_db(target.whole))
    )
    apart = float(np.std(mine - theirs))
    spread = float(max(np.std(mine), np.std(theirs)))
    if spread < 1.0:
        return 1.0
    alike = 1 - 0.5 * (apart / spread) ** 2
    return float(np.clip((alike - OTHER_NOTES) / (SAME_NOTES - OTHER_NOTES), 0.0, 1.0))


def curve_to(mix: Profile, target: Profile, side_db: Floats | float = 0.0) -> Difference:
    """The smooth curve that gives `mix` the tone of `target` where both have sound, within ±6 dB; it fades out beyond.

    Where it would pass 6 dB on one side only, it is moved towards the other: that is level, which is matched anyway.
    """
    both = heard_in(mix) & heard_in(target)
    curve_db = np.zeros(len(CENTRES_HZ))
    if not both.any():
        return Difference(curve_db, both)
    free_db = curve_db + difference(mix, target, 0.0, side_db).gain_db
    highest, lowest = float(free_db[both].max()), float(free_db[both].min())
    if max(highest, -lowest) > MOST_DB:
        curve_db += np.clip(-(highest + lowest) / 2, -MOST_SHIFT_DB, MOST_SHIFT_DB)
    for _ in range(ROUNDS):
        left = difference(mix, target, curve_db, side_db)
        curve_db = held(curve_db + left.gain_db, both)
        if left.worst_db < CLOSE_DB:
            break
    return Difference(curve_db, both)


def _flattened(curve_db: Floats) -> Floats:
    """The curve without what is too steep: halfway between its Lipschitz envelopes (E. J. McShane, 1934)."""
    rises = np.cumsum(np.where(CENTRES_HZ < LOW_END_HZ, *STEEPEST_DB))
    apart_db = np.abs(np.subtract.outer(rises, rises))
    return np.asarray(((curve_db - apart_db).max(axis=1) + (curve_db + apart_db).min(axis=1)) / 2)


def held(curve_db: Floats, both: Mask) -> Floats:
    """Smooth, not steep in the low end, within ±6 dB, and fading out beyond what both have."""
    places = np.flatnonzero(both)
    inside = np.interp(np.arange(len(curve_db)), places, curve_db[places])
    inside = correlate1d(inside, _HALF, mode="nearest")
    inside = _flattened(inside)
    beyond = np.abs(np.arange(len(curve_db))[:, None] - places[None, :]).min(axis=1) / STEPS
    fade = 0.5 + 0.5 * np.cos(np.pi * np.clip(beyond / FADE_OCTAVES, 0.0, 1.0))
    return np.asarray(np.clip(inside, -MOST_DB, MOST_DB) * fade)
