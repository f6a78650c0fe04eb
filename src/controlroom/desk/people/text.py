"""Words that people typed, made fit to keep."""

from __future__ import annotations

import unicodedata

from controlroom.base.errors import UsageError


def one_line(text: str, most: int = 200) -> str:
    """`text` as one line of at most `most` characters, without control characters (no database takes NUL)."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join(kept.split())[:most].rstrip()


def many_lines(text: str, most: int = 100_000) -> str:
    """`text` with its lines, as editors everywhere write them, without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")[:most]
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def named(text: str, what: str, most: int = 200) -> str:
    """`one_line`, and it must say something; raises `UsageError`."""
    name = one_line(text, most)
    if not name:
        raise UsageError(what, "it is empty", "Type a name.")
    return name
