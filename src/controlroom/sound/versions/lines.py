"""Stretches as straight lines: put in order, closed, and led to the beginnings and ends of both versions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from controlroom.sound.versions.alignment import Stretch

BLIND_S = 2.0  # a line is believed to reach so far past what was recognised
GUESSED = 0.3  # confidence beyond that
SHORTEST_S = 1.0


def completed(found: Sequence[Stretch], old_s: float, new_s: float) -> tuple[Stretch, ...]:
    """Stretches that run forwards within both versions, and reach their beginnings and ends where nothing was cut."""
    kept: list[Stretch] = []
    for stretch in found:
        least_old_s, least_new_s = (kept[-1].old_end_s, kept[-1].new_end_s) if kept else (0.0, 0.0)
        start_s = max(stretch.old_start_s, least_old_s, _old_at(stretch, least_new_s))
        end_s = min(stretch.old_end_s, old_s, _old_at(stretch, new_s))
        if end_s - start_s >= SHORTEST_S:
            kept.append(_part(stretch, start_s, end_s))
    if not kept:
        return ()
    head = _part(kept[0], max(0.0, _old_at(kept[0], 0.0)), kept[0].old_start_s)
    tail = _part(kept[-1], kept[-1].old_end_s, min(old_s, _old_at(kept[-1], new_s)))
    if _length(head) > BLIND_S:
        kept.insert(0, _guessed(head))
    else:
        kept[0] = _part(kept[0], head.old_start_s, kept[0].old_end_s)
    if _length(tail) > BLIND_S:
        kept.append(_guessed(tail))
    else:
        kept[-1] = _part(kept[-1], kept[-1].old_start_s, tail.old_end_s)
    return tuple(kept)


def _length(stretch: Stretch) -> float:
    return stretch.old_end_s - stretch.old_start_s


def _guessed(stretch: Stretch) -> Stretch:
    return msgspec.structs.replace(stretch, confidence=min(stretch.confidence, GUESSED))


def _part(stretch: Stretch, start_s: float, end_s: float) -> Stretch:
    """The same straight line between other old times."""
    return msgspec.structs.replace(
        stretch,
        old_start_s=start_s,
        old_end_s=end_s,
        new_start_s=max(_new_at(stretch, start_s), 0.0),
        new_end_s=_new_at(stretch, end_s),
    )


def _new_at(stretch: Stretch, old_s: float) -> float:
    return stretch.new_start_s + (old_s - stretch.old_start_s) * stretch.speed


def _old_at(stretch: Stretch, new_s: float) -> float:
    return stretch.old_start_s + (new_s - stretch.new_start_s) / stretch.speed
