"""What a master can be made for, as the page offers it."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """`lufs` None: as loud as the mix carries it, or as the rules of its `medium` say (`rooms.mastering.media`)."""

    key: str
    label: str
    says: str
    lufs: float | None = None
    medium: str = ""


TARGETS = (
    Target("auto", "Auto", "as loud as this mix carries it, and no louder"),
    Target("-14", "−14 LUFS", "open: most streaming services leave it as it is", -14.0),
    Target("-9", "−9 LUFS", "dense, as much pop and rock comes out", -9.0),
    Target("-7", "−7 LUFS", "as loud as records get: what it costs is said", -7.0),
    Target("r128", "R128", "European broadcast, −23 LUFS", medium="r128"),
    Target("a85", "A/85", "American broadcast, −24 LKFS", medium="a85"),
    Target("cd", "CD", "16 bits at 44.1 kHz, as loud as this mix carries it", medium="cd"),
    Target("vinyl", "Vinyl", "a pre-master: dynamic, bass in the middle, tame sibilants", medium="vinyl"),
    Target("club", "Club", "for large systems that play the bass in mono", medium="club"),
)
BY_KEY = {target.key: target for target in TARGETS}
