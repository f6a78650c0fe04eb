"""Lossy ancestry: whether a sound was coded by MP3, AAC or Vorbis before."""

from controlroom.sound.lossy.ancestry import Lossy, lossy_of

__all__ = ["Lossy", "lossy_of"]
