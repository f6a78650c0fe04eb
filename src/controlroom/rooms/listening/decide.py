"""From findings to advice: at most seven things to do, those that help the song most first."""

from __future__ import annotations

from collections.abc import Sequence

from controlroom.base.finding import Finding
from controlroom.rooms.listening.report import Advice

MOST = 7
STEPS = {
    "truncated_file": "Ask for the whole file: this one breaks off.",
    "out_of_phase": "Turn the polarity of one side over and listen in mono before anything else.",
    "clipped": "Ask for a version without the clipping: lower the gain where it was recorded, not in the file.",
    "dropout": "Ask for a new export or another take of this place.",
    "hum": "Find the ground loop, or clean the hum before this goes further.",
    "dead_channel": "Ask for both channels, or take the live one as mono.",
    "narrow_bandwidth": "Ask for the original: what was lost above does not come back.",
    "true_peak_over": "Ask for a version with a limiter's ceiling at -1 dBTP, or without a limiter.",
    "dc_offset": "High-pass it at 20 Hz.",
    "click": "Mend the click, or ask where it comes from.",
}
"""The next step for each finding that has one, in the order of how much it helps."""


def advice(findings: Sequence[Finding]) -> tuple[Advice, ...]:
    """One point for each kind of finding, its evidence beside it."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.code, finding)
    chosen = [first[code] for code in STEPS if code in first][:MOST]
    return tuple(
        Advice(priority=k, says=STEPS[finding.code], because=finding.says(), at_s=finding.start_s)
        for k, finding in enumerate(chosen, start=1)
    )
