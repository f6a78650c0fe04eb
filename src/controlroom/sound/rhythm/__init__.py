"""Rhythm: the tempo, the beats and the bars of a piece, and how its tempo goes."""

from controlroom.sound.rhythm.course import TempoPoint
from controlroom.sound.rhythm.pulses import Pulses, RhythmAccumulator, pulses_of
from controlroom.sound.rhythm.rhythm import Rhythm, TempoChange, rhythm_of

__all__ = ["Pulses", "Rhythm", "RhythmAccumulator", "TempoChange", "TempoPoint", "pulses_of", "rhythm_of"]
