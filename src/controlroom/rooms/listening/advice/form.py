"""Advice about the form: what comes too late, stays too long, or comes back unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from controlroom.rooms.listening.advice.point import Point
from controlroom.rooms.listening.audition import Audition, Cut
from controlroom.rooms.listening.report import SONGS, DemoReport
from controlroom.song.remarks import clock
from controlroom.sound.form import Section

LATE_CHORUS_S = 60.0
LONG_INTRO_S = 20.0
LONG_OUTRO_S, LONG_OUTRO_SHARE = 25.0, 0.12
LEAST_LIFT_LU, CLEAR_LIFT_LU = 1.0, 0.3
SAME_LU = 0.7
FLAT_LU, FLAT_SECTIONS = 1.5, 5
SURE_LABEL = 0.5
LONG_VERSE_BARS = 12


def form_points(report: DemoReport) -> Iterator[Point]:
    """Nothing where the sections are not sure, or it is no song."""
    sections = report.form.sections
    if not sections or report.form.sections_confidence < SURE_LABEL or report.what.kind not in SONGS:
        return
    yield from _late_chorus(report, sections)
    yield from _long_intro(report, sections)
    yield from _flat_chorus(report, sections)
    yield from _same_choruses(sections)
    yield from _flat_song(sections)
    yield from _long_outro(report, sections)


def _late_chorus(report: DemoReport, sections: Sequence[Section]) -> Iterator[Point]:
    at_s = report.form.time_to_chorus_s
    chorus = next((k for k, one in enumerate(sections) if one.label == "chorus"), None)
    if at_s is None or chorus is None or at_s < LATE_CHORUS_S:
        return
    cut = _cut_before(report, sections[:chorus])
    confidence = _sure(sections[: chorus + 1])
    listed = ", ".join(_named(one) for one in sections[:chorus])
    if cut is None:
        return
    bars, start_s, end_s = cut
    yield Point(
        worth=0.9 * min(at_s / 75.0, 1.1),
        code="late_chorus",
        args={"chorus_s": at_s, "bars": bars, "cut_s": start_s, "then_s": round(at_s - end_s + start_s, 2)},
        kind="form",
        says=f"The chorus comes at {clock(at_s)}: try dropping {bars} bars at {clock(start_s)}, and it is there at "
        f"{clock(at_s - (end_s - start_s))}.",
        because=f"Before it: {listed}.",
        reason="The strongest part of the song waits behind bars that repeat what was heard already.",
        next="Listen to the cut. If its words are needed, move them into the verse after the first chorus.",
        confidence=confidence,
        at_s=start_s,
        end_s=end_s,
        audition=Audition(steps=(Cut(start_s=start_s, end_s=end_s),), at_s=start_s),
    )


def _cut_before(report: DemoReport, before: Sequence[Section]) -> tuple[int, float, float] | None:
    """Bars that can go before the first chorus: a verse that comes twice, or the second half of a long one."""
    verses = [one for one in before if one.label == "verse"]
    for earlier, later in pairwise(verses):
        if earlier.letter == later.letter and later.bars:
            return later.bars, later.start_s, later.end_s
    longest = max((one for one in verses if one.bars), key=lambda one: one.bars or 0, default=None)
    if longest is None or (longest.bars or 0) < LONG_VERSE_BARS:
        return None
    return _second_half(report, longest)


def _second_half(report: DemoReport, section: Section) -> tuple[int, float, float] | None:
    """A whole number of bars, at downbeats, that leaves the first half."""
    downs_s = [at for at in report.rhythm.downbeats_s if section.start_s - 0.1 <= at < section.end_s - 0.1]
    half = len(downs_s) // 2
    if half < 2:
        return None
    return len(downs_s) - half, downs_s[half], section.end_s


def _long_intro(report: DemoReport, sections: Sequence[Section]) -> Iterator[Point]:
    voice_s, first = report.form.time_to_voice_s, sections[0]
    if first.label != "intro" or voice_s is None or voice_s < LONG_INTRO_S or not first.bars or first.bars < 8:
        return
    half = _second_half(report, first)
    if half is None:
        return
    bars, start_s, end_s = half
    yield Point(
        worth=0.7,
        code="long_intro",
        args={"voice_s": voice_s, "bars": first.bars, "then_bars": first.bars - bars},
        kind="form",
        says=f"The voice comes in at {clock(voice_s)}: try an intro of {first.bars - bars} bars instead of "
        f"{first.bars}.",
        because=f"The intro lasts {first.end_s - first.start_s:.0f} s, {first.bars} bars.",
        reason="Listeners decide early: in top-ten singles the intro shrank from over 20 s in the 1980s to about 5 s "
        "(Léveillé Gauvin 2018).",
        next="Listen to the cut, and check that the first vocal line still has a pickup to start from.",
        confidence=_sure(sections[:2]),
        at_s=start_s,
        end_s=end_s,
        audition=Audition(steps=(Cut(start_s=start_s, end_s=end_s),), at_s=start_s),
    )


def _levels(sections: Sequence[Section], label: str) -> list[float]:
    return [one.loudness_lufs for one in sections if one.label == label and one.loudness_lufs is not None]


def lift_lu(sections: Sequence[Section]) -> float | None:
    """How much louder the choruses are than the verses, on average; None without both."""
    choruses, verses = _levels(sections, "chorus"), _levels(sections, "verse")
    return sum(choruses) / len(choruses) - sum(verses) / len(verses) if choruses and verses else None


def _flat_chorus(report: DemoReport, sections: Sequence[Section]) -> Iterator[Point]:
    lift = lift_lu(sections)
    if lift is None or lift >= LEAST_LIFT_LU:
        return
    chorus = next(one for one in sections if one.label == "chorus")
    verse = next(one for one in sections if one.label == "verse")
    how = f"{lift:.1f} LU louder than" if lift > CLEAR_LIFT_LU else "no louder than"
    yield Point(
        worth=0.75,
        code="flat_chorus",
        args={"chorus_s": chorus.start_s, "verse_s": verse.start_s, "louder": lift > CLEAR_LIFT_LU},
        kind="arrangement",
        says=f"The chorus at {clock(chorus.start_s)} does not lift: take something out of the verse at "
        f"{clock(verse.start_s)}.",
        because=f"The choruses are {how} the verses, over {_count(sections, 'chorus')} choruses and "
        f"{_count(sections, 'verse')} verses.",
        reason="A chorus is felt as large against what came before; taking away before it costs no level.",
        next="Mute one part at a time in the verse and listen to the entry of the chorus each time; keep the mute "
        "that misses least.",
        confidence=_sure([one for one in sections if one.label in ("verse", "chorus")]),
        at_s=chorus.start_s,
        end_s=chorus.end_s,
    )


def _same_choruses(sections: Sequence[Section]) -> Iterator[Point]:
    choruses = [one for one in sections if one.label == "chorus" and one.loudness_lufs is not None]
    bars = {one.bars for one in choruses}
    if len(choruses) < 3 or len({one.letter for one in choruses}) != 1 or len(bars) != 1 or None in bars:
        return
    levels = [one.loudness_lufs or 0.0 for one in choruses]
    if max(levels) - min(levels) > SAME_LU:
        return
    last = choruses[-1]
    yield Point(
        worth=0.55,
        code="same_choruses",
        args={"last_s": last.start_s, "choruses": len(choruses)},
        kind="arrangement",
        says=f"The last chorus at {clock(last.start_s)} is the first one again: give it one thing that is new.",
        because=f"All {len(choruses)} choruses have {last.bars} bars and lie within "
        f"{max(levels) - min(levels):.1f} LU.",
        reason="What returns unchanged a third time is heard less each time; the end is where a song may go furthest.",
        next="Choose one: a harmony above the tune, half a bar of silence before it, or four bars with the drums out.",
        confidence=_sure(choruses),
        at_s=last.start_s,
        end_s=last.end_s,
    )


def _flat_song(sections: Sequence[Section]) -> Iterator[Point]:
    inner = [one for one in sections if one.label not in ("intro", "outro") and one.loudness_lufs is not None]
    levels = [one.loudness_lufs or 0.0 for one in inner]
    if len(inner) < FLAT_SECTIONS or max(levels) - min(levels) > FLAT_LU or lift_lu(sections) is not None:
        return
    middle = inner[len(inner) // 2]
    yield Point(
        worth=0.6,
        code="flat_song",
        args={"middle_s": middle.start_s, "sections": len(inner)},
        kind="arrangement",
        says=f"Nothing steps back from start to end: let the section at {clock(middle.start_s)} play with half of the "
        "parts.",
        because=f"{len(inner)} sections lie within {max(levels) - min(levels):.1f} LU of each other.",
        reason="Without a valley there is no hill: the ear takes the loudest moment from the quietest.",
        next="Mute drums or bass for four bars there and see whether what follows arrives.",
        confidence=_sure(inner),
        at_s=middle.start_s,
        end_s=middle.end_s,
    )


def _long_outro(report: DemoReport, sections: Sequence[Section]) -> Iterator[Point]:
    last = sections[-1]
    length_s = last.end_s - last.start_s
    if last.label != "outro" or length_s < max(LONG_OUTRO_S, LONG_OUTRO_SHARE * report.info.duration_s):
        return
    half = _second_half(report, last)
    if half is None:
        return
    bars, start_s, _ = half
    yield Point(
        worth=0.4,
        code="long_outro",
        args={"length_s": round(length_s, 2), "bars": bars, "then_s": start_s},
        kind="form",
        says=f"The outro takes {length_s:.0f} s: try ending {bars} bars earlier, at {clock(start_s)}.",
        because=f"It begins at {clock(last.start_s)} and is {100 * length_s / report.info.duration_s:.0f} % of all.",
        reason="An end that comes a little too soon makes people start the song again.",
        next="Listen to the shorter end; if it feels broken off, let the last chord ring instead of the loop.",
        confidence=_sure([last]),
        at_s=start_s,
        end_s=report.info.duration_s,
        audition=Audition(steps=(Cut(start_s=start_s, end_s=report.info.duration_s),), at_s=start_s),
    )


def _named(section: Section) -> str:
    return f"{section.label} of {section.bars} bars" if section.bars else section.label


def _count(sections: Sequence[Section], label: str) -> int:
    return sum(one.label == label for one in sections)


def _sure(sections: Sequence[Section]) -> float:
    return min((one.confidence for one in sections), default=0.0)
