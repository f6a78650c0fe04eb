"""What most names of a folder begin or end with says nothing of the file: "MySong_Kick", "Kick-MySong 120bpm"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from controlroom.song.naming import is_generic
from controlroom.song.roles import role_from_name
from controlroom.song.words import words_of

_PIECE = re.compile(r"[^ _\-.]+[ _\-.]*")
_LEAST_FILES = 4
_LEAST_SHARE = 0.5
_MOST_PIECES = 6


def without_affixes(names: Sequence[str], title: str = "") -> list[str]:
    """The names without the beginning and the end that at least half of them share, and without the song's title.

    Words that name an instrument stay, and nothing is taken where two names would become the same.
    """
    for forward in (True, False):
        names = _stripped(names, _shared(names, forward), forward)
        names = _stripped(names, _titled(names, title, forward), forward)
    return list(names)


def _pieces(name: str, forward: bool) -> list[str]:
    pieces = _PIECE.findall(name)
    return pieces if forward else pieces[::-1]


def _says(pieces: Iterable[str]) -> tuple[str, ...]:
    return words_of(" ".join(pieces))


def _shared(names: Sequence[str], forward: bool) -> tuple[str, ...]:
    """The longest run of words at one end that enough names share and that names no instrument."""
    counts: Counter[tuple[str, ...]] = Counter()
    following: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for name in names:
        pieces = _pieces(name, forward)
        for length in range(1, min(len(pieces), _MOST_PIECES + 1)):
            said = _says(pieces[:length])
            counts[said] += 1
            following.setdefault(said, set()).add(_says(pieces[length : length + 1]))
    least = max(_LEAST_FILES, _LEAST_SHARE * len(names))
    fit = [said for said, count in counts.items() if count >= least and len(following[said]) >= 3 and not _plays(said)]
    return max(fit, key=len, default=())


def _titled(names: Sequence[str], title: str, forward: bool) -> tuple[str, ...]:
    said = words_of(title)
    ends = any(_says(_pieces(name, forward)[: len(said)]) == (said if forward else said[::-1]) for name in names)
    return (said if forward else said[::-1]) if said and ends else ()


def _plays(said: tuple[str, ...]) -> bool:
    text = " ".join(said)
    return role_from_name(text).confidence > 0 or is_generic(text)


def _stripped(names: Sequence[str], said: tuple[str, ...], forward: bool) -> Sequence[str]:
    if not said:
        return names
    stripped = [_without(name, said, forward) for name in names]
    return stripped if len(set(stripped)) >= len(set(names)) else names


def _without(name: str, said: tuple[str, ...], forward: bool) -> str:
    pieces = _pieces(name, forward)
    for length in range(1, len(pieces)):
        if _says(pieces[:length]) == said:
            rest = pieces[length:] if forward else pieces[length:][::-1]
            kept = "".join(rest).strip(" _-.")
            return kept if any(letter.isalpha() for letter in kept) else name
    return name
