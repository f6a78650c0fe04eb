"""How good each take of a sung phrase is: in tune with what is meant, in time with the other takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import scipy

from controlroom.rooms.editing.contour import HOP_S, Floats, smoothed
from controlroom.rooms.editing.joints import RANGE_DB, Heard
from controlroom.sound.intonation import HeldNote

LONGEST_LAG_S = 0.25
AROUND_S = 0.3
LEAST_ALIKE = 0.4
WORST_CENTS = 120.0
LEAST_SUNG_S = 0.15
OUT_OF_KEY_COST = 3.0


class Sung(msgspec.Struct, frozen=True, kw_only=True):
    """The notes of a take, on the song's time line."""

    notes: tuple[HeldNote, ...]
    tuning_cents: float


def lags_s(passes: Sequence[Heard], start_s: float, end_s: float) -> dict[str, float]:
    """How much later (+) each take sings a phrase than most of them do; left out where it is not the same phrase."""
    first, last = round((start_s - AROUND_S) / HOP_S), round((end_s + AROUND_S) / HOP_S)
    shapes = {it.name: _shape(it, first, last) for it in passes}
    names = list(shapes)
    lag = {(a, b): _lag_s(shapes[a], shapes[b]) for a in names for b in names if a != b}
    places: dict[str, float] = {}
    for name in names:
        against = [lag[other, name] for other in names if other != name]
        known = [one for one in against if one is not None]
        if known:
            places[name] = float(np.mean([*known, 0.0]))
    middle = float(np.median(list(places.values()))) if len(places) > 2 else 0.0
    return {name: place - middle for name, place in places.items()}


def _shape(heard: Heard, first: int, last: int) -> Floats:
    level_db = smoothed(heard.contour.within(first, last), 3) - heard.contour.loud_db
    shape: Floats = np.clip(level_db, -RANGE_DB / 2, 0.0)
    centred: Floats = shape - shape.mean()
    return centred


def _lag_s(one: Floats, other: Floats) -> float | None:
    """How much later `other` is; None when the two do not look alike."""
    together = float(np.sqrt(np.vdot(one, one) * np.vdot(other, other)))
    if together <= 1e-9:
        return None
    reach = min(round(LONGEST_LAG_S / HOP_S), len(one) - 1)
    curve = scipy.signal.correlate(other, one, "full")[len(one) - 1 - reach : len(one) + reach] / together
    top = int(np.argmax(curve))
    if curve[top] < LEAST_ALIKE:
        return None
    beside = 0.0
    if 0 < top < len(curve) - 1:
        left, middle, right = curve[top - 1 : top + 2]
        bend = left - 2 * middle + right
        beside = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float((top - reach + beside) * HOP_S)


def pitch_misses(
    sung: Mapping[str, Sung], lags: Mapping[str, float], start_s: float, end_s: float, scale: frozenset[int]
) -> dict[str, tuple[float, float]]:
    """(mean distance from what is meant, drift), both in cents, of each take in a phrase."""
    if not sung:
        return {}
    lines = np.array([_line(one, lags.get(name, 0.0), start_s, end_s) for name, one in sung.items()])
    tuning = float(np.median([one.tuning_cents for one in sung.values()]))
    misses = np.minimum(np.abs(lines - _meant(lines, tuning, scale)), WORST_CENTS)
    found = {}
    for (name, one), miss in zip(sung.items(), misses, strict=True):
        held = miss[np.isfinite(miss)]
        if len(held) * HOP_S >= LEAST_SUNG_S:
            drifts = [note.drift_cents for note in one.notes if start_s <= note.start_s < end_s]
            found[name] = float(np.mean(held)), float(np.mean(drifts)) if drifts else 0.0
    return found


def _meant(lines: Floats, tuning: float, scale: frozenset[int]) -> Floats:
    """The semitone that is meant at each moment of several takes' lines (takes, hops), in cents.

    Of the semitones that lie nearest to one of the takes, the one that the takes together come nearest to, where being
    right on it counts for more than being half right: the root of each distance is added up.
    """
    semitones = np.round((lines - tuning) / 100)
    costs = np.array([np.nansum(np.sqrt(np.abs(lines - tuning - 100 * one)), axis=0) for one in semitones])
    if scale:
        outside = ~np.isin(np.nan_to_num(semitones) % 12, list(scale))
        costs = costs + OUT_OF_KEY_COST * outside
    costs = np.where(np.isfinite(semitones), costs, np.inf)
    best = np.take_along_axis(semitones, costs.argmin(axis=0)[None, :], axis=0)[0]
    result: Floats = 100 * best + tuning
    return result


def _line(sung: Sung, lag_s: float, start_s: float, end_s: float) -> Floats:
    """The pitch of the held notes in each hop of a phrase, moved to where most takes sing it; NaN between them."""
    line = np.full(max(round((end_s - start_s) / HOP_S), 1), np.nan)
    for note in sung.notes:
        first = max(round((note.start_s - lag_s - start_s) / HOP_S), 0)
        line[first : max(round((note.end_s - lag_s - start_s) / HOP_S), 0)] = note.pitch_cents
    return line
