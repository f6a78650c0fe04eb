"""The morning's queue: many demos in the order in which they need an ear. Nobody's song is scored.

First what cannot be judged and needs one line back, then new versions of songs that are known, then what the machine
is not sure about, then the rest; inside each group whoever has waited longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from controlroom.rooms.listening.report import DemoReport

Need = Literal["ask again", "new version", "not sure", "listen"]
NEEDS: tuple[Need, ...] = ("ask again", "new version", "not sure", "listen")
NOT_WHOLE = ("truncated_file", "silent", "dropout", "dead_channel", "out_of_phase")
OF_THE_SONG = ("tempo", "meter", "key", "chords", "form", "chorus", "singing", "voice")
MANY_DOUBTS = 2


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """One demo of the queue: what it needs, and why as a sentence."""

    name: str
    need: Need
    why: str
    waiting_s: float = 0.0


def need_of(report: DemoReport, known_as: str | None = None) -> tuple[Need, str]:
    """What a demo needs, and why; `known_as`: the name under which an earlier version was heard."""
    broken = next((finding for finding in report.findings if finding.code in NOT_WHOLE), None)
    if broken is not None and broken.severity != "info":
        return "ask again", broken.says()
    if known_as:
        return "new version", f"A version of it was here before, as {known_as}."
    unsure = list(dict.fromkeys(doubt.about for doubt in report.doubts if doubt.about in OF_THE_SONG))
    if len(unsure) >= MANY_DOUBTS:
        return "not sure", f"Not sure about its {', '.join(unsure[:-1])} and {unsure[-1]}."
    return "listen", report.advice[0].says if report.advice else "Nothing stands in its way."


def ordered(demos: Sequence[Queued]) -> tuple[Queued, ...]:
    """The queue; demos that need the same keep the order of waiting."""
    return tuple(sorted(demos, key=lambda one: (NEEDS.index(one.need), -one.waiting_s, one.name)))
