"""Versions of one song: what each is recognised by, and which place of one is which place of another.

fingerprint : Signal -> Fingerprint                   what a version is recognised by; made once, kept beside the file
align       : Signal, Signal -> Alignment             which place of one is which place of the other, and what was cut
align_fingerprints : the same from what was kept      (with the two signals: exact to the millisecond)
Library     : Fingerprints -> [Recognition]           has this been here before, as this recording or as this song?
acoustid    : file -> str                             the fingerprint other studios know it by, where fpcalc is found
"""

from controlroom.sound.versions.acoustid import acoustid, agreement
from controlroom.sound.versions.align import align, align_fingerprints
from controlroom.sound.versions.alignment import SURE, Alignment, Stretch, same_time
from controlroom.sound.versions.fingerprint import Fingerprint, fingerprint
from controlroom.sound.versions.library import Candidate, Library
from controlroom.sound.versions.recognition import Recognition, recognised

__all__ = [
    "SURE",
    "Alignment",
    "Candidate",
    "Fingerprint",
    "Library",
    "Recognition",
    "Stretch",
    "acoustid",
    "agreement",
    "align",
    "align_fingerprints",
    "fingerprint",
    "recognised",
    "same_time",
]
