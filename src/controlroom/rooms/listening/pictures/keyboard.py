"""What a voice reaches, on a keyboard: how long each note is held stands over its key."""

from __future__ import annotations

from markupsafe import Markup

from controlroom.rooms.listening.pictures.names import note_name
from controlroom.rooms.listening.pictures.shown import Shown, SungRange
from controlroom.sound.drawing import label, rect, svg

LEFT, RIGHT = 10, 10
HELD, KEYS, BELOW = 92, 84, 44
HEAD = 22
BLACK = (1, 3, 6, 8, 10)
LEAST_WHITES = 15  # two octaves


def voice_range(shown: Shown, width: int) -> Markup | None:
    """None where no range is known."""
    sung = shown.sung
    if sung is None:
        return None
    first, last = _shown_keys(sung)
    whites = [note for note in range(first, last + 1) if note % 12 not in BLACK]
    wide = (width - LEFT - RIGHT) / len(whites)
    middles = {note: LEFT + (k + 0.5) * wide for k, note in enumerate(whites)}
    middles |= {note: middles[note - 1] + wide / 2 for note in range(first, last) if note % 12 in BLACK}
    top = HEAD + HELD
    body = _tessitura(sung, middles, wide, top) + _held(sung, middles, wide, top)
    for note in whites:
        body += rect(_kind("white", note, sung), middles[note] - wide / 2, top, wide, KEYS)
        if note % 12 == 0:
            body += label(note_name(note), middles[note], top + KEYS + 16, anchor="middle", tone="small")
    for note in middles:
        if note % 12 in BLACK:
            body += rect(
                _kind("black", note, sung), middles[note] - 0.31 * wide, top, 0.62 * wide, 0.62 * KEYS, round=2
            )
    return svg(width, top + KEYS + BELOW, body + _ends(sung, middles, top), _says(shown, sung))


def _shown_keys(sung: SungRange) -> tuple[int, int]:
    """From a C to a B, two octaves or more, around what is sung."""
    first, last = sung.lowest // 12 * 12, sung.highest // 12 * 12 + 11
    if last - first < 23:
        first, last = (first - 12, last) if sung.lowest % 12 < 11 - sung.highest % 12 else (first, last + 12)
    return first, last


def _kind(colour: str, note: int, sung: SungRange) -> str:
    return f"{colour} sung" if sung.lowest <= note <= sung.highest else colour


def _tessitura(sung: SungRange, middles: dict[int, float], wide: float, top: float) -> str:
    if sung.tessitura is None:
        return ""
    low, high = sung.tessitura
    left, right = middles[low] - wide / 2, middles[high] + wide / 2
    says = f"tessitura {note_name(low)} to {note_name(high)}"
    return rect("area", left, 4, right - left, top - 4, round=4) + label(
        says, (left + right) / 2, 18, anchor="middle", tone="small"
    )


def _held(sung: SungRange, middles: dict[int, float], wide: float, top: float) -> str:
    """Bars as high as the time that each note is held."""
    longest_s = max(sung.held_s.values(), default=0.0)
    body = ""
    for note, held_s in sorted(sung.held_s.items()):
        if note in middles and longest_s > 0:
            high = max(held_s / longest_s * (HELD - 22), 1)
            body += rect("used", middles[note] - 0.24 * wide, top - 3 - high, 0.48 * wide, high, round=2)
            if held_s == longest_s:
                body += label(f"{held_s:.0f} s", middles[note], top - 8 - high, anchor="middle", tone="name small")
    return body


def _ends(sung: SungRange, middles: dict[int, float], top: float) -> str:
    """The lowest and the highest note, named under their keys."""
    y = top + KEYS
    body = ""
    for note, what in ((sung.lowest, "lowest"), (sung.highest, "highest")):
        body += f'<circle class="dot" cx="{middles[note]:.1f}" cy="{y - 10:.1f}" r="4"/>'
        body += label(f"{what} {note_name(note)}", middles[note], y + 36, anchor="middle", tone="strong")
    return body


def _says(shown: Shown, sung: SungRange) -> str:
    says = f"The voice of {shown.name} reaches from {note_name(sung.lowest)} to {note_name(sung.highest)}"
    if sung.tessitura:
        says += f" and lies mostly between {note_name(sung.tessitura[0])} and {note_name(sung.tessitura[1])}"
    if sung.held_s:
        says += f"; {note_name(max(sung.held_s, key=lambda note: sung.held_s[note]))} is held longest"
    return says
