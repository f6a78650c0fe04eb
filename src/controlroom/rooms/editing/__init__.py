"""The editing room: the best phrases of several passes as one, topped and tailed, all mics of a pass together.

`measure` hears the passes of a part phrase by phrase, `decide` chooses, `render` plays what the plan says.
"""

from __future__ import annotations

from controlroom.rooms.editing.decide import decide
from controlroom.rooms.editing.measure import measure
from controlroom.rooms.editing.plan import EditPlan, PlannedMic, PlannedTake, Segment
from controlroom.rooms.editing.render import Sources, render
from controlroom.rooms.editing.report import EditReport

ENGINE = 1

__all__ = [
    "ENGINE",
    "EditPlan",
    "EditReport",
    "PlannedMic",
    "PlannedTake",
    "Segment",
    "Sources",
    "decide",
    "measure",
    "render",
]
