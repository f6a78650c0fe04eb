"""Finished stems or raw tracks? Stems were treated and balanced by somebody already; a mix keeps them as they are."""

from __future__ import annotations

from collections.abc import Sequence

from controlroom.song.items import Item, items_of
from controlroom.song.model import FileFacts, Sheet
from controlroom.song.numbers import settle_numbers
from controlroom.song.roles import split_words

_RAW_ROLES = {"kick in", "kick out", "snare top", "snare bottom", "overhead", "room", "bass DI", "bass amp"}
_RAW_WORDS = {"di", "amp", "mic", "cab"}
_LOSSLESS = ("pcm", "flac", "alac", "wavpack", "ape", "tta", "aiff", "wav")
_STEREO_SHARE = 0.6
_SAME_LENGTH = 0.01


def looks_printed(files: Sequence[FileFacts]) -> bool:
    """Whether all of a song's files look like stems bounced out of a finished production.

    Mostly stereo, all from the same beginning to the same end (1%) or all in a lossy codec; no name of a single
    microphone, and nothing recorded more than once.
    """
    items = items_of(files, Sheet())
    if not items or any(_is_raw(item) for item in items) or _several_passes(items):
        return False
    stereo = sum(item.facts.channels >= 2 for item in items)
    return stereo >= _STEREO_SHARE * len(items) and (_one_length(items) or all(_is_lossy(item) for item in items))


def _is_raw(item: Item) -> bool:
    named = item.guess.role in _RAW_ROLES and item.guess.confidence >= 0.8
    return named or bool(_RAW_WORDS & set(split_words(item.reading.base)))


def _several_passes(items: Sequence[Item]) -> bool:
    """One name in one folder with several takes."""
    seen: dict[tuple[str, str, str | None], set[tuple[str, ...]]] = {}
    for folder in {item.folder for item in items}:
        for item in settle_numbers([item for item in items if item.folder == folder]):
            marks = seen.setdefault((item.folder, item.base.casefold(), item.side), set())
            marks.add((item.pass_folder, *item.mark))
    return any(len(marks) > 1 for marks in seen.values())


def _one_length(items: Sequence[Item]) -> bool:
    lengths = [item.seconds for item in items]
    return max(lengths) - min(lengths) <= _SAME_LENGTH * max(lengths)


def _is_lossy(item: Item) -> bool:
    return not item.facts.codec.lower().startswith(_LOSSLESS)
