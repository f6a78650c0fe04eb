"""From a plan to a plan that goes toward the references: tone, dynamics, width, loudness, each by its amount."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from msgspec.structs import replace

from controlroom.base.errors import UsageError
from controlroom.base.finding import Finding
from controlroom.rooms.mastering.plan import MasterPlan, Match, WidthBand
from controlroom.rooms.mastering.reference.curve import curve_to
from controlroom.rooms.mastering.reference.dynamics import multiband_to
from controlroom.rooms.mastering.reference.misses import Miss, misses, to_three, told
from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, SPLITS_HZ, STEPS, Floats, Profile, widths_db
from controlroom.rooms.mastering.reference.tone import MOST_DB, Difference, difference, goal_of, heard_in, total_db
from controlroom.sound.linear_phase import through
from controlroom.sound.width import side_curve

LEAST_TONE_DB, LEAST_WIDTH_DB = 0.3, 0.5
WIDEST_DB, NO_SIDE_DB = -1.0, -40.0  # side less middle: no wider than this; nothing there to widen
LEAST_OCTAVES, UNLIKE_SHARE = 5.0, 0.5
WHOLE_OCTAVES = 7.5
WORTH_DB = 0.5  # making the master again brings some octave so much nearer, or it is near enough


class Amounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far to go: 0 not at all, 1 all the way; `loudness` 1 lands on that of the references."""

    tone: float = 1.0
    dynamics: float = 0.5
    width: float = 0.5
    loudness: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise UsageError(f"amount {name}", "it is no number from 0 to 1", "Try tone=0.5.")


USUAL = Amounts()


def toward(plan: MasterPlan, mix: Profile, target: Profile, amounts: Amounts = USUAL) -> MasterPlan:
    """`plan` with a matching curve, multiband, width and loudness toward `target`; `mix` is the mix's own profile.

    What the references decide replaces what the plan had decided by itself; what is less than can be heard is left out,
    so a mix like its references keeps its plan. Say `findings` beside it.
    """
    if _unlike(mix, target):
        amounts = Amounts(tone=0.0, dynamics=0.0, width=0.0, loudness=amounts.loudness)
    fits = amounts.tone > 0
    curve_db, width = np.zeros(len(CENTRES_HZ)), _width(mix, target, amounts.width, 0.0)
    for _ in range(2 if fits else 0):  # each moves the other a little
        side_db = _side_db(width)
        goal = goal_of(mix, target, side_db)
        curve_db = amounts.tone * curve_to(goal, total_db(mix.whole, side_db))
        width = _width(mix, target, amounts.width, curve_db)
    match = _match(curve_db, mix, target) if fits else ()
    dense = None if target.is_sparse else multiband_to(mix, target, amounts.dynamics, curve_db)
    wanted = wanted_lufs(target, plan.target_lufs, mix.integrated_lufs, amounts.loudness)
    return replace(
        plan,
        tone=() if fits else plan.tone,
        match=match,
        multiband=plan.multiband or dense,
        width=width or plan.width,
        target_lufs=wanted,
        gain_db=plan.gain_db if wanted is None or amounts.loudness == 0 else round(wanted - mix.integrated_lufs, 2),
        reasons=(*plan.reasons, _reason(target, amounts)),
    )


def wanted_lufs(target: Profile, own_lufs: float | None, mix_lufs: float, amount: float) -> float | None:
    """The loudness to make: from `own_lufs` (a plan's target; None: the mix's own) toward the references."""
    if amount == 0:
        return own_lufs
    begin = mix_lufs if own_lufs is None else own_lufs
    return round(begin + amount * (target.integrated_lufs - begin), 2)


def refined(plan: MasterPlan, mix: Profile, made: Profile, target: Profile, amounts: Amounts = USUAL) -> MasterPlan:
    """The plan again, once a master `made` by it was heard: its curve takes in what dynamics and limiter did to the
    tone. The same plan where the master is near enough, or where there is no curve."""
    if not amounts.tone or _unlike(mix, target):
        return plan
    goal = goal_of(mix, target, amount=amounts.tone)
    old_db, made_db = match_db(plan), total_db(made.whole)
    new_db = curve_to(goal, made_db, old_db)
    nearer_db = np.abs(goal.left_db(made_db)) - np.abs(goal.left_db(made_db + new_db - old_db))
    if float(nearer_db.max()) < WORTH_DB:
        return plan
    return replace(plan, match=_match(new_db, mix, target))


def match_db(plan: MasterPlan, freqs_hz: Floats = CENTRES_HZ) -> Floats:
    """What the matching curves of a plan add at each frequency, both channels alike."""
    curves = [through(one.freq_hz, one.gain_db)(freqs_hz) for one in plan.match if one.place == "stereo"]
    return np.asarray(np.sum(curves, axis=0)) if curves else np.zeros(len(freqs_hz))


