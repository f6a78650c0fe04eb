"""Files that are not one player's part: the whole song (a mix, a master, a reference) and what only guides the players.

"Rough Mix 3" is the song; "Drum Mix" is a drum stem. A name is the whole song when it says so and names no instrument.
"""

from __future__ import annotations

from typing import Literal

from controlroom.song.naming import read_name
from controlroom.song.roles import family_of, role_from_name, split_words
from controlroom.song.tables import phrases, places_of
from controlroom.song.words import words_of

Kind = Literal["mix", "master", "reference", "alternate", "guide", "sum"]

VERSIONS = ("instrumental", "a cappella", "tv mix", "clean")
_UP_AND_DOWN = {"up", "down"}


def kind_of(stem: str, *titles: str) -> Kind | None:
    """What a file of this name (without suffix) is; None: a part. `titles`: how the song may be called."""
    words = words_of(stem)
    called = {words_of(title) for title in titles} - {()}
    if _is_title(words, called):
        return "mix"  # "My Song.wav" in "My Song"
    named = places_of(words, frozenset(called))
    said = tuple(word for at, word in enumerate(words) if at not in named) or words
    spoken = tuple(word for word in said if not word.isdecimal())
    if spoken[:1] in phrases("whole", "reference"):
        return "reference"
    if _says(spoken, "guide", "words") and _only(spoken, "guide", "words", "beside"):
        return "guide"
    if _says(spoken, "whole", "sum"):
        return "sum"
    if _names_a_part(said):
        return "guide" if {"guide", "guia", "scratch"} & set(spoken) and _is_melodic(spoken) else None
    mastered = _says(spoken, "whole", "master")
    if mastered and not _says(spoken, "whole", "not_mastered"):
        return "master"
    if _says(spoken, "whole", "alternate"):
        return "alternate"
    return "mix" if mastered or _says(said, "whole", "mix") else None


def version_of(stem: str) -> str:
    """Which version of the mix a name says it is ("instrumental", "a cappella", "tv mix", "clean"); "" for none."""
    words = words_of(stem)
    return next((version for version in VERSIONS if places_of(words, phrases("version", version))), "")


def _is_title(words: tuple[str, ...], called: set[tuple[str, ...]]) -> bool:
    beside = places_of(words, phrases("whole", "beside_title"))
    bare = tuple(word for at, word in enumerate(words) if not word.isdecimal() and at not in beside)
    return bare in called and role_from_name(" ".join(bare)).confidence < 0.6


def _says(said: tuple[str, ...], table: str, key: str) -> bool:
    return bool(places_of(said, phrases(table, key)))


def _only(said: tuple[str, ...], table: str, *keys: str) -> bool:
    return len(set().union(*(places_of(said, phrases(table, key)) for key in keys))) == len(said)


def _names_a_part(said: tuple[str, ...]) -> bool:
    """Whether an instrument is named, apart from how the mix differs ("vox up")."""
    whole = set().union(*(places_of(said, phrases("whole", key)) for key in ("mix", "master", "alternate")))
    turned = {at for at in range(len(said) - 1) if said[at + 1] in _UP_AND_DOWN}
    kept = [word for at, word in enumerate(said) if at not in whole | turned]
    guess = role_from_name(" ".join(kept))
    return guess.confidence >= 0.6 and guess.role != "printed stem"


def _is_melodic(said: tuple[str, ...]) -> bool:
    return family_of(role_from_name(" ".join(said)).role) in ("lead vocal", "guitar", "keys")


def sums_of_others(stems: list[str]) -> list[str]:
    """Names like "Kick_SUM" whose own microphones ("Kick In", "Kick Out") are there too."""
    heads = {stem: _sum_of(stem) for stem in stems}
    sums = []
    for stem, head in heads.items():
        if head:
            others = [split_words(read_name(other).whole) for other in stems if heads[other] is None]
            if sum(other[: len(head)] == head for other in others) >= 2:
                sums.append(stem)
    return sums


def _sum_of(stem: str) -> tuple[str, ...] | None:
    words = split_words(read_name(stem).base)
    kept = tuple(word for word in words if (word,) not in phrases("whole", "sum"))
    return kept if kept and len(kept) < len(words) else None
