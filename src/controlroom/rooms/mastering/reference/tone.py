"""How the tone of one recording differs from that of another, octave by octave, at equal loudness.

Compared is power in the octave around each band, only where both have sound. What a curve should reach (`Goal`) is the
same with two reservations: quiet sections count against quiet ones and loud against loud ones, and bass notes are left
alone. In the low end an octave is narrower than what one bass note or another makes of it: there octaves count as far
as both play the same notes; as far as they do not, the whole low end counts as one, so that a song in another key is
not tuned to the reference's notes.
"""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.rooms.mastering.reference.profile import (
    CENTRES_HZ,
    K_WEIGHTING,
    NOTHING_DB,
    STEPS,
    Floats,
    Kind,
    Mask,
    Profile,
)
from controlroom.sound.filters import response_db

MOST_DB = 6.0
LOW_END_HZ = 160.0  # below: notes; above: tone
JOIN_HZ = LOW_END_HZ / 2**0.5  # from here on the low end comes to meet what is above
NOTES_HZ = (35.0, 260.0)
SAME_NOTES, OTHER_NOTES = 0.9, 0.5  # correlation of what stands out of the low end
KINDS_DB = 0.5  # as far the sections, like with like, may move what the whole asks for
LOUD_ENOUGH_DB = 45.0  # an octave so far under the loudest is no sound to match
LOWEST_HZ = 30.0  # below lies no note

_APART = np.abs(np.subtract.outer(np.arange(len(CENTRES_HZ)), np.arange(len(CENTRES_HZ))))
OCTAVES: Floats = np.clip(STEPS / 2 + 0.5 - _APART, 0.0, 1.0)  # row k: the bands in the octave around band k
HEARD: Floats = 10 ** (response_db(K_WEIGHTING, 48000, CENTRES_HZ) / 10)  # how loud the power of a band is


class Difference(msgspec.Struct, frozen=True, eq=False):
    """What one recording has to gain in the octave around each band to have the tone of another, at equal loudness;
    nothing is said outside `both`."""

    gain_db: Floats
    both: Mask

    @property
    def worst_db(self) -> float:
        return float(np.abs(self.gain_db[self.both]).max(initial=0.0))


