"""Versions of one song: what each is recognised by, and which place of one is which place of another.

fingerprint : Signal -> Fingerprint                   what a version is recognised by; made once, kept beside the file
align       : Signal, Signal -> Alignment             which place of one is which place of the other, and what was cut
align_fingerprints : the same from what was kept      (with the two signals: exact to the millisecond)
"""

from controlroom.sound.versions.align import align, align_fingerprints
from controlroom.sound.versions.alignment import SURE, Alignment, Stretch, same_time
from controlroom.sound.versions.fingerprint import Fingerprint, fingerprint

__all__ = [
    "SURE",
    "Alignment",
    "Fingerprint",
    "Stretch",
    "align",
    "align_fingerprints",
    "fingerprint",
    "same_time",
]
