"""Review: notes keep their place from version to version, and become one list of what is to be done.

carry       : Notes, Alignment -> [Carried]           every note at its new place; what was cut is marked, never dropped
match       : loudness, Alignments -> gains           side by side at one loudness, the louder turned down
merge       : Notes -> [Point]                        one list from everybody, contradictions marked
as_text, as_csv, as_midi, as_reaper, write_cues       the list for mail, spreadsheets and DAWs
"""

from controlroom.rooms.review.carry import Carried, Note, carry
from controlroom.rooms.review.markers import (
    Marker,
    Tempo,
    as_csv,
    as_cues,
    as_midi,
    as_reaper,
    markers_of,
    write_cues,
)
from controlroom.rooms.review.matching import Matched, match
from controlroom.rooms.review.revision import Point, as_text, merge
from controlroom.rooms.review.wording import Said, Wish, understood

ENGINE = 2

__all__ = [
    "ENGINE",
    "Carried",
    "Marker",
    "Matched",
    "Note",
    "Point",
    "Said",
    "Tempo",
    "Wish",
    "as_csv",
    "as_cues",
    "as_midi",
    "as_reaper",
    "as_text",
    "carry",
    "markers_of",
    "match",
    "merge",
    "understood",
    "write_cues",
]
