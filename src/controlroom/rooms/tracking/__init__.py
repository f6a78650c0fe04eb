"""The tracking room: is a take captured correctly, and how was it performed? The take sheet.

`measure_take` listens to a file, `measure_pass` to the mics of a pass against each other, `decide` gives the verdict.
"""

from __future__ import annotations

from controlroom.rooms.tracking.decide import decide
from controlroom.rooms.tracking.measure import measure_pass, measure_take
from controlroom.rooms.tracking.report import OffNote, PassReport, Pitch, Relation, TakeReport, Timing, Verdict

ENGINE = 1

__all__ = [
    "ENGINE",
    "OffNote",
    "PassReport",
    "Pitch",
    "Relation",
    "TakeReport",
    "Timing",
    "Verdict",
    "decide",
    "measure_pass",
    "measure_take",
]
