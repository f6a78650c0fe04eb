"""The words of `names.toml`, as sets of phrases."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from controlroom.song.words import words_of

Phrase = tuple[str, ...]


@cache
def phrases(table: str, key: str) -> frozenset[Phrase]:
    """The phrases of one list of `names.toml`, each as its words."""
    return frozenset(words_of(text) for text in entries(table, key))


@cache
def entries(table: str, key: str) -> tuple[str, ...]:
    """The entries of one list of `names.toml`, as written."""
    return tuple(_all()[table][key])


@cache
def _all() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("controlroom.song").joinpath("names.toml").read_text(encoding="utf-8"))


def places_of(said: tuple[str, ...], of: frozenset[Phrase]) -> set[int]:
    """Which words of a name belong to one of the phrases."""
    return {
        at + step
        for phrase in of
        for at in range(len(said) - len(phrase) + 1)
        if said[at : at + len(phrase)] == phrase
        for step in range(len(phrase))
    }
