"""The sample song and its instruments: an original song as raw takes, with exact truth."""

from controlroom.sample.session import make_sample_song
from controlroom.sample.truth import Truth

__all__ = ["Truth", "make_sample_song"]
