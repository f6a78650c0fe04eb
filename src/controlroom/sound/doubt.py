"""What could not be known of a sound, and why: said instead of a guess."""

from __future__ import annotations

import msgspec


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """`about`: what is left open ("tempo", "key", "chorus"); `because`: the reason, as a clause without a full stop
    ("its onsets fit 75 and 150 BPM equally well")."""

    about: str
    because: str
