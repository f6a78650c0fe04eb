"""Bars: which beats begin them, and how many beats they hold.

Each beat is described by its accents, by how far harmony moves there and by what follows. A metre with a first beat is
as likely as its places in the bar look like those places do in music (weights learnt on songs whose bars are known);
the same weights then lead a Viterbi search through the beats, in which the count may start anew.
"""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.chroma import Chroma
from controlroom.sound.rhythm.accents import Accents
from controlroom.sound.rhythm.grids import harmony_steps, read_grid
from controlroom.sound.rhythm.pulses import Floats
from controlroom.sound.rhythm.weights import FOR_A_METER, FOR_PLACES

METERS = {"4/4": 4, "3/4": 3, "6/8": 2}  # beats in a bar; in 6/8 the dotted quarter is the beat


def described(accents: Accents, chroma: Chroma | None, beats: Floats) -> Floats:
    """Each beat in figures (beats, 10), about -2 to 2, their mean taken out: accents of five bands, low accents half a
    beat later, low accents of the beat and two after it against those around, how far harmony and its bass move."""
    read = read_grid(accents, beats)
    scale = accents.bands.std(axis=0) + 1e-9
    on_beat = np.clip(read[:, 0] / scale, -1, 4) / 2
    half_low = np.clip(read[:, 12, 0] / scale[0], -1, 4) / 2
    lasting = np.clip((read / scale).mean(axis=(1, 2)), -1, 2)
    steps = np.zeros((len(beats), 3))
    if chroma is not None and len(chroma.treble):
        times_s = beats * accents.hop_s
        steps[:, 0] = harmony_steps(chroma, times_s)
        if len(beats) > 4:  # two beats against the two before
            even, odd = harmony_steps(chroma, times_s[::2]), harmony_steps(chroma, times_s[1::2])
            steps[::2, 1], steps[1::2, 1] = even, odd
        spread = steps.std(axis=0)
        steps = np.where(spread > 0.01, steps / np.maximum(spread, 1e-9) / 2, 0.0)
        steps[:, 2] = steps[:, 0] * steps[:, 1]
    rows = np.column_stack([on_beat, half_low, lasting, steps])
    result: Floats = rows - rows.mean(axis=0)
    return result


def evidence_of_bars(rows: Floats, meter: str, first: int) -> Floats:
    """Mean description of each place in the bar (places * figures,), were beat `first` the first of one."""
    beats = METERS[meter]
    place = (np.arange(len(rows)) - first) % beats
    means = [rows[place == i].sum(axis=0) / (np.count_nonzero(place == i) + 1.0) for i in range(beats)]
    return np.concatenate(means)


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """The likeliest metre and the number of the first beat that begins a bar, each with its likelihood (the second
    that of both together)."""

    meter: str
    meter_likelihood: float
    first: int
    likelihood: float


def bars_of(accents: Accents, chroma: Chroma | None, beats: Floats, evidence: dict[str, float]) -> Bars:
    """The bars of `beats` (in hops), whose general `evidence` is known."""
    rows = described(accents, chroma, beats)
    odds: dict[tuple[str, int], float] = {}
    for meter, beats_in_bar in METERS.items():
        general = sum(weight * evidence.get(name, 1.0) for name, weight in FOR_A_METER[meter].items())
        places = np.array(FOR_PLACES[meter]).ravel()
        for first in range(beats_in_bar):
            odds[meter, first] = general + float(evidence_of_bars(rows, meter, first) @ places)
    shares = np.exp(np.array(list(odds.values())) - max(odds.values()))
    likely = dict(zip(odds, (shares / shares.sum()).tolist(), strict=True))
    meters = {meter: sum(share for (of, _), share in likely.items() if of == meter) for meter in METERS}
    meter = max(meters, key=lambda name: meters[name])
    first = max(range(METERS[meter]), key=lambda place: likely[meter, place])
    return Bars(meter=meter, meter_likelihood=meters[meter], first=first, likelihood=likely[meter, first])
