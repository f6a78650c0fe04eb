"""Trying advice out: the demo with bars cut, in another key, at another tempo, with another tone, beside itself."""

from controlroom.rooms.listening.audition.plan import Audition, Cut, Step, Tempo, Tone, Transpose, audition_identity
from controlroom.rooms.listening.audition.render import Tried, render
from controlroom.rooms.listening.audition.write import write_auditions

__all__ = [
    "Audition",
    "Cut",
    "Step",
    "Tempo",
    "Tone",
    "Transpose",
    "Tried",
    "audition_identity",
    "render",
    "write_auditions",
]
