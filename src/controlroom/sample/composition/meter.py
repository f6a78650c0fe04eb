"""The metres the band can play."""

from __future__ import annotations

import msgspec

from controlroom.base.errors import UsageError


class Meter(msgspec.Struct, frozen=True):
    """`slots`: a measure's eighths (or what takes their place), an accent every `pulse` of them; `parts` of a beat:
    the drummer's sixteenths. The beat of 6/8 is the dotted quarter."""

    name: str
    beats_per_bar: int
    slots: int
    pulse: int
    parts: int
    slowest_bpm: float
    fastest_bpm: float

    def beats_per_measure(self, tempo_bpm: float) -> int:
        """As many beats as make a measure of 1.6 to 3.2 s (of 1.1 to 3 s in 3/4 and 6/8): whole or half bars."""
        if self is SIX:
            return 2
        if self is THREE:
            return 3 if tempo_bpm <= 150 else 6
        return 2 if tempo_bpm < 76 else 4 if tempo_bpm <= 150 else 8


FOUR = Meter("4/4", 4, 8, 4, 4, 60.0, 180.0)
THREE = Meter("3/4", 3, 6, 2, 4, 60.0, 180.0)
SIX = Meter("6/8", 2, 6, 3, 6, 40.0, 110.0)
_METERS = {meter.name: meter for meter in (FOUR, THREE, SIX)}


def parse_meter(text: str) -> tuple[Meter, Meter]:
    """ "3/4": that metre twice; "4/4,3/4": the song's, and the bridge's. Raises `UsageError` for any other."""
    names = [name.strip() for name in text.split(",")]
    if not 1 <= len(names) <= 2 or any(name not in _METERS for name in names):
        known = ", ".join(_METERS)
        raise UsageError(f"metre {text!r}", f"the band plays {known}", 'Write "4/4,3/4" for a bridge in 3/4.')
    return _METERS[names[0]], _METERS[names[-1]]
