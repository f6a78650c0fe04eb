"""The likeliest path through states that mostly stay, and how likely each state is at each place (both O(n k))."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


def likeliest(log_fit: Floats, change: Floats) -> Ints:
    """The best state at each place (places,).

    `log_fit` (places, states): how well each state fits; `change` (places,): what it costs to change the state there.
    """
    places, states = log_fit.shape
    came_from = np.zeros((places, states), np.int16)
    best = log_fit[0]
    here = np.arange(states)
    for place in range(1, places):
        source = int(np.argmax(best))
        entered = best[source] - change[place]
        came_from[place] = np.where(entered > best, source, here)
        best = np.maximum(entered, best) + log_fit[place]
    path = np.empty(places, np.int64)
    path[-1] = np.argmax(best)
    for place in range(places - 1, 0, -1):
        path[place - 1] = came_from[place, path[place]]
    return path


def chances(log_fit: Floats, change: Floats) -> Floats:
    """The posterior (places, states) of the same model, by the forward and backward sums."""
    fit = np.exp(log_fit - log_fit.max(axis=1, keepdims=True))
    leave = np.exp(-change)
    forward: Floats = np.empty_like(fit)
    forward[0] = _shares(fit[0])
    for place in range(1, len(fit)):
        forward[place] = _shares((forward[place - 1] + leave[place]) * fit[place])
    backward = np.ones(fit.shape[1])
    for place in range(len(fit) - 2, -1, -1):
        coming = backward * fit[place + 1]
        backward = _shares(coming + leave[place + 1] * coming.sum())
        forward[place] = _shares(forward[place] * backward)
    return forward


def _shares(values: Floats) -> Floats:
    result: Floats = values / max(float(values.sum()), 1e-300)
    return result
