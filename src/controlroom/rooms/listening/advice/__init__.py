"""What would bring a song to its potential: at most seven points, those that help most first.

Each module speaks of one side (form, harmony, time, voice, sound) and says only what its measurements carry.
"""

from __future__ import annotations

from controlroom.rooms.listening.advice.form import form_points
from controlroom.rooms.listening.advice.harmony import harmony_points
from controlroom.rooms.listening.advice.point import Around, Point
from controlroom.rooms.listening.advice.sound import sound_points
from controlroom.rooms.listening.advice.time import time_points
from controlroom.rooms.listening.advice.voice import voice_points
from controlroom.rooms.listening.report import Advice, DemoReport

MOST = 7
LEAST_CONFIDENCE = 0.5


NOTHING_AROUND = Around()

__all__ = ["LEAST_CONFIDENCE", "MOST", "Around", "advised"]


def advised(report: DemoReport, around: Around = NOTHING_AROUND) -> tuple[Advice, ...]:
    """The advice on a report that is complete but for it."""
    points = [
        *form_points(report),
        *harmony_points(report),
        *time_points(report, around),
        *voice_points(report, around),
        *sound_points(report, around),
    ]
    sure = [point for point in points if point.confidence >= LEAST_CONFIDENCE]
    ranked = sorted(sure, key=_rank)[:MOST]
    return tuple(point.placed(k) for k, point in enumerate(ranked, start=1))


def _rank(point: Point) -> float:
    return -point.worth * point.confidence
