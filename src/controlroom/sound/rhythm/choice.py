"""Which candidate is the beat: all evidence weighed together, with "there is no beat" as one of the answers.

A choice: each grid's log-odds against "no beat" come of its evidence in two ways, and the mean of both is taken: a
weighted sum (a conditional logit, `weights.py`) and decision trees (`trees.npz`), for which evidence is worth as much
as other evidence lets it be: a snare between two kicks means one thing in quick music and another in slow. The sum is
steady where nothing alike was learnt on, trees hear more; together they did better on music left out than either. Both
are learnt on songs whose beat is known, none of them a test's (`tools/train-rhythm`). So the confidence is a
probability, and shares itself out among rivals.

What was learnt on has more slow and fast songs than music has; so what is known beforehand is weighed too: tempi are
spread around a usual one as people feel and choose them (L. van Noorden and D. Moelants, "Resonance in the perception
of musical pulse", 1999). Short sounds, which may be loops and show less, have sums and a spread of their own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from controlroom.sound.rhythm.accents import Accents
from controlroom.sound.rhythm.bars import METERS, bars_of
from controlroom.sound.rhythm.grids import USUAL_BPM, Harmony, evidence_of, reading_of
from controlroom.sound.rhythm.periods import (
    FASTEST_BPM,
    SLOWEST_BPM,
    candidates,
    local_tempos,
    salience_of,
    tempos,
    whole_similarity,
    window_similarities,
)
from controlroom.sound.rhythm.pulses import Floats, Pulses
from controlroom.sound.rhythm.tracking import tracked
from controlroom.sound.rhythm.trees import Trees
from controlroom.sound.rhythm.weights import A_BEAT, FOR_A_BEAT

LOOP_S = 21.0  # up to here a sound may be a loop, and its length a number of beats
LOOP_BEATS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
RIVALS = {"2": 2, "1/2": 1 / 2, "3": 3, "1/3": 1 / 3, "3/2": 3 / 2, "2/3": 2 / 3, "4/3": 4 / 3, "3/4": 3 / 4}
SAME = 0.025  # natural logarithm of a ratio between tempos that are one
FEWEST_BEATS = 3
TREES = Path(__file__).with_name("trees.npz")
UNHEARD = -2.0  # log-odds of a grid before trees ask anything
FELT_SPREADS = {"song": 0.4, "loop": 0.31}  # how widely tempi lie around the usual one (natural logarithm)


class Grid(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A candidate: `beats` in hops, what speaks for it, and (once weighed) how likely it is. `wander`: how far its
    tempo, in windows of 10 s, goes from the 10th to the 90th percentile (natural logarithm of their ratio)."""

    tempo_bpm: float
    wander: float
    beats: Floats
    evidence: dict[str, float]
    likelihood: float = 0.0


def grids_of(pulses: Pulses, accents: Accents, harmony: Harmony) -> list[Grid]:
    """Every candidate for the beat, on the accents and half-way between them."""
    if len(accents.whole) < 2 * FEWEST_BEATS or not accents.whole.any():
        return []
    hop_s = accents.hop_s
    similarity = whole_similarity(accents)
    salience = salience_of(similarity, hop_s)
    windows, middles_s = window_similarities(accents)
    times_s = np.arange(len(accents.whole)) * hop_s
    found: list[Grid] = []
    for tempo in _with_loops(candidates(salience), pulses.duration_s):
        local = local_tempos(windows, tempo, hop_s) if pulses.duration_s > LOOP_S else np.full(len(windows), tempo)
        low, high = np.percentile(local, [10, 90])
        on = tracked(accents.whole, np.interp(times_s, middles_s, 60.0 / local / hop_s))
        if len(on) < FEWEST_BEATS:
            continue
        salient = _salience_near(salience, tempo)
        for shifted, beats in ((0.0, on), (1.0, _half_way(on, len(accents.whole)))):
            if len(beats) >= FEWEST_BEATS:
                reading = reading_of(accents, harmony, beats)
                evidence = evidence_of(accents, reading, pulses.duration_s / hop_s)
                evidence |= salient | {"shifted": shifted}
                bars = bars_of(reading, evidence)
                evidence |= {f"in_{meter}": bars.meters[meter] for meter in METERS}
                evidence["bars"] = bars.likelihood
                found.append(
                    Grid(
                        tempo_bpm=60.0 / reading.period / hop_s,
                        wander=float(np.log(high / low)),
                        beats=beats,
                        evidence=evidence,
                    )
                )
    return found


