"""Figures in sentences: the right number, and nothing that reads as none."""

from __future__ import annotations

import re

from controlroom.base.finding import Finding, sentences
from controlroom.base.words import counted


def _says(code: str, **args: str | float) -> str:
    return Finding(code=code, severity="warning", args=args).says()


def test_things_are_counted_in_the_right_number() -> None:
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


def test_one_of_a_thing_has_a_sentence_of_its_own() -> None:
    assert _says("clipped", count=1, longest_ms=0.02).startswith("A clipped place of 0.02 ms:")
    assert _says("clipped", count=2, longest_ms=0.02).startswith("2 clipped places, the longest 0.02 ms:")
    assert _says("outside_takes", count=1, first="a.wav").startswith("a.wav lies outside")


def test_every_sentence_that_begins_with_a_count_knows_one() -> None:
    """Splits come in twos where they are counted, and a disc has too many tracks."""
    counting = [code for code, says in sentences().items() if re.search(r"\{count\} [a-z]", says)]
    for code in set(counting) - {"split_twice", "disc_tracks"}:
        args = dict.fromkeys(re.findall(r"\{(\w+)", sentences()[code]), 2)
        assert _says(code, **args | {"count": 1}) != sentences()[code].format(**args | {"count": 1}), code
