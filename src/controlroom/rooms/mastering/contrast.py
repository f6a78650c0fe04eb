"""Loud and soft sections stay as far apart as they were: where limiting turns the loud ones down, the soft ones follow.

A target far above what a mix carries is reached by the loud sections' peaks giving way, while soft sections get the
whole gain: the chorus no longer lifts off. So the level is ridden before the gain, seconds at a time, down to where
each moment gets what the loud ones get. The loud ones then need a little more gain; a few rounds on the model settle
it.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.rooms.mastering.drive import BLOCK_STEPS, STEP_S, DriveModel
from controlroom.sound.signal import Samples, Signal, frozen

Floats: TypeAlias = npt.NDArray[np.float64]

SMOOTH_S = 4.0
LOUDEST_PERCENT, HEARD_LU = 85.0, -20.0
ROUNDS, SETTLED_DB, NEAR_DB, MOST_DB = 4, 0.2, 0.8, 14.0
LEAST_LU = 0.12  # for one more decibel
KNOT = 64  # frames; the gain is straight in between
FAINT = 1e-12


class Contrast:
    """The sections of a mix whose loudness blocks (LUFS) are `block_lufs`, and the ride that keeps them apart: decibels
    at the middle of each block, 0 or less."""

    def __init__(self, block_lufs: Floats, within_lu: float) -> None:
        self._before, self._within_lu = block_lufs, within_lu
        self._power = _smooth(10 ** (block_lufs / 10))
        self._heard = self._power > self._power.max(initial=0.0) * 10 ** (HEARD_LU / 10)
        loudest = np.percentile(self._power[self._heard], LOUDEST_PERCENT) if self._heard.any() else np.inf
        self._loud = self._power >= loudest
        self.ride_db = np.zeros(len(block_lufs))

    @property
    def most_db(self) -> float:
        """How far the ride comes down."""
        return -float(self.ride_db.min(initial=0.0))

    def kept(self, model: DriveModel, gain_db: float) -> bool:
        """Do all sections stay near enough to what the loud ones get at this gain?"""
        return self._most(self._too_much_db(model, gain_db)) < NEAR_DB

    def ride(self, model: DriveModel, target_lufs: float) -> float:
        """Ride the level for this target, as far as the loud sections have something in hand; `model` knows it
        afterwards. The gain that then meets the target."""
        gain_db = model.gain_for(target_lufs)
        for _ in range(ROUNDS):
            if _spent(model, gain_db):
                return self._less(model, target_lufs, gain_db)
            too_much_db = self._too_much_db(model, gain_db)
            if self._most(too_much_db) < SETTLED_DB:
                break
            self._set(model, np.clip(self.ride_db - np.maximum(too_much_db, 0.0), -MOST_DB, 0.0))
            gain_db = model.gain_for(target_lufs)
        return gain_db

    def _less(self, model: DriveModel, target_lufs: float, gain_db: float) -> float:
        """Half of the ride, until the target can be met."""
        while self.ride_db.any() and _spent(model, gain_db):
            self._set(model, self.ride_db * (0.5 if self.most_db > 1.0 else 0.0))
            gain_db = model.gain_for(target_lufs)
        return gain_db

    def _set(self, model: DriveModel, ride_db: Floats) -> None:
        self.ride_db = ride_db
        model.ride(ride_db)

    def _too_much_db(self, model: DriveModel, gain_db: float) -> Floats:
        """What each moment gets over what the loud ones get, and over what it may."""
        after = _smooth(10 ** ((self._before + model.change_db(gain_db)) / 10))
        change_db = 10 * np.log10(np.maximum(after, FAINT) / np.maximum(self._power, FAINT))
        usual_db = float(np.median(change_db[self._loud])) if self._loud.any() else 0.0
        return np.asarray(change_db - usual_db - self._within_lu)

    def _most(self, too_much_db: Floats) -> float:
        return float(too_much_db[self._heard].max(initial=0.0))


def _spent(model: DriveModel, gain_db: float) -> bool:
    """Does more gain bring next to nothing?"""
    return model.loudness_lufs(gain_db + 1.0) - model.loudness_lufs(gain_db) < LEAST_LU


def _smooth(power: Floats) -> Floats:
    """Means over some seconds, a bell; the ends go on as they are."""
    if not len(power):
        return power
    side = round(SMOOTH_S / STEP_S / 2)
    bell = np.hanning(2 * side + 1)[1:-1]
    return np.convolve(np.pad(power, side - 1, mode="edge"), bell / bell.sum(), "valid")


class Ridden:
    """`source` with its level ridden by `ride_db`, given at the middle of each loudness block, straight in between."""

    def __init__(self, source: Signal, ride_db: Floats) -> None:
        self.rate_hz, self.channels, self.frames = source.rate_hz, source.channels, source.frames
        self._source, self._ride_db = source, ride_db
        self._places = (np.arange(len(ride_db)) + BLOCK_STEPS / 2) * STEP_S * source.rate_hz

    def read(self, start: int, frames: int) -> Samples:
        block = self._source.read(start, frames)
        first = max(start, 0) // KNOT * KNOT
        knots = np.arange(first, max(start, 0) + block.shape[1] + KNOT, KNOT)
        gains = 10 ** (np.interp(knots, self._places, self._ride_db) / 20)
        places = np.arange(block.shape[1]) + (max(start, 0) - first)
        return frozen(block * np.interp(places, knots - first, gains).astype(np.float32))
