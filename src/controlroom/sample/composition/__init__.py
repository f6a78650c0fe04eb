"""The sample song on paper: key, form, chords, melody, words and what every player plays."""

from controlroom.sample.composition.compose import compose
from controlroom.sample.composition.score import Hit, Note, Phrase, Score, Sung
from controlroom.sample.composition.wishes import Wishes

__all__ = ["Hit", "Note", "Phrase", "Score", "Sung", "Wishes", "compose"]
