"""How many of a thing, in words."""

from __future__ import annotations


def counted(count: int, one: str) -> str:
    """ "1 file", "3 files"; `one` takes an s."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"
