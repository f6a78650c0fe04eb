"""Notes as markers of a DAW: CSV, MIDI, Reaper, WAV cue points."""

from controlroom.rooms.review.markers.cues import as_cues, write_cues
from controlroom.rooms.review.markers.marker import Marker, markers_of
from controlroom.rooms.review.markers.midi import Tempo, as_midi
from controlroom.rooms.review.markers.tables import as_csv, as_reaper

__all__ = ["Marker", "Tempo", "as_csv", "as_cues", "as_midi", "as_reaper", "markers_of", "write_cues"]
