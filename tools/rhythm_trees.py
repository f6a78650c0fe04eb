"""How the trees that choose a beat are grown: boosting (J. Friedman, 2001) of a choice, second-order as in XGBoost."""

import msgspec
import numpy as np

from controlroom.sound.kernels import kernel
from controlroom.sound.rhythm.trees import Trees

COUNT, DEPTH, RATE = 300, 3, 0.12
DRAWN = 20.0  # how strongly leaves are drawn to nothing, in witnesses
LEAST = 5.0  # witnesses on each side of a split
BINS = 24
SOME_CHOICES, SOME_COLUMNS = 0.6, 0.3  # what each tree is shown


class Choices(msgspec.Struct):
    """What was to be chosen: one row of evidence for each answer, those of an item together; `right` ones; where none
    is, "no answer" was right. `start`: log-odds of each answer before any evidence; `counts`: how much an item does."""

    rows: np.ndarray
    right: np.ndarray
    start: np.ndarray
    sizes: np.ndarray
    counts: np.ndarray


def grown(choices):
    """Trees whose sums, with `start`, are the log-odds of each answer against none."""
    draw = np.random.default_rng(0)
    edges = np.quantile(choices.rows, np.linspace(0, 1, BINS + 1)[1:-1], axis=0).astype(np.float32).astype(float)
    binned = (choices.rows[:, None, :] > edges).sum(axis=1).astype(np.uint8)
    odds, grove = choices.start.copy(), []
    for _ in range(COUNT):
        shown = np.repeat(draw.random(len(choices.sizes)) < SOME_CHOICES, choices.sizes)
        columns = np.sort(draw.permutation(choices.rows.shape[1])[: round(SOME_COLUMNS * choices.rows.shape[1])])
        tree, leaves = one_tree(binned, edges, slopes_of(choices, odds), shown, columns)
        odds += tree[2][leaves]
        grove.append(tree)
    return Trees(*(np.array(part) for part in zip(*grove, strict=True)))


def slopes_of(choices, odds):
    """How the log-likelihood of what is right rises with each answer's odds, and how it bends (rows, 2)."""
    begins = np.cumsum([0, *choices.sizes])[:-1]
    of = np.repeat(np.arange(len(begins)), choices.sizes)
    top = np.maximum(np.maximum.reduceat(odds, begins), 0)
    share = np.exp(odds - top[of])
    likely = share / (np.add.reduceat(share, begins) + np.exp(-top))[of]
    hit = np.add.reduceat(likely * choices.right, begins)[of]
    wanted = np.where(choices.right, likely / np.maximum(hit, 1e-12), 0.0)
    counts = choices.counts[of]
    return np.column_stack([(wanted - likely) * counts, likely * (1 - likely) * counts + 1e-6])


def one_tree(binned, edges, slopes, shown, columns):
    """A tree as (columns, bounds, values), and the leaf of each row."""
    node, asked, bounds = np.zeros(len(binned), np.int64), [], []
    for level in range(DEPTH):
        sums = sums_of(binned, np.where(shown, node, -1), slopes, columns, 2**level)
        left = sums.cumsum(axis=2)[:, :, :-1]
        whole = sums.sum(axis=2, keepdims=True)
        gain = worth(left) + worth(whole - left) - worth(whole)
        gain[np.minimum(left, whole - left)[..., 1] < LEAST] = 0
        best = gain.reshape(len(gain), -1).argmax(axis=1)
        place, at = np.divmod(best, gain.shape[2])
        split = gain.reshape(len(gain), -1).max(axis=1) > 0
        at = np.where(split, at, BINS)
        asked += columns[place].tolist()
        bounds += np.where(split, edges[np.minimum(at, BINS - 2), columns[place]], np.inf).tolist()
        node = 2 * node + (binned[np.arange(len(binned)), columns[place][node]] > at[node])
    sums = sums_of(binned, np.where(shown, node, -1), slopes, columns[:1], 2**DEPTH).sum(axis=(1, 2))
    values = RATE * sums[:, 0] / (sums[:, 1] + DRAWN)
    return (np.array(asked), np.array(bounds), values), node


def worth(sums):
    return sums[..., 0] ** 2 / (sums[..., 1] + DRAWN)


@kernel
def sums_of(binned, nodes, slopes, columns, count):
    """Slopes and bends summed (nodes, columns, bins, 2); rows whose node is -1 are not counted."""
    sums = np.zeros((count, len(columns), BINS, 2))
    for row in range(len(nodes)):
        if nodes[row] >= 0:
            for place in range(len(columns)):
                into = sums[nodes[row], place, binned[row, columns[place]]]
                into[0] += slopes[row, 0]
                into[1] += slopes[row, 1]
    return sums