def _salience_near(salience: Floats, tempo_bpm: float) -> dict[str, float]:
    """How salient a tempo is, against the most salient of all, and how salient those in simple ratios to it are."""
    at = np.log(tempo_bpm * np.array([1.0, *RIVALS.values()]))
    own, *others = np.interp(at, np.log(tempos()), salience, left=0.0, right=0.0).tolist()
    found: dict[str, float] = {"salience": own, "salience_best": own / float(salience.max())}
    return found | {f"salience_{name}": other for name, other in zip(RIVALS, others, strict=True)}


def _with_loops(tried: list[float], duration_s: float) -> list[float]:
    """The tempos tried, and those that a loop of this length may have."""
    if duration_s > LOOP_S:
        return tried
    loops = (60.0 * beats / duration_s for beats in LOOP_BEATS)
    return tried + [
        tempo
        for tempo in loops
        if SLOWEST_BPM < tempo < FASTEST_BPM and all(abs(np.log(tempo / other)) > SAME / 2 for other in tried)
    ]


def _half_way(beats: Floats, hops: int) -> Floats:
    """Beats half-way between beats, one before and one after them too, where there is sound."""
    first, last = 1.5 * beats[0] - 0.5 * beats[1], 1.5 * beats[-1] - 0.5 * beats[-2]
    shifted = np.concatenate([[first], (beats[1:] + beats[:-1]) / 2, [last]])
    result: Floats = shifted[(shifted > -2) & (shifted < hops)]
    return result


def weighed(grids: list[Grid], duration_s: float) -> list[Grid]:
    """The grids with their likelihoods, the likeliest first; what is missing to 1 is for no beat at all."""
    if not grids:
        return []
    trees, sureness = learnt()
    kind = kind_of(duration_s)
    likelihoods = shares(odds_of(grids, kind, trees), sureness[kind])
    order = np.argsort(-likelihoods)
    return [msgspec.structs.replace(grids[i], likelihood=float(likelihoods[i])) for i in order]


def odds_of(grids: list[Grid], kind: str, trees: Trees) -> Floats:
    """The log-odds (grids,) of each grid against no beat."""
    weights = FOR_A_BEAT[kind]
    sums = [A_BEAT[kind] + sum(weights[name] * value for name, value in grid.evidence.items()) for grid in grids]
    odds: Floats = known_before(grids, kind) + (np.array(sums) + UNHEARD + trees.odds(evidence_rows(grids))) / 2
    return odds


def shares(odds: Floats, sureness: float) -> Floats:
    """How likely each is by its log-odds against nothing, where these are so sure."""
    logs = sureness * odds
    top = max(float(logs.max(initial=0.0)), 0.0)
    share = np.exp(logs - top)
    result: Floats = share / (share.sum() + np.exp(-top))
    return result


@lru_cache(1)
def learnt() -> tuple[Trees, dict[str, float]]:
    """The trees, and for loops and songs what their log-odds are multiplied with to be as likely right as they say."""
    with np.load(TREES) as held:
        trees = Trees(held["columns"].astype(np.int64), held["bounds"].astype(float), held["values"].astype(float))
        return trees, dict(zip(FELT_SPREADS, held["sureness"].tolist(), strict=True))


def known_before(grids: list[Grid], kind: str) -> Floats:
    """What their tempi add to their log-odds (grids,) before anything is heard."""
    away = np.log(np.array([grid.tempo_bpm for grid in grids]) / USUAL_BPM) / FELT_SPREADS[kind]
    odds: Floats = -0.5 * away**2
    return odds


def evidence_rows(grids: list[Grid]) -> Floats:
    """Their evidence (grids, figures), in the order in which it was found."""
    return np.array([list(grid.evidence.values()) for grid in grids])


def kind_of(duration_s: float) -> str:
    """Whether a sound may be a "loop", or is a "song"."""
    return "loop" if duration_s <= LOOP_S else "song"


def tempo_likelihoods(grids: list[Grid]) -> list[tuple[float, float]]:
    """Tempos (BPM) and how likely each is, whatever its phase; the likeliest first."""
    found: list[tuple[float, float]] = []
    for grid in grids:
        for place, (tempo, likelihood) in enumerate(found):
            if abs(np.log(tempo / grid.tempo_bpm)) < SAME:
                found[place] = (tempo, likelihood + grid.likelihood)
                break
        else:
            found.append((grid.tempo_bpm, grid.likelihood))
    return sorted(found, key=lambda pair: -pair[1])
