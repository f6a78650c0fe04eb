"""Words that people typed, made fit to keep."""

from __future__ import annotations

import unicodedata

from controlroom.base.errors import UsageError
from controlroom.base.files import safe_name

_TURNING = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Characters that turn the direction of what follows them, beyond the name they stand in."""


def one_line(text: str, most: int = 200) -> str:
    """`text` as one line of at most `most` characters, without control characters (no database takes NUL)."""
    straight = text.translate(_TURNING)
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in straight)
    return " ".join(kept.split())[:most].rstrip()


def many_lines(text: str, most: int = 100_000) -> str:
    """`text` with its lines, as editors everywhere write them, without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")[:most]
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def whole_number(text: str | None) -> int | None:
    """The number that an address, a header or a form says; None where it says none, or one longer than any key."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def file_name(name: str) -> str:
    """A file's name as somebody sent it, fit for every file system; however long it was, its suffix stays."""
    stem, dot, suffix = one_line(name, 1000).rpartition(".")
    if not (stem.strip(" .") and dot and 0 < len(suffix) <= 8):
        return safe_name(one_line(name, 1000))
    return f"{safe_name(stem)}.{safe_name(suffix)}"


def named(text: str, what: str, most: int = 200) -> str:
    """`one_line`, and it must say something; raises `UsageError`."""
    name = one_line(text, most)
    if not name:
        raise UsageError(what, "it is empty", "Type a name.")
    return name
