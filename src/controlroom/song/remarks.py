"""What somebody says about a place in a song: "1:23 vocal a little louder", by whom."""

from __future__ import annotations

import re

import msgspec


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A place (or none: the whole song), the words, and who said them; `until_s` where it speaks of a stretch."""

    text: str
    author: str = ""
    at_s: float | None = None
    until_s: float | None = None


def seconds_of(text: str) -> float | None:
    """ "83", "1:23", "1:02:03.5" as seconds; None when it is no place in time."""
    match = re.fullmatch(r"(?:(?:(\d+):)?(\d{1,3}):)?(\d+(?:[.,]\d+)?)", text.strip())
    if not match:
        return None
    hours, minutes, seconds = int(match[1] or 0), int(match[2] or 0), float(match[3].replace(",", "."))
    if match[2] is not None and seconds >= 60:
        return None
    return hours * 3600 + minutes * 60 + seconds


def clock(seconds: float) -> str:
    """Seconds as people say them: "1:23", or "1:02:03" beyond an hour."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
