"""What works in a demo, as specific as the advice and said before it. Only what was measured and is sure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from controlroom.rooms.listening.advice.form import SURE_LABEL, lift_lu
from controlroom.rooms.listening.report import SONGS, DemoReport, Praise
from controlroom.song.remarks import clock

MOST = 5
EARLY_CHORUS_S = 45.0
LIFTS_LU = 2.0
SURE, SURE_KEY = 0.6, 0.75
BREATHES_PERCENT = (1.0, 4.0)
LIVELY_LU = 5.0
IN_TUNE_CENTS, LEAST_NOTES = 20.0, 20
CALM_DBTP = -0.1
COLOURS = ("borrowed", "secondary dominant", "cadence", "modulation")
PLAIN = ("authentic cadence", "plagal cadence")  # as any song ends


def what_works(report: DemoReport) -> tuple[Praise, ...]:
    """At most five sentences, those about the song before those about the file."""
    said = (_chorus, _colours, _time, _voice, _key, _sound)
    return tuple(islice((praise for say in said for praise in say(report)), MOST))


def _chorus(report: DemoReport) -> Iterator[Praise]:
    sections, at_s = report.form.sections, report.form.time_to_chorus_s
    if at_s is None or report.form.sections_confidence < SURE_LABEL or report.what.kind not in SONGS:
        return
    lift = lift_lu(sections)
    starts_s = [one.start_s for one in sections if one.label == "chorus"]
    if lift is not None and lift >= LIFTS_LU:
        yield Praise(
            code="chorus_lifts",
            args={"lift_lu": round(lift, 1)},
            confidence=report.form.sections_confidence,
            says=f"The chorus lifts at {clock(at_s)}.",
            because=f"On average the choruses are {lift:.1f} LU louder than the verses.",
            at_s=at_s,
        )
    elif at_s <= EARLY_CHORUS_S:
        yield Praise(
            code="chorus_early",
            args={"comes_back": len(starts_s) - 1},
            confidence=report.form.sections_confidence,
            says=f"The chorus does not let one wait: it is there at {clock(at_s)}.",
            because=f"It comes back at {', '.join(clock(s) for s in starts_s[1:])}."
            if len(starts_s) > 1
            else f"It begins {at_s:.0f} s into the song.",
            at_s=at_s,
        )


def _colours(report: DemoReport) -> Iterator[Praise]:
    """The most telling turn of harmony."""
    if (report.harmony.chords_confidence or 0.0) < SURE:
        return
    for kind in COLOURS:
        for notable in report.harmony.notable:
            if kind in notable.kind and not notable.says.startswith(PLAIN):
                yield Praise(
                    code="turn",
                    args={"kind": kind},
                    confidence=report.harmony.chords_confidence or 0.0,
                    says=f"A turn to keep at {clock(notable.at_s)}.",
                    because=f"{notable.says[0].upper()}{notable.says[1:]}.",
                    at_s=round(notable.at_s, 2),
                )
                return


def _time(report: DemoReport) -> Iterator[Praise]:
    rhythm = report.rhythm
    if rhythm.tempo_bpm is None or rhythm.tempo_confidence < SURE or rhythm.drift_percent is None:
        return
    least, most = BREATHES_PERCENT
    if rhythm.to_click:
        yield Praise(
            code="holds_tempo",
            args={"tempo_bpm": rhythm.tempo_bpm},
            confidence=rhythm.tempo_confidence,
            says=f"It holds its tempo: {rhythm.tempo_bpm:.0f} BPM, as to a click.",
            because=f"Over 16 beats the tempo moves by {rhythm.drift_percent:.1f} %.",
        )
    elif least <= rhythm.drift_percent < most:
        yield Praise(
            code="breathes",
            args={"tempo_bpm": rhythm.tempo_bpm},
            confidence=rhythm.tempo_confidence,
            says=f"It breathes and holds: played without a click around {rhythm.tempo_bpm:.0f} BPM.",
            because=f"Over 16 beats the tempo moves by {rhythm.drift_percent:.1f} %, and comes back.",
        )


def _voice(report: DemoReport) -> Iterator[Praise]:
    heard = report.voice.intonation
    if heard and heard.confidence >= SURE and heard.notes >= LEAST_NOTES and heard.spread_cents <= IN_TUNE_CENTS:
        yield Praise(
            code="in_tune",
            args={"notes": heard.notes, "cents": heard.spread_cents},
            confidence=heard.confidence,
            says="The singing is in tune.",
            because=f"{heard.notes} held notes scatter by {heard.spread_cents:.0f} cents around what is meant.",
        )


def _key(report: DemoReport) -> Iterator[Praise]:
    harmony = report.harmony
    if harmony.key and (harmony.key_confidence or 0.0) >= SURE_KEY and harmony.key_doubt is None:
        moved = [(old, new) for old, new in pairwise(harmony.keys) if old.key != new.key]
        sure = [pair for pair in moved if min(span.confidence for span in pair) >= SURE]
        if sure:
            old, new = sure[0]
            yield Praise(
                code="changes_key",
                args={"key": old.key, "then": new.key},
                confidence=min(old.confidence, new.confidence),
                says=f"It leaves {old.key} for {new.key} at {clock(new.start_s)}.",
                because=f"The new key holds until {clock(new.end_s)}.",
                at_s=new.start_s,
            )
        elif not moved:
            yield Praise(
                code="clear_key",
                args={"key": harmony.key},
                confidence=harmony.key_confidence or 0.0,
                says=f"It stands clearly in {harmony.key}.",
                because=f"Chords and pitches agree on it ({harmony.key_confidence:.0%} sure).",
            )


def _sound(report: DemoReport) -> Iterator[Praise]:
    loudness, codes = report.loudness, {finding.code for finding in report.findings}
    if loudness.range_lu is not None and loudness.range_lu >= LIVELY_LU and report.rhythm.tempo_bpm is not None:
        yield Praise(
            code="moves_in_level",
            args={"range_lu": loudness.range_lu},
            says="It moves between quiet and loud.",
            because=f"The loudness range is {loudness.range_lu:.0f} LU.",
        )
    peak = loudness.true_peak_dbtp
    if peak is not None and peak <= CALM_DBTP and "clipped" not in codes and loudness.integrated_lufs is not None:
        yield Praise(
            code="headroom",
            args={"peak_dbtp": peak},
            says="Nothing clips: there is room to work with.",
            because=f"The highest true peak is {peak:.1f} dBTP.",
        )
