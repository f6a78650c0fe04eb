"""Mastering: a mix becomes masters that hold up on every playback system.

measure : Hearing -> MasterReport           loudness, tone against finished records, image, low end, what is amiss
decide  : MasterReport -> MasterPlan        as little as possible, each step with its reason; `propose` tries how loud
render  : Signal, MasterPlan -> MasterRender   at the target (±0.1 LU) and under the ceiling, verified
master  : all of it in one call
"""

from controlroom.rooms.mastering.checks import checks, findings
from controlroom.rooms.mastering.decide import decide
from controlroom.rooms.mastering.master import Mastered, checked, master, safely
from controlroom.rooms.mastering.measure import measure
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.propose import propose
from controlroom.rooms.mastering.render import MasterRender, Taken, render
from controlroom.rooms.mastering.report import MasterReport

ENGINE = 3

__all__ = [
    "ENGINE",
    "MasterPlan",
    "MasterRender",
    "MasterReport",
    "Mastered",
    "Taken",
    "checked",
    "checks",
    "decide",
    "findings",
    "master",
    "measure",
    "propose",
    "render",
    "safely",
]
