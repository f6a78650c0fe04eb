"""Pictures of a demo: the song at a glance, its chords, tempo, loudness, spectrogram, spectrum and vocal range."""

from controlroom.rooms.listening.pictures.gather import Told, shown_of
from controlroom.rooms.listening.pictures.shown import Shown, Stretch, SungRange
from controlroom.rooms.listening.pictures.write import PictureFormat, draw, write_pictures

__all__ = ["PictureFormat", "Shown", "Stretch", "SungRange", "Told", "draw", "shown_of", "write_pictures"]
