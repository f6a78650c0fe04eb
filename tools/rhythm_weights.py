"""How the rhythm's evidence is weighed: bars by a conditional logit, beats by another and by trees."""

from pathlib import Path

import msgspec
import numpy as np
from rhythm_trees import Choices, grown
from scipy.optimize import minimize, minimize_scalar

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
    kind: str
    recorded: bool
    counts: float
    pulses: object
    chroma: object
    tempo_bpm: float | None = None
    meter: str | None = None
    beats_s: np.ndarray | None = None
    downbeats_s: np.ndarray | None = None


def fitted(rows, right, sizes, counts, decay, spread):
    """Weights by conditional logit (D. McFadden, 1974) with a ridge, columns measured in `spread`; items' answers lie
    together, so many of each as `sizes` say. Where none is right, "none" is, whose log-odds are 0."""
    begins = np.cumsum([0, *sizes])[:-1]
    of = np.repeat(np.arange(len(begins)), sizes)
    rows = rows / spread
    none = not np.logical_or.reduceat(right, begins).all()
    nowhere = ~np.logical_or.reduceat(right, begins)
    drawn = np.where(np.ptp(rows, axis=0) > 0, decay, 0.0)  # not what is the same for all answers

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

    start = np.zeros(rows.shape[1])
    return minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x / spread


class BarChoices(msgspec.Struct):
    """One row for each answer that might be given, those of an item together."""

    rows: list
    right: list
    counts: list


def bar_choices(items):
    """Metres with their first beats, for items whose bars are known; the answers in the order of `bars.COUNTS`."""
    found = BarChoices([], [], [])
    for each in items:
        if each.downbeats_s is None or each.beats_s is None or len(each.beats_s) < 4 or not len(each.downbeats_s):
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
    joined = every, np.concatenate(choices.right), [len(each) for each in choices.rows], np.array(choices.counts)
    values, at = fitted(*joined, FOR_BARS, spread), 0
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


def learn_beats(items, grids):
    """Sums of the evidence, laid down where `choice` finds them, and trees, which are given back."""
    names = list(next(filter(None, grids))[0].evidence)
    for kind, tell in (("song", 1.0), ("loop", LOOPS_TELL)):
        of_kind = tempo_choices(items, grids, kind)
        rows = np.column_stack([of_kind.rows, np.ones(len(of_kind.rows))])
        spread = np.append(of_kind.rows.std(axis=0) + 1e-6, 1.0)
        values = tell * fitted(rows, of_kind.right, of_kind.sizes, of_kind.counts, FOR_TEMPO, spread)
        choice.A_BEAT[kind] = float(values[-1])
        choice.FOR_A_BEAT[kind] = dict(zip(names, values[:-1].tolist(), strict=True))
    return grown(tempo_choices(items, grids))


def tempo_choices(items, grids, only=None):
    """The candidates of what has a beat among them (`only`: of one kind), and of what has none."""
    rows, rights, starts, sizes, counts = [], [], [], [], []
    for each, tried in zip(items, grids, strict=True):
        right, kind = right_grids(each, tried), choice.kind_of(each.pulses.duration_s)
        if tried and (each.tempo_bpm is None or (right.any() and only in (None, kind))):
            rows.append(choice.evidence_rows(tried))
            rights.append(right)
            starts.append(choice.known_before(tried, kind) + choice.UNHEARD)
            sizes.append(len(tried))
            counts.append(each.counts)
    joined = (np.concatenate(parts) for parts in (rows, rights, starts))
    return Choices(*joined, sizes=np.array(sizes), counts=np.array(counts))


def right_grids(each, tried):
    """Which have the tempo, and are on the beat and not half-way where that is known."""
    right = np.array([right_tempo(grid, each) for grid in tried], bool)
    if each.beats_s is None:
        return right
    on = right & [share_on(grid.beats * each.pulses.hop_s, each.beats_s) > 0.6 for grid in tried]
    return on if on.any() else right


def sureness_of(odds, rights, counts):
    """What left-out log-odds are to be multiplied with, so that they are as likely right as they say."""

    def lost(log_factor):
        total = 0.0
        for each, right, count in zip(odds, rights, counts, strict=True):
            logs = np.append(np.exp(log_factor) * each, 0.0)
            told = logs[:-1][right] if right.any() else logs[-1:]
            total += count * (np.logaddexp.reduce(logs) - np.logaddexp.reduce(told))
        return total

    return float(np.exp(minimize_scalar(lost, bounds=(-1.5, 0.5), method="bounded").x))


def share_on(beats_s, truth_s):
    if not len(truth_s):
        return 0.0
    return float((np.abs(beats_s[:, None] - truth_s).min(axis=0) < 0.07).mean())


def written(learnt_on, trees, sureness):
    """What was learnt, laid down where it is shipped: bars as text, trees as arrays."""
    np.savez_compressed(
        choice.TREES,
        columns=trees.columns.astype(np.uint8),
        bounds=trees.bounds.astype(np.float32),
        values=trees.values.astype(np.float32),
        sureness=np.array([sureness[kind] for kind in choice.FELT_SPREADS]),
    )
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
