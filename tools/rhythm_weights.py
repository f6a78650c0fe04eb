"""How the weights of the rhythm's evidence are learnt: conditional logits, of bars first and then of beats."""

from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize

from controlroom.sound.rhythm import bars, choice, weights
from controlroom.sound.rhythm.accents import accents_of
from controlroom.sound.rhythm.grids import Harmony, evidence_of, reading_of

FOR_TEMPO, FOR_BARS = 15.0, 3.0  # how strongly weights are drawn to nothing
LOOPS_TELL = 0.8  # loops of one song are no independent witnesses: their evidence counts for less than it seems to
WITHIN = 0.04
GENERAL = [name for name in weights.FOR_A_METER["4/4"] if name != "usual"]


class Item(msgspec.Struct):
    name: str
    group: str
    counts: float
    pulses: object
    chroma: object
    tempo_bpm: float | None = None
    meter: str | None = None
    beats_s: np.ndarray | None = None
    downbeats_s: np.ndarray | None = None


class Choices(msgspec.Struct):
    """One row for each answer that might be given, those of an item together; `none`: that there may be no answer."""

    rows: list
    right: list
    counts: list

    def fitted(self, decay, spread, *, none):
        """Weights by conditional logit (D. McFadden, 1974) with a ridge, columns measured in `spread`."""
        rows = np.concatenate(self.rows) / spread
        if none:
            rows = np.column_stack([rows, np.ones(len(rows))])
        begins = np.cumsum([0] + [len(each) for each in self.rows])[:-1]
        of = np.repeat(np.arange(len(begins)), [len(each) for each in self.rows])
        right, counts = np.concatenate(self.right), np.array(self.counts)
        nowhere = ~np.logical_or.reduceat(right, begins)
        drawn = np.full(rows.shape[1], decay)
        drawn[-1] *= not none

        def cost(values):
            odds = rows @ values
            top = np.maximum(np.maximum.reduceat(odds, begins), 0 if none else -np.inf)
            share = np.exp(odds - top[of])
            nothing = np.exp(-top) * none
            total = np.add.reduceat(share, begins) + nothing
            hit = np.where(nowhere, nothing, np.add.reduceat(share * right, begins)) + 1e-12
            slope = (np.where(nowhere[of], 0, share * right / hit[of]) - share / total[of]) * counts[of]
            value = -(counts * np.log(hit / total)).sum() + 0.5 * (drawn * values**2).sum()
            return value, drawn * values - rows.T @ slope

        values = minimize(cost, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
        return (values[:-1] / spread, values[-1]) if none else values / spread


def bar_choices(items):
    """Metres with their first beats, for items whose bars are known; the answers in the order of `bars.COUNTS`."""
    found = Choices([], [], [])
    for each in items:
        if each.downbeats_s is None or len(each.beats_s) < 4 or not len(each.downbeats_s):
            continue
        accents = accents_of(each.pulses)
        hops = np.round(each.beats_s / accents.hop_s).astype(int)[:, None] + np.arange(-3, 4)
        near = np.clip(hops, 0, len(accents.whole) - 1)
        beats = near[np.arange(len(near)), accents.whole[near].argmax(axis=1)].astype(float)
        if np.any(np.diff(beats) < 1):
            continue
        reading = reading_of(accents, Harmony(each.chroma), beats)
        evidence = evidence_of(accents, reading, len(accents.whole))
        general, rows = [*(evidence[name] for name in GENERAL), 1.0], bars.described(reading)
        first = int(np.argmin(np.abs(each.beats_s - each.downbeats_s[0])))
        answers = []
        for meter, place in bars.COUNTS:
            own = np.roll(bars.means_of_places(rows, bars.METERS[meter]), -place, axis=0)
            answers.append(np.concatenate([
                [*own.ravel(), *general] if of == meter else np.zeros(beats * rows.shape[1] + len(general))
                for of, beats in bars.METERS.items()
            ]))  # fmt: skip
        found.rows.append(np.array(answers))
        found.right.append(np.array([at == (each.meter, first % bars.METERS[each.meter]) for at in bars.COUNTS]))
        found.counts.append(each.counts)
    return found


def learn_bars(items):
    """Bars' weights, laid down where `bars` finds them."""
    choices = bar_choices(items)
    every = np.concatenate(choices.rows)
    spread = np.maximum(every.std(axis=0), 0.02)
    values, at = choices.fitted(FOR_BARS, spread, none=False), 0
    for meter, beats in bars.METERS.items():
        width = (every.shape[1] - 3 * len(GENERAL) - 3) // sum(bars.METERS.values())
        bars.PLACES[meter] = values[at : at + beats * width].reshape(beats, width)
        at += beats * width
        names = (*GENERAL, "usual")
        bars.FOR_A_METER[meter] = dict(zip(names, values[at : at + len(names)].tolist(), strict=True))
        at += len(names)


def right_tempo(grid, each):
    return each.tempo_bpm is not None and abs(np.log(grid.tempo_bpm / each.tempo_bpm)) < WITHIN


def grids_for(each):
    accents = accents_of(each.pulses)
    return choice.grids_of(each.pulses, accents, Harmony(each.chroma))


def tempo_choices(items, grids, names, kind):
    """The candidates of songs or of loops, and of what has no beat."""
    found = Choices([], [], [])
    for each, tried in zip(items, grids, strict=True):
        right = np.array([right_tempo(grid, each) for grid in tried], bool)
        beats = each.tempo_bpm is not None
        if not len(tried) or (beats and (not right.any() or choice.kind_of(each.pulses.duration_s) != kind)):
            continue
        if each.beats_s is not None:  # on the beat, and not half-way
            hop_s = each.pulses.hop_s
            on = [share_on(grid.beats * hop_s, each.beats_s) > 0.6 for grid in tried]
            right = right & on if (right & on).any() else right
        found.rows.append(np.array([[grid.evidence[name] for name in names] for grid in tried]))
        found.right.append(right)
        found.counts.append(each.counts)
    return found


def learn_tempi(items, grids):
    """The weights of a beat's evidence, in songs and in loops, laid down where `choice` finds them."""
    names = list(next(filter(None, grids))[0].evidence)
    for kind, tell in (("song", 1.0), ("loop", LOOPS_TELL)):
        laid_down(tempo_choices(items, grids, names, kind), names, kind, tell)


def laid_down(choices, names, kind, tell):
    spread = np.concatenate(choices.rows).std(axis=0) + 1e-6
    values, a_beat = choices.fitted(FOR_TEMPO, spread, none=True)
    choice.A_BEAT[kind] = tell * float(a_beat)
    choice.FOR_A_BEAT[kind] = dict(zip(names, (tell * values).tolist(), strict=True))


def share_on(beats_s, truth_s):
    if not len(truth_s):
        return 0.0
    return float((np.abs(beats_s[:, None] - truth_s).min(axis=0) < 0.07).mean())


def learn(items):
    learn_bars(items)
    learn_tempi(items, [grids_for(each) for each in items])


def written(learnt_on):
    lines = [
        '"""Weights of the evidence, learnt by conditional logit (`tools/train-rhythm`).',
        "",
        *learnt_on,
        '"""',
        "",
    ]
    lines += ["A_BEAT = {  # for there being a beat at all"]
    lines += [f'    "{kind}": {value:.4g},' for kind, value in choice.A_BEAT.items()]
    lines += ["}", "FOR_A_BEAT: dict[str, dict[str, float]] = {"]
    for kind, values in choice.FOR_A_BEAT.items():
        lines += [f'    "{kind}": {{', *(f'        "{name}": {v:.4g},' for name, v in values.items()), "    },"]
    lines += ["}", "# rows: the beats of a bar; columns: as `bars.described` gives them"]
    lines += ["FOR_PLACES: dict[str, tuple[tuple[float, ...], ...]] = {"]
    for meter, rows in bars.PLACES.items():
        lines += [f'    "{meter}": (', *(f"        ({', '.join(f'{v:.3g}' for v in row)})," for row in rows), "    ),"]
    lines += ["}", "FOR_A_METER: dict[str, dict[str, float]] = {"]
    for meter, general in bars.FOR_A_METER.items():
        lines += [f'    "{meter}": {{', *(f'        "{name}": {v:.3g},' for name, v in general.items()), "    },"]
    Path(weights.__file__).write_text("\n".join([*lines, "}", ""]))
