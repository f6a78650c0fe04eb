"""The smooth curve that comes nearest to a goal within its limits: least squares with bounds, exactly.

The curve is a cubic spline with knots in thirds of an octave, so nothing in it is narrower than that. What an octave
gains depends on where in it the sound lies; that is taken in by a few steps of Gauss and Newton, each solved under all
limits at once (C. L. Lawson, R. J. Hanson, Solving Least Squares Problems, 1974, chapter 23).
"""

from __future__ import annotations

import numpy as np
import scipy
import scipy.linalg

from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, STEPS, Floats, Mask
from controlroom.rooms.mastering.reference.tone import JOIN_HZ, LOW_END_HZ, MOST_DB, Goal

KNOTS = 3  # an octave
FADE_OCTAVES = 0.5
STEEPEST_DB, LOW_STEEPEST_DB, NOTES_STEEPEST_DB = 18.0, 6.0, 0.5  # an octave: above, in the low end, over other notes
ROUNDS, CLOSE_DB = 8, 0.05
FAR_DB = 2.0  # what stays further off than this is out of reach, and pulls no harder (P. J. Huber, 1964)
SMOOTH, LEVEL = 0.15, 0.5  # what a bend and the mean of the curve weigh beside a miss


def curve_to(goal: Goal, levels_db: Floats, already_db: Floats | float = 0.0) -> Floats:
    """The curve (dB, by band) that brings bands of these levels to the goal; `already_db` of it is in them already.

    Within ±6 dB, about as much up as down; not steep in the low end; fading out beyond what both have.
    """
    curve_db = np.zeros(len(CENTRES_HZ)) + already_db
    if not goal.both.any():
        return np.zeros(len(CENTRES_HZ))
    plain_db = levels_db - already_db
    spline = _spline(goal.both)
    limits, most = _limits(goal, spline)
    weights, whole = np.sqrt(goal.weights), np.sqrt(goal.weights.sum())
    bends = np.diff(np.eye(spline.shape[1]), 2, axis=0)
    level = spline[goal.both].mean(axis=0)
    held = np.vstack([SMOOTH * whole / np.sqrt(max(len(bends), 1)) * bends, LEVEL * whole * level])
    held = np.pad(held, ((0, 0), (0, 1)))
    limits = np.pad(limits, ((0, 0), (0, 1)))
    for _ in range(ROUNDS):
        shares = goal.groups * 10 ** ((plain_db + curve_db) / 10)
        moved = shares / shares.sum(axis=1, keepdims=True)
        left_db = goal.left_db(plain_db + curve_db)
        each = weights * np.sqrt(FAR_DB / np.maximum(np.abs(left_db), FAR_DB))
        rows = np.vstack([each[:, None] * np.column_stack([moved @ spline, np.ones(len(each))]), held])
        sought = np.zeros(len(rows))
        sought[: len(each)] = each * (left_db + moved @ curve_db)
        found = _least_squares(rows, sought, limits, most)[:-1]  # the last one is the level, which loudness decides
        before_db, curve_db = curve_db, spline @ found
        if float(np.abs(curve_db - before_db).max()) < CLOSE_DB:
            break
    return np.asarray(np.clip(curve_db, -MOST_DB, MOST_DB))


def _spline(both: Mask) -> Floats:
    """(bands, knots): from the heights of the knots to the curve, level and fading out beyond what both have."""
    places = np.log2(CENTRES_HZ)
    there = np.flatnonzero(both)
    first, last = places[there[0]], places[there[-1]]
    count = int(np.ceil((last - first) * KNOTS)) + 3
    knots = first + (np.arange(count + 4) - 3) / KNOTS
    inside = scipy.interpolate.BSpline.design_matrix(np.clip(places, first, last), knots, 3).toarray()
    beyond = np.abs(places[:, None] - places[None, there]).min(axis=1)
    fade = 0.5 + 0.5 * np.cos(np.pi * np.clip(beyond / FADE_OCTAVES, 0.0, 1.0))
    return np.asarray(inside * fade[:, None])


def _limits(goal: Goal, spline: Floats) -> tuple[Floats, Floats]:
    """Rows and what none of them may pass: the height of the curve and its slope between bands, either way."""
    within = goal.both[1:] & goal.both[:-1]
    slopes = np.diff(spline, axis=0)[within]
    at_hz = CENTRES_HZ[1:][within]
    low_db = goal.alike * (LOW_STEEPEST_DB - NOTES_STEEPEST_DB) + NOTES_STEEPEST_DB
    steepest = np.select([at_hz < JOIN_HZ, at_hz < LOW_END_HZ], [low_db, LOW_STEEPEST_DB], STEEPEST_DB) / STEPS
    heights = spline[goal.both]
    rows = np.concatenate([heights, -heights, slopes, -slopes])
    return rows, np.concatenate([np.full(2 * len(heights), MOST_DB), steepest, steepest])


def _least_squares(rows: Floats, sought: Floats, limits: Floats, most: Floats) -> Floats:
    """x with `rows` @ x nearest to `sought` under `limits` @ x <= `most` (all above 0): as a least distance, and that
    as its dual, by non-negative least squares."""
    q, r = np.linalg.qr(rows)
    free = q.T @ sought
    turned = scipy.linalg.solve_triangular(r, -limits.T, trans="T").T
    dual = np.vstack([turned.T, -most - turned @ free])
    end = np.zeros(len(dual))
    end[-1] = 1.0
    forces, _ = scipy.optimize.nnls(dual, end)
    rest = dual @ forces - end
    return np.asarray(scipy.linalg.solve_triangular(r, free - rest[:-1] / rest[-1]))
