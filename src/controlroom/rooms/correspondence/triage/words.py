"""Phrases found in what somebody wrote, in any language, with accents and inflection let go.

A phrase is words with spaces. `word*` takes any ending, `#` a figure (`#pm`: 5pm), `..` up to three words in between.
Japanese has no spaces: a phrase in it is found wherever it stands. English is spoken everywhere; a phrase of another
language counts only where a text is in that language, which its everyday words tell ("preventivo" is a quote in Italian
alone).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from controlroom.song.words import plain

LONGEST_TEXT = 20_000  # characters that are read; what matters stands further up
GAP_WORDS = 3
EVERYWHERE = frozenset({"en", "any"})
_TELLING = 3  # everyday words that tell a language
_TOKEN = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Hit(NamedTuple):
    """A phrase found: its `group` ("demo"), its `grade` ("strong"), and its words as they stand in the text."""

    group: str
    grade: str
    quote: str
    start: int
    end: int


class Token(NamedTuple):
    word: str
    start: int
    end: int


class _Phrase(NamedTuple):
    group: str
    language: str
    grade: str
    words: tuple[str, ...]


_plain_word = lru_cache(maxsize=65536)(plain)


def tokens(text: str) -> list[Token]:
    """The words of `text`, lower case without accents, and where they stand."""
    return [Token(_plain_word(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(text)]


class Phrasebook:
    """Phrases by group and grade, looked up together in one reading of a text."""

    def __init__(self, phrases: Iterable[tuple[str, str, str, str]], everyday: dict[str, tuple[str, ...]]) -> None:
        """`phrases`: (group, language, grade, phrase). `everyday`: words that every text of a language has."""
        self._everyday = {language: frozenset(words) for language, words in everyday.items()}
        self._exact: dict[str, list[_Phrase]] = {}
        self._stems: dict[str, list[_Phrase]] = {}
        self._anywhere: list[_Phrase] = []
        for group, language, grade, phrase in phrases:
            self._add(group, language, grade, phrase)
        self._lengths = sorted({len(stem) for stem in self._stems})

    def _add(self, group: str, language: str, grade: str, phrase: str) -> None:
        if _CJK.search(phrase):
            self._anywhere.append(_Phrase(group, language, grade, (plain(phrase),)))
            return
        words = tuple(re.findall(r"#?[^\W_]+\*?|#|\.\.", plain(phrase)))
        if not words:
            return
        first = words[0]
        book = self._stems if first.endswith("*") else self._exact
        book.setdefault(first.rstrip("*"), []).append(_Phrase(group, language, grade, words))

    def find(self, text: str) -> list[Hit]:
        """Every phrase found, once; one inside a longer one of its group is left out."""
        text = unicodedata.normalize("NFC", text[:LONGEST_TEXT])
        found = [*self._spaced(text), *self._unspaced(text)]
        found.sort(key=lambda hit: (hit.start, -hit.end))
        kept: list[Hit] = []
        reach: dict[str, int] = {}
        seen: set[tuple[str, str]] = set()
        for hit in found:
            known = (hit.group, plain(hit.quote))
            if hit.end > reach.get(hit.group, -1) and known not in seen:
                kept.append(hit)
                seen.add(known)
                reach[hit.group] = hit.end
        return kept

    def _spaced(self, text: str) -> Iterator[Hit]:
        row = tokens(text)
        foreign = self._foreign(row)
        for place, token in enumerate(row):
            for phrase in self._starting(token.word):
                if phrase.language in foreign:
                    continue
                last = _matched(phrase.words, row, place)
                if last is not None:
                    quote = " ".join(text[token.start : row[last].end].split())
                    yield Hit(phrase.group, phrase.grade, quote, token.start, row[last].end)

    def _foreign(self, row: list[Token]) -> frozenset[str]:
        """Languages that the text is not in, as far as its everyday words tell."""
        counts = {language: sum(token.word in words for token in row) for language, words in self._everyday.items()}
        most = max(counts.values(), default=0)
        if most < _TELLING:
            return frozenset()
        return frozenset(one for one, count in counts.items() if count < most / 2) - EVERYWHERE

    def _starting(self, word: str) -> Iterator[_Phrase]:
        yield from self._exact.get(word, ())
        for length in self._lengths:
            if length > len(word):
                return
            yield from self._stems.get(word[:length], ())

    def _unspaced(self, text: str) -> Iterator[Hit]:
        if not _CJK.search(text):
            return
        flat = plain(text)
        for phrase in self._anywhere:
            at = flat.find(phrase.words[0])
            if at >= 0:
                end = at + len(phrase.words[0])
                yield Hit(phrase.group, phrase.grade, flat[at:end], at, end)


def _matched(words: tuple[str, ...], row: list[Token], place: int) -> int | None:
    """The place of the last word of the phrase that begins at `place`; None where it does not stand there."""
    at, wanted = place, 1
    while wanted < len(words):
        reach = GAP_WORDS if words[wanted] == ".." else 0
        wanted += reach > 0
        nexts = (to for to in range(at + 1, min(at + 2 + reach, len(row))) if _fits(words[wanted], row[to].word))
        found = next(nexts, None)
        if found is None:
            return None
        at, wanted = found, wanted + 1
    return at


def _fits(wanted: str, word: str) -> bool:
    if wanted.startswith("#"):
        return word[0].isdigit() and word.endswith(wanted[1:])
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
