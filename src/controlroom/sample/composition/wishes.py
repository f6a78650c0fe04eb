"""What may be wished of a song beside its tempo, key and length."""

from __future__ import annotations

from typing import TypedDict

STYLES = ("plain", "varied")
LOWEST_A4_HZ, HIGHEST_A4_HZ = 415.0, 466.2


class Wishes(TypedDict, total=False):
    """`meter`: "4/4" (the default), "3/4", "6/8", or two of them with a comma: the bridge is in the second; the beat
    of 6/8 is the dotted quarter, and its tempo 40 to 110. `feel`: "click" (the default), "human" (a tempo that wanders
    by 2 to 3 %), "drifting" (faster by 6 to 12 %), "step" (one change of tempo at a section). `tuning_hz`: A4, 415 to
    466 Hz. `modulate`: semitones by which the last chorus is higher. `style`: "plain" (the default), or "varied":
    the seed decides about tempo, form, groove and harmony in a wider choice, and a song ends where its form ends,
    near the seconds it was given."""

    meter: str
    feel: str
    tuning_hz: float
    modulate: int
    style: str
