"""Shaping the sound of a master: the processors before the gain, what a mix needs of them, and what each step did."""

from controlroom.rooms.mastering.shaping.chain import before_gain, steps_of
from controlroom.rooms.mastering.shaping.decide import shaped
from controlroom.rooms.mastering.shaping.steps import Measured, Step

__all__ = ["Measured", "Step", "before_gain", "shaped", "steps_of"]