def left_over(mix: Profile, made: Profile, target: Profile, plan: MasterPlan) -> tuple[Miss, ...]:
    """Where a master of `mix`, heard as `made`, stays off the references whose curve the plan has."""
    if _unlike(mix, target):
        return ()
    goal = goal_of(mix, target)
    left = Difference(difference(made, target).gain_db, goal.both)
    return misses(left, match_db(plan), goal.alike)


def findings(
    mix: Profile, target: Profile, amounts: Amounts = USUAL, left: tuple[Miss, ...] = ()
) -> tuple[Finding, ...]:
    """What a reference cannot tell about this mix, and where its tone was not reached that was wholly asked for."""
    found = list(target.findings)
    both = heard_in(mix) & heard_in(target)
    if target.is_sparse and not mix.is_sparse:
        found.append(Finding(code="reference_sparse", severity="advice"))
    if _unlike(mix, target):
        found.append(Finding(code="reference_unlike", severity="warning"))
    elif amounts.tone:
        places = CENTRES_HZ[both]
        if math.log2(places[-1] / places[0]) < WHOLE_OCTAVES:
            ends: dict[str, str | int | float | bool] = {"low_hz": to_three(places[0]), "high_hz": to_three(places[-1])}
            found.append(Finding(code="reference_in_part", severity="advice", args=ends))
        if amounts.tone == 1.0:
            found += told(left)
    if amounts.width and mix.is_mono and not target.is_mono:
        found.append(Finding(code="reference_width_mono", severity="info"))
    return tuple(found)


def _unlike(mix: Profile, target: Profile) -> bool:
    """No tone to take: too few octaves in common, or half of them further from the rest than a master may go."""
    both = heard_in(mix) & heard_in(target)
    if both.sum() < LEAST_OCTAVES * STEPS:
        return True
    gain_db = difference(mix, target).gain_db[both]
    return float((np.abs(gain_db - np.median(gain_db)) > MOST_DB).mean()) > UNLIKE_SHARE


def _match(curve_db: Floats, mix: Profile, target: Profile) -> tuple[Match, ...]:
    """The curve in sixths of an octave, from where it begins to where it ends."""
    if float(np.abs(curve_db).max()) < LEAST_TONE_DB:
        return ()
    ends = np.flatnonzero(np.abs(curve_db) > 0.005)
    first, last = max(int(ends[0]) - 1, 0), min(int(ends[-1]) + 1, len(curve_db) - 1)
    places = sorted({*range(first, last, 2), last})
    both = CENTRES_HZ[heard_in(mix) & heard_in(target)]
    first_hz, last_hz = to_three(both[0]), to_three(both[-1])
    return (
        Match(
            freq_hz=tuple(to_three(CENTRES_HZ[k]) for k in places),
            gain_db=tuple(round(float(curve_db[k]), 2) for k in places),
            reason=f"The tone of the references from {first_hz:g} to {last_hz:g} Hz, where both sound.",
        ),
    )


def _width(mix: Profile, target: Profile, amount: float, curve_db: Floats | float) -> tuple[WidthBand, ...]:
    """What the side needs in each band where both have one; the low end never gets wider."""
    both = heard_in(mix) & heard_in(target)
    edges = [0.0, *SPLITS_HZ, 0.0]
    bands = []
    for k, (mine, theirs) in enumerate(zip(widths_db(mix, both, curve_db), widths_db(target, both), strict=True)):
        if mine is None or theirs is None or mine < NO_SIDE_DB:
            continue
        side_db = float(np.clip(amount * (min(theirs, max(mine, WIDEST_DB)) - mine), -MOST_DB, MOST_DB))
        if abs(side_db) < LEAST_WIDTH_DB or (k == 0 and side_db > 0):
            continue
        reason = f"Side less middle is {mine:.1f} dB here, that of the references {theirs:.1f} dB."
        bands.append(WidthBand(from_hz=edges[k], to_hz=edges[k + 1], side_db=round(side_db, 1), reason=reason))
    return tuple(bands)


def _side_db(width: tuple[WidthBand, ...]) -> Floats:
    return side_curve([(band.from_hz, band.to_hz, band.side_db) for band in width])(CENTRES_HZ)


def _reason(target: Profile, amounts: Amounts) -> str:
    names = ", ".join(target.names) or "the references"
    shares = ", ".join(f"{name} {100 * getattr(amounts, name):.0f} %" for name in amounts.__struct_fields__)
    return f"Toward {names}: {shares}."
