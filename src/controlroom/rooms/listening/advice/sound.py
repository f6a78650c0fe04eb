"""Advice about the sound: what to ask for again, and where the tone lies outside what records do."""

from __future__ import annotations

from collections.abc import Iterator

from controlroom.base.finding import Finding
from controlroom.rooms.listening.advice.point import Around, Point
from controlroom.rooms.listening.audition import Audition, Tone
from controlroom.rooms.listening.report import PRODUCTIONS, DemoReport
from controlroom.sound.balance import Balance

MOST_TONE_DB = 6.0
MOST_TONES = 2
MOST_EMPTY = 1
EMPTY_DB = 12.0  # under what it is compared with, a region holds nothing that could be raised
HEARD_MS, TRIFLE = 0.3, 0.25


STEPS: dict[str, tuple[float, str, str, str]] = {
    "truncated_file": (
        1.0,
        "Ask for the whole file: this one breaks off.",
        "What is missing cannot be judged.",
        "Answer with one line, and listen when it is whole.",
    ),
    "out_of_phase": (
        0.95,
        "Turn the polarity of one side over and listen in mono before anything else.",
        "On a telephone, a kitchen radio and in most clubs the middle of this recording cancels itself.",
        "Ask which cable or plug-in turned one side, so that the session is right too.",
    ),
    "clipped": (
        0.7,
        "Ask for a version without the clipping.",
        "The tops of the waves are gone: no later step brings them back.",
        "Lower the gain where it was recorded, not in the file.",
    ),
    "dropout": (
        0.7,
        "Ask for a new export or another take of this place.",
        "A hole in the sound is heard as a fault by everybody.",
        "Name the time in the answer, so that it is found at once.",
    ),
    "hum": (
        0.5,
        "Find the ground loop, or clean the hum before this goes further.",
        "A hum that hides in a demo stands in front of every quiet bar of the record.",
        "Ask what was plugged in; a take on battery tells in a minute.",
    ),
    "dead_channel": (
        0.5,
        "Ask for both channels, or take the live one as mono.",
        "Half of the arrangement may be on the silent side.",
        "Ask whether anything was panned there.",
    ),
    "lossy_ancestry": (
        0.55,
        "Ask for the original: this file was lossy once.",
        "Each generation adds pre-echo and holes, which a master's level brings up.",
        "Ask for the WAV or FLAC that it was made from.",
    ),
    "narrow_bandwidth": (
        0.45,
        "Ask for the original: what was lost above does not come back.",
        "Nothing can be balanced or mastered where there is nothing.",
        "Ask for a WAV or FLAC at 44.1 or 48 kHz.",
    ),
    "low_end_out_of_phase": (
        0.6,
        "Make the low end mono below 120 Hz.",
        "On one loudspeaker the bass goes away, and a lathe cannot cut it.",
        "Look for a stereo widener or a chorus on the bass.",
    ),
    "true_peak_over": (
        0.3,
        "Ask for a version with a limiter's ceiling at -1 dBTP, or without a limiter.",
        "Converters and codecs clip what lies between the samples.",
        "One setting in the last plug-in.",
    ),
    "crushed": (
        0.5,
        "Ask for the mix without its last limiter.",
        "What a limiter took from the drums does not come back, and a master has nothing left to shape.",
        "Bypass the limiter, leave 3 dB of headroom, export again.",
    ),
    "delayed_copy": (
        0.45,
        "Make it mono, or ask for the two sides as they were played.",
        "A delayed copy makes width on headphones and a hollow sound everywhere else.",
        "Look for a widener or a Haas delay on the stereo bus.",
    ),
    "dc_offset": (0.2, "High-pass it at 20 Hz.", "An offset takes headroom and clicks at every cut.", "One filter."),
    "click": (0.4, "Mend the click, or ask where it comes from.", "It draws the ear from the song.", "Listen there."),
}
"""For each finding: what it is worth, the step, the reason and what to do next."""


def sound_points(report: DemoReport, around: Around) -> Iterator[Point]:
    clipped = any(finding.code == "clipped" and not _is_trifle(finding) for finding in report.findings)
    seen: set[str] = {"true_peak_over"} if clipped else set()  # the clipping has to go first, and takes its peaks along
    for finding in report.findings:
        if finding.code in STEPS and finding.code not in seen:
            seen.add(finding.code)
            worth, says, reason, following = STEPS[finding.code]
            yield Point(
                worth=TRIFLE if _is_trifle(finding) else worth,
                code=finding.code,
                args=finding.args,
                kind="sound",
                says=says,
                because=finding.says(),
                reason=reason,
                next=following,
                confidence=0.95,
                at_s=finding.start_s,
                end_s=finding.end_s,
            )
    yield from _tone(report, around.balance)


def _is_trifle(finding: Finding) -> bool:
    """A few clipped samples that nobody hears."""
    longest_ms = finding.args.get("longest_ms")
    return finding.code == "clipped" and isinstance(longest_ms, float) and longest_ms < HEARD_MS


def _tone(report: DemoReport, against: Balance | None) -> Iterator[Point]:
    """Of a whole production only: where a region is empty no instrument plays, and an equaliser would raise the noise;
    where several are, it is one instrument or a few, that no record's balance tells anything about."""
    balance = against or report.sound.balance
    full = [band for band in balance.bands if (band.off_db or 0.0) > -EMPTY_DB]
    if report.what.kind not in PRODUCTIONS or len(balance.bands) - len(full) > MOST_EMPTY:
        return
    outside = [band for band in full if abs(band.excess_db) > 0]
    for band in sorted(outside, key=lambda one: -abs(one.excess_db))[:MOST_TONES]:
        off_db = band.off_db or 0.0
        move_db = -max(-MOST_TONE_DB, min(MOST_TONE_DB, off_db))
        yield Point(
            worth=min(0.35 + 0.05 * abs(band.excess_db), 0.65),
            code="tone",
            args={
                "band": band.name,
                "low_hz": band.low_hz,
                "high_hz": band.high_hz,
                "off_db": off_db,
                "move_db": move_db,
                "to_references": against is not None,
            },
            kind="tone",
            says=f"{band.name[0].upper()}{band.name[1:]}: {'less' if off_db > 0 else 'more'} of it, by about "
            f"{abs(move_db):.0f} dB.",
            because=f"{band.low_hz:.0f} to {band.high_hz:.0f} Hz lie {abs(off_db):.0f} dB "
            f"{'over' if off_db > 0 else 'under'} {balance.against}, which vary by ±{band.range_db:.0f} dB there.",
            reason="So far outside, it is heard as the sound of the room or the file instead of the song's.",
            next="Move the loudest instrument of that range first; an equaliser over everything comes last.",
            confidence=report.what.confidence,
            audition=Audition(
                steps=(Tone(low_hz=band.low_hz, high_hz=band.high_hz, gain_db=round(move_db, 1)),),
                at_s=report.form.time_to_chorus_s,
            ),
        )
