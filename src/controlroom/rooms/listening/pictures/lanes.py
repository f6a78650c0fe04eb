"""What stands over or under a diagram along the time of a song: sections, voice, chords, bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from controlroom.rooms.listening.pictures.names import chord_symbol
from controlroom.rooms.listening.pictures.shown import Stretch
from controlroom.sound.drawing import fitted, label, rect

Across = Callable[[float], float]
"""From seconds to a place in the picture."""
TONED = ("verse", "prechorus", "chorus", "bridge")
HEAD = 20
NUMBERED_EVERY = (1, 2, 4, 8, 16, 32, 64)
NUMBER_ROOM, BAR_ROOM, BEAT_ROOM = 30, 3, 5
NAMED_SHARE = 0.75
LEAST_PAUSE = 1.5


def tone_of(section: str) -> str:
    """The class of a section: "Pre-chorus 2" is "prechorus"; what is neither sung nor a bridge has none."""
    words = section.lower().replace("-", "").split()
    return words[0] if words and words[0] in TONED else ""


def section_bands(sections: Sequence[Stretch], x: Across, bottom: float, *, top: float = 0) -> str:
    """A coloured band from `top` to `bottom` for each section, its name at its head."""
    body = ""
    for start_s, end_s, name in sections:
        left, wide = x(start_s), x(end_s) - x(start_s)
        kind = f"band {tone_of(name)}".strip()
        body += rect(kind, left, top, wide - 1, HEAD) + rect(kind, left, top, wide - 1, bottom - top)
        body += rect(f"edge {tone_of(name)}".strip(), left, top, 2, bottom - top)
        if shown := fitted(name[:1].upper() + name[1:], wide - 9):
            body += label(shown, left + 7, top + 14.5, tone="name")
    return body


def voice_lane(voice: Sequence[Stretch], x: Across, y: float) -> str:
    """Where somebody sings; pauses too short to be seen are none."""
    spans: list[tuple[float, float]] = []
    for one in voice:
        left, right = x(one.start_s), x(one.end_s)
        if spans and left - spans[-1][1] < LEAST_PAUSE:
            left = spans.pop()[0]
        spans.append((left, right))
    return "".join(rect("voice", left, y, max(right - left, 1), 6, round=3) for left, right in spans)


def chords_fit(chords: Sequence[Stretch], x: Across) -> bool:
    """Is there room for most of the names? Else a lane of them tells nothing."""
    named = [bool(_symbol(chord, x)) for chord in chords]
    return bool(named) and sum(named) >= NAMED_SHARE * len(named)


def chord_lane(chords: Sequence[Stretch], x: Across, y: float, height: float = 20) -> str:
    """The chords' names, each in its box."""
    body = ""
    for chord in chords:
        left, wide = x(chord.start_s), x(chord.end_s) - x(chord.start_s)
        body += rect("band", left, y, max(wide - 1, 0.5), height, round=2)
        if shown := _symbol(chord, x):
            body += label(shown, left + 4, y + height / 2 + 4.5, tone="name")
    return body


def _symbol(chord: Stretch, x: Across) -> str:
    symbol = chord_symbol(chord.name)
    return symbol if fitted(symbol, x(chord.end_s) - x(chord.start_s) - 5) == symbol else ""


def bar_ruler(beats_s: Sequence[float], downbeats_s: Sequence[float], x: Across, y: float) -> str:
    """Bars as strokes with every so many numbered, beats as shorter ones where there is room."""
    body = ""
    if len(beats_s) > 1 and (x(beats_s[-1]) - x(beats_s[0])) / (len(beats_s) - 1) >= BEAT_ROOM:
        body += f'<path class="beat" d="{"".join(f"M{x(at):.1f} {y:.1f}v4" for at in beats_s)}"/>'
    if len(downbeats_s) < 2:
        return body
    room = (x(downbeats_s[-1]) - x(downbeats_s[0])) / (len(downbeats_s) - 1)
    every = next((n for n in NUMBERED_EVERY if n * room >= NUMBER_ROOM), 128)
    shown = downbeats_s if room >= BAR_ROOM else downbeats_s[::every]
    body += f'<path class="barline" d="{"".join(f"M{x(at):.1f} {y:.1f}v6" for at in shown)}"/>'
    return body + "".join(
        label(str(k * every + 1), x(at), y + 17, anchor="middle", tone="small")
        for k, at in enumerate(downbeats_s[::every])
    )
