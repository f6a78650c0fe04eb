"""Trying advice out: the demo with bars cut, in another key, at another tempo, with another tone, beside itself."""

from controlroom.rooms.listening.audition.plan import Audition, Cut, Step, Tempo, Tone, Transpose, audition_identity

__all__ = ["Audition", "Cut", "Step", "Tempo", "Tone", "Transpose", "audition_identity"]
