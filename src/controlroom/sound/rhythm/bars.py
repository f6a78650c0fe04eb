"""Bars: which beats begin them, and how many beats they hold.

Each beat is described by its accents, by how far harmony moves there and by what follows. A metre with a first beat is
as likely as its places in the bar look like those places do in music (weights learnt on songs whose bars are known);
the same weights then lead a Viterbi search through the beats, in which the count may start anew.
"""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.rhythm.grids import Reading, metrical_evidence, part_of
from controlroom.sound.rhythm.pulses import Floats
from controlroom.sound.rhythm.weights import FOR_A_METER, FOR_PLACES

METERS = {"4/4": 4, "3/4": 3, "6/8": 2}  # beats in a bar; in 6/8 the dotted quarter is the beat
LEAST_SPREAD = 0.01
STRONG_COUNTS = 3.0
COUNTS = tuple((meter, first) for meter, beats in METERS.items() for first in range(beats))
PLACES = {meter: np.array(rows) for meter, rows in FOR_PLACES.items()}
WINDOW_BEATS, WINDOW_HOP = 24, 8
WINDOW_COUNTS = 0.6  # windows overlap: each tells less than it seems to
LEAST_LIKELIHOOD = 0.003
CHANGE = 4.0


def described(reading: Reading) -> Floats:
    """Each beat in figures (beats, 10), about -2 to 2, their mean taken out: accents of five bands, low accents half a
    beat later, accents throughout the beat, how far harmony moves from beat to beat, from two to two, and both."""
    on_beat = STRONG_COUNTS * reading.strong
    half_low = np.clip(reading.accents[:, 12, 0], -1, 4) / 2
    lasting = np.clip(reading.accents.mean(axis=(1, 2)), -1, 2)
    steps = np.column_stack([reading.steps, reading.double_steps, reading.steps])
    spread = steps.std(axis=0)
    steps = np.where(spread > LEAST_SPREAD, steps / np.maximum(spread, LEAST_SPREAD) / 2, 0.0)
    steps[:, 2] = steps[:, 0] * steps[:, 1]
    rows = np.column_stack([on_beat, half_low, lasting, steps])
    result: Floats = rows - rows.mean(axis=0)
    return result


def means_of_places(rows: Floats, beats_in_bar: int) -> Floats:
    """Mean description of each place in the bar (places, figures), were the first row the first beat of one."""
    missing = -len(rows) % beats_in_bar
    sums = np.pad(rows, ((0, missing), (0, 0))).reshape(-1, beats_in_bar, rows.shape[1]).sum(axis=0)
    counts = np.full(beats_in_bar, (len(rows) + missing) // beats_in_bar)
    counts[beats_in_bar - missing :] -= 1
    result: Floats = sums / (counts[:, None] + 1.0)
    return result


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """The likeliest metre, how likely each is, and the number of the first beat that begins a bar, with the likelihood
    of both together."""

    meter: str
    meters: dict[str, float]
    first: int
    likelihood: float


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """From beat `begins` on, bars of `meter` that begin at beat `first` and at every so many more."""

    begins: int
    meter: str
    first: int


def bars_of(reading: Reading, evidence: dict[str, float]) -> Bars:
    """The bars of a reading whose metrical `evidence` is known, were they the same from beginning to end."""
    likely = dict(zip(COUNTS, _likelihoods(described(reading), evidence, 0).tolist(), strict=True))
    meters = {meter: sum(share for (of, _), share in likely.items() if of == meter) for meter in METERS}
    meter = max(meters, key=lambda name: meters[name])
    first = max(range(METERS[meter]), key=lambda place: likely[meter, place])
    return Bars(meter=meter, meters=meters, first=first, likelihood=likely[meter, first])


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """How bars are counted through a piece: one count, or more where a metre changes or a beat is lost or added; and
    how likely the metres, and metres and first beats together, are throughout."""

    counts: tuple[Count, ...]
    meter_likelihood: float
    likelihood: float


def counting_of(reading: Reading, evidence: dict[str, float]) -> Counting:
    """The counting of a reading whose metrical `evidence` is known; the same bars throughout, where they hold."""
    rows = described(reading)
    starts = range(0, max(len(rows) - WINDOW_BEATS, 0) + 1, WINDOW_HOP)
    likely = np.empty((len(starts), len(COUNTS)))
    for window, start in enumerate(starts):
        stop = start + WINDOW_BEATS
        here = evidence | metrical_evidence(part_of(reading, start, stop))
        likely[window] = _likelihoods(rows[start:stop], here, start)
    path = _path(WINDOW_COUNTS * np.log(likely + LEAST_LIKELIHOOD))
    changes = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist()]
    if len(changes) == 1:
        bars = bars_of(reading, evidence)
        only = Count(begins=0, meter=bars.meter, first=bars.first)
        return Counting(counts=(only,), meter_likelihood=bars.meters[bars.meter], likelihood=bars.likelihood)
    middle = (WINDOW_BEATS - WINDOW_HOP) // 2
    counts: list[Count] = []
    for window in changes:
        meter, first = COUNTS[path[window]]
        begins = window * WINDOW_HOP + middle if window else 0
        counts.append(Count(begins=begins, meter=meter, first=begins + (first - begins) % METERS[meter]))
    alike = np.array([[meter == COUNTS[place][0] for meter, _ in COUNTS] for place in path])
    return Counting(
        counts=tuple(counts),
        meter_likelihood=float((likely * alike).sum(axis=1).mean()),
        likelihood=float(likely[np.arange(len(path)), path].mean()),
    )


def _likelihoods(rows: Floats, evidence: dict[str, float], start: int) -> Floats:
    """How likely each of `COUNTS` is for rows that begin with beat `start`."""
    odds: list[float] = []
    for meter, beats_in_bar in METERS.items():
        general = sum(weight * evidence.get(name, 1.0) for name, weight in FOR_A_METER[meter].items())
        means = means_of_places(rows, beats_in_bar)
        for first in range(beats_in_bar):
            odds.append(general + float(np.vdot(np.roll(means, start - first, axis=0), PLACES[meter])))
    shares = np.exp(np.array(odds) - max(odds))
    result: Floats = shares / shares.sum()
    return result


def _path(logs: Floats) -> list[int]:
    """The likeliest counts (windows,), where a change has its cost."""
    score, source = logs[0], []
    for row in logs[1:]:
        changed = score[:, None] - CHANGE_COSTS
        source.append(changed.argmax(axis=0))
        score = changed.max(axis=0) + row
    path = [int(np.argmax(score))]
    for came in reversed(source):
        path.append(int(came[path[-1]]))
    return path[::-1]


def _change_costs() -> Floats:
    """What it costs to count otherwise (from, to); twice as much between 6/8 and 4/4, which beat alike."""
    costs = np.full((len(COUNTS), len(COUNTS)), CHANGE)
    for here, (meter, _) in enumerate(COUNTS):
        for there, (other, _) in enumerate(COUNTS):
            costs[here, there] *= (here != there) * (2 if {meter, other} == {"4/4", "6/8"} else 1)
    return costs


CHANGE_COSTS = _change_costs()
