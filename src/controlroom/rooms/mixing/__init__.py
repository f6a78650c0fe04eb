"""The mixing room: finished tracks become one stereo mix.

report = measure(tracks)                            what each track is, how the mics of a kit stand to each other
plan   = decide(report)                             a strip for every track, buses, reverbs; TOML to read and edit
plan   = rehearse(signals, plan, report)            play the loudest passages, set the headroom
with render(signals, plan) as mix: ...              a lazy signal; then `standing(mix)`, `checks(...)`, `findings(...)`
"""

from controlroom.rooms.mixing.checks import checks, findings
from controlroom.rooms.mixing.decide import decide
from controlroom.rooms.mixing.ears import Heard
from controlroom.rooms.mixing.measure import measure
from controlroom.rooms.mixing.notes import Section, apply_note
from controlroom.rooms.mixing.plan import MixPlan, checked
from controlroom.rooms.mixing.rehearse import rehearse
from controlroom.rooms.mixing.render import Mixdown, render
from controlroom.rooms.mixing.report import MixReport, TrackIn
from controlroom.rooms.mixing.standing import Standing, standing

ENGINE = 4

__all__ = [
    "ENGINE",
    "Heard",
    "MixPlan",
    "MixReport",
    "Mixdown",
    "Section",
    "Standing",
    "TrackIn",
    "apply_note",
    "checked",
    "checks",
    "decide",
    "findings",
    "measure",
    "rehearse",
    "render",
    "standing",
]