class Goal(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a curve should reach: the power of the bands in each of `groups` (groups, bands) at `level_db`, less the
    loudness, each as important as its weight. `alike`: how far the bass notes are the same (`notes_alike`)."""

    groups: Floats
    weights: Floats
    level_db: Floats
    both: Mask
    alike: float

    def left_db(self, levels_db: Floats) -> Floats:
        """What each group still has to gain against the rest where the bands have these levels."""
        left_db = self.level_db - _grouped_db(levels_db, self.groups)
        return np.asarray(left_db - np.median(left_db))


def total_db(kind: Kind, side_db: Floats | float = 0.0) -> Floats:
    """Level of both channels in each band, the difference of the channels `side_db` louder."""
    mid, side = np.array(kind.mid_db), np.array(kind.side_db)
    power = np.where(mid > NOTHING_DB, 10 ** (mid / 10), 0.0)
    power += np.where(side > NOTHING_DB, 10 ** ((side + side_db) / 10), 0.0)
    return np.asarray(np.where(power > 0, 10 * np.log10(np.maximum(2 * power, 1e-30)), NOTHING_DB))


def loudness_db(levels_db: Floats) -> float:
    """How loud the bands are together, K-weighted: what a curve does to it, it does to the loudness."""
    return float(10 * np.log10(HEARD @ 10 ** (levels_db / 10)))


def heard_in(profile: Profile) -> Mask:
    """The bands in which a recording has sound: up to its end, where the octave around holds some."""
    levels = total_db(profile.whole)
    there = levels > NOTHING_DB
    ends = np.flatnonzero(there)
    if not len(ends):
        return there
    there[ends[0] : ends[-1] + 1] = True  # a gap between two partials is no end
    smooth = smoothed_db(levels, there)
    return np.asarray(there & (smooth > smooth[there].max() - LOUD_ENOUGH_DB) & (CENTRES_HZ > LOWEST_HZ))


def smoothed_db(levels_db: Floats, there: Mask) -> Floats:
    """The mean level in the octave around each band, of the bands that are `there`."""
    power = np.where(there, 10 ** (levels_db / 10), 0.0)
    return np.asarray(10 * np.log10(np.maximum(OCTAVES @ power, 1e-30) / np.maximum(OCTAVES @ there, 0.5)))


def difference(
    mix: Profile, target: Profile, curve_db: Floats | float = 0.0, side_db: Floats | float = 0.0
) -> Difference:
    """What `mix`, changed by `curve_db`, its side `side_db` louder, has to gain to have the tone of `target`."""
    both = heard_in(mix) & heard_in(target)
    return Difference(_gain_db(total_db(mix.whole, side_db) + curve_db, total_db(target.whole), both), both)


def _gain_db(mine_db: Floats, theirs_db: Floats, both: Mask) -> Floats:
    octaves = OCTAVES * both
    gain_db = _grouped_db(theirs_db, octaves) - _grouped_db(mine_db, octaves)
    return np.asarray(np.where(both, gain_db, 0.0))


def _grouped_db(levels_db: Floats, groups: Floats) -> Floats:
    power = groups @ 10 ** (levels_db / 10)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-30)) - loudness_db(levels_db))


def goal_of(mix: Profile, target: Profile, side_db: Floats | float = 0.0, amount: float = 1.0) -> Goal:
    """What a curve for `mix`, its side `side_db` louder, should reach: `amount` of the way to the tone of `target`."""
    both = heard_in(mix) & heard_in(target)
    alike = notes_alike(mix, target, both)
    octaves = (OCTAVES * both)[both]
    low = both & (CENTRES_HZ < LOW_END_HZ)
    reaching = octaves[:, low].any(axis=1)
    above = octaves * ~low
    apart = np.where(above.sum(axis=1, keepdims=True) < STEPS / 2, low, above)  # the low end as one, or without it
    groups = np.concatenate([octaves, apart[reaching]])
    weights = np.concatenate([np.where(reaching, alike, 1.0), np.full(int(reaching.sum()), 1.0 - alike)])
    mine_db, theirs_db = total_db(mix.whole, side_db), total_db(target.whole)
    by_kind = _by_kind_db(mix, target, side_db, both)[both]
    level_db = _grouped_db(theirs_db, groups) + np.concatenate([by_kind, by_kind[reaching]])
    level_db -= (1 - amount) * (level_db - _grouped_db(mine_db, groups))
    counted = weights > 0
    return Goal(groups=groups[counted], weights=weights[counted], level_db=level_db[counted], both=both, alike=alike)


def _by_kind_db(mix: Profile, target: Profile, side_db: Floats | float, both: Mask) -> Floats:
    """What sections ask for, quiet compared with quiet and loud with loud, beyond what the whole asks for."""
    if not (mix.kinds and target.kinds):
        return np.zeros(len(CENTRES_HZ))
    whole = _gain_db(total_db(mix.whole, side_db), total_db(target.whole), both)
    by_kind = np.zeros(len(CENTRES_HZ))
    for mine, theirs in zip(mix.kinds, target.kinds, strict=True):
        mine_db, theirs_db = total_db(mine, side_db), total_db(theirs)
        sound = np.minimum(OCTAVES @ (mine_db > NOTHING_DB), OCTAVES @ (theirs_db > NOTHING_DB)) >= STEPS / 2
        by_kind += mine.share * np.where(sound, _gain_db(mine_db, theirs_db, both), whole)
    return np.asarray(np.clip(by_kind - whole, -KINDS_DB, KINDS_DB))


def notes_alike(mix: Profile, target: Profile, both: Mask) -> float:
    """0 where other bass notes are played, 1 where the same ones (or none): how much what stands out of the octaves of
    the low end looks the same in both."""
    low = both & (NOTES_HZ[0] < CENTRES_HZ) & (NOTES_HZ[1] > CENTRES_HZ)
    if low.sum() < STEPS:
        return 0.0
    mine, theirs = (_standing_out(total_db(one.whole), both)[low] for one in (mix, target))
    apart = float(np.std(mine - theirs))
    spread = float(max(np.std(mine), np.std(theirs)))
    if spread < 1.0:
        return 1.0
    alike = 1 - 0.5 * (apart / spread) ** 2
    return float(np.clip((alike - OTHER_NOTES) / (SAME_NOTES - OTHER_NOTES), 0.0, 1.0))


def _standing_out(levels_db: Floats, both: Mask) -> Floats:
    """Each band and its neighbours (a sixth of an octave, wide enough for a note) against the octave around it."""
    power = 10 ** (levels_db / 10)
    narrow = np.convolve(power, [0.25, 0.5, 0.25], mode="same")
    return np.asarray(10 * np.log10(np.maximum(narrow, 1e-30)) - smoothed_db(levels_db, both))
