"""The sample song and its instruments: an original song as raw takes or as a rough mix, with exact truth."""

from controlroom.sample.rough import rough_mix
from controlroom.sample.session import make_sample_song
from controlroom.sample.truth import Truth

__all__ = ["Truth", "make_sample_song", "rough_mix"]
