"""Destinations with rules of their own: vinyl, club, CD, broadcast.

medium   : name -> Medium                     its figures, as data
measure  : Signal -> MediumReport             what those rules look at, beside loudness
adapt    : MasterPlan, Medium -> MasterPlan   what the master must be like to go there
checks   : Medium, MediumReport -> Checks     does it; `findings` says what that means
"""

from controlroom.rooms.mastering.media.adapt import adapt
from controlroom.rooms.mastering.media.checks import checks, findings
from controlroom.rooms.mastering.media.measure import MediumEar, measure
from controlroom.rooms.mastering.media.medium import MEDIA, Medium, medium
from controlroom.rooms.mastering.media.report import Heard10s, MediumReport
from controlroom.rooms.mastering.media.sides import Side, level_for, side_findings, sides

__all__ = [
    "MEDIA",
    "Heard10s",
    "Medium",
    "MediumEar",
    "MediumReport",
    "Side",
    "adapt",
    "checks",
    "findings",
    "level_for",
    "measure",
    "medium",
    "side_findings",
    "sides",
]
