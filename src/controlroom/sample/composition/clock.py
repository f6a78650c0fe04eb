"""Time as it is played: to a click, by people, ever faster, or with another tempo from one section on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from controlroom.base.errors import UsageError

FEELS = ("click", "human", "drifting", "step")
Floats = npt.NDArray[np.float64]


def beats_played(feel: str, beats: int, changes: Sequence[int], chance: np.random.Generator) -> Floats | None:
    """When each of `beats` + 1 beats comes, counted in mean beats from the first; None: to the click.

    human: a tempo that wanders smoothly by 2 to 3 %; drifting: 6 to 12 % faster at the end than at the beginning;
    step: 6 to 12 % slower or faster from one of the beats `changes` on.
    """
    if feel not in FEELS:
        raise UsageError(f"feel {feel!r}", "nobody plays like that", f"Choose one of {', '.join(FEELS)}.")
    if feel == "click":
        return None
    tempo = np.ones(beats)
    if feel == "human":
        tempo += chance.uniform(0.02, 0.03) * _wandering(beats, chance)
    elif feel == "drifting":
        tempo += chance.uniform(0.03, 0.06) * np.linspace(-1, 1, beats) + 0.006 * _wandering(beats, chance)
    else:
        tempo[int(chance.choice(changes)) :] += chance.uniform(0.06, 0.12) * chance.choice((-1, 1))
    lengths = (1 / tempo) * (beats / np.sum(1 / tempo))
    return np.concatenate([[0.0], np.cumsum(lengths)])


def _wandering(beats: int, chance: np.random.Generator) -> Floats:
    """A smooth curve between -1 and 1: a phrase's breath and a section's ease."""
    noise = chance.standard_normal((2, beats))
    curve: Floats = sum(
        (row / max(float(row.std()), 1e-9))
        for row in (
            scipy.ndimage.gaussian_filter1d(noise[0], 3.5, mode="reflect"),
            scipy.ndimage.gaussian_filter1d(noise[1], 14.0, mode="reflect"),
        )
    )
    curve -= curve.mean()
    curve /= np.abs(curve).max()
    return curve
