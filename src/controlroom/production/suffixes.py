"""Which kind of file the suffix of a name asks for."""

from __future__ import annotations

from pathlib import Path

from controlroom.production.early import asked_suffix
from controlroom.sound.files import Format

FORMATS = {
    ".wav": Format("wav", 24),
    ".flac": Format("flac", 24),
    ".mp3": Format("mp3"),
    ".m4a": Format("aac"),
    ".ogg": Format("vorbis"),
    ".opus": Format("opus"),
}


def format_of(path: Path) -> Format:
    """The format that a file's suffix asks for; raises `UsageError` for one we do not write."""
    return FORMATS[asked_suffix(path)]
