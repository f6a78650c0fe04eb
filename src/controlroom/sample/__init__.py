"""The sample song and its instruments: an original song as raw takes, a rough mix or a solo voice, with exact truth."""

from controlroom.sample.rough import rough_mix
from controlroom.sample.session import make_sample_song
from controlroom.sample.truth import Truth
from controlroom.sample.voices import VOICES, SungPitch, solo_voice

__all__ = ["VOICES", "SungPitch", "Truth", "make_sample_song", "rough_mix", "solo_voice"]
