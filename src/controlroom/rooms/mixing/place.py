"""Panning: where every track stands, so that both sides carry the same and nothing important is off the centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from controlroom.rooms.mixing.kit import Alignment
from controlroom.rooms.mixing.manners import manner_of
from controlroom.rooms.mixing.report import MixReport, Relation, TrackHeard
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ

Floats = npt.NDArray[np.float64]

ALONE = 0.4  # part of its width that a track goes to when nothing answers it on the other side
FULL_SIDE_MS = 1.0  # a kit piece that reaches one overhead so much before the other is heard wholly on that side


def pans(report: MixReport, gains_db: Mapping[str, float], kit: Mapping[str, Alignment]) -> dict[str, float]:
    """Pan of every track, -1 to 1. Files with an image of their own keep it (0)."""
    mono = [track for track in report.tracks if track.channels == 1 and track.sounding]
    placed = dict.fromkeys((track.name for track in report.tracks), 0.0)
    for track in mono:
        manner = manner_of(track.role)
        if manner.place in ("side", "spread", "kit") and track.side:
            placed[track.name] = manner.width if track.side == "R" else -manner.width
        elif manner.place == "kit":
            placed[track.name] = _in_the_picture(track, report.relations, kit)
    placed.update(_unnamed_pairs([track for track in mono if manner_of(track.role).place == "side" and not track.side]))
    placed.update(_spread([track for track in mono if manner_of(track.role).place == "spread"], gains_db))
    return {name: round(pan, 2) for name, pan in placed.items()}


def _unnamed_pairs(tracks: Sequence[TrackHeard]) -> dict[str, float]:
    """Two overheads (rooms) that do not say which is which go left and right in their order; one alone is central."""
    placed = {}
    for role in {track.role for track in tracks}:
        alike = [track for track in tracks if track.role == role]
        if len(alike) == 2:
            width = manner_of(role).width
            placed.update({alike[0].name: -width, alike[1].name: width})
    return placed


def _in_the_picture(track: TrackHeard, relations: Sequence[Relation], kit: Mapping[str, Alignment]) -> float:
    """Where the overheads hear a kit piece: on the side that its sound reaches first."""
    reached = {}
    for relation in relations:
        if relation.track == track.name and relation.kind == "spot" and relation.side:
            reached[relation.side] = relation.delay_ms + kit.get(relation.reference, Alignment()).delay_ms
    if len(reached) < 2:
        return 0.0
    later = float(np.clip((reached["L"] - reached["R"]) / FULL_SIDE_MS, -1.0, 1.0))
    return later * manner_of(track.role).width


def _spread(tracks: Sequence[TrackHeard], gains_db: Mapping[str, float]) -> dict[str, float]:
    """Left and right in turn, loudest first: each goes where its register is weaker; two of a role face each other."""
    louder = sorted(tracks, key=lambda track: (-_level(track, gains_db), track.name))
    placed: dict[str, float] = {}
    alone: dict[str, int] = {}  # the side of a role's last track that nothing of its kind answers yet
    weight = {-1: np.zeros(len(THIRD_OCTAVES_HZ)), 1: np.zeros(len(THIRD_OCTAVES_HZ))}
    for track in louder:
        power = 10 ** (np.array(track.bands_db or (-120.0,) * len(THIRD_OCTAVES_HZ)) / 10)
        power = power / max(float(power.sum()), 1e-30) * 10 ** (_level(track, gains_db) / 10)
        answered = alone.pop(track.role, None)
        side = _named_side(track) or (-answered if answered else _weaker(weight, power))
        if answered is None:
            alone[track.role] = side
        weight[side] += power
        placed[track.name] = side * manner_of(track.role).width
    if len({pan > 0 for pan in placed.values()}) < 2:
        return {name: pan * ALONE for name, pan in placed.items()}
    return placed


def _named_side(track: TrackHeard) -> int | None:
    return None if track.side is None else -1 if track.side == "L" else 1


def _weaker(weight: Mapping[int, Floats], power: Floats) -> int:
    """The side with less of what this track plays; left when they are equal."""
    left, right = (float(np.sqrt(weight[side] * power).sum()) + 1e-3 * float(weight[side].sum()) for side in (-1, 1))
    return -1 if left <= right else 1


def _level(track: TrackHeard, gains_db: Mapping[str, float]) -> float:
    return (track.loudness_lufs or -120.0) + gains_db.get(track.name, 0.0)
